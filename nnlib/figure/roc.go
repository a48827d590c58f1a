package figure

import (
	"fmt"
	"math"

	"digitlab/nnlib/metrics"
)

// ROC draws the curve of each class against all others: how many images of the
// class are found, against how many others are taken for it. Nil names number
// the classes from 0; a class without a curve (none of the images, or all) is
// left out.
func ROC(curves []*metrics.ROC, names []string) Chart {
	c := percentChart("images of the class found, %", "other images taken for it, %")
	c.Width = 300
	ticks := classTicks(names, len(curves))
	var sum float64
	drawn := 0
	c.Label = "ROC curves"
	sign := ", areas: "
	for k, r := range curves {
		if math.IsNaN(r.Area) {
			continue
		}
		s := Series{Colour: Class(k), Shape: Thin}
		for i, p := range r.Points {
			x, y := 100*p.FalsePositive, 100*p.TruePositive
			if n := len(s.X); n > 0 && i+1 < len(r.Points) && x-s.X[n-1] < 0.25 && y-s.Y[n-1] < 0.25 {
				continue // within the width of the line
			}
			s.X, s.Y = append(s.X, x), append(s.Y, y)
		}
		c.Series = append(c.Series, s)
		sum += r.Area
		drawn++
		c.Label += fmt.Sprintf("%s%s %s", sign, ticks[k].Text, Number(r.Area, 4))
		sign = "; "
	}
	c.marks = append(c.marks, func(p *pen, x, y func(float64) float64) {
		p.stroke(Ink, 1, []float64{2, 3}, x(0), y(0), x(100), y(100))
		p.text(x(60), y(42), words{colour: Mute, halo: true}, "guessing")
	})
	if drawn > 0 {
		c.Title = fmt.Sprintf("Area under the curve %s on average", Number(sum/float64(drawn), 4))
	}
	c.Note = fmt.Sprintf("a curve a class, %d classes", drawn)
	return c
}
