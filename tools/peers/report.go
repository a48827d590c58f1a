package main

import (
	"fmt"
	"slices"
	"strings"
)

// report is all that benchmarks.json holds.
type report struct {
	Machine machine `json:"machine"`
	Rounds  int     `json:"rounds"`
	Times   int     `json:"times"` // timings in each
	Tables  []table `json:"tables"`
}

// table is one work on one number of threads.
type table struct {
	Work    work     `json:"work"`
	Threads int      `json:"threads"`
	Results []result `json:"results"`
}

// result is one contender's part of a table.
type result struct {
	Contender string    `json:"contender"`
	Version   string    `json:"version"`
	Error     string    `json:"error,omitempty"` // why there are no figures
	Seconds   []float64 `json:"seconds"`
	Median    float64   `json:"median"`   // of Seconds
	Spread    float64   `json:"spread"`   // between their quartiles, as a share of the median
	Ratio     float64   `json:"ratio"`    // Median over Digitlab's: above 1, Digitlab is so many times faster
	Accuracy  float64   `json:"accuracy"` // share of the test images, after the last timing
	Cost      float64   `json:"cost"`     // mean of the last epoch
	Memory    int64     `json:"memory"`   // bytes, the most that the process held
}

// unsteady is the spread from which a row is not to be quoted.
const unsteady = 0.1

func (r *result) add(a answer) {
	r.Seconds = append(r.Seconds, a.Seconds...)
	r.Accuracy, r.Cost = a.Accuracy, a.Cost
}

// compare fills in what follows from the timings.
func (t *table) compare() {
	own := 0.0
	for i := range t.Results {
		r := &t.Results[i]
		if len(r.Seconds) > 0 {
			s := slices.Sorted(slices.Values(r.Seconds))
			r.Median = quantile(s, 0.5)
			r.Spread = (quantile(s, 0.75) - quantile(s, 0.25)) / r.Median
		}
		if r.Contender == ours && r.Error == "" {
			own = r.Median
		}
	}
	for i := range t.Results {
		if r := &t.Results[i]; own > 0 && r.Error == "" {
			r.Ratio = r.Median / own
		}
	}
}

// quantile interpolates between sorted numbers.
func quantile(s []float64, q float64) float64 {
	at := q * float64(len(s)-1)
	i := int(at)
	if i == len(s)-1 {
		return s[i]
	}
	return s[i] + (at-float64(i))*(s[i+1]-s[i])
}

// best is the fastest of the peers, nil where none has figures.
func (t table) best() (best *result) {
	for i := range t.Results {
		if r := &t.Results[i]; r.Contender != ours && r.Error == "" && (best == nil || r.Median < best.Median) {
			best = r
		}
	}
	return best
}

// of is a contender's figures, nil where it has none.
func (t table) of(contender string) *result {
	i := slices.IndexFunc(t.Results, func(r result) bool { return r.Contender == contender && r.Error == "" })
	if i < 0 {
		return nil
	}
	return &t.Results[i]
}

// markdown is the page: a summary, then every row.
func (r report) markdown() string {
	var b strings.Builder
	m := r.Machine
	fmt.Fprintf(&b, "# Digitlab beside PyTorch, JAX and scikit-learn\n\nMade by `make bench-peers`: %d rounds of %d timings, the contenders taking turns. "+
		"%s, %d processors, %s, %s.\n", r.Rounds, r.Times, m.CPU, m.Count, m.System, m.Go)
	if m.Load > 0.5 {
		fmt.Fprintf(&b, "\n**The machine was busy when this began (load %.1f): do not quote these figures.**\n", m.Load)
	}
	if !m.Pinned {
		b.WriteString("\nNothing ties a process to processors on this system: the thread counts are what each contender was asked for.\n")
	}
	b.WriteString("\nA ratio is a median over Digitlab's in the same table: above 1, Digitlab is so many times faster. " +
		"Both sides shuffle, compute the cost, and start inference from bytes. The net is 784-64-10 (sigmoid, softmax, cross-entropy) unless the row says otherwise, " +
		"an epoch 60,000 images. Reading files and making them ready for training is in the cold row alone. " +
		"The accuracy is on the 10,000 test images after the last timing; all have then done the same number of epochs, each from weights and in an order of its own.\n" +
		"\n| work | threads | Digitlab | best peer | ratio | PyTorch, eager | ratio | |\n|---|--:|--:|---|--:|--:|--:|---|\n")
	for _, t := range r.Tables {
		own, best, eager := t.of(ours), t.best(), t.of(idiom)
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s | %s | %s | %s |\n",
			t.Work.Title, t.Threads, own.time(), best.nameAndTime(), best.ratio(), eager.time(), eager.ratio(), t.remark())
	}
	for _, t := range r.Tables {
		fmt.Fprintf(&b, "\n## %s, %s\n\n| | median | ratio | spread | accuracy | memory | version |\n|---|--:|--:|--:|--:|--:|---|\n", t.Work.Title, count(t.Threads, "thread"))
		for _, r := range t.Results {
			if r.Error != "" {
				fmt.Fprintf(&b, "| %s | left out: %s | | | | | %s |\n", r.Contender, strings.ReplaceAll(r.Error, "|", "/"), r.Version)
				continue
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %.0f %% | %.2f %% | %.0f MB | %s |\n",
				r.Contender, r.time(), r.ratio(), 100*r.Spread, 100*r.Accuracy, float64(r.Memory)/1e6, r.Version)
		}
		if s := t.remark(); s != "" {
			fmt.Fprintf(&b, "\n%s\n", s)
		}
	}
	return b.String()
}

// remark warns of a table whose runs differ too much.
func (t table) remark() string {
	var who []string
	for _, r := range t.Results {
		if r.Error == "" && r.Spread > unsteady {
			who = append(who, fmt.Sprintf("%s %.0f %%", r.Contender, 100*r.Spread))
		}
	}
	if who == nil {
		return ""
	}
	return "**runs differ too much to be quoted: " + strings.Join(who, "; ") + "**"
}

func (r *result) nameAndTime() string {
	if r == nil {
		return "-"
	}
	return r.Contender + ": " + r.time()
}

func (r *result) time() string {
	switch {
	case r == nil:
		return "-"
	case r.Median < 1e-3:
		return fmt.Sprintf("%.1f us", 1e6*r.Median)
	case r.Median < 1:
		return fmt.Sprintf("%.1f ms", 1e3*r.Median)
	default:
		return fmt.Sprintf("%.2f s", r.Median)
	}
}

func (r *result) ratio() string {
	if r == nil || r.Ratio == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", r.Ratio)
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
