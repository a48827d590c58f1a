package figure

import (
	"fmt"
	"io"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Chart is lines, dots or bars above one pair of axes.
type Chart struct {
	Title string // the finding, in HTML above the chart
	Note  string // what is shown, below the title
	Label string // in words, with the end values, for readers who cannot see it; empty: Title and Note
	X, Y  Axis
	// Series are drawn in order, the first one at the back. Names stand at the
	// ends of lines.
	Series []Series
	// Width and Height are in pixels; zero means 330 and 216.
	Width, Height float64

	marks []mark
}

// Axis is one side of a chart.
type Axis struct {
	Title string // with the unit
	// Min and Max are the ends; when equal they follow from the data, and a
	// linear axis then begins at 0.
	Min, Max float64
	Log      bool
	Ticks    []Tick // nil: round numbers
}

// Shape says how a series is drawn.
type Shape int

// The shapes of a series.
const (
	Solid  Shape = iota // a line
	Dotted              // a line of round dots; drawn on top of a solid one it shows both
	Thin                // a thin line
	Points              // a dot for each value
	Bars                // a bar for each value, from 0 up
	Band                // the space between Y and Low
)

// Series is one row of values. Places where X or Y is not a finite number are
// left out.
type Series struct {
	Name   string
	Colour Colour
	Shape  Shape
	X, Y   []float64
	Low    []float64 // of a Band
	Mute   bool      // the name is no more than a remark
}

// mark is something else in a chart; x and y turn values into pixels.
type mark func(p *pen, x, y func(float64) float64)

// SVG is the chart as a document of its own.
func (c Chart) SVG() (string, error) {
	d, err := c.drawing()
	if err != nil {
		return "", err
	}
	return d.svg()
}

// PNG writes the chart on light paper, two pixels to one.
func (c Chart) PNG(w io.Writer) error {
	d, err := c.drawing()
	if err != nil {
		return err
	}
	return d.png(w)
}

// Figure is the chart with its title as an HTML figure element, for a page
// that has Style.
func (c Chart) Figure() (string, error) {
	svg, err := c.SVG()
	if err != nil {
		return "", err
	}
	return figureElement(c.Title, c.Note, svg), nil
}

// HTML is a fragment that brings its own style.
func (c Chart) HTML() (string, error) { return fragment(c.Figure()) }

const (
	top, bottom         = 26, 38
	leftLeast, endLeast = 38, 20
)

// frame is a chart with everything decided.
type frame struct {
	Chart
	left, right float64
	named       []Series
}

func (c Chart) drawing() (d drawing, err error) {
	f := frame{Chart: c}
	if f.Width == 0 {
		f.Width = 330
	}
	if f.Height == 0 {
		f.Height = 216
	}
	if f.Label == "" {
		f.Label = c.Title
		if c.Note != "" {
			f.Label += ". " + c.Note
		}
	}
	f.Series = slices.Clone(c.Series)
	for i, s := range f.Series {
		if len(s.X) != len(s.Y) || s.Shape == Band && len(s.Low) != len(s.Y) {
			return drawing{}, fmt.Errorf("figure: series %d (%s): %d places, %d values and %d low values do not go together", i, s.Name, len(s.X), len(s.Y), len(s.Low))
		}
		if s.Shape == Bars && c.Y.Log {
			return drawing{}, fmt.Errorf("figure: series %d (%s): bars begin at 0, which a logarithmic axis does not have: use Points", i, s.Name)
		}
		f.Series[i] = s.finite(c.X.Log, c.Y.Log)
	}
	for _, a := range []Axis{c.X, c.Y} {
		if a.Min > a.Max || a.Log && a.Min != a.Max && a.Min <= 0 || math.IsNaN(a.Min) || math.IsInf(a.Max-a.Min, 0) {
			return drawing{}, fmt.Errorf("figure: axis %q: cannot be drawn from %v to %v", a.Title, a.Min, a.Max)
		}
	}
	f.X.settle(f.Series, func(s Series) [][]float64 { return [][]float64{s.X} }, 5)
	f.Y.settle(f.Series, func(s Series) [][]float64 { return [][]float64{s.Y, s.Low} }, 5)
	f.left = leftLeast
	for _, t := range f.Y.Ticks {
		f.left = max(f.left, 10+words{}.width(t.Text))
	}
	f.right = endLeast
	for _, s := range f.Series {
		if s.Name != "" && len(s.X) > 0 && s.Shape <= Thin {
			f.named = append(f.named, s)
			f.right = max(f.right, 80, min(140, 12+words{bold: !s.Mute}.width(s.Name)))
		}
	}
	return drawing{f.Width, f.Height, f.Label, f.draw}, nil
}

// finite leaves out values that have no place in the chart.
func (s Series) finite(logX, logY bool) Series {
	usable := func(v float64, log bool) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) && (!log || v > 0) }
	t := s
	t.X, t.Y, t.Low = nil, nil, nil
	for i := range s.X {
		if usable(s.X[i], logX) && usable(s.Y[i], logY) && (s.Shape != Band || usable(s.Low[i], logY)) {
			t.X, t.Y = append(t.X, s.X[i]), append(t.Y, s.Y[i])
			if s.Shape == Band {
				t.Low = append(t.Low, s.Low[i])
			}
		}
	}
	return t
}

// settle decides ends and ticks where the caller left them open.
func (a *Axis) settle(all []Series, values func(Series) [][]float64, intervals int) {
	open := a.Min == a.Max
	if open {
		a.Min, a.Max = math.Inf(1), math.Inf(-1)
		for _, s := range all {
			for _, v := range values(s) {
				if len(v) > 0 {
					a.Min, a.Max = min(a.Min, slices.Min(v)), max(a.Max, slices.Max(v))
				}
			}
		}
		if a.Min > a.Max {
			a.Min, a.Max = 1, 10
		}
		if !a.Log {
			a.Min, a.Max = min(0, a.Min), max(0, a.Max)
		}
	}
	var ticks []Tick
	low, high := a.Min, a.Max
	if a.Log {
		ticks, low, high = logarithmic(a.Min, a.Max)
	} else {
		ticks, low, high = linear(a.Min, a.Max, intervals)
	}
	if open {
		a.Min, a.Max = low, high
	}
	if a.Ticks == nil {
		a.Ticks = ticks
	}
	a.Ticks = slices.DeleteFunc(slices.Clone(a.Ticks), func(t Tick) bool {
		slack := 1e-9 * (a.Max - a.Min)
		return t.Value < a.Min-slack || t.Value > a.Max+slack
	})
}

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
