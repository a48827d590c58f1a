package figure

import (
	"fmt"
	"image"
	"io"
	"math"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"gonum.org/v1/plot"
)

// A drawing is what SVG and PNG share: a size in pixels, words for those who
// cannot see it, and strokes.
type drawing struct {
	width, height float64
	label         string
	draw          func(p *pen)
}

// pen draws in pixels from the upper left corner, y downwards.
type pen struct {
	draw.Canvas
	width, height float64
	raster        bool // pixels, not SVG
}

// Text alignment at a point.
const (
	start  = 0.0
	middle = -0.5
	end    = -1.0
)

// vgsvg writes no text-anchor and no halo. A leading private-use character
// carries them from text to svg.
const (
	markMiddle = '\ue001'
	markEnd    = '\ue002'
	markHalo   = '\ue003'
)

// words is one line of text.
type words struct {
	colour Colour
	size   float64 // pixels; zero means 12
	anchor float64 // start, middle or end
	bold   bool
	halo   bool // a rim of paper keeps it readable above lines
}

func (w words) style() text.Style {
	s := text.Style{
		Color:   w.colour,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: 12},
		Handler: plot.DefaultTextHandler,
	}
	if w.size > 0 {
		s.Font.Size = font.Length(w.size)
	}
	if w.bold {
		s.Font.Weight = xfont.WeightBold
	}
	return s
}

// width is the width of s in pixels, in the font of PNG files.
func (w words) width(s string) float64 { return float64(w.style().Width(s)) }

// room is the width that s needs in whatever font the viewer has: some are a
// sixth wider than that of PNG files.
func (w words) room(s string) float64 { return math.Ceil(1.18 * w.width(s)) }

// cut is s, or as much of its beginning as has room with an ellipsis.
func (w words) cut(s string, room float64) string {
	for short := []rune(s); w.room(s) > room && len(short) > 1; {
		short = short[:len(short)-1]
		s = strings.TrimRight(string(short), " ") + "…"
	}
	return s
}

// text writes s with its baseline at y.
func (p *pen) text(x, y float64, w words, s string) {
	if s == "" {
		return
	}
	style := w.style()
	style.YAlign = 0
	// gonum's plain text handler adds the size and takes the ascent off.
	up := float64(style.FontExtents().Ascent - style.Font.Size)
	write := func(dx, dy float64, s string) {
		p.FillText(style, vg.Point{X: vg.Length(x + dx), Y: vg.Length(p.height - y + dy + up)}, s)
	}
	if !p.raster {
		switch w.anchor {
		case middle:
			s = string(markMiddle) + s
		case end:
			s = string(markEnd) + s
		}
		if w.halo {
			s = string(markHalo) + s
		}
		write(0, 0, s)
		return
	}
	s = strings.ReplaceAll(s, "\u202f", "\u00a0")
	style.XAlign = text.XAlignment(w.anchor)
	if w.halo {
		style.Color = Paper
		for k := range 12 {
			sin, cos := math.Sincos(float64(k) * math.Pi / 6)
			write(1.5*cos, 1.5*sin, s)
		}
		style.Color = w.colour
	}
	write(0, 0, s)
}

// stroke draws a line through points (x, y, x, y, ...).
func (p *pen) stroke(c Colour, width float64, dashes []float64, xy ...float64) {
	style := draw.LineStyle{Color: c, Width: vg.Length(width)}
	for _, d := range dashes {
		style.Dashes = append(style.Dashes, vg.Length(d))
	}
	p.SetLineStyle(style)
	p.Stroke(p.path(xy))
}

// fill fills the polygon through points (x, y, x, y, ...).
func (p *pen) fill(c Colour, xy ...float64) {
	p.SetColor(c)
	path := p.path(xy)
	path.Close()
	p.Fill(path)
}

// wash fills the polygon through points (x, y, x, y, ...) with a share of the
// colour, so that what lies below shows through.
func (p *pen) wash(c Colour, share float64, xy ...float64) {
	path := p.path(xy)
	path.Close()
	p.washed(c, share, path)
}

func (p *pen) washed(c Colour, share float64, path vg.Path) {
	p.SetColor(thinned{c, share})
	p.Fill(path)
}

// thinned is a share of a colour. vgsvg writes it as the colour itself with an
// opacity, cutting off fractions: hence the rounding up.
type thinned struct {
	Colour
	share float64
}

func (t thinned) RGBA() (r, g, b, a uint32) {
	v, alpha := light[t.Colour], max(math.Round(0xffff*t.share), 0x100)
	part := func(shift int) uint32 { return uint32(min(alpha, math.Ceil(float64(v>>shift&0xff)*alpha/0xff+0.01))) }
	return part(16), part(8), part(0), uint32(alpha)
}

// bar fills a rectangle.
func (p *pen) bar(c Colour, x, y, w, h float64) { p.fill(c, x, y, x+w, y, x+w, y+h, x, y+h) }

// dots fills circles around points (x, y, x, y, ...) as one path.
func (p *pen) dots(c Colour, r float64, xy ...float64) {
	p.SetColor(c)
	p.Fill(p.circles(r, xy))
}

// ring draws hollow circles around points (x, y, x, y, ...).
func (p *pen) ring(c, inside Colour, r, width float64, xy ...float64) {
	p.dots(inside, r, xy...)
	p.SetLineStyle(draw.LineStyle{Color: c, Width: vg.Length(width)})
	p.Stroke(p.circles(r, xy))
}

func (p *pen) circles(r float64, xy []float64) (path vg.Path) {
	for i := 0; i+1 < len(xy); i += 2 {
		centre := p.at(xy[i], xy[i+1])
		path.Move(vg.Point{X: centre.X + vg.Length(r), Y: centre.Y})
		path.Arc(centre, vg.Length(r), 0, 2*math.Pi)
		path.Close()
	}
	return path
}

// picture draws an image without smoothing.
func (p *pen) picture(x, y, w, h float64, m image.Image) {
	if p.raster {
		m = enlarge(m, int(w*density), int(h*density))
	}
	p.DrawImage(vg.Rectangle{Min: p.at(x, y+h), Max: p.at(x+w, y)}, m)
}

// inside draws another drawing with its upper left corner at a place.
func (p *pen) inside(x, y float64, d drawing) {
	p.Push()
	p.Translate(vg.Point{X: vg.Length(x), Y: vg.Length(p.height - y - d.height)})
	inner := *p
	inner.width, inner.height = d.width, d.height
	d.draw(&inner)
	p.Pop()
}

func (p *pen) at(x, y float64) vg.Point {
	return vg.Point{X: vg.Length(x), Y: vg.Length(p.height - y)}
}

func (p *pen) path(xy []float64) (path vg.Path) {
	for i := 0; i+1 < len(xy); i += 2 {
		if i == 0 {
			path.Move(p.at(xy[0], xy[1]))
		} else {
			path.Line(p.at(xy[i], xy[i+1]))
		}
	}
	return path
}

// density is the number of pixels of a PNG to one of the drawing, each way.
const density = 2

// png writes the drawing on light paper, two pixels to one.
func (d drawing) png(w io.Writer) error {
	c := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(vg.Length(d.width+2*margin), vg.Length(d.height+2*margin)),
		vgimg.UseDPI(72*density), vgimg.UseBackgroundColor(Paper))}
	c.Translate(vg.Point{X: margin, Y: margin})
	inner := draw.New(c)
	inner.Rectangle.Max = vg.Point{X: vg.Length(d.width), Y: vg.Length(d.height)}
	d.draw(&pen{Canvas: inner, width: d.width, height: d.height, raster: true})
	_, err := c.WriteTo(w)
	if err != nil {
		return fmt.Errorf("figure: PNG: %w", err)
	}
	return nil
}

// enlarge repeats pixels up to the given size.
func enlarge(m image.Image, w, h int) image.Image {
	b := m.Bounds()
	big := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			big.Set(x, y, m.At(b.Min.X+x*b.Dx()/w, b.Min.Y+y*b.Dy()/h))
		}
	}
	return big
}
