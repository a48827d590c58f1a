package figure

import (
	"errors"
	"fmt"
	"html"
	"image"
	"image/color"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"digitlab/nnlib"
)

// WeightTiles shows what the units of the first layer look for: for each unit
// the weights from every input, and below them its weights to the layer that
// follows.
type WeightTiles struct {
	Shape nnlib.Shape // of the input, one channel
	In    [][]float64 // [unit][input]
	Out   [][]float64 // [unit][unit of the next layer]; nil: none
	Names []string    // of the next layer's units; nil: numbers from 0
	Final bool        // the next layer is the output, so that a unit votes for classes

	Title, Note string // of the figure; empty: Facts
}

// Weights takes the tiles out of a model whose first layer is affine and whose
// input is a grey image.
func Weights(m *nnlib.Model) (WeightTiles, error) {
	t := WeightTiles{Shape: m.Topology.Input}
	if len(m.Topology.Layers) == 0 {
		return t, errors.New("figure: weight tiles: the model has no layers")
	}
	first, ok := m.Topology.Layers[0].(nnlib.Affine)
	if !ok || t.Shape.Channels != 1 {
		return t, fmt.Errorf("figure: weight tiles: %v: the first layer must be affine on a grey image", m.Topology)
	}
	in, units := t.Shape.Len(), first.Units
	next, final := following(m.Topology.Layers[1:])
	need := (in + 1) * units
	if next > 0 {
		need += (units + 1) * next
	}
	if len(m.Weights) < need {
		return t, fmt.Errorf("figure: weight tiles: %d weights for %v", len(m.Weights), m.Topology)
	}
	t.In = columnsOf(m.Weights[:in*units], units)
	if next > 0 {
		w := m.Weights[(in+1)*units:][:units*next]
		t.Out = make([][]float64, units)
		for j := range t.Out {
			for _, v := range w[j*next : (j+1)*next] {
				t.Out[j] = append(t.Out[j], float64(v))
			}
		}
		t.Final = final
	}
	return t, nil
}

// following is the number of units of the affine layer that comes next, with
// at most activations between; 0 when there is none. It is final when no layer
// with weights is above it.
func following(layers []nnlib.Layer) (units int, final bool) {
	for _, l := range layers {
		switch l := l.(type) {
		case nnlib.Sigmoid, nnlib.Tanh, nnlib.ReLU, nnlib.Loss:
		case nnlib.Affine:
			if units > 0 {
				return units, false
			}
			units = l.Units
		default:
			return units, false
		}
	}
	return units, units > 0
}

// columnsOf turns an input-by-unit matrix into a row for each unit.
func columnsOf(w []nnlib.Float, units int) [][]float64 {
	rows := make([][]float64, units)
	for i, v := range w {
		rows[i%units] = append(rows[i%units], float64(v))
	}
	return rows
}

// quantile is the 99.7th percentile of |w|.
func quantile(rows [][]float64) float64 {
	var all []float64
	for _, r := range rows {
		for _, v := range r {
			all = append(all, math.Abs(v))
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(len(all)-1, int(0.997*float64(len(all))))]
}

// Scale is the weight that is drawn in full colour, the 99.7th percentile of
// all tiles, and the outgoing weight of full height.
func (t WeightTiles) Scale() (in, out float64) {
	for _, r := range t.Out {
		for _, v := range r {
			out = max(out, math.Abs(v))
		}
	}
	return quantile(t.In), out
}

// tile is the weights into one unit: hue by sign, opacity by size.
func (t WeightTiles) tile(unit int, full float64) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, t.Shape.Width, t.Shape.Height))
	for i, v := range t.In[unit] {
		c := light[Positive]
		if v < 0 {
			c = light[Negative]
		}
		alpha := 0.0
		if full > 0 {
			alpha = math.Pow(min(1, math.Abs(v)/full), 0.8)
		}
		m.SetNRGBA(i%t.Shape.Width, i/t.Shape.Width, color.NRGBA{uint8(c >> 16), uint8(c >> 8), uint8(c), uint8(math.Round(255 * alpha))})
	}
	return m
}

// order sorts the units by the class they speak for most; without outgoing
// weights they stay as they are.
func (t WeightTiles) order() []int {
	order := make([]int, len(t.In))
	for i := range order {
		order[i] = i
	}
	if t.Final {
		slices.SortStableFunc(order, func(a, b int) int { return most(t.Out[a]) - most(t.Out[b]) })
	}
	return order
}

func most(v []float64) (k int) {
	for i := range v {
		if v[i] > v[k] {
			k = i
		}
	}
	return k
}

func least(v []float64) (k int) {
	for i := range v {
		if v[i] < v[k] {
			k = i
		}
	}
	return k
}

// caption is "62 · for 0" and what the tile is in words.
func (t WeightTiles) caption(unit int) (short, long string) {
	short, long = strconv.Itoa(unit), fmt.Sprintf("weights into unit %d", unit)
	if t.Final {
		short += " · for " + name(t.Names, most(t.Out[unit]))
		long = fmt.Sprintf("unit %d: votes most for %s, most against %s", unit, name(t.Names, most(t.Out[unit])), name(t.Names, least(t.Out[unit])))
	}
	return short, long
}

// List is the tiles as an HTML list, for a page that has Style.
func (t WeightTiles) List() (string, error) {
	in, out := t.Scale()
	zoom := Zoom(t.Shape, 56)
	wide := zoom * t.Shape.Width
	var b strings.Builder
	b.WriteString(`<ul class="units">`)
	for _, unit := range t.order() {
		short, long := t.caption(unit)
		e, err := element(t.tile(unit, in), "w", zoom, long)
		if err != nil {
			return "", err
		}
		b.WriteString("<li>" + e)
		if t.Final {
			b.WriteString(bars(t.Out[unit], out, float64(wide)))
		}
		b.WriteString(html.EscapeString(short) + "</li>")
	}
	b.WriteString("</ul>")
	return b.String(), nil
}

// bars draws a unit's outgoing weights, up for, down against.
func bars(v []float64, full, width float64) string {
	var up, down strings.Builder
	step := width / float64(len(v))
	for i, w := range v {
		h := 0.0
		if full > 0 {
			h = 12 * math.Abs(w) / full
		}
		b, sign := &up, "-"
		if w < 0 {
			b, sign = &down, ""
		}
		fmt.Fprintf(b, "M%.1f 12h%.1fv%s%.1fh-%.1fz", float64(i)*step+0.05*step, 0.9*step, sign, h, 0.9*step)
	}
	return fmt.Sprintf(`<svg class="mk" width="%g" height="24" viewBox="0 0 %g 24" style="display:block" aria-hidden="true"><path class="gr" d="M0 12H%g"/><path class="wp" d="%s"/><path class="wn" d="%s"/></svg>`,
		width, width, width, up.String(), down.String())
}

// Facts says how to read the tiles, with their scales.
func (t WeightTiles) Facts() (title, note string) {
	in, out := t.Scale()
	title = fmt.Sprintf("What the %d units of the first layer look for", len(t.In))
	note = fmt.Sprintf("Each tile: the %d weights into one unit. Green ink raises the unit, purple lowers it; full colour at ±%s.", t.Shape.Len(), Figures(in, 2))
	if t.Final {
		note += fmt.Sprintf(" Bars below: the unit’s weight to each output, up for, down against; full height ±%s. Sorted by the class it speaks for most.", Figures(out, 2))
	}
	return title, note
}

// Figure is the tiles as an HTML figure element, for a page that has Style.
func (t WeightTiles) Figure() (string, error) {
	list, err := t.List()
	if err != nil {
		return "", err
	}
	title, note := t.words()
	return full(figureElement(title, note, list)), nil
}

// HTML is a fragment that brings its own style.
func (t WeightTiles) HTML() (string, error) { return fragment(t.Figure()) }

func (t WeightTiles) words() (title, note string) {
	title, note = t.Facts()
	if t.Title != "" {
		title = t.Title
	}
	if t.Note != "" {
		note = t.Note
	}
	return title, note
}

// SVG is the tiles as a document of its own, eight in a row.
func (t WeightTiles) SVG() (string, error) { return t.drawing().svg() }

// PNG writes the tiles on light paper, two pixels to one.
func (t WeightTiles) PNG(w io.Writer) error { return t.drawing().png(w) }

func (t WeightTiles) drawing() drawing {
	in, _ := t.Scale()
	zoom := float64(Zoom(t.Shape, 56))
	w, h := zoom*float64(t.Shape.Width), zoom*float64(t.Shape.Height)
	n := min(8, max(1, len(t.In)))
	title, _ := t.words()
	d := drawing{width: float64(n) * (w + 12), height: float64((len(t.In)+n-1)/n)*(h+24) + 1, label: title}
	d.draw = func(p *pen) {
		for i, unit := range t.order() {
			x, y := float64(i%n)*(w+12)+6, float64(i/n)*(h+24)+2
			p.picture(x, y, w, h, t.tile(unit, in))
			short, _ := t.caption(unit)
			p.text(x, y+h+14, words{colour: Mute, size: 11}, short)
		}
	}
	return d
}
