package nnlib

import (
	"digitlab/nnlib/internal/kernel"
)

// Rule turns gradients into directions.
type Rule interface {
	// Vectors is how many vectors of state the rule keeps.
	Vectors() int
	// Direct overwrites d, which is not g, with the direction for gradient g. t
	// counts the updates, from 1.
	Direct(d, g []Float, state [][]Float, t int)
}

// updating is a rule that changes the weights itself, in one pass over them:
// w -= rate * direction, to the bits of Direct and what follows it.
type updating interface {
	update(w, g []Float, state [][]Float, t int, rate float64)
}

// fast is a rule of the package's own as an updating one. A rule that embeds one
// of these has a Direct of its own.
func fast(r Rule) updating {
	switch r := r.(type) {
	case Momentum:
		return r
	case Nesterov:
		return r
	case Adam:
		return r
	}
	return nil
}

// Momentum is v = Keep*v + g, and v the direction (Polyak, 1964, in the form of
// Sutskever and others, 2013, and PyTorch).
type Momentum struct{ Keep float64 }

// Vectors is 1: v.
func (Momentum) Vectors() int { return 1 }

// Direct updates v and copies it to d.
func (m Momentum) Direct(d, g []Float, state [][]Float, t int) {
	clear(d)
	m.update(d, g, state, t, -1)
}

func (m Momentum) update(w, g []Float, state [][]Float, _ int, rate float64) {
	kernel.Momentum(w, state[0], g, Float(m.Keep), Float(rate))
}

// Nesterov is v = Keep*v + g, and g + Keep*v the direction (Nesterov, 1983, in
// PyTorch's form).
type Nesterov struct{ Keep float64 }

// Vectors is 1: v.
func (Nesterov) Vectors() int { return 1 }

// Direct updates v and makes the direction from it.
func (m Nesterov) Direct(d, g []Float, state [][]Float, t int) {
	clear(d)
	m.update(d, g, state, t, -1)
}

func (m Nesterov) update(w, g []Float, state [][]Float, _ int, rate float64) {
	kernel.Nesterov(w, state[0], g, Float(m.Keep), Float(rate))
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

// Direct updates m and v and makes the direction from them.
func (a Adam) Direct(d, g []Float, state [][]Float, t int) {
	clear(d)
	a.update(d, g, state, t, -1)
}

func (a Adam) update(w, g []Float, state [][]Float, t int, rate float64) {
	keep1, keep2 := orDefault(a.Keep1, 0.9), orDefault(a.Keep2, 0.999)
	kernel.Adam(w, state[0], state[1], g, kernel.AdamStep{
		Keep1: Float(keep1), New1: Float(1 - keep1), Full1: Float(1 / (1 - power(keep1, t))),
		Keep2: Float(keep2), New2: Float(1 - keep2), Full2: Float(1 / (1 - power(keep2, t))),
		Epsilon: Float(orDefault(a.Epsilon, 1e-8)), Rate: Float(rate),
	})
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
