package figure

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"digitlab/nnlib"
)

// Network is a drawing of a network: each layer of units as a column of
// circles, all units of a layer joined to all of the next.
type Network struct {
	Topology    nnlib.Topology
	Title, Note string
	Names       []string // of the output units; nil: numbers from 0
}

// stage is one column of units.
type stage struct {
	units int
	name  string // below the column
	what  string // the function on the units
}

// stages reads the columns off the layers: the input and each affine layer,
// with the functions above it as words.
func (n Network) stages() []stage {
	in := stage{units: n.Topology.Input.Len(), name: "inputs"}
	if s := n.Topology.Input; s.Height > 1 {
		in.name, in.what = "pixels", s.String()
	}
	list := []stage{in}
	for _, l := range n.Topology.Layers {
		last := &list[len(list)-1]
		text := ""
		if s, ok := l.(fmt.Stringer); ok {
			text = s.String()
		} else {
			text = strings.TrimPrefix(fmt.Sprintf("%T", l), "nnlib.")
		}
		a, affine := l.(nnlib.Affine)
		switch _, loss := l.(nnlib.Loss); {
		case affine:
			list = append(list, stage{units: a.Units, name: "hidden units"})
		case loss:
			last.what, _, _ = strings.Cut(text, "+")
		case last.what == "":
			last.what = text
		default:
			last.what += ", " + text
		}
	}
	if len(list) > 1 {
		list[len(list)-1].name = "outputs"
	}
	return list
}

// SVG is the drawing as a document of its own.
func (n Network) SVG() (string, error) { return n.drawing().svg() }

// PNG writes the drawing on light paper, two pixels to one.
func (n Network) PNG(w io.Writer) error { return n.drawing().png(w) }

// Figure is the drawing as an HTML figure element, for a page that has Style.
func (n Network) Figure() (string, error) {
	d := n.drawing()
	svg, err := d.inline()
	if err != nil {
		return "", err
	}
	return framed(n.Title, n.Note, svg, d.width), nil
}

// HTML is a fragment that brings its own style.
func (n Network) HTML() (string, error) { return fragment(n.Figure()) }

func (n Network) drawing() drawing {
	const apart, height, shown = 120.0, 300.0, 10
	stages := n.stages()
	var said []string
	for _, s := range stages {
		said = append(said, strings.TrimSpace(fmt.Sprintf("%s %s %s", Number(float64(s.units), 0), s.name, s.what)))
	}
	d := drawing{width: 110 + apart*float64(len(stages)-1) + 40, height: height, label: "A network of " + strings.Join(said, ", then ") + "."}
	if len(stages) == 1 {
		d.label = "A network of " + said[0] + " without layers."
	}
	d.draw = func(p *pen) {
		x := func(k int) float64 { return 65 + apart*float64(k) }
		for k := 1; k < len(stages); k++ {
			for _, a := range stages[k-1].places(shown) {
				for _, b := range stages[k].places(shown) {
					p.stroke(Line, 0.75, nil, x(k-1), a.y, x(k), b.y)
				}
			}
		}
		for k, s := range stages {
			for _, u := range s.places(shown) {
				p.ring(Edge, Paper, 8, 1.5, x(k), u.y)
				if k > 0 && k == len(stages)-1 {
					p.text(x(k)+16, u.y+4, words{colour: Ink, bold: true, halo: true}, name(n.Names, u.index))
				}
			}
			if s.units > shown {
				p.dots(Mute, 1.5, x(k), 118, x(k), 125, x(k), 132)
			}
			ink := words{colour: Ink, bold: true, anchor: middle}
			p.text(x(k), height-38, ink, Number(float64(s.units), 0))
			mute := words{colour: Mute, anchor: middle}
			p.text(x(k), height-22, mute, s.name)
			p.text(x(k), height-6, mute, s.what)
		}
	}
	return d
}

// unit is a drawn unit: its place and its number in the layer.
type unit struct {
	y     float64
	index int
}

// places is the units of a column that are drawn: all, or the first and last
// ones with a gap between.
func (s stage) places(shown int) (list []unit) {
	const centre = 125.0
	n := min(s.units, shown)
	step := min(24.0, 216/float64(max(n, 1)))
	if s.units <= shown {
		for i := range n {
			list = append(list, unit{centre + step*(float64(i)-float64(n-1)/2), i})
		}
		return list
	}
	half := n/2 - 1
	for i := range half {
		list = append(list, unit{centre - 22 - step*float64(half-1-i), i})
	}
	for i := range half {
		list = append(list, unit{centre + 22 + step*float64(i), s.units - half + i})
	}
	return list
}

// classTicks marks class numbers below bars.
func classTicks(names []string, n int) (ticks []Tick) {
	for k := range n {
		text := strconv.Itoa(k)
		if k < len(names) {
			text = names[k]
		}
		ticks = append(ticks, Tick{float64(k), text})
	}
	return ticks
}
