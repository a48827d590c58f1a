package figure

import (
	"fmt"
	"io"
	"math"
	"slices"
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
	d, err := c.drawing()
	if err != nil {
		return "", err
	}
	svg, err := d.inline()
	if err != nil {
		return "", err
	}
	return framed(c.Title, c.Note, svg, d.width), nil
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
	if len(f.Y.Ticks) == 0 {
		f.left = 4
	}
	for _, t := range f.Y.Ticks {
		f.left = max(f.left, 8+words{}.room(t.Text))
	}
	f.right = endLeast
	for _, s := range f.Series {
		if s.Name != "" && len(s.X) > 0 && s.Shape <= Thin {
			f.named = append(f.named, s)
			f.right = max(f.right, 80, min(140, 12+words{bold: !s.Mute}.room(s.Name)))
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
