package main

import "slices"

// work is a row of the report.
type work struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Cold  bool   `json:"cold"` // a timing is a whole process, from its start to the end of its first epoch
	Goals []goal `json:"goals"`
	Job   job    `json:"job"`
}

// goal is how many times faster than the others Digitlab is to be on so many threads. A work is measured on the
// threads that it has goals for.
type goal struct {
	Threads int     `json:"threads"`
	Peer    atLeast `json:"peer"`  // the best of all peers
	Idiom   atLeast `json:"idiom"` // PyTorch as most of its users write it
}

// atLeast is a ratio and the one that is aimed at; zero: there is none.
type atLeast struct {
	Least float64 `json:"least"`
	Aim   float64 `json:"aim"`
}

// What Digitlab is to do with its own figures on the full step.
var (
	scaling = atLeast{1.85, 2}  // 2 workers over 1
	overTop = atLeast{1.4, 1.8} // operations of the dense step in a second over the core's peak, 1 worker
)

// works is what is measured, on 60,000 images where rows is that.
func works() []work {
	small, wide := []int{784, 64, 10}, []int{784, 512, 512, 10}
	base := job{Units: small, Hidden: "sigmoid", Rule: "plain", Rate: 0.5, Batch: 128, Rows: 60000, Deviation: 1, Warm: 1, Seed: 1}
	row := func(name, title string, change func(*work), goals ...goal) work {
		w := work{Name: name, Title: title, Goals: goals, Job: base}
		change(&w)
		return w
	}
	return []work{
		row("full", "full step of 42,000 images", func(w *work) { w.Job.Rows, w.Job.Batch, w.Job.Rate = 42000, 42000, 1 },
			goal{1, atLeast{3.2, 5}, atLeast{3.2, 5}}, goal{2, atLeast{3.2, 5}, atLeast{3.2, 5}}),
		row("batch128", "epoch, batch 128", func(w *work) {},
			goal{1, atLeast{3.2, 5}, atLeast{7, 10}}, goal{2, atLeast{3, 5}, atLeast{6, 10}}),
		row("batch32", "epoch, batch 32", func(w *work) { w.Job.Batch, w.Job.Rate = 32, 0.2 },
			goal{1, atLeast{3.7, 6}, atLeast{15, 20}}),
		row("momentum", "epoch, batch 128, momentum", func(w *work) { w.Job.Rule, w.Job.Rate = "momentum", 0.05 },
			goal{1, atLeast{2.5, 4}, atLeast{5, 8}}),
		row("adam", "epoch, batch 128, Adam", func(w *work) { w.Job.Rule, w.Job.Rate = "adam", 0.001 },
			goal{1, atLeast{2.5, 4}, atLeast{5, 8}}),
		row("standardised", "epoch, batch 128, standardised pixels (no zeros)", func(w *work) {
			w.Job.Mean, w.Job.Deviation, w.Job.Rate = 0.1307, 0.3081, 0.1
		}, goal{1, atLeast{1, 1.5}, atLeast{1.5, 2.5}}),
		row("wide128", "784-512-512-10, ReLU, epoch of 12,800 images, batch 128", func(w *work) {
			w.Job.Units, w.Job.Hidden, w.Job.Rows, w.Job.Rate = wide, "relu", 12800, 0.1
		}, goal{1, atLeast{1.5, 2.5}, atLeast{1.5, 2.5}}),
		row("wide1024", "784-512-512-10, ReLU, epoch of 12,800 images, batch 1,024", func(w *work) {
			w.Job.Units, w.Job.Hidden, w.Job.Rows, w.Job.Batch, w.Job.Rate = wide, "relu", 12800, 1024, 0.3
		}, goal{1, atLeast{1.5, 2.5}, atLeast{1.5, 2.5}}),
		row("predict10000", "inference, 10,000 images from bytes", func(w *work) { w.Job.Rows, w.Job.Calls = 10000, 5 },
			goal{1, atLeast{1.5, 3}, atLeast{2, 3}}),
		row("predict1", "inference, 1 image from bytes", func(w *work) { w.Job.Rows, w.Job.Calls = 1, 500 },
			goal{1, atLeast{8, 15}, atLeast{10, 20}}),
		row("lbfgs", "L-BFGS, 100 iterations on 60,000 images", func(w *work) {
			w.Job.Rule, w.Job.Batch, w.Job.Rate, w.Job.Iterations, w.Job.Warm = "lbfgs", 60000, 0, 100, 2
		}, goal{Threads: 2, Peer: atLeast{50, 150}}),
		row("cold", "process start to the end of the first epoch, batch 128", func(w *work) { w.Cold, w.Job.Warm = true, 0 },
			goal{2, atLeast{5, 10}, atLeast{8, 15}}),
	}
}

// threads is the numbers of threads that w is measured on, of so many processors.
func (w work) threads(processors int, all bool) (counts []int) {
	for _, g := range w.Goals {
		counts = append(counts, min(g.Threads, processors))
	}
	if all {
		counts = []int{1, min(2, processors)}
	}
	return slices.Compact(counts)
}

// profiled says that w's timings are steps of Digitlab one after the other.
func (w work) profiled() bool { return !w.Cold && w.Job.Calls == 0 && w.Job.Iterations == 0 }

// goal is what is asked of w on so many threads, zero where nothing is.
func (w work) goal(threads int) goal {
	for _, g := range w.Goals {
		if g.Threads == threads {
			return g
		}
	}
	return goal{}
}
