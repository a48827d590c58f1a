package figure

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"digitlab/nnlib"
)

// part is the weights of one layer, or numbers that belong to them.
type part struct {
	name   string
	values []float64
	biases []float64
}

// partsOf cuts a flat vector into the layers that have weights.
func partsOf(t nnlib.Topology, w []nnlib.Float) (list []part, err error) {
	shape := t.Input
	for i, l := range t.Layers {
		p := part{name: fmt.Sprintf("layer %d, %s", i+1, layerName(l))}
		for _, s := range l.Weights(shape) {
			if s.Len > len(w) {
				return nil, fmt.Errorf("figure: too few numbers for %v", t)
			}
			if s.Kind == nnlib.Bias {
				p.biases = append(p.biases, floats(w[:s.Len])...)
			} else {
				p.values = append(p.values, floats(w[:s.Len])...)
			}
			w = w[s.Len:]
		}
		if shape, err = l.Out(shape); err != nil {
			return nil, fmt.Errorf("figure: layer %d: %w", i+1, err)
		}
		if len(p.values) > 0 {
			list = append(list, p)
		}
	}
	if len(w) > 0 {
		return nil, fmt.Errorf("figure: %d numbers more than %v has", len(w), t)
	}
	return list, nil
}

// WeightHistograms is a histogram of each layer's weights: how large they are,
// and whether some stand far out.
func WeightHistograms(m *nnlib.Model) (Charts, error) {
	list, err := partsOf(m.Topology, m.Weights)
	if err != nil {
		return Charts{}, err
	}
	var c Charts
	for _, p := range list {
		c.List = append(c.List, p.weights())
	}
	return c, nil
}

// bins is the number of bars of a histogram.
const bins = 41

// weights is the histogram of values on both sides of zero.
func (p part) weights() Chart {
	most := 0.0
	for _, v := range p.values {
		most = max(most, math.Abs(v))
	}
	if most == 0 {
		most = 1
	}
	s := Series{Colour: Training, Shape: Bars, X: make([]float64, bins), Y: make([]float64, bins)}
	for k := range bins {
		s.X[k] = most * (2*(float64(k)+0.5)/bins - 1)
	}
	mean, square := 0.0, 0.0
	for _, v := range p.values {
		s.Y[min(bins-1, int((v/most+1)/2*bins))] += 100 / float64(len(p.values))
		mean += v / float64(len(p.values))
		square += v * v / float64(len(p.values))
	}
	deviation := Figures(math.Sqrt(max(0, square-mean*mean)), 2)
	c := Chart{
		Title: fmt.Sprintf("%s: %s weights within ±%s", title(p.name), Number(float64(len(p.values)), 0), Figures(most, 2)),
		Note:  fmt.Sprintf("mean %s, standard deviation %s", Figures(mean, 2), deviation),
		X:     Axis{Title: "weight", Min: -most, Max: most}, Y: Axis{Title: "share of the weights, %"}, Series: []Series{s},
	}
	if len(p.biases) > 0 {
		c.Note += fmt.Sprintf("; %s biases from %s to %s", Number(float64(len(p.biases)), 0), Figures(slices.Min(p.biases), 2), Figures(slices.Max(p.biases), 2))
	}
	c.Label = c.Title + "; " + c.Note
	return c
}

// title begins with a capital letter.
func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// GradientHistograms is, for each layer, a histogram of how large the
// derivatives of the mean cost of d's rows are, on one logarithmic axis for all
// layers. Derivatives of exactly zero are counted in the note: a pixel without
// ink has no others.
func GradientHistograms(ctx context.Context, m *nnlib.Model, d nnlib.Dataset) (Charts, error) {
	p, err := newProbe(m)
	if err != nil {
		return Charts{}, err
	}
	grad, err := p.gradient(ctx, d)
	if err != nil {
		return Charts{}, err
	}
	list, err := partsOf(m.Topology, grad)
	if err != nil {
		return Charts{}, err
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range list {
		for _, v := range p.values {
			if v != 0 {
				low, high = min(low, math.Abs(v)), max(high, math.Abs(v))
			}
		}
	}
	if low > high {
		low, high = 1e-3, 1
	}
	low = max(low, high*1e-7)
	from, to := math.Pow(10, math.Floor(math.Log10(low))), math.Pow(10, math.Ceil(math.Log10(high)))
	var c Charts
	for _, p := range list {
		c.List = append(c.List, p.sizes(from, to, d.Len()))
	}
	return c, nil
}

// sizes is the histogram of magnitudes from one power of ten to another.
func (p part) sizes(from, to float64, rows int) Chart {
	s := Series{Colour: Training, Shape: Bars, X: make([]float64, bins), Y: make([]float64, bins)}
	span := math.Log(to / from)
	for k := range bins {
		s.X[k] = from * math.Exp(span*(float64(k)+0.5)/bins)
	}
	n, zeros, square := float64(len(p.values)), 0, 0.0
	for _, v := range p.values {
		square += v * v
		if v = math.Abs(v); v < from {
			zeros++
			continue
		}
		s.Y[min(bins-1, int(math.Log(v/from)/span*bins))] += 100 / n
	}
	c := Chart{
		Title: fmt.Sprintf("%s: gradient of length %s", title(p.name), Figures(math.Sqrt(square), 2)),
		Note:  fmt.Sprintf("%s derivatives, %s of them zero; mean cost of %s rows", Number(n, 0), Percent(float64(zeros)/n, 1), Number(float64(rows), 0)),
		X:     Axis{Title: "size of the derivative, log scale", Min: from, Max: to, Log: true}, Y: Axis{Title: "share of the derivatives, %"}, Series: []Series{s},
	}
	c.Label = c.Title + "; " + c.Note
	return c
}
