package metrics

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// z is the 97.5 % quantile of the normal distribution.
const z = 1.959963984540054

// Wilson is the 95 % interval of a share, of which k of n successes were seen:
// Wilson's score interval (1927). It stays inside 0 to 1 and is 0 to 1 when n
// is 0.
func Wilson(k, n int64) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	m := float64(n)
	p := float64(k) / m
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	low, high = max(0, centre-half), min(1, centre+half)
	if k == 0 {
		low = 0
	}
	if k == n {
		high = 1
	}
	return low, high
}

// Bin holds the answers whose probability lies in [Low, High); the last bin
// includes 1.
type Bin struct {
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Count int64   `json:"count"`
	Right int64   `json:"right"`
	Mean  float64 `json:"mean"` // probability, 0 for an empty bin
}

// Share is the share of right answers in the bin, 0 when it is empty.
func (b Bin) Share() float64 { return ratio(b.Right, b.Count) }

// Calibration compares the probability of answers with how often they are
// right.
type Calibration struct {
	Bins []Bin `json:"bins"` // of equal width, empty ones included
	// Gap is the expected calibration error: the mean over all answers of
	// |mean probability - share of right answers| of their bin (Guo et al.,
	// 2017).
	Gap float64 `json:"gap"`
}

// Calibrate sorts answers into bins of equal width by their probability, from
// 0 to 1. It fails on lists of different length and on a probability out of
// range.
func Calibrate(probability []float64, right []bool, bins int) (*Calibration, error) {
	if bins < 1 {
		return nil, fmt.Errorf("metrics: calibration with %d bins: there must be at least one", bins)
	}
	if err := answers(probability, right); err != nil {
		return nil, err
	}
	c := &Calibration{Bins: make([]Bin, bins)}
	for k := range c.Bins {
		c.Bins[k].Low, c.Bins[k].High = float64(k)/float64(bins), float64(k+1)/float64(bins)
	}
	for i, p := range probability {
		b := &c.Bins[min(int(p*float64(bins)), bins-1)]
		b.Count++
		b.Mean += p
		if right[i] {
			b.Right++
		}
	}
	for k := range c.Bins {
		if b := &c.Bins[k]; b.Count > 0 {
			b.Mean /= float64(b.Count)
			c.Gap += math.Abs(b.Mean-b.Share()) * float64(b.Count)
		}
	}
	if len(right) > 0 {
		c.Gap /= float64(len(right))
	}
	return c, nil
}

// Abstention is what is left when the least sure answers are withheld.
type Abstention struct {
	Withheld int     // answers withheld
	Share    float64 // of all answers, 0 to 1
	Wrong    float64 // share of wrong answers among the rest, 0 to 1
}

// Abstain withholds answers one by one, least probable first (equal ones in
// their order), and gives what each number of withheld answers leaves:
// element k withholds k, up to all but one. It fails as Calibrate does.
func Abstain(probability []float64, right []bool) ([]Abstention, error) {
	if err := answers(probability, right); err != nil {
		return nil, err
	}
	order, wrong := make([]int, len(right)), 0
	for i := range order {
		order[i] = i
		if !right[i] {
			wrong++
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(probability[a], probability[b]) })
	list := make([]Abstention, len(order))
	for k, i := range order {
		list[k] = Abstention{k, float64(k) / float64(len(order)), float64(wrong) / float64(len(order)-k)}
		if !right[i] {
			wrong--
		}
	}
	return list, nil
}

func answers(probability []float64, right []bool) error {
	if len(probability) != len(right) {
		return fmt.Errorf("metrics: %d probabilities for %d answers", len(probability), len(right))
	}
	for i, p := range probability {
		if !(p >= 0 && p <= 1) {
			return fmt.Errorf("metrics: the probability of answer %d is %v: it must lie between 0 and 1", i, p)
		}
	}
	return nil
}
