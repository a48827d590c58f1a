package notebook

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"math"

	"digitlab/nnlib"
	"digitlab/nnlib/figure"
)

// still is the panel's answer to its first image, for viewers that run no
// scripts: the image, the outputs and the first hidden layer.
func (p *Panel) still() (string, error) {
	row := p.try.Rows[0]
	class := p.name(p.try.Set.Class()[row])
	alt := fmt.Sprintf("%s %d: a %s", p.try.Name, row, class)
	picture, err := (figure.Image{Shape: nnlib.Pixels(28, 28), Pixels: p.try.Set.Pixels(row), Alt: alt}).Element(112)
	if err != nil {
		return "", err
	}
	bars := figure.Series{Shape: figure.Bars, Colour: figure.Training}
	chart := figure.Chart{X: figure.Axis{Title: "answer", Min: -0.5, Max: float64(len(p.example)) - 0.5}, Y: figure.Axis{Title: "%", Min: 0, Max: 100}}
	best := 0
	for k, v := range p.example {
		bars.X, bars.Y = append(bars.X, float64(k)), append(bars.Y, 100*v)
		chart.X.Ticks = append(chart.X.Ticks, figure.Tick{Value: float64(k), Text: p.name(k)})
		if v > p.example[best] {
			best = k
		}
	}
	chart.Series = []figure.Series{bars}
	chart.Title = fmt.Sprintf("It reads a %s, %s", p.name(best), figure.Percent(p.example[best], 1))
	chart.Note = p.answers()
	answers, err := chart.Figure()
	if err != nil {
		return "", err
	}
	units, err := p.stillUnits()
	if err != nil {
		return "", err
	}
	return `<div class="still"><div><p class="note">` + html.EscapeString(alt) + "</p>" + picture + units +
		`<p class="note">Where scripts run, this is a pad to draw on.</p></div>` + answers + "</div>\n", nil
}

// stillUnits is the first hidden layer as a row of squares. A model without one
// has none.
func (p *Panel) stillUnits() (string, error) {
	levels := p.hidden()
	if len(levels) == 0 {
		return "", nil
	}
	t := nnlib.Topology{Input: p.model.Topology.Input}
	for _, l := range p.model.Topology.Layers {
		if _, again := l.(nnlib.Affine); again && len(t.Layers) > 0 {
			break
		}
		t.Layers = append(t.Layers, l)
	}
	t.Layers = append(t.Layers, nnlib.LinearSquaredError{})
	first := p.try
	first.Rows = first.Rows[:1]
	v, err := p.predict(first, t, p.model.Weights[:785*levels[0].Units])
	if err != nil {
		return "", err
	}
	full := levels[0].Full
	if full == 0 {
		for _, u := range v[0] {
			full = max(full, math.Abs(u))
		}
	}
	m := image.NewNRGBA(image.Rect(0, 0, min(32, len(v[0])), (len(v[0])+31)/32))
	for j, u := range v[0] {
		c := figure.Positive
		if u < 0 {
			c = figure.Negative
		}
		r, g, b, _ := c.RGBA()
		m.SetNRGBA(j%32, j/32, color.NRGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), uint8(math.Round(255 * min(1, math.Abs(u)/max(full, 1e-9))))})
	}
	var file bytes.Buffer
	if err := png.Encode(&file, m); err != nil {
		return "", fmt.Errorf("notebook: ask: %w", err)
	}
	return fmt.Sprintf(`<p class="note">%d hidden units, green above zero, purple below</p><img class="w" width="%d" height="%d" alt="values of the %d hidden units" src="data:image/png;base64,%s">`,
		len(v[0]), 9*m.Rect.Dx(), 9*m.Rect.Dy(), len(v[0]), base64.StdEncoding.EncodeToString(file.Bytes())), nil
}
