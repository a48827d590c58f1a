package figure

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"digitlab/nnlib"
)

// Activations is one image on its way through a network: the image, the
// outputs of every hidden layer as squares, and the answer as bars.
type Activations struct {
	Title, Note string
	Image       Image
	Layers      []Activation
	Output      []float64
	Names       []string // of the outputs; nil: numbers from 0
	True        int      // the class of the image; below 0: not known
	Probability bool     // the outputs add up to 1
}

// Activation is the outputs of one hidden layer.
type Activation struct {
	Name   string
	Values []float64
	Full   float64 // the value that has full colour
}

// Activate sends one row of a dataset through a model. The picture is the bytes
// as they are stored, where the dataset has Images, and the row's values
// otherwise: 1 is ink.
func Activate(m *nnlib.Model, d nnlib.Dataset, row int) (Activations, error) {
	a := Activations{True: -1}
	p, err := newProbe(m)
	if err != nil {
		return a, err
	}
	var b nnlib.Block
	if err := d.Fill(&b, nnlib.Pass{Rows: []int{row}}); err != nil {
		return a, fmt.Errorf("figure: row %d: %w", row, err)
	}
	x := b.Dense().Row(0)
	if len(x) != m.Topology.Input.Len() {
		return a, fmt.Errorf("figure: rows of %d values, the model reads %d", len(x), m.Topology.Input.Len())
	}
	a.Image = Image{Shape: d.Shape(), Alt: fmt.Sprintf("image %d", row)}
	if stored, ok := d.(Images); ok {
		a.Image.Pixels = stored.Pixels(row)
	} else {
		for _, v := range x {
			a.Image.Pixels = append(a.Image.Pixels, byte(255*min(1, max(0, v))+0.5))
		}
	}
	if b.Class != nil {
		a.True = b.Class[0]
		a.Note = fmt.Sprintf("row %d of the data, true class %d", row, a.True)
		a.Image.Alt += fmt.Sprintf(", true class %d", a.True)
	}
	values := p.forward(&b.Input)
	hidden := ""
	for i, l := range m.Topology.Layers[:len(values)-1] {
		_, affine := l.(nnlib.Affine)
		if affine {
			hidden = ""
		}
		hidden = strings.TrimSpace(hidden + " " + layerName(l))
		if next := m.Topology.Layers[i+1]; !affine && nextAffine(next) {
			a.Layers = append(a.Layers, newActivation(hidden, floats(values[i].Row(0))))
		}
	}
	a.Output = floats(values[len(values)-1].Row(0))
	a.Probability = probabilities(values[len(values)-1])
	k := most(a.Output)
	a.Title = fmt.Sprintf("It reads a %s", name(a.Names, k))
	if a.Probability {
		a.Title = Verdict(a.Output, a.Names)
	}
	return a, nil
}

func nextAffine(l nnlib.Layer) bool { _, ok := l.(nnlib.Affine); return ok }

func newActivation(name string, values []float64) Activation {
	a := Activation{Name: name, Values: values}
	for _, v := range values {
		a.Full = max(a.Full, math.Abs(v))
	}
	if a.Full <= 1 { // sigmoids and tanh have one scale for all images
		a.Full = 1
	}
	return a
}

func floats(x []nnlib.Float) []float64 {
	list := make([]float64, len(x))
	for i, v := range x {
		list[i] = float64(v)
	}
	return list
}

// Verdict is what probabilities say in words: "It reads a 3, 98.8 % sure.",
// "Probably a 3, 71.0 % sure." or "Not sure: a 3 or a 5." Nil names number the
// classes from 0.
func Verdict(p []float64, names []string) string {
	if len(p) == 0 {
		return ""
	}
	first, second := most(p), -1
	for k := range p {
		if k != first && (second < 0 || p[k] > p[second]) {
			second = k
		}
	}
	a := article(name(names, first))
	switch {
	case p[first] > 0.9:
		return fmt.Sprintf("It reads %s, %s sure.", a, strings.Replace(sure(p[first]), ">", "over ", 1))
	case p[first] > 0.6 || second < 0:
		return fmt.Sprintf("Probably %s, %s sure.", a, sure(p[first]))
	}
	return fmt.Sprintf("Not sure: %s, or %s.", a, article(name(names, second)))
}

// sure is a probability in percent that never rounds to all or nothing.
func sure(p float64) string {
	switch {
	case p < 0.0005:
		return "<0.1\u202f%"
	case p > 0.9995:
		return ">99.9\u202f%"
	}
	return Percent(p, 1)
}

// article is "a 4", "an 8" or "an owl".
func article(name string) string {
	switch {
	case name == "":
		return name
	case name == "11" || name == "18" || strings.ContainsRune("8aeioAEIO", rune(name[0])):
		return "an " + name
	}
	return "a " + name
}

func (a Activations) panels() (panels, error) {
	p := panels{title: a.Title, note: a.Note, least: 250, upper: true}
	picture, err := a.Image.picture()
	if err != nil {
		return p, err
	}
	zoom := Zoom(a.Image.Shape, 112)
	element, err := a.Image.Element(112)
	if err != nil {
		return p, err
	}
	w, h := float64(zoom*a.Image.Shape.Width), float64(zoom*a.Image.Shape.Height)
	p.list = append(p.list, panel{title: "What it sees", note: a.Image.Shape.String() + " pixels", html: element, drawing: drawing{
		width: max(w, 150), height: h, label: a.Image.Alt,
		draw: func(p *pen) { p.picture(0, 0, w, h, inked(picture)) },
	}})
	for _, l := range a.Layers {
		p.list = append(p.list, l.panel())
	}
	bars := Probabilities{Values: a.Output, Names: a.Names, True: a.True, Percent: a.Probability}
	title, note := "Its answer", "output of each class"
	if a.Probability {
		note = "probability of each answer"
	}
	p.list = append(p.list, panel{title: title, note: note, drawing: bars.drawing()})
	return p, nil
}

// panel is the layer's outputs as squares in rows of sixteen.
func (l Activation) panel() panel {
	const side, row = 16.0, 16
	n, beyond := len(l.Values), 0
	for _, v := range l.Values {
		if math.Abs(v) > 0.9*l.Full {
			beyond++
		}
	}
	full := strconv.FormatFloat(l.Full, 'g', 2, 64)
	note := fmt.Sprintf("after %s; green up to +%s, purple down to −%s; %d beyond ±%s", l.Name, full, full, beyond, strconv.FormatFloat(0.9*l.Full, 'g', 2, 64))
	d := drawing{width: side * row, height: side*float64((n+row-1)/row) + 1, label: fmt.Sprintf("%d hidden units: %s", n, note)}
	d.draw = func(p *pen) {
		for i, v := range l.Values {
			x, y := side*float64(i%row), side*float64(i/row)
			c := Positive
			if v < 0 {
				c = Negative
			}
			if share := min(1, math.Abs(v)/l.Full); share > 0.004 {
				p.wash(c, share, x+1, y+1, x+side-1, y+1, x+side-1, y+side-1, x+1, y+side-1)
			}
			p.stroke(Line, 1, nil, x+1, y+1, x+side-1, y+1, x+side-1, y+side-1, x+1, y+side-1, x+1, y+1)
		}
	}
	return panel{title: fmt.Sprintf("%d hidden units", n), note: note, drawing: d}
}

// Figure is the panels as an HTML figure element, for a page that has Style.
func (a Activations) Figure() (string, error) {
	p, err := a.panels()
	if err != nil {
		return "", err
	}
	return p.figure()
}

// HTML is a fragment that brings its own style.
func (a Activations) HTML() (string, error) { return fragment(a.Figure()) }

// SVG is the panels as a document of its own.
func (a Activations) SVG() (string, error) {
	p, err := a.panels()
	if err != nil {
		return "", err
	}
	return p.drawing().svg()
}

// PNG writes the panels on light paper, two pixels to one.
func (a Activations) PNG(w io.Writer) error {
	p, err := a.panels()
	if err != nil {
		return err
	}
	return p.drawing().png(w)
}
