package figure

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"regexp"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

var (
	svgHead   = regexp.MustCompile(`(?s)^.*?<svg[^>]*>\n?`)
	svgText   = regexp.MustCompile(`<text ([^>]*?)\s*style="([^"]*)">([\x{e001}-\x{e003}]*)`)
	svgFill   = regexp.MustCompile(`fill:(#[0-9A-F]{6})`)
	svgSize   = regexp.MustCompile(`font-size:([0-9.]+)px`)
	svgImage  = regexp.MustCompile(`xlink:href="data:image/jpg;`)
	svgStyled = regexp.MustCompile(`style="[^"]*"`)
)

// margin is the paper around a drawing that is a document of its own, in
// pixels. Within a page the page gives it.
const margin = 8

// svg is the drawing as an SVG document with paper around it.
func (d drawing) svg() (string, error) { return d.within(margin) }

// inline is the drawing as an SVG element of a page.
func (d drawing) inline() (string, error) { return d.within(0) }

// within is the drawing as SVG: the fixed colours become CSS variables, and
// text keeps its alignment in whatever font the viewer has. Where its page is
// narrow it shrinks to nine tenths at most, so that words stay readable.
func (d drawing) within(margin float64) (string, error) {
	c := vgsvg.New(vg.Length(d.width), vg.Length(d.height))
	d.draw(&pen{Canvas: draw.New(c), width: d.width, height: d.height})
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
	s = brief(svgStyled.ReplaceAllStringFunc(s, themed))
	w, h, edge := d.width+2*margin, d.height+2*margin, 0-margin
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="ch" width="%g" height="%g" viewBox="%g %g %g %g" role="img" aria-label="%s" `+
		`style="min-width:%gpx;max-width:%gpx;font-family:var(--sans,system-ui,&quot;Liberation Sans&quot;,Arial,sans-serif);font-variant-numeric:tabular-nums">`+
		"\n"+`<rect class="bg" x="%g" y="%g" width="%g" height="%g" style="fill:%s"/>`+"\n%s",
		w, h, edge, edge, w, h, html.EscapeString(d.label), math.Round(0.9*d.width), math.Round(1.1*d.width), edge, edge, w, h, Paper.CSS(), s), nil
}
