package figure

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"digitlab/nnlib"
)

// mostMarks is the number of rows that Hidden draws.
const mostMarks = 400

// Hidden draws the last hidden layer's outputs for the rows of d along the two
// directions in which they differ most, their principal components: each row is
// the numeral of its class, and each class's mean is a large one. Nil names
// number the classes from 0. All rows count, the first 400 are drawn.
func Hidden(ctx context.Context, m *nnlib.Model, d nnlib.Dataset, names []string) (Chart, error) {
	p, err := newProbe(m)
	if err != nil {
		return Chart{}, err
	}
	last := -1 // the layer whose output the last weights read
	for i := range p.layers {
		if p.parts[i][1] > p.parts[i][0] {
			last = i - 1
		}
	}
	if last < 0 {
		return Chart{}, fmt.Errorf("figure: %v has no hidden layer", m.Topology)
	}
	var flat []float64
	var class []int
	units := p.values[last].Cols
	err = p.each(ctx, d, func(b *nnlib.Block, values []nnlib.Matrix) {
		for i := range values[last].Rows {
			flat = append(flat, floats(values[last].Row(i))...)
		}
		class = append(class, b.Class...)
	})
	switch {
	case err != nil:
		return Chart{}, err
	case len(class) != d.Len() || len(class) < 3:
		return Chart{}, fmt.Errorf("figure: hidden units: %d rows with a class, at least 3 are needed", len(class))
	}
	at, shares, err := components(mat.NewDense(len(class), units, flat))
	if err != nil {
		return Chart{}, err
	}
	return scattered(at, shares, class, units, names), nil
}

// components is the rows of x along its first two principal components, and the
// share of the variance of each. A component's largest entry is positive.
func components(x *mat.Dense) (at [][2]float64, shares [2]float64, err error) {
	var pc stat.PC
	if !pc.PrincipalComponents(x, nil) {
		return nil, shares, errors.New("figure: the principal components cannot be found")
	}
	var vectors mat.Dense
	pc.VectorsTo(&vectors)
	variances := pc.VarsTo(nil)
	if len(variances) < 2 {
		return nil, shares, errors.New("figure: principal components need two hidden units")
	}
	total := 0.0
	for _, v := range variances {
		total += v
	}
	rows, units := x.Dims()
	mean := make([]float64, units)
	for j := range mean {
		mean[j] = stat.Mean(mat.Col(nil, j, x), nil)
	}
	at = make([][2]float64, rows)
	for k := range 2 {
		direction := mat.Col(nil, k, &vectors)
		if i := most(absolute(direction)); direction[i] < 0 {
			for j := range direction {
				direction[j] = -direction[j]
			}
		}
		for i := range rows {
			for j, v := range x.RawRowView(i) {
				at[i][k] += (v - mean[j]) * direction[j]
			}
		}
		if total > 0 {
			shares[k] = variances[k] / total
		}
	}
	return at, shares, nil
}

func absolute(x []float64) []float64 {
	list := make([]float64, len(x))
	for i, v := range x {
		list[i] = math.Abs(v)
	}
	return list
}

func scattered(at [][2]float64, shares [2]float64, class []int, units int, names []string) Chart {
	c := Chart{Width: 380, Height: 380}
	low, high := at[0], at[0]
	for _, a := range at {
		for k := range 2 {
			low[k], high[k] = min(low[k], a[k]), max(high[k], a[k])
		}
	}
	axis := func(k int, which string) Axis {
		room := 0.03*(high[k]-low[k]) + 1e-9
		return Axis{Title: fmt.Sprintf("%s component, %s of the variance", which, Percent(shares[k], 0)), Min: low[k] - room, Max: high[k] + room}
	}
	c.X, c.Y = axis(0, "first"), axis(1, "second")
	c.Title = fmt.Sprintf("Two directions hold %s of the variance of %d hidden units", Percent(shares[0]+shares[1], 0), units)
	drawn := min(len(at), mostMarks)
	c.Note = fmt.Sprintf("%s rows, each the numeral of its class; large: mean of a class", Number(float64(drawn), 0))
	if drawn < len(at) {
		c.Note = fmt.Sprintf("%d of %s rows, each the numeral of its class; large: mean of a class", drawn, Number(float64(len(at)), 0))
	}
	c.Label = c.Title + ". Means"
	means := make([][2]float64, slices.Max(class)+1)
	counts := make([]float64, len(means))
	for i, k := range class {
		counts[k]++
		for j := range 2 {
			means[k][j] += (at[i][j] - means[k][j]) / counts[k]
		}
	}
	sign := ": "
	for k, m := range means {
		if counts[k] > 0 {
			c.Label += fmt.Sprintf("%s%s at %s, %s", sign, name(names, k), Figures(m[0], 2), Figures(m[1], 2))
			sign = "; "
		}
	}
	c.marks = append(c.marks, func(p *pen, x, y func(float64) float64) {
		for i := range drawn {
			p.text(x(at[i][0]), y(at[i][1])+4, words{colour: Class(class[i]), size: 11, anchor: middle}, name(names, class[i]))
		}
		for k, m := range means {
			if counts[k] > 0 {
				p.text(x(m[0]), y(m[1])+8, words{colour: Class(k), size: 24, anchor: middle, bold: true, halo: true}, name(names, k))
			}
		}
	})
	return c
}
