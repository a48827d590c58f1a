package figure

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// Charts is charts beside each other: three in a row where there is room, one
// on a phone.
type Charts struct {
	Title, Note string // above all; empty: none
	List        []Chart
}

// Figure is the charts as an HTML element, for a page that has Style.
func (c Charts) Figure() (string, error) {
	p, err := c.panels()
	if err != nil {
		return "", err
	}
	return p.figure()
}

// HTML is a fragment that brings its own style.
func (c Charts) HTML() (string, error) { return fragment(c.Figure()) }

// SVG is the charts as a document of its own, with their titles.
func (c Charts) SVG() (string, error) {
	p, err := c.panels()
	if err != nil {
		return "", err
	}
	return p.drawing().svg()
}

// PNG writes the charts on light paper, two pixels to one.
func (c Charts) PNG(w io.Writer) error {
	p, err := c.panels()
	if err != nil {
		return err
	}
	return p.drawing().png(w)
}

func (c Charts) panels() (panels, error) {
	p := panels{title: c.Title, note: c.Note}
	for _, one := range c.List {
		d, err := one.drawing()
		if err != nil {
			return p, err
		}
		p.list = append(p.list, panel{title: one.Title, note: one.Note, drawing: d})
	}
	return p, nil
}

// panels is drawings beside each other, each with its title.
type panels struct {
	title, note string
	list        []panel
	least       float64 // pixels that a column of a page has; zero means 300
	upper       bool    // drawings stand below their titles, not above one line
}

type panel struct {
	title, note string
	drawing     drawing
	html        string // in place of the drawing in a page
}

func (p panels) figure() (string, error) {
	least := p.least
	if least == 0 {
		least = 300
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<div class="figs" style="--min:%gpx">`, least)
	for _, one := range p.list {
		content := one.html
		if content == "" {
			svg, err := one.drawing.inline()
			if err != nil {
				return "", err
			}
			content = svg
		}
		f := framed(one.title, one.note, content, one.drawing.width)
		if p.upper {
			f = strings.Replace(f, "<figure>", `<figure style="justify-content:flex-start">`, 1)
		}
		b.WriteString(f)
	}
	b.WriteString("</div>")
	if p.title == "" && p.note == "" {
		return b.String(), nil
	}
	return full(figureElement(p.title, p.note, b.String())), nil
}

// drawing is all panels in rows of up to three.
func (p panels) drawing() drawing {
	const gap, line = 28.0, 17.0
	type cell struct {
		panel
		x, y        float64 // of the drawing
		title, note []string
	}
	bold, mute := words{colour: Ink, size: 14, bold: true}, words{colour: Mute, size: 12}
	total, y := 0.0, 0.0
	if p.title != "" {
		y += 24
	}
	if p.note != "" {
		y += 20
	}
	said := []string{p.title}
	var cells []cell
	for first := 0; first < len(p.list); first += 3 {
		row := p.list[first:min(first+3, len(p.list))]
		head, high, x := 0.0, 0.0, 0.0
		var placed []cell
		for _, one := range row {
			c := cell{panel: one, x: x, title: bold.wrap(one.title, one.drawing.width), note: mute.wrap(one.note, one.drawing.width)}
			head, high = max(head, line*float64(len(c.title)+len(c.note))), max(high, one.drawing.height)
			x += one.drawing.width + gap
			placed = append(placed, c)
			said = append(said, one.drawing.label)
		}
		for _, c := range placed {
			c.y = y + head + 6
			cells = append(cells, c)
		}
		total, y = max(total, x-gap), y+head+6+high+gap
	}
	all := drawing{width: math.Max(total, 1), height: math.Max(y-gap, 1), label: strings.Trim(strings.Join(said, ". "), ". ")}
	all.draw = func(pen *pen) {
		pen.text(0, 14, bold, p.title)
		pen.text(0, 34, mute, p.note)
		for _, c := range cells {
			at := c.y - 6 - line*float64(len(c.title)+len(c.note))
			for i, text := range append(c.title, c.note...) {
				w := bold
				if i >= len(c.title) {
					w = mute
				}
				at += line
				pen.text(c.x, at-2, w, text)
			}
			pen.inside(c.x, c.y, c.drawing)
		}
	}
	return all
}

// wrap breaks text at plain spaces into lines of at most so many pixels.
func (w words) wrap(text string, width float64) (lines []string) {
	line := ""
	for _, word := range strings.Split(text, " ") {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && w.room(longer) > width {
			lines = append(lines, line)
			longer = word
		}
		line = longer
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
