package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// report is all that benchmarks.json holds.
type report struct {
	Machine machine   `json:"machine"`
	Command string    `json:"command"` // the flags
	Date    time.Time `json:"date"`
	Minutes float64   `json:"minutes"` // that it took
	Rounds  int       `json:"rounds"`
	Times   int       `json:"times"`  // timings in each
	Filled  float64   `json:"filled"` // share of the pixels that are not zero
	Roofs   []roof    `json:"roofs"`
	Tables  []table   `json:"tables"`
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
	Median    float64   `json:"median"`            // of Seconds
	Least     float64   `json:"least"`             // of Seconds
	Most      float64   `json:"most"`              // of Seconds
	Spread    float64   `json:"spread"`            // between their quartiles, as a share of the median
	Ratio     float64   `json:"ratio"`             // Median over Digitlab's: above 1, Digitlab is so many times faster
	Accuracy  float64   `json:"accuracy"`          // share of the test images, after the last timing
	Cost      float64   `json:"cost"`              // mean of the last epoch; of lbfgs, after the last iteration
	Hash      string    `json:"hash,omitempty"`    // of Digitlab's weights, after the last timing
	Memory    int64     `json:"memory"`            // bytes, the most that the process held
	Profile   phases    `json:"profile,omitempty"` // of a run of its own
}

// unequal is the difference of two accuracies from which they are not the same work.
const unequal = 0.015

// unsteady is the spread from which a row is not to be quoted.
const unsteady = 0.1

func (r *result) add(a answer) {
	r.Seconds = append(r.Seconds, a.Seconds...)
	r.Accuracy, r.Cost, r.Hash = a.Accuracy, a.Cost, a.Hash
}

// compare fills in what follows from the timings.
func (t *table) compare() {
	own := 0.0
	for i := range t.Results {
		r := &t.Results[i]
		if len(r.Seconds) > 0 {
			s := slices.Sorted(slices.Values(r.Seconds))
			r.Least, r.Median, r.Most = s[0], quantile(s, 0.5), s[len(s)-1]
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
		if r := &t.Results[i]; !contenderNamed(r.Contender).isOurs() && r.Error == "" && (best == nil || r.Median < best.Median) {
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

// over is how many times longer r took than own; 0: one of them has no figures.
func (r *result) over(own *result) float64 {
	if r == nil || own == nil {
		return 0
	}
	return r.Median / own.Median
}

// remark warns of a table whose runs differ too much, and of accuracies and weights that differ where they may not.
func (t table) remark() string {
	var who []string
	for _, r := range t.Results {
		if r.Error == "" && r.Spread > unsteady {
			who = append(who, fmt.Sprintf("%s %.0f %%", r.Contender, 100*r.Spread))
		}
	}
	var all []string
	if who != nil {
		all = append(all, "**runs differ too much to be quoted: "+strings.Join(who, "; ")+"**")
	}
	if own := t.of(ours); own != nil && t.Work.Name != roofed { // whose steps are too few to agree
		for _, r := range t.Results {
			if r.Error == "" && math.Abs(r.Accuracy-own.Accuracy) > unequal {
				all = append(all, fmt.Sprintf("**%s: accuracy %.1f %%, Digitlab's %.1f %%**", r.Contender, 100*r.Accuracy, 100*own.Accuracy))
			}
		}
	}
	if a, b := t.of(ours), t.of(avx2); a != nil && b != nil && a.Hash != b.Hash {
		all = append(all, "**the weights depend on the SIMD tier: "+a.Hash+" and "+b.Hash+"**")
	}
	return strings.Join(all, "; ")
}

// sameWeights says of each work whether Digitlab's weights came out alike on all numbers of threads.
func (r report) sameWeights(name string) bool {
	hash := ""
	for _, t := range r.Tables {
		own := t.of(ours)
		if t.Work.Name != name || own == nil {
			continue
		}
		if hash != "" && hash != own.Hash {
			return false
		}
		hash = own.Hash
	}
	return true
}
