package figure

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Scaling is the seconds that the same work takes with more and more workers.
type Scaling struct {
	Name    string
	Workers []int
	Seconds []float64
}

// Workers draws how many times faster work is done by more workers than by one:
// the seconds of the first entry over those of each. A dashed line is where
// every worker counts in full, up to so many cores of the machine; 0 cores: not
// known.
func Workers(list []Scaling, cores int) Chart {
	c := Chart{Y: Axis{Title: "times as fast as one worker"}, X: Axis{Title: "workers", Ticks: []Tick{}}, Width: 330, Height: 260}
	most, top := 1, 1.0
	var said []string
	for i, l := range list {
		s := Series{Name: l.Name, Colour: []Colour{Training, Rate, Validation, Negative}[i%4], Shape: Solid}
		for k, w := range l.Workers {
			if k < len(l.Seconds) && l.Seconds[k] > 0 {
				times := l.Seconds[0] / l.Seconds[k] * float64(l.Workers[0])
				s.X, s.Y = append(s.X, float64(w)), append(s.Y, times)
				most, top = max(most, w), max(top, times)
				if !slices.ContainsFunc(c.X.Ticks, func(t Tick) bool { return t.Value == float64(w) }) {
					c.X.Ticks = append(c.X.Ticks, Tick{float64(w), fmt.Sprint(w)})
				}
				said = append(said, fmt.Sprintf("%s: %s with %d", l.Name, Number(times, 2), w))
			}
		}
		dots := s
		dots.Name, dots.Shape = "", Points
		c.Series = append(c.Series, s, dots)
		if n := len(s.Y); n > 0 {
			k := slices.Index(s.Y, slices.Max(s.Y))
			if c.Title == "" {
				c.Title = fmt.Sprintf("%s workers: %s times as fast as one", Number(s.X[k], 0), Number(s.Y[k], 2))
			}
		}
	}
	c.X.Min, c.X.Max = 0.5, float64(most)+0.5
	full := float64(most)
	if cores > 0 {
		full = min(full, float64(cores))
		c.Note = fmt.Sprintf("on %d cores; ", cores)
	}
	c.Note += "dashed: every core counts in full"
	c.Y.Min, c.Y.Max = 0, math.Ceil(max(top, full)*1.1)
	c.marks = append(c.marks, func(p *pen, x, y func(float64) float64) {
		p.stroke(Ink, 1, []float64{3, 3}, x(1), y(1), x(full), y(full), x(c.X.Max), y(full))
	})
	c.Label = "Speed with more workers, in times that of one. " + strings.Join(said, "; ")
	return c
}

// Bar is a time in parts, one after the other.
type Bar struct {
	Name  string
	Parts []Part
}

// Part is a named share of a bar, in microseconds.
type Part struct {
	Name         string
	Microseconds float64
}

// shades is how strongly the parts of a bar are coloured, in turn: neighbours
// differ.
var shades = []float64{0.95, 0.4, 0.7, 0.22, 0.55, 0.12}

// Times draws bars of times in parts on one axis, such as what a step spends on
// the sample, forward, backward, the sum and the update. Every part is named
// below its bar, in order.
func Times(bars []Bar) Chart {
	const line = 15.0
	c := Chart{Width: 380}
	most, unit, times := 1e-9, "microseconds", 1.0
	for _, b := range bars {
		most = max(most, b.sum())
	}
	if most >= 2000 {
		unit, times = "milliseconds", 1e-3
	}
	figures := func(v float64) string {
		if v *= times; v >= 100 {
			return Number(v, 0)
		}
		return Figures(v, 2)
	}
	below := make([][]string, len(bars))
	at := []float64{0} // where bars begin, in pixels
	var said []string
	for i, b := range bars {
		var parts []string
		for _, part := range b.Parts {
			parts = append(parts, strings.ReplaceAll(part.Name+" "+figures(part.Microseconds), " ", "\u00a0"))
		}
		below[i] = words{size: 11}.wrap(strings.Join(parts, " · "), c.Width-30)
		at = append(at, at[i]+46+line*float64(len(below[i])))
		said = append(said, fmt.Sprintf("%s: %s together, %s", b.Name, figures(b.sum()), strings.Join(parts, ", ")))
	}
	c.Height = top + bottom + at[len(bars)]
	c.Y = Axis{Min: 0, Max: max(1, at[len(bars)]), Ticks: []Tick{}}
	c.X = Axis{Title: unit}
	_, _, c.X.Max = linear(0, most*times, 5)
	if len(bars) > 0 && len(bars[0].Parts) > 0 {
		b := bars[0]
		largest := slices.MaxFunc(b.Parts, func(a, b Part) int { return cmp.Compare(a.Microseconds, b.Microseconds) })
		c.Title = fmt.Sprintf("%s takes %s of a step", title(largest.Name), Percent(largest.Microseconds/max(b.sum(), 1e-9), 0))
	}
	c.Note = "parts in order; below each bar their times in " + unit
	c.Label = "Times in " + unit + ". " + strings.Join(said, "; ")
	c.marks = append(c.marks, func(p *pen, x, y func(float64) float64) {
		for i, b := range bars {
			from := y(c.Y.Max) + at[i]
			p.text(x(0), from+14, words{colour: Ink, bold: true}, b.Name)
			p.text(x(c.X.Max), from+14, words{colour: Ink, anchor: end}, figures(b.sum())+" together")
			b.draw(p, from+20, func(v float64) float64 { return x(v * times) })
			for k, text := range below[i] {
				p.text(x(0), from+52+line*float64(k), words{colour: Mute, size: 11}, text)
			}
		}
	})
	return c
}

// draw draws the parts one after the other, with names where there is room.
func (b Bar) draw(p *pen, at float64, x func(microseconds float64) float64) {
	from := 0.0
	for k, part := range b.Parts {
		share := shades[k%len(shades)]
		left, right := x(from), x(from+part.Microseconds)
		end := max(right-1.5, left+0.5)
		p.wash(Training, share, left, at, end, at, end, at+18, left, at+18)
		w := words{colour: Ink, size: 11, anchor: middle}
		if share > 0.6 {
			w.colour = Paper
		}
		if w.room(part.Name)+6 < right-left {
			p.text((left+right)/2, at+13, w, part.Name)
		}
		from += part.Microseconds
	}
}

func (b Bar) sum() (total float64) {
	for _, p := range b.Parts {
		total += p.Microseconds
	}
	return total
}
