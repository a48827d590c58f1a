package figure

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// draw lets gonum's plot turn values into places, and draws axes, series,
// marks and names.
func (f frame) draw(p *pen) {
	g := plot.New()
	g.HideAxes()
	g.X.Padding, g.Y.Padding = 0, 0
	g.BackgroundColor = nil
	g.X.Min, g.X.Max, g.Y.Min, g.Y.Max = f.X.Min, f.X.Max, f.Y.Min, f.Y.Max
	if f.X.Log {
		g.X.Scale = plot.LogScale{}
	}
	if f.Y.Log {
		g.Y.Scale = plot.LogScale{}
	}
	g.Add(layer{p, f.axes})
	for _, s := range f.Series {
		g.Add(f.plotter(p, s))
	}
	for _, m := range f.marks {
		g.Add(layer{p, m})
	}
	g.Add(layer{p, f.names})
	inner := p.Canvas
	inner.Rectangle = vg.Rectangle{Min: p.at(f.left, f.Height-bottom), Max: p.at(f.Width-f.right, top)}
	g.Draw(inner)
}

// layer is a mark as one of gonum's plotters.
type layer struct {
	pen  *pen
	draw mark
}

// Plot draws the mark.
func (l layer) Plot(c draw.Canvas, g *plot.Plot) {
	x, y := g.Transforms(&c)
	l.draw(l.pen, func(v float64) float64 { return float64(x(v)) }, func(v float64) float64 { return l.pen.height - float64(y(v)) })
}

func (f frame) axes(p *pen, x, y func(float64) float64) {
	l, r, b := f.left, f.Width-f.right, f.Height-bottom
	mute := words{colour: Mute}
	p.text(0, 11, mute, f.Y.Title)
	mute.anchor = end
	p.text(r, f.Height-3, mute, f.X.Title)
	for _, t := range f.Y.Ticks {
		if math.Abs(y(t.Value)-float64(b)) > 0.5 {
			p.stroke(Line, 1, nil, l, y(t.Value), r, y(t.Value))
		}
		p.text(l-6, y(t.Value)+4, mute, t.Text)
	}
	p.stroke(Edge, 1, nil, l, b, r, b)
	mute.anchor = middle
	for _, t := range f.X.Ticks {
		p.stroke(Edge, 1, nil, x(t.Value), b, x(t.Value), b+4)
		p.text(x(t.Value), b+17, mute, t.Text)
	}
}

// plotter draws a series. Plain lines are gonum's own.
func (f frame) plotter(p *pen, s Series) plot.Plotter {
	n := len(s.X)
	line := func(width float64) plot.Plotter {
		xy := make(plotter.XYs, n)
		for i := range xy {
			xy[i] = plotter.XY{X: s.X[i], Y: s.Y[i]}
		}
		return &plotter.Line{XYs: xy, LineStyle: draw.LineStyle{Color: s.Colour, Width: vg.Length(width)}}
	}
	switch {
	case n == 0:
		return layer{p, func(*pen, func(float64) float64, func(float64) float64) {}}
	case s.Shape == Solid:
		return line(2.25)
	case s.Shape == Thin:
		return line(1.25)
	}
	return layer{p, func(p *pen, x, y func(float64) float64) {
		xy := make([]float64, 0, 2*n)
		for i := range n {
			xy = append(xy, x(s.X[i]), y(s.Y[i]))
		}
		switch s.Shape {
		case Dotted:
			p.dots(s.Colour, 1.2, spaced(xy, 5.7)...)
		case Points:
			p.dots(s.Colour, 4, xy...)
		case Bars:
			wide := 0.7 * (f.Width - f.right - f.left) / float64(max(n, 1))
			if n > 20 { // a histogram: its bars are neighbours
				wide *= 1.25
			}
			for i := range n {
				p.bar(s.Colour, xy[2*i]-wide/2, xy[2*i+1], wide, y(0)-xy[2*i+1])
			}
		case Band:
			for i := n - 1; i >= 0; i-- {
				xy = append(xy, x(s.X[i]), y(s.Low[i]))
			}
			p.fill(s.Colour, xy...)
		}
	}}
}

// spaced is places along a line at equal distances, its first point first.
func spaced(xy []float64, distance float64) []float64 {
	at := []float64{xy[0], xy[1]}
	left := distance
	for i := 2; i+1 < len(xy); i += 2 {
		x, y := xy[i-2], xy[i-1]
		dx, dy := xy[i]-x, xy[i+1]-y
		length := math.Hypot(dx, dy)
		for left <= length {
			at = append(at, x+dx*left/length, y+dy*left/length)
			left += distance
		}
		left -= length
	}
	return at
}

// names writes the names at the ends of lines, at least 14 pixels apart where
// they would meet.
func (f frame) names(p *pen, x, y func(float64) float64) {
	type label struct {
		Series
		x, y, place float64
	}
	labels := make([]label, len(f.named))
	for i, s := range f.named {
		n := len(s.X) - 1
		labels[i] = label{s, x(s.X[n]), y(s.Y[n]), y(s.Y[n])}
	}
	slices.SortStableFunc(labels, func(a, b label) int {
		if a.y < b.y {
			return -1
		}
		if a.y > b.y {
			return 1
		}
		return 0
	})
	const apart = 14
	for i := range labels {
		for j := range i {
			if math.Abs(labels[i].x-labels[j].x) < 90 {
				labels[i].place = max(labels[i].place, labels[j].place+apart)
			}
		}
	}
	floor := f.Height - bottom + 2
	for i := len(labels) - 1; i >= 0; i-- {
		labels[i].place = min(labels[i].place, floor)
		for j := i + 1; j < len(labels); j++ {
			if math.Abs(labels[i].x-labels[j].x) < 90 {
				labels[i].place = min(labels[i].place, labels[j].place-apart)
			}
		}
	}
	for _, l := range labels {
		p.dots(l.Colour, 2.5, l.x, l.y)
	}
	for _, l := range labels {
		w := words{colour: l.Colour, bold: !l.Mute, halo: true}
		if l.Mute {
			w.colour = Mute
		}
		p.text(l.x+7, l.place+4, w, l.Name)
	}
}
