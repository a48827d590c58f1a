package notebook

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image"
	"image/png"

	"digitlab/nnlib/figure"
)

// Show shows values below the cell, one after the other:
//
//   - anything with HTML() (string, error), as figures and tables have it
//   - a confusion matrix, an evaluation (its scores and confusions), a calibration,
//     a regression or a forecast of package metrics or report, as its figure
//   - a run or its steps as cost, accuracy and rate
//   - a model or a topology as the table of its layers, a recipe as the table of
//     its fields, [][]string as a table whose first row is the head
//   - an image.Image, its pixels kept sharp
//   - an error with what to do about it
//   - anything else as preformatted text, by its String where it has one
//
// A figure that cannot be drawn is shown as its error and ends the program.
func Show(values ...any) { cell.values(values) }

func (s *screen) values(values []any) {
	for _, v := range values {
		h, err := fragment(v)
		if err != nil {
			s.check(err)
			return
		}
		s.show(h)
	}
}

// fragment is a value as HTML.
func fragment(v any) (string, error) {
	switch v := v.(type) {
	case interface{ HTML() (string, error) }:
		return v.HTML()
	case error:
		return failure(v).html()
	case image.Image:
		return picture(v)
	}
	if f, err := figures(v); f != nil || err != nil {
		return joined(f, err)
	}
	return figure.Fragment("<pre>" + html.EscapeString(fmt.Sprint(v)) + "</pre>"), nil
}

// picture is an image as a PNG within HTML. Images of up to 64 pixels are shown
// three times as large. Grey ones are MNIST's: white ink on black, which the
// light theme turns around.
func picture(m image.Image) (string, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return "", fmt.Errorf("notebook: image: %w", err)
	}
	class, scale, size := "co", 1, m.Bounds().Size()
	if _, grey := m.(*image.Gray); grey {
		class = "px"
	}
	if max(size.X, size.Y) <= 64 {
		scale = 3
	}
	return figure.Fragment(fmt.Sprintf(`<img class="%s" alt="image of %d by %d pixels" width="%d" height="%d" src="data:image/png;base64,%s">`,
		class, size.X, size.Y, scale*size.X, scale*size.Y, base64.StdEncoding.EncodeToString(b.Bytes()))), nil
}
