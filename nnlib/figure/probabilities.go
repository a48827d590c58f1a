package figure

import (
	"io"
)

// Probabilities is a bar for the output of each class, beside its name.
type Probabilities struct {
	Title, Note string
	Values      []float64 // from 0 to 1
	Names       []string  // nil: numbers from 0
	True        int       // the class that is right is marked; below 0: not known
	Percent     bool      // the values are probabilities and written in percent
}

// Figure is the bars as an HTML figure element, for a page that has Style.
func (p Probabilities) Figure() (string, error) {
	d := p.drawing()
	svg, err := d.inline()
	if err != nil {
		return "", err
	}
	return framed(p.Title, p.Note, svg, d.width), nil
}

// HTML is a fragment that brings its own style.
func (p Probabilities) HTML() (string, error) { return fragment(p.Figure()) }

// SVG is the bars as a document of its own.
func (p Probabilities) SVG() (string, error) { return p.drawing().svg() }

// PNG writes the bars on light paper, two pixels to one.
func (p Probabilities) PNG(w io.Writer) error { return p.drawing().png(w) }

func (p Probabilities) text(v float64) string {
	if p.Percent {
		return sure(v)
	}
	return Number(v, 3)
}

func (p Probabilities) drawing() drawing {
	const row, bar = 22.0, 14.0
	left := 18.0
	for k := range p.Values {
		left = max(left, 10+words{bold: true}.room(name(p.Names, k)))
	}
	const length, right = 190.0, 66.0
	top := most(p.Values)
	d := drawing{width: left + length + right, height: row * float64(max(1, len(p.Values)))}
	sign := ""
	for k, v := range p.Values {
		d.label += sign + name(p.Names, k) + " " + p.text(v)
		sign = ", "
		if k == p.True {
			d.label += " (true)"
		}
	}
	d.draw = func(pen *pen) {
		for k, v := range p.Values {
			y := row * float64(k)
			w := words{colour: Mute}
			if k == top {
				w.colour, w.bold = Ink, true
			}
			pen.text(0, y+row/2+4, w, name(p.Names, k))
			pen.stroke(Line, 1, nil, left, y+row/2, left+length, y+row/2)
			pen.bar(Class(k), left, y+(row-bar)/2, max(1, length*min(1, max(0, v))), bar)
			w.anchor = end
			pen.text(d.width-1, y+row/2+4, w, p.text(v))
			if k == p.True {
				at := left + max(1, length*min(1, max(0, v))) + 6
				tag := words{colour: Ink, size: 11, halo: true}
				if at > left+length-30 {
					at, tag.anchor, tag.colour, tag.halo = left+length-6, end, Paper, false
				}
				pen.text(at, y+row/2+4, tag, "true")
			}
		}
	}
	return d
}
