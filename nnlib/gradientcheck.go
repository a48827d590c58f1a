package nnlib

import (
	"context"
	"math"

	"digitlab/nnlib/internal/kernel"
)

// GradientCheck compares the gradient that training uses with central
// differences of the cost.
type GradientCheck struct {
	Checked int     // weights compared
	Worst   float64 // largest |a-b| / (|a|+|b|+Floor) over them
	At      int     // the weight where it is
	Exact   float64 // the gradient there, by back-propagation
	Central float64 // and by (cost(w+h) - cost(w-h)) / 2h
	Width   float64 // h
	Floor   float64 // keeps derivatives of about zero from counting
	Limit   float64 // Worst below it is agreement, in this precision
}

// OK says whether Worst is below Limit.
func (c GradientCheck) OK() bool { return c.Worst < c.Limit }

// CheckGradient compares every stride-th weight of the model (stride 1: all) on
// all rows of d, penalty included where it is not nil. In float64 (build tag)
// agreement is to 1e-6; in float32 the cost's own rounding leaves a few parts in a hundred.
func CheckGradient(ctx context.Context, m *Model, d Dataset, penalty Penalty, stride int) (GradientCheck, error) {
	c := GradientCheck{Width: 2e-3, Floor: 1e-2, Limit: 3e-2}
	if Precision == "float64" {
		c.Width, c.Floor, c.Limit = 1e-5, 1e-4, 1e-6
	}
	if _, err := kernel.Tier(); err != nil {
		return c, err
	}
	places, n, err := m.Topology.places()
	switch {
	case err != nil:
		return c, err
	case n != len(m.Weights):
		return c, &ShapeError{"model", "weights and topology do not fit"}
	case d.Len() == 0:
		return c, &ShapeError{"data", "no rows"}
	case d.Shape().Len() != m.Topology.Input.Len() || d.Classes() > places[len(places)-1].out.Len():
		return c, &ShapeError{"data", "rows or classes do not fit the model"}
	}
	o := newObjective(m.Topology, d, penalty, Recipe{}.leaves, 1)
	o.pass, o.rows = Pass{Train: true}, selection{n: d.Len()}
	w, grad := append([]Float(nil), m.Weights...), make([]Float, n)
	if _, err := o.Eval(ctx, w, grad); err != nil {
		return c, err
	}
	cost := func(i int, x Float) (float64, error) {
		old := w[i]
		w[i] = x
		sum, err := o.Eval(ctx, w, nil)
		w[i] = old
		return sum.Mean(), err
	}
	for i := 0; i < n; i += max(stride, 1) {
		above, below := w[i]+Float(c.Width), w[i]-Float(c.Width)
		a, err := cost(i, above)
		if err != nil {
			return c, err
		}
		b, err := cost(i, below)
		if err != nil {
			return c, err
		}
		exact, central := float64(grad[i]), (a-b)/(float64(above)-float64(below))
		off := math.Abs(exact-central) / (math.Abs(exact) + math.Abs(central) + c.Floor)
		if c.Checked++; off > c.Worst || math.IsNaN(off) {
			c.Worst, c.At, c.Exact, c.Central = off, i, exact, central
		}
	}
	return c, nil
}
