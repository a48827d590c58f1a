package data

import (
	"fmt"

	"digitlab/nnlib"
)

// Fold is a model that reads inputs as they were before the Transform: the
// transform becomes part of m's first layer, which must be affine. With
// z = (x - Mean) / Scale,
//
//	z W + b = x (W / Scale) + (b - (Mean / Scale) W)
//
// row by row of W, computed in double precision and rounded once.
func (t Transform) Fold(m *nnlib.Model) (*nnlib.Model, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	in := m.Topology.Input.Len()
	first, ok := m.Topology.Layers[0].(nnlib.Affine)
	if !ok {
		return nil, fmt.Errorf("data: the first layer is %T: a transform can be folded into an affine layer", m.Topology.Layers[0])
	}
	if len(t.Mean) != in {
		return nil, fmt.Errorf("data: the transform has %d values, the model reads %d", len(t.Mean), in)
	}
	n := first.Units
	folded := &nnlib.Model{Topology: m.Topology, Weights: append([]nnlib.Float(nil), m.Weights...)}
	w, bias := folded.Weights, folded.Weights[in*n:in*n+n]
	for j := range n {
		b := float64(bias[j])
		for k := range in {
			v := float64(w[k*n+j]) / t.Scale[k]
			b -= float64(t.Mean[k] * v)
			w[k*n+j] = nnlib.Float(v)
		}
		bias[j] = nnlib.Float(b)
	}
	return folded, nil
}
