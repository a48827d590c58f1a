package figure

import (
	_ "embed"
	"fmt"
	"html"
	"math"
	"strings"
)

//go:embed style.css
var style string

// Style is the one stylesheet of figures, live blocks and report pages, every
// rule scoped under the class digitlab. Colours follow JupyterLab's theme,
// then data-theme on the root, then the reader's setting; print is light.
func Style() string { return style }

// Fragment wraps HTML that needs Style into an element that brings it: one
// figure after the other.
func Fragment(parts ...string) string {
	return `<div class="digitlab"><style>` + style + `</style>` + strings.Join(parts, "\n") + `</div>`
}

func fragment(html string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return Fragment(html), nil
}

// figureElement is an HTML figure with a title and a note above its content.
func figureElement(title, note, content string) string {
	var b strings.Builder
	b.WriteString("<figure>")
	if title != "" || note != "" {
		b.WriteString("<figcaption>" + html.EscapeString(title))
		if note != "" {
			b.WriteString(" <small>" + html.EscapeString(note) + "</small>")
		}
		b.WriteString("</figcaption>")
	}
	b.WriteString(content + "</figure>")
	return b.String()
}

// Widths of figures in pixels. One that is wider than a phone, less a tenth,
// scrolls sideways there; one that is wider than a column takes the whole width.
const (
	phoneWidth  = 386
	columnWidth = 460
)

// framed is a figure element with a drawing of the given width.
func framed(title, note, svg string, width float64) string {
	if width > phoneWidth {
		svg = `<div class="wrap" tabindex="0" role="group" aria-label="figure">` + svg + "</div>"
	}
	f := figureElement(title, note, svg)
	if width > columnWidth {
		f = strings.Replace(f, "<figure>", fmt.Sprintf(`<figure class="full" style="max-width:%gpx">`, math.Round(1.1*width)), 1)
	}
	return f
}

// full lets a figure element be wider than others.
func full(figure string) string {
	return strings.Replace(figure, "<figure>", `<figure class="full">`, 1)
}
