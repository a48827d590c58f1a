package spark

import (
	"context"
	"fmt"
	"math"
	"slices"

	"digitlab/nnlib"
	"digitlab/nnlib/internal/kernel"
)

// Class is the class for a row of probabilities p: the largest p_j / t_j, the
// first of equals. A class with the threshold 0 so wins whenever its p is above
// 0.
func (c *Classifier) Class(p []nnlib.Float) int { return choose(p, c.Thresholds) }

// choose is the place of the largest x_j, or x_j / t_j, the first of equals.
func choose[T float32 | float64](x []T, thresholds []float64) (best int) {
	most := math.Inf(-1)
	for j, v := range x {
		scaled := float64(v)
		if thresholds != nil {
			scaled /= thresholds[j] // 0/0 is no number, and never the largest
		}
		if scaled > most {
			best, most = j, scaled
		}
	}
	return best
}

// Predict runs all rows through the model and chooses classes by Thresholds.
//
// Spark computes in double precision, where the float32 of nnlib.Model.Predict
// is some 1e-6 away. So the outputs of a perceptron are computed in float64
// here, whatever Float is, and rounded once; of any other model they are
// Model.Predict's. Costs are Model.Predict's always.
func (c *Classifier) Predict(ctx context.Context, d nnlib.Dataset) (*nnlib.Predictions, error) {
	p, err := c.Model.Predict(ctx, d)
	if err != nil {
		return p, err
	}
	if err := checkThresholds(c.Thresholds, p.Output.Cols); err != nil {
		return nil, fmt.Errorf("spark: %w", err)
	}
	sizes, other := layers(c.Model.Topology)
	if other != nil && c.Thresholds == nil {
		return p, nil
	}
	n := newNet(sizes, c.Model.Weights)
	p.Sum.Correct = 0
	var b nnlib.Block
	for first := 0; first < d.Len(); first += nnlib.Chunk {
		var pass nnlib.Pass
		for i := first; i < min(first+nnlib.Chunk, d.Len()); i++ {
			pass.Rows = append(pass.Rows, i)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := d.Fill(&b, pass); err != nil {
			return nil, err
		}
		for k, i := range pass.Rows {
			if other != nil {
				p.Class[i] = c.Class(p.Output.Row(i))
			} else {
				p.Class[i] = n.predict(b.Dense().Row(k), c.Thresholds, p.Output.Row(i))
			}
			if truth(b.Targets, k) == p.Class[i] {
				p.Sum.Correct++
			}
		}
	}
	return p, nil
}

// truth is the class of row i: the place of the largest target.
func truth(t nnlib.Targets, i int) int {
	if t.Class != nil {
		return t.Class[i]
	}
	row := t.Value.Row(i)
	return slices.Index(row, slices.Max(row))
}

// net is a perceptron in double precision.
type net struct {
	weights []nnlib.Float
	values  [][]float64 // of each layer, the input's first
}

func newNet(sizes []int, weights []nnlib.Float) *net {
	n := &net{weights: weights}
	for _, size := range sizes {
		n.values = append(n.values, make([]float64, size))
	}
	return n
}

// predict writes the probabilities of a row and returns its class: by the
// thresholds, or where there are none by the values under the softmax.
func (n *net) predict(row []nnlib.Float, thresholds []float64, out []nnlib.Float) int {
	for k, x := range row {
		n.values[0][k] = float64(x)
	}
	w, top := n.weights, len(n.values)-1
	for l := 1; l <= top; l++ {
		from, to := n.values[l-1], n.values[l]
		units := len(to)
		bias := w[len(from)*units:]
		for j := range to {
			to[j] = float64(bias[j])
		}
		for k, x := range from {
			if x != 0 {
				for j, v := range w[k*units : (k+1)*units] {
					to[j] += float64(x * float64(v))
				}
			}
		}
		if w = bias[units:]; l < top {
			for j, x := range to {
				to[j] = kernel.Sigmoid(x)
			}
		}
	}
	p := n.values[top]
	class, most, sum := choose(p, nil), slices.Max(p), 0.0
	for j, x := range p {
		p[j] = kernel.Exp(x - most)
		sum += p[j]
	}
	for j := range p {
		p[j] /= sum
		out[j] = nnlib.Float(p[j])
	}
	if thresholds != nil {
		return choose(p, thresholds)
	}
	return class
}
