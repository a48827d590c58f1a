package nnlib

import (
	"math"

	"digitlab/nnlib/internal/kernel"
)

// Rule turns gradients into directions.
type Rule interface {
	// Vectors is how many vectors of state the rule keeps.
	Vectors() int
	// Direct overwrites d with the direction for gradient g. t counts the
	// updates, from 1.
	Direct(d, g []Float, state [][]Float, t int)
}

// Momentum is v = Keep*v + g, and v the direction (Polyak, 1964, in the form of
// Sutskever and others, 2013, and PyTorch).
type Momentum struct{ Keep float64 }

// Vectors is 1: v.
func (Momentum) Vectors() int { return 1 }

// Direct updates v and copies it to d.
func (m Momentum) Direct(d, g []Float, state [][]Float, _ int) {
	copy(d, gather(state[0], g, m.Keep))
}

// gather is v, once v = keep*v + g.
func gather(v, g []Float, keep float64) []Float {
	kernel.Scale(v, Float(keep))
	kernel.Axpy(v, 1, g)
	return v
}

// Nesterov is v = Keep*v + g, and g + Keep*v the direction (Nesterov, 1983, in
// PyTorch's form).
type Nesterov struct{ Keep float64 }

// Vectors is 1: v.
func (Nesterov) Vectors() int { return 1 }

// Direct updates v and makes the direction from it.
func (m Nesterov) Direct(d, g []Float, state [][]Float, _ int) {
	v := gather(state[0], g, m.Keep)
	copy(d, g)
	kernel.Axpy(d, Float(m.Keep), v)
}

// Adam is m = Keep1*m + (1-Keep1)*g, v = Keep2*v + (1-Keep2)*g^2, and
// m/(1-Keep1^t) / (sqrt(v/(1-Keep2^t)) + Epsilon) the direction (Kingma and Ba,
// 2015). With GradientDescent.Decay it is AdamW (Loshchilov and Hutter, 2019).
type Adam struct {
	Keep1   float64 // zero means 0.9
	Keep2   float64 // zero means 0.999
	Epsilon float64 // zero means 1e-8
}

// Vectors is 2: m and v.
func (Adam) Vectors() int { return 2 }

// Direct updates m and v in float64 and rounds once.
func (a Adam) Direct(d, g []Float, state [][]Float, t int) {
	keep1, keep2, epsilon := orDefault(a.Keep1, 0.9), orDefault(a.Keep2, 0.999), orDefault(a.Epsilon, 1e-8)
	power1, power2 := power(keep1, t), power(keep2, t)
	m, v := state[0], state[1]
	for i, x := range g {
		g := float64(x)
		m[i] = Float(float64(keep1*float64(m[i])) + float64((1-keep1)*g))
		v[i] = Float(float64(keep2*float64(v[i])) + float64((1-keep2)*float64(g*g)))
		d[i] = Float(float64(m[i]) / (1 - power1) / (math.Sqrt(float64(v[i])/(1-power2)) + epsilon))
	}
}

// power is x to the n, by squaring.
func power(x float64, n int) float64 {
	y := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			y *= x
		}
		x *= x
	}
	return y
}

// checkRule says what is wrong with a rule's numbers.
func checkRule(r Rule) error {
	in := func(field string, x float64) error {
		if !(x >= 0 && x < 1) {
			return &RecipeError{"Optimizer.Rule." + field, "must be in [0, 1)"}
		}
		return nil
	}
	switch r := r.(type) {
	case Momentum:
		return in("Keep", r.Keep)
	case Nesterov:
		return in("Keep", r.Keep)
	case Adam:
		if r.Epsilon < 0 {
			return &RecipeError{"Optimizer.Rule.Epsilon", "must not be negative"}
		}
		if err := in("Keep1", r.Keep1); err != nil {
			return err
		}
		return in("Keep2", r.Keep2)
	}
	return nil
}
