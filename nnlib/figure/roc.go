package figure

import (
	"fmt"
	"math"

	"digitlab/nnlib/metrics"
)

// ROC draws the curve of each class against all others: how many images of the
// class are found, against how many others are taken for it. The axis of these
// is logarithmic, because good curves differ only where few are. The curves are
// grey but for the ones with the largest and the smallest area below them.
// Nil names number the classes from 0; a class without a curve (none of the
// images, or all) is left out.
func ROC(curves []*metrics.ROC, names []string) Chart {
	c := Chart{Height: 280, Y: Axis{Title: "images of the class found, %", Min: 0, Max: 100, Ticks: linearTicks(0, 100, 25)}}
	least, best, worst, drawn, sum := 1.0, -1, -1, 0, 0.0
	c.Label = "ROC curves"
	sign := ", areas: "
	for k, r := range curves {
		if math.IsNaN(r.Area) {
			continue
		}
		for _, p := range r.Points {
			if p.FalsePositive > 0 {
				least = min(least, p.FalsePositive)
			}
		}
		if best < 0 || r.Area > curves[best].Area {
			best = k
		}
		if worst < 0 || r.Area < curves[worst].Area {
			worst = k
		}
		drawn++
		sum += r.Area
		c.Label += fmt.Sprintf("%s%s %s", sign, name(names, k), Number(r.Area, 4))
		sign = "; "
	}
	from := min(10, math.Pow(10, math.Floor(math.Log10(100*least)+1e-9)))
	c.X = Axis{Title: "other images taken for it, %, log scale", Log: true, Min: from, Max: 100}
	for k, r := range curves {
		if !math.IsNaN(r.Area) && k != best && k != worst {
			c.Series = append(c.Series, curve(r, from, Series{Colour: Earlier, Shape: Thin}))
		}
	}
	if drawn > 0 {
		c.Series = append(c.Series, curve(curves[worst], from, Series{Colour: Mistake, Shape: Solid}))
		if best != worst {
			c.Series = append(c.Series, curve(curves[best], from, Series{Colour: Training, Shape: Dotted}))
		}
		c.Title = fmt.Sprintf("Area under the curve %s on average", Number(sum/float64(drawn), 4))
	}
	c.marks = append(c.marks, func(p *pen, x, y func(float64) float64) {
		var line []float64
		for at := from; at <= 100*(1+1e-9); at *= math.Pow(10, 0.05) {
			line = append(line, x(at), y(at))
		}
		p.stroke(Ink, 1, []float64{2, 3}, line...)
		p.text(x(100)-6, y(8), words{colour: Mute, halo: true, anchor: end}, "guessing")
		if drawn == 0 {
			return
		}
		at := y(55)
		for _, l := range []struct {
			colour Colour
			k      int
			what   string
		}{{Training, best, "dotted"}, {Mistake, worst, "solid"}} {
			if l.k == worst && l.colour == Training {
				continue
			}
			p.text(x(100)-6, at, words{colour: l.colour, bold: true, halo: true, anchor: end}, fmt.Sprintf("%s, %s: %s", name(names, l.k), l.what, Number(curves[l.k].Area, 4)))
			at += 16
		}
	})
	c.Note = fmt.Sprintf("%d classes, each against all others; named: the largest and the smallest area", drawn)
	return c
}

// curve is the points of a curve, those without a false alarm at the left edge.
func curve(r *metrics.ROC, from float64, s Series) Series {
	for i, p := range r.Points {
		x, y := math.Log(max(from, 100*p.FalsePositive)/from), 100*p.TruePositive
		if n := len(s.X); n > 0 && i+1 < len(r.Points) && x-s.X[n-1] < 0.02 && y-s.Y[n-1] < 0.25 {
			continue // within the width of the line
		}
		s.X, s.Y = append(s.X, x), append(s.Y, y)
	}
	for i, x := range s.X {
		s.X[i] = min(100, from*math.Exp(x))
	}
	return s
}
