package main

import (
	"fmt"
	"strings"
)

// roofed is the work that is held against the machine's roof.
const roofed = "full"

// markdown is the page: a summary with what is asked for, the roof, then every row.
func (r report) markdown() string {
	var b strings.Builder
	r.head(&b)
	r.summary(&b)
	r.own(&b)
	r.roofline(&b)
	b.WriteString(caveats)
	for _, t := range r.Tables {
		t.details(&b)
	}
	return b.String()
}

func (r report) head(b *strings.Builder) {
	m := r.Machine
	fmt.Fprintf(b, "# Digitlab beside PyTorch, JAX and scikit-learn\n\nMade by `%s` on %s UTC in %.0f minutes", strings.TrimSpace("go run ./tools/peers "+r.Command),
		r.Date.UTC().Format("2006-01-02 15:04"), r.Minutes)
	if m.Commit != "" {
		fmt.Fprintf(b, ", of commit %s", m.Commit)
	}
	fmt.Fprintf(b, ": %s of %s, the contenders taking turns. %s, %s, %s, %s.\n",
		count(r.Rounds, "round"), count(r.Times, "timing"), m.CPU, count(m.Count, "processor"), m.System, m.Go)
	if m.Load > 0.5 {
		fmt.Fprintf(b, "\n**The machine was busy when this began (load %.1f): do not quote these figures.**\n", m.Load)
	}
	if !m.Pinned {
		b.WriteString("\nNothing ties a process to processors on this system: the thread counts are what each contender was asked for.\n")
	}
	b.WriteString("\nTimes are medians. A ratio is a time over Digitlab's in the same row: above 1, Digitlab is so many times faster. " +
		"Beside it stands what it is to be at least, and the aim. The net is 784-64-10 (sigmoid, softmax, cross-entropy) unless the row says otherwise, an epoch 60,000 images.\n")
}

// summary has two lines for each table: Digitlab as it is, and with AVX2 alone.
func (r report) summary(b *strings.Builder) {
	b.WriteString("\n| work | threads | Digitlab | best peer | ratio | at least / aim | | PyTorch, eager | ratio | at least / aim | | |\n" +
		"|---|--:|--:|---|--:|--:|---|--:|--:|--:|---|---|\n")
	for _, t := range r.Tables {
		best, eager, wanted := t.best(), t.of(idiom), t.Work.goal(t.Threads)
		own := t.of(ours)
		fmt.Fprintf(b, "| %s | %d | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", t.Work.Title, t.Threads, own.time(),
			best.nameAndTime(), ratio(best.over(own)), wanted.Peer, wanted.Peer.verdict(best.over(own)),
			eager.time(), ratio(eager.over(own)), wanted.Idiom, wanted.Idiom.verdict(eager.over(own)), t.remark())
		if own := t.of(avx2); own != nil {
			fmt.Fprintf(b, "| - with AVX2 alone | %d | %s | | %s | | | | %s | | | |\n", t.Threads, own.time(), ratio(best.over(own)), ratio(eager.over(own)))
		}
	}
}

// own is Digitlab against itself: more workers, and equal weights.
func (r report) own(b *strings.Builder) {
	for _, name := range []string{ours, avx2} {
		var one, two *result
		for _, t := range r.Tables {
			if t.Work.Name == roofed && t.Threads == 1 {
				one = t.of(name)
			}
			if t.Work.Name == roofed && t.Threads == 2 {
				two = t.of(name)
			}
		}
		if v := one.over(two); v > 0 {
			fmt.Fprintf(b, "\n%s, full step: 2 workers are %.2f times as fast as 1 (at least %v): %s.\n", name, v, scaling, scaling.verdict(v))
		}
	}
	seen := map[string]bool{}
	for _, t := range r.Tables {
		if w := t.Work; !seen[w.Name] && w.Job.Iterations == 0 && !r.sameWeights(w.Name) {
			fmt.Fprintf(b, "\n**%s: Digitlab's weights depend on the number of threads.**\n", w.Title)
		}
		seen[t.Work.Name] = true
	}
}

// roofline holds the full step against what the processor can do.
func (r report) roofline(b *strings.Builder) {
	for _, t := range r.Tables {
		if t.Work.Name != roofed {
			continue
		}
		var top roof
		for _, found := range r.Roofs {
			if found.Threads == t.Threads {
				top = found
			}
		}
		fmt.Fprintf(b, "\n## Roofline: %s, %s\n\nRegister peak (multiply-adds on %d-byte registers, without memory): %s; with 32-byte registers: %s; best product of PyTorch (2048x2048): %s.\n",
			t.Work.Title, count(t.Threads, "thread"), top.Bytes, rate(top.Register), rate(top.AVX2), rate(top.Product))
		for _, v := range top.Reads {
			fmt.Fprintf(b, "Reading %d kB again and again: %.0f GB/s.\n", v.Kilobytes, v.Rate)
		}
		if top.Missing != "" {
			fmt.Fprintf(b, "\n**%s**\n", top.Missing)
		}
		fmt.Fprintf(b, "\n\"As if dense\" counts every pixel; \"really done\" leaves out the products with zero that the contender leaves out (%.1f %% of the pixels are not zero).\n"+
			"\n| | as if dense | of the peak | really done | of the peak |\n|---|--:|--:|--:|--:|\n", 100*r.Filled)
		held := ""
		for _, found := range t.Results {
			if found.Error != "" {
				continue
			}
			c := contenderNamed(found.Contender)
			dense, done := t.Work.Job.operations(r.Filled, c.Forward, c.Gradient)
			dense, done = dense/found.Median/1e9, done/found.Median/1e9
			fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", found.Contender, rate(dense), share(dense, top.peak(c)), rate(done), share(done, top.peak(c)))
			if found.Contender == ours && t.Threads == 1 && top.Register > 0 {
				v := dense / top.Register
				held = fmt.Sprintf("\nDigitlab, 1 worker, as if dense: %.2f times the peak (at least %v): %s.\n", v, overTop, overTop.verdict(v))
			}
		}
		b.WriteString(held)
	}
}

const caveats = `
## What to know

- Each contender is written as its own users would write it and runs on as many processors as it has threads, tied to
  them, with its thread settings (torch.set_num_threads, OMP, MKL, XLA, local[n]) set to that number. It has done one
  epoch before the first timing, the cold row aside, so that nothing is compiled on the clock.
- Both sides shuffle every epoch, compute the cost, and start inference from bytes. Reading files and making them ready
  for training is in the cold row alone, and so are the start of Python and the compilers.
- The accuracy is on the 10,000 test images after the last timing. All have then done the same number of epochs, each
  from weights and in an order of its own; L-BFGS starts from Spark's weights.
- Most pixels of MNIST are zero, and Digitlab leaves them out: a dense data set is the row of standardised pixels.
- All compute in float32, Spark ML in float64. It runs once: its training takes minutes.
- PyTorch's sparse tensors serve the first product; the gradient's is faster from dense rows, so it is made from them.
- PyTorch is the build from PyPI without its CUDA libraries; the code that runs on the CPU is untouched.
- Memory is the most that the process held, the data in the form that the contender wants them included.
- The spread is between the quartiles; beyond 10 % of the median the row says so.
`

// details is every contender's line.
func (t table) details(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s, %s\n\n| | median | least to most | ratio | spread | accuracy | cost | memory | version |\n|---|--:|--:|--:|--:|--:|--:|--:|---|\n",
		t.Work.Title, count(t.Threads, "thread"))
	for _, r := range t.Results {
		if r.Error != "" {
			fmt.Fprintf(b, "| %s | left out: %s | | | | | | | %s |\n", r.Contender, strings.ReplaceAll(r.Error, "|", "/"), r.Version)
			continue
		}
		cost := "-"
		if t.Work.Job.Calls == 0 {
			cost = fmt.Sprintf("%.4f", r.Cost)
		}
		fmt.Fprintf(b, "| %s | %s | %s to %s | %s | %.0f %% | %.2f %% | %s | %.0f MB | %s |\n",
			r.Contender, r.time(), timed(r.Least), timed(r.Most), ratio(r.Ratio), 100*r.Spread, 100*r.Accuracy, cost, float64(r.Memory)/1e6, r.Version)
	}
	if own := t.of(ours); own != nil && own.Hash != "" {
		fmt.Fprintf(b, "\nDigitlab's weights: %s\n", own.Hash)
	}
	if s := t.remark(); s != "" {
		fmt.Fprintf(b, "\n%s\n", s)
	}
}

// String is "3.2 / 5".
func (a atLeast) String() string {
	if a == (atLeast{}) {
		return ""
	}
	return fmt.Sprintf("%g / %g", a.Least, a.Aim)
}

// verdict says what v is, held against a.
func (a atLeast) verdict(v float64) string {
	switch {
	case a == (atLeast{}) || v == 0:
		return ""
	case v >= a.Aim:
		return "aim reached"
	case v >= a.Least:
		return "reached"
	}
	return "**not reached**"
}

func (r *result) nameAndTime() string {
	if r == nil {
		return "-"
	}
	return r.Contender + ": " + r.time()
}

func (r *result) time() string {
	if r == nil {
		return "-"
	}
	return timed(r.Median)
}

func timed(seconds float64) string {
	switch {
	case seconds < 1e-3:
		return fmt.Sprintf("%.1f us", 1e6*seconds)
	case seconds < 1:
		return fmt.Sprintf("%.1f ms", 1e3*seconds)
	default:
		return fmt.Sprintf("%.2f s", seconds)
	}
}

func ratio(v float64) string {
	if v == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", v)
}

// rate is GFLOP/s.
func rate(v float64) string {
	if v == 0 {
		return "not measured"
	}
	return fmt.Sprintf("%.0f GFLOP/s", v)
}

func share(v, of float64) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f %%", 100*v/of)
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
