package figure

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"strings"

	"digitlab/nnlib"
)

// Image is one image of a dataset: the bytes as stored, row by row, 0 the
// background; three channels are red, green and blue.
type Image struct {
	Shape   nnlib.Shape
	Pixels  []byte
	Caption string   // below it; empty: none
	Bad     bool     // the caption tells of a mistake
	Lines   []string // small print below the caption
	Alt     string   // in words
}

// captions is the caption's part that is right, and the one that tells of the
// mistake: what follows an arrow.
func (m Image) captions() (right, wrong string) {
	if !m.Bad {
		return m.Caption, ""
	}
	if a, b, ok := strings.Cut(m.Caption, "→ "); ok {
		return a + "→ ", b
	}
	return "", m.Caption
}

// picture is the image with its stored values.
func (m Image) picture() (image.Image, error) {
	if m.Shape.Channels != 1 && m.Shape.Channels != 3 || len(m.Pixels) != m.Shape.Len() || len(m.Pixels) == 0 {
		return nil, fmt.Errorf("figure: an image of %v with %d bytes: it needs one or three channels and a byte for each value", m.Shape, len(m.Pixels))
	}
	r := image.Rect(0, 0, m.Shape.Width, m.Shape.Height)
	if m.Shape.Channels == 1 {
		return &image.Gray{Pix: m.Pixels, Stride: m.Shape.Width, Rect: r}, nil
	}
	rgb := image.NewNRGBA(r)
	for i := range m.Shape.Width * m.Shape.Height {
		copy(rgb.Pix[4*i:], m.Pixels[3*i:3*i+3])
		rgb.Pix[4*i+3] = 255
	}
	return rgb, nil
}

// Zoom is the whole number of pixels shown for one of the image so that it is
// about as wide as asked; 28 pixels give 28, 56 or 84.
func Zoom(s nnlib.Shape, width int) int {
	return max(1, int(math.Round(float64(width)/float64(max(s.Width, s.Height)))))
}

// HTML is a fragment that brings its own style: the image about 84 pixels wide
// with its caption.
func (m Image) HTML() (string, error) { return Sheet{Images: []Image{m}, Width: 84}.HTML() }

// Element is the image as an HTML img of about the given width in pixels, for
// a page that has Style. It holds the original bytes as PNG.
func (m Image) Element(width int) (string, error) {
	p, err := m.picture()
	if err != nil {
		return "", err
	}
	class := "px"
	if m.Shape.Channels == 3 {
		class = "co"
	}
	return element(p, class, Zoom(m.Shape, width), m.Alt)
}

func element(p image.Image, class string, zoom int, alt string) (string, error) {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, p); err != nil {
		return "", fmt.Errorf("figure: image: %w", err)
	}
	w, h := p.Bounds().Dx()*zoom, p.Bounds().Dy()*zoom
	return fmt.Sprintf(`<img class="%s" width="%d" height="%d" alt="%s" src="data:image/png;base64,%s">`,
		class, w, h, html.EscapeString(alt), base64.StdEncoding.EncodeToString(b.Bytes())), nil
}

// Sheet is a grid of images with captions.
type Sheet struct {
	Title, Note string
	Images      []Image
	Columns     int // of the drawing; zero means 10
	Width       int // of one image in pixels; zero means 56
}

// Figure is the sheet as an HTML figure element, for a page that has Style.
func (s Sheet) Figure() (string, error) {
	var b strings.Builder
	b.WriteString(`<ul class="row">`)
	for _, m := range s.Images {
		e, err := m.Element(s.size())
		if err != nil {
			return "", err
		}
		right, wrong := m.captions()
		caption := html.EscapeString(right)
		if m.Bad {
			caption = "<b>" + caption + "<em>" + html.EscapeString(wrong) + "</em></b>"
		}
		for _, line := range m.Lines {
			caption += "<span>" + html.EscapeString(line) + "</span>"
		}
		fmt.Fprintf(&b, `<li class="t" style="width:%dpx">%s%s</li>`, s.zoomed(), e, caption)
	}
	b.WriteString("</ul>")
	f := figureElement(s.Title, s.Note, b.String())
	most := s.columns() * (s.zoomed() + 4)
	return strings.Replace(f, "<figure>", fmt.Sprintf(`<figure class="full" style="max-width:%dpx">`, most), 1), nil
}

// HTML is a fragment that brings its own style.
func (s Sheet) HTML() (string, error) { return fragment(s.Figure()) }

func (s Sheet) columns() int {
	if s.Columns == 0 {
		return 10
	}
	return s.Columns
}

func (s Sheet) size() int {
	if s.Width == 0 {
		return 56
	}
	return s.Width
}

// zoomed is the width of the widest image as shown.
func (s Sheet) zoomed() int {
	w := s.size()
	for _, m := range s.Images {
		w = max(w, m.Shape.Width*Zoom(m.Shape, s.size()))
	}
	return w
}

// SVG is the sheet as a document of its own.
func (s Sheet) SVG() (string, error) {
	d, err := s.drawing()
	if err != nil {
		return "", err
	}
	return d.svg()
}

// PNG writes the sheet on light paper, dark ink, two pixels to one.
func (s Sheet) PNG(w io.Writer) error {
	d, err := s.drawing()
	if err != nil {
		return err
	}
	return d.png(w)
}

func (s Sheet) drawing() (drawing, error) {
	cell, caption := float64(s.zoomed()), 0.0
	pictures := make([]image.Image, len(s.Images))
	high, lines := 0.0, 0
	for i, m := range s.Images {
		p, err := m.picture()
		if err != nil {
			return drawing{}, fmt.Errorf("image %d: %w", i, err)
		}
		pictures[i] = inked(p)
		high = max(high, float64(m.Shape.Height*Zoom(m.Shape, s.size())))
		if m.Caption != "" {
			caption = 18
		}
		lines = max(lines, len(m.Lines))
	}
	caption += 15 * float64(lines)
	n := min(s.columns(), max(len(s.Images), 1))
	rows := (len(s.Images) + n - 1) / n
	d := drawing{width: float64(n) * (cell + 4), height: max(1, float64(rows)*(high+caption+4)), label: s.Title}
	d.draw = func(p *pen) {
		for i, m := range s.Images {
			x, y := float64(i%n)*(cell+4)+2, float64(i/n)*(high+caption+4)+2
			zoom := float64(Zoom(m.Shape, s.size()))
			p.picture(x, y, zoom*float64(m.Shape.Width), zoom*float64(m.Shape.Height), pictures[i])
			right, wrong := m.captions()
			w := words{colour: Mute, anchor: middle}
			switch {
			case m.Bad && right != "":
				w = words{colour: Ink, anchor: end, bold: true}
				p.text(x+cell/2+4, y+high+13, w, strings.TrimSpace(right))
				p.text(x+cell/2+8, y+high+13, words{colour: Mistake, bold: true}, wrong)
			case m.Bad:
				p.text(x+cell/2, y+high+13, words{colour: Mistake, anchor: middle, bold: true}, wrong)
			default:
				p.text(x+cell/2, y+high+13, w, m.Caption)
			}
			at := y + high - 2
			if m.Caption != "" {
				at += 15
			}
			for k, line := range m.Lines {
				p.text(x+cell/2, at+15*float64(k+1), words{colour: Mute, size: 11, anchor: middle}, line)
			}
		}
	}
	return d, nil
}

// inked is the image as it is drawn on light paper: a grey one with dark ink.
func inked(m image.Image) image.Image {
	g, grey := m.(*image.Gray)
	if !grey {
		return m
	}
	n := image.NewGray(g.Rect)
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			n.SetGray(x, y, color.Gray{255 - g.GrayAt(x, y).Y})
		}
	}
	return n
}
