package data

import (
	"fmt"
	"math"

	"digitlab/nnlib"
)

// weighted gives the rows of a dataset weights.
type weighted struct {
	nnlib.Dataset
	weight []nnlib.Float // of each row, or of each class
	class  bool
	print  func() ([32]byte, error)
}

type steadyWeighted struct{ *weighted }

func (steadyWeighted) Steady() {}

// Weigh gives each row of d a weight: its cost and its part of the gradient are
// multiplied by it, and the mean is taken over the weights. Where d has weights
// they are multiplied. Weights are not negative, and not all are zero.
func Weigh(d nnlib.Dataset, weights []float64) (nnlib.Dataset, error) {
	if len(weights) != d.Len() {
		return nil, fmt.Errorf("data: %d weights for %d rows", len(weights), d.Len())
	}
	return weigh(d, weights, "row", false)
}

// WeighClasses gives each row of d the weight of its class. See Weigh and
// Balanced.
func WeighClasses(d nnlib.Dataset, weights []float64) (nnlib.Dataset, error) {
	if len(weights) != d.Classes() {
		return nil, fmt.Errorf("data: %d weights for %d classes", len(weights), d.Classes())
	}
	t, err := Targets(d)
	if err != nil {
		return nil, err
	}
	if t.Class == nil {
		return nil, fmt.Errorf("data: weights of classes for rows with target values: use Weigh")
	}
	w, err := weigh(d, weights, "class", true)
	if err != nil {
		return nil, err
	}
	for _, c := range t.Class {
		if c < 0 || c >= len(weights) {
			return nil, fmt.Errorf("data: class %d: classes go from 0 to %d", c, len(weights)-1)
		}
		if weights[c] > 0 {
			return w, nil
		}
	}
	return nil, fmt.Errorf("data: the classes of all rows have the weight 0: nothing is left to learn from")
}

// Balanced is weights of classes with which every class that has rows counts
// as much as any other: rows / (classes with rows * rows of the class).
func Balanced(d nnlib.Dataset) ([]float64, error) {
	t, err := Targets(d)
	if err != nil {
		return nil, err
	}
	if t.Class == nil {
		return nil, fmt.Errorf("data: balanced classes: the rows have target values, not classes")
	}
	count, present := make([]int, d.Classes()), 0
	for _, c := range t.Class {
		if count[c] == 0 {
			present++
		}
		count[c]++
	}
	weights := make([]float64, len(count))
	for c, n := range count {
		if weights[c] = 1; n > 0 {
			weights[c] = float64(len(t.Class)) / float64(present*n)
		}
	}
	return weights, nil
}

func weigh(d nnlib.Dataset, weights []float64, of string, class bool) (nnlib.Dataset, error) {
	if err := check(d); err != nil {
		return nil, err
	}
	w := &weighted{Dataset: d, class: class, weight: make([]nnlib.Float, len(weights))}
	positive := false
	for i, v := range weights {
		f := nnlib.Float(v)
		switch {
		case math.IsNaN(v) || math.IsInf(float64(f), 0):
			return nil, fmt.Errorf("data: %s %d: the weight is %v: it must be a number from 0 up", of, i, v)
		case v < 0:
			return nil, fmt.Errorf("data: %s %d: the weight %v is negative", of, i, v)
		}
		positive = positive || f > 0
		w.weight[i] = f
	}
	if !positive {
		return nil, fmt.Errorf("data: all weights are 0: nothing is left to learn from")
	}
	w.print = printOf("weights of each "+of, []nnlib.Dataset{d}, bits(weights...)...)
	if isSteady(d) {
		return steadyWeighted{w}, nil
	}
	return w, nil
}

// Fingerprint covers the data and the weights.
func (w *weighted) Fingerprint() ([32]byte, error) { return w.print() }

// Fill adds the weights.
func (w *weighted) Fill(b *nnlib.Block, p nnlib.Pass) error {
	if err := w.Dataset.Fill(b, p); err != nil {
		return err
	}
	to := b.WeightRows(len(p.Rows))
	for i, k := range p.Rows {
		if w.class {
			k = b.Class[i]
		}
		to[i] *= w.weight[k]
	}
	return nil
}
