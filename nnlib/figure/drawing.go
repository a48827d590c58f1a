package figure

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"io"
	"math"
	"regexp"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

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
	height float64
	raster bool // pixels, not SVG
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

// bar fills a rectangle.
func (p *pen) bar(c Colour, x, y, w, h float64) { p.fill(c, x, y, x+w, y, x+w, y+h, x, y+h) }

// dots fills circles around points (x, y, x, y, ...) as one path.
func (p *pen) dots(c Colour, r float64, xy ...float64) {
	var path vg.Path
	for i := 0; i+1 < len(xy); i += 2 {
		centre := p.at(xy[i], xy[i+1])
		path.Move(vg.Point{X: centre.X + vg.Length(r), Y: centre.Y})
		path.Arc(centre, vg.Length(r), 0, 2*math.Pi)
		path.Close()
	}
	p.SetColor(c)
	p.Fill(path)
}

// ring draws a hollow circle.
func (p *pen) ring(c, inside Colour, r, width, x, y float64) {
	p.dots(inside, r, x, y)
	var path vg.Path
	centre := p.at(x, y)
	path.Move(vg.Point{X: centre.X + vg.Length(r), Y: centre.Y})
	path.Arc(centre, vg.Length(r), 0, 2*math.Pi)
	path.Close()
	p.SetLineStyle(draw.LineStyle{Color: c, Width: vg.Length(width)})
	p.Stroke(path)
}

// picture draws an image without smoothing.
func (p *pen) picture(x, y, w, h float64, m image.Image) {
	if p.raster {
		m = enlarge(m, int(w*density), int(h*density))
	}
	p.DrawImage(vg.Rectangle{Min: p.at(x, y+h), Max: p.at(x+w, y)}, m)
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
	c := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(vg.Length(d.width), vg.Length(d.height)),
		vgimg.UseDPI(72*density), vgimg.UseBackgroundColor(Paper))}
	d.draw(&pen{Canvas: draw.New(c), height: d.height, raster: true})
	_, err := c.WriteTo(w)
	if err != nil {
		return fmt.Errorf("figure: PNG: %w", err)
	}
	return nil
}

var (
	svgHead   = regexp.MustCompile(`(?s)^.*?<svg[^>]*>\n?`)
	svgText   = regexp.MustCompile(`<text ([^>]*?)\s*style="([^"]*)">([\x{e001}-\x{e003}]*)`)
	svgFill   = regexp.MustCompile(`fill:(#[0-9A-F]{6})`)
	svgSize   = regexp.MustCompile(`font-size:([0-9.]+)px`)
	svgImage  = regexp.MustCompile(`xlink:href="data:image/jpg;`)
	svgStyled = regexp.MustCompile(`style="[^"]*"`)
)

// svg is the drawing as SVG: the fixed colours become CSS variables, and text
// keeps its alignment in whatever font the viewer has.
func (d drawing) svg() (string, error) {
	c := vgsvg.New(vg.Length(d.width), vg.Length(d.height))
	d.draw(&pen{Canvas: draw.New(c), height: d.height})
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return "", fmt.Errorf("figure: SVG: %w", err)
	}
	s := svgHead.ReplaceAllString(b.String(), "")
	s = svgText.ReplaceAllStringFunc(s, func(t string) string {
		m := svgText.FindStringSubmatch(t)
		style, anchor := "font-size:12px", ""
		if v := svgSize.FindStringSubmatch(m[2]); v != nil {
			style = "font-size:" + v[1] + "px"
		}
		if v := svgFill.FindStringSubmatch(m[2]); v != nil {
			style += ";fill:" + v[1]
		}
		if strings.Contains(m[2], "font-weight:bold") {
			style += ";font-weight:600"
		}
		for _, mark := range m[3] {
			switch mark {
			case markMiddle:
				anchor = ` text-anchor="middle"`
			case markEnd:
				anchor = ` text-anchor="end"`
			case markHalo:
				style += ";stroke:" + Paper.CSS() + ";stroke-width:3px;stroke-linejoin:round;paint-order:stroke"
			}
		}
		return "<text " + m[1] + anchor + ` style="` + style + `">`
	})
	s = svgImage.ReplaceAllString(s, `style="image-rendering:pixelated" xlink:href="data:image/png;`)
	s = svgStyled.ReplaceAllStringFunc(s, themed)
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="ch" width="%g" height="%g" viewBox="0 0 %g %g" role="img" aria-label="%s" `+
		`style="max-width:%gpx;font-family:var(--sans,system-ui,&quot;Liberation Sans&quot;,Arial,sans-serif);font-variant-numeric:tabular-nums">`+
		"\n"+`<rect class="bg" width="100%%" height="100%%" style="fill:%s"/>`+"\n%s",
		d.width, d.height, d.width, d.height, html.EscapeString(d.label), math.Round(1.1*d.width), Paper.CSS(), s), nil
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
