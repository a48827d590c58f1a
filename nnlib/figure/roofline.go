package figure

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Work is something measured that computes: its floating-point operations for
// each byte that it moves, and the operations that it does a second, in
// thousands of millions (GFLOP/s).
type Work struct {
	Name            string
	Intensity, Rate float64
	Other           bool // is drawn in grey: somebody else's, for comparison
}

// Roof is a limit of the machine: GB that a memory moves a second, or GFLOP
// that the processor does a second. One of the two is set.
type Roof struct {
	Name                  string
	Bandwidth, Arithmetic float64
}

// Roofline draws measured work below the roofs of the machine, both axes
// logarithmic: a sloping roof is what a memory can bring, a level one what the
// processor can compute.
func Roofline(work []Work, roofs []Roof) Chart {
	c := Chart{
		Width: 380, Height: 300,
		X: Axis{Title: "operations a byte, log scale", Log: true}, Y: Axis{Title: "GFLOP/s, log scale", Log: true},
	}
	left, right, low, high := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, w := range work {
		left, right, low, high = min(left, w.Intensity), max(right, w.Intensity), min(low, w.Rate), max(high, w.Rate)
	}
	peak, fastest := 0.0, 0.0
	for _, r := range roofs {
		peak, fastest = max(peak, r.Arithmetic), max(fastest, r.Bandwidth)
	}
	for _, r := range roofs {
		if r.Bandwidth > 0 && peak > 0 { // the ridge is in the picture
			left, right = min(left, peak/r.Bandwidth), max(right, peak/r.Bandwidth)
		}
		if r.Arithmetic > 0 {
			low, high = min(low, r.Arithmetic), max(high, r.Arithmetic)
		}
	}
	if !(left > 0) || math.IsInf(left, 0) || !(low > 0) || math.IsInf(low, 0) {
		left, right, low, high = 0.1, 100, 1, 100
	}
	c.X.Min, c.X.Max, c.Y.Min, c.Y.Max = left/2.5, right*4, low/2.5, high*1.35
	for _, r := range roofs {
		s := Series{Colour: Ink, Shape: Thin}
		if r.Bandwidth > 0 {
			end := c.Y.Max
			if peak > 0 {
				end = peak
			}
			from := max(c.X.Min, c.Y.Min/r.Bandwidth)
			s.X, s.Y = []float64{from, end / r.Bandwidth}, []float64{from * r.Bandwidth, end}
		} else {
			from := c.X.Min
			if fastest > 0 {
				from = max(from, r.Arithmetic/fastest)
			}
			s.X, s.Y = []float64{from, c.X.Max}, []float64{r.Arithmetic, r.Arithmetic}
		}
		c.Series = append(c.Series, s)
	}
	c.marks = append(c.marks, func(p *pen, x, y func(float64) float64) {
		for _, r := range roofs {
			w := words{colour: Mute, size: 11, halo: true}
			if r.Bandwidth > 0 {
				from := max(c.X.Min, c.Y.Min/r.Bandwidth)
				p.text(x(from)+18, y(from*r.Bandwidth)-4, w, fmt.Sprintf("%s, %s GB/s", r.Name, Figures(r.Bandwidth, 3)))
				continue
			}
			w.anchor = end
			p.text(x(c.X.Max)-2, y(r.Arithmetic)-5, w, fmt.Sprintf("%s, %s GFLOP/s", r.Name, Figures(r.Arithmetic, 3)))
		}
		var taken [][2]float64
		for _, w := range work {
			colour := Training
			if w.Other {
				colour = Earlier
			}
			p.dots(colour, 4, x(w.Intensity), y(w.Rate))
			at := [2]float64{x(w.Intensity), y(w.Rate) + 4}
			for slices.ContainsFunc(taken, func(t [2]float64) bool { return math.Abs(t[0]-at[0]) < 150 && math.Abs(t[1]-at[1]) < 13 }) {
				at[1] += 3
			}
			taken = append(taken, at)
			text := words{colour: colour, size: 11, bold: true, halo: true}
			if w.Other {
				text.colour = Mute
			}
			name := fmt.Sprintf("%s, %s", w.Name, Figures(w.Rate, 3))
			if at[0]+8+text.room(name) > p.width {
				text.anchor = end
				p.text(at[0]-8, at[1], text, name)
				continue
			}
			p.text(at[0]+8, at[1], text, name)
		}
	})
	var said []string
	for _, w := range work {
		said = append(said, fmt.Sprintf("%s: %s GFLOP/s at %s operations a byte", w.Name, Figures(w.Rate, 3), Figures(w.Intensity, 2)))
	}
	for _, r := range roofs {
		if r.Bandwidth > 0 {
			said = append(said, fmt.Sprintf("roof %s: %s GB/s", r.Name, Figures(r.Bandwidth, 3)))
		} else {
			said = append(said, fmt.Sprintf("roof %s: %s GFLOP/s", r.Name, Figures(r.Arithmetic, 3)))
		}
	}
	if len(work) > 0 && peak > 0 {
		best := slices.MaxFunc(work, func(a, b Work) int { return cmp.Compare(a.Rate, b.Rate) })
		c.Title = fmt.Sprintf("%s: %s of the arithmetic peak", title(best.Name), Percent(best.Rate/peak, 0))
	}
	c.Note = "lines: what memory and processor can do at most; dots: measured"
	c.Label = "Roofline. " + strings.Join(said, "; ")
	return c
}
