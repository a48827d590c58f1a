package figure

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Exchange is the seconds that so many ranks need to sum vectors of some sizes.
type Exchange struct {
	Ranks   int
	Bytes   []float64
	Seconds []float64
}

// exchanged is the colours of counts of ranks, in the order in which they come.
var exchanged = []Colour{Training, Validation, Rate, Negative}

// Communication draws measured sums as dots with their number of ranks, beside
// those of a model as thin lines, over the bytes of the vector, both axes logarithmic. The title is how
// far the model is from what was measured, in the median.
func Communication(measured, model []Exchange) Chart {
	c := Chart{
		Width: 460, Height: 300,
		X: Axis{Title: "bytes of the vector, log scale", Log: true},
		Y: Axis{Title: "milliseconds a sum, log scale", Log: true},
	}
	colours := map[int]Colour{}
	colour := func(ranks int) Colour {
		if _, ok := colours[ranks]; !ok {
			colours[ranks] = exchanged[len(colours)%len(exchanged)]
		}
		return colours[ranks]
	}
	low, high, least, most := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	add := func(e Exchange, name string, shape Shape) {
		s := Series{Name: name, Colour: colour(e.Ranks), Shape: shape}
		for i, b := range e.Bytes[:min(len(e.Bytes), len(e.Seconds))] {
			s.X, s.Y = append(s.X, b), append(s.Y, 1e3*e.Seconds[i])
			if b > 0 && e.Seconds[i] > 0 {
				low, high, least, most = min(low, b), max(high, b), min(least, 1e3*e.Seconds[i]), max(most, 1e3*e.Seconds[i])
			}
		}
		c.Series = append(c.Series, s)
	}
	for _, e := range model {
		add(e, fmt.Sprintf("%d ranks", e.Ranks), Thin)
	}
	var said []string
	for _, e := range measured {
		add(e, "", Points)
		for i, b := range e.Bytes[:min(len(e.Bytes), len(e.Seconds))] {
			said = append(said, fmt.Sprintf("%d ranks, %s bytes: %s ms", e.Ranks, Number(b, 0), Figures(1e3*e.Seconds[i], 2)))
		}
	}
	c.marks = append(c.marks, func(p *pen, x, y func(float64) float64) {
		for i, e := range measured {
			w, beside := words{colour: colour(e.Ranks), size: 11, halo: true}, 7.0
			if i%2 == 1 { // dots of neighbours may be close
				w.anchor, beside = end, -7
			}
			for k, b := range e.Bytes[:min(len(e.Bytes), len(e.Seconds))] {
				if b > 0 && e.Seconds[k] > 0 {
					p.text(x(b)+beside, y(1e3*e.Seconds[k])+4, w, fmt.Sprint(e.Ranks))
				}
			}
		}
	})
	if low < high {
		c.X.Min, c.X.Max, c.Y.Min, c.Y.Max = low/1.5, high*1.5, least/1.5, most*1.5
	}
	c.Note = "dots: measured, with the number of ranks; lines: the alpha-beta model"
	c.Title = "What a sum costs"
	if off := apart(measured, model); len(off) > 0 {
		slices.Sort(off)
		c.Title = fmt.Sprintf("Half of the sums are within a factor of %s of the model", Number(off[len(off)/2], 1))
	}
	c.Label = c.Note + ". " + strings.Join(said, "; ")
	return c
}

// apart is the factors between what was measured and the model, from 1 up.
func apart(measured, model []Exchange) (off []float64) {
	for _, e := range measured {
		for _, m := range model {
			for i, b := range e.Bytes[:min(len(e.Bytes), len(e.Seconds))] {
				if k := slices.Index(m.Bytes, b); m.Ranks == e.Ranks && k >= 0 && k < len(m.Seconds) && m.Seconds[k] > 0 && e.Seconds[i] > 0 {
					off = append(off, max(e.Seconds[i]/m.Seconds[k], m.Seconds[k]/e.Seconds[i]))
				}
			}
		}
	}
	return off
}

// Outlook is the share of its time that each of so many ranks computes, by a
// model.
type Outlook struct {
	Name  string
	Ranks []int
	Share []float64
}

// Outlooks draws what a model says of more ranks than there are: no dot of it is
// measured, and the chart says so.
func Outlooks(list []Outlook) Chart {
	c := Chart{
		Width: 460, Height: 260, Note: "a model, not a measurement; each rank keeps its own share of rows",
		X: Axis{Title: "ranks, log scale", Log: true},
		Y: Axis{Title: "time spent computing, %", Min: 0, Max: 100},
	}
	var said []string
	most := 1
	for i, o := range list {
		s := Series{Name: o.Name, Colour: exchanged[i%len(exchanged)], Shape: Solid}
		for k, ranks := range o.Ranks[:min(len(o.Ranks), len(o.Share))] {
			s.X, s.Y = append(s.X, float64(ranks)), append(s.Y, 100*o.Share[k])
			most = max(most, ranks)
		}
		c.Series = append(c.Series, s)
		if n := len(s.Y); n > 0 {
			said = append(said, fmt.Sprintf("%s: %s with %s ranks", o.Name, Percent(s.Y[n-1]/100, 0), Number(s.X[n-1], 0)))
		}
	}
	c.X.Min, c.X.Max = 1, max(10, float64(most))
	c.Title = "Outlook"
	if len(list) > 0 && len(said) == len(list) {
		last := func(o Outlook) float64 { return o.Share[len(o.Share)-1] }
		best := slices.MaxFunc(list, func(a, b Outlook) int { return cmp.Compare(last(a), last(b)) })
		c.Title = fmt.Sprintf("Model: by %s, %s ranks would compute for %s of their time", best.Name, Number(float64(most), 0), Percent(last(best), 0))
	}
	c.Label = c.Note + ". " + strings.Join(said, "; ")
	return c
}
