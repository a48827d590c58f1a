package main

// job is one kind of work, as it is asked of every contender. In training, a timing is an epoch; where Calls is not
// zero it is the mean of so many calls that go from bytes to classes.
type job struct {
	Way       string  `json:"way"`   // which of the Python programs' ways; Digitlab has one
	Units     []int   `json:"units"` // of each layer, the input's first
	Hidden    string  `json:"hidden"`
	Rule      string  `json:"rule"` // plain, momentum or adam
	Rate      float64 `json:"rate"`
	Batch     int     `json:"batch"` // from Rows on: the step is the epoch
	Rows      int     `json:"rows"`  // trained on, or predicted in one call
	Mean      float64 `json:"mean"`  // inputs are (byte/255 - Mean) / Deviation
	Deviation float64 `json:"deviation"`
	Warm      int     `json:"warm"` // epochs before the first timing
	Calls     int     `json:"calls"`
	Seed      uint64  `json:"seed"`
}

// answer is what a contender says: its version once it is ready, then what it has measured.
type answer struct {
	Version  string    `json:"version,omitempty"`
	Error    string    `json:"error,omitempty"`
	Seconds  []float64 `json:"seconds,omitempty"`
	End      float64   `json:"end,omitempty"` // Unix time after the last timing
	Accuracy float64   `json:"accuracy"`      // on the test images, then
	Cost     float64   `json:"cost"`          // mean of the last epoch
}

// work is a row of the report.
type work struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Cold  bool   `json:"cold"` // a timing is a whole process, from its start to the end of its first epoch
	Job   job    `json:"job"`
}

// works is what is measured, on 60,000 images where rows is that.
func works() []work {
	small, wide := []int{784, 64, 10}, []int{784, 512, 512, 10}
	base := job{Units: small, Hidden: "sigmoid", Rule: "plain", Rate: 0.5, Batch: 128, Rows: 60000, Deviation: 1, Warm: 1, Seed: 1}
	row := func(name, title string, change func(*work)) work {
		w := work{Name: name, Title: title, Job: base}
		change(&w)
		return w
	}
	return []work{
		row("full", "full step of 42,000 images", func(w *work) { w.Job.Rows, w.Job.Batch, w.Job.Rate = 42000, 42000, 1 }),
		row("batch128", "epoch, batch 128", func(w *work) {}),
		row("batch32", "epoch, batch 32", func(w *work) { w.Job.Batch, w.Job.Rate = 32, 0.2 }),
		row("momentum", "epoch, batch 128, momentum", func(w *work) { w.Job.Rule, w.Job.Rate = "momentum", 0.05 }),
		row("adam", "epoch, batch 128, Adam", func(w *work) { w.Job.Rule, w.Job.Rate = "adam", 0.001 }),
		row("standardised", "epoch, batch 128, standardised pixels (no zeros)", func(w *work) {
			w.Job.Mean, w.Job.Deviation, w.Job.Rate = 0.1307, 0.3081, 0.1
		}),
		row("wide128", "784-512-512-10, ReLU, epoch of 12,800 images, batch 128", func(w *work) {
			w.Job.Units, w.Job.Hidden, w.Job.Rows, w.Job.Rate = wide, "relu", 12800, 0.1
		}),
		row("wide1024", "784-512-512-10, ReLU, epoch of 12,800 images, batch 1,024", func(w *work) {
			w.Job.Units, w.Job.Hidden, w.Job.Rows, w.Job.Batch, w.Job.Rate = wide, "relu", 12800, 1024, 0.3
		}),
		row("predict10000", "inference, 10,000 images from bytes", func(w *work) { w.Job.Rows, w.Job.Calls = 10000, 5 }),
		row("predict1", "inference, 1 image from bytes", func(w *work) { w.Job.Rows, w.Job.Calls = 1, 500 }),
		row("cold", "process start to the end of the first epoch, batch 128", func(w *work) { w.Cold, w.Job.Warm = true, 0 }),
	}
}

// contender is a program that does the work in one way.
type contender struct {
	Name string
	Way  string // of peers.py; empty: Digitlab itself
}

const (
	ours  = "Digitlab"
	idiom = "PyTorch, eager" // the way most of its users know
)

var contenders = []contender{
	{ours, ""},
	{idiom, "torch-eager"},
	{"PyTorch, backward by hand", "torch-by-hand"},
	{"PyTorch, torch.compile", "torch-compile"},
	{"JAX, jit and scan", "jax"},
	{"scikit-learn, dense", "sklearn-dense"},
	{"scikit-learn, CSR", "sklearn-csr"},
}

// takesPart leaves out what nobody would do: lists of entries without a zero among them, and a compiler for one epoch.
func (c contender) takesPart(w work) bool {
	return !(c.Way == "sklearn-csr" && w.Job.Mean != 0) && !(c.Way == "torch-compile" && w.Cold)
}
