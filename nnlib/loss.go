package nnlib

import (
	"fmt"

	"digitlab/nnlib/internal/kernel"
)

// SigmoidSquaredError is the loss of the PySpark project: y = sigmoid(x) and
// the cost of an example 1/2 sum_j (y_j - t_j)^2.
type SigmoidSquaredError struct{ Plain }

// LinearSquaredError is the loss for regression: y = x and the cost of an
// example 1/2 sum_j (y_j - t_j)^2.
type LinearSquaredError struct{ Plain }

// SigmoidCrossEntropy is the loss for outputs that are true or false each on
// its own: y = sigmoid(x) and the cost of an example
// -sum_j (t_j ln y_j + (1-t_j) ln(1-y_j)), in nats. It is computed from x, so
// that it stays finite where y is rounded to 0 or 1.
type SigmoidCrossEntropy struct{ Plain }

// SoftmaxCrossEntropy is the loss of Spark ML's perceptron: p = softmax(x) and
// the cost of an example -sum_j t_j ln p_j, in nats. A p too small to be exact is
// taken by log-sum-exp of x, so that its cost is finite; so are all where there
// is smoothing, or where rows have target values.
type SoftmaxCrossEntropy struct {
	Plain
	// Smoothing, in [0, 1), moves that share of the target evenly to all
	// classes: t_j becomes (1-Smoothing) t_j + Smoothing/classes (Szegedy and
	// others, 2016).
	Smoothing float64
}

// String is the loss in the topology's text.
func (SigmoidSquaredError) String() string { return "sigmoid+squared" }

// String is the loss in the topology's text.
func (LinearSquaredError) String() string { return "linear+squared" }

// String is the loss in the topology's text.
func (SigmoidCrossEntropy) String() string { return "sigmoid+cross-entropy" }

// String is the loss in the topology's text.
func (l SoftmaxCrossEntropy) String() string {
	if l.Smoothing == 0 {
		return "softmax+cross-entropy"
	}
	return fmt.Sprintf("softmax+cross-entropy:%v", l.Smoothing)
}

// Steady says that the result does not depend on the step.
func (SigmoidSquaredError) Steady() {}

// Steady says that the result does not depend on the step.
func (LinearSquaredError) Steady() {}

// Steady says that the result does not depend on the step.
func (SigmoidCrossEntropy) Steady() {}

// Steady says that the result does not depend on the step.
func (SoftmaxCrossEntropy) Steady() {}

// Bind needs no memory.
func (SigmoidSquaredError) Bind(s Shape) LayerModel { return Sigmoid{}.Bind(s) }

// Bind needs no memory.
func (LinearSquaredError) Bind(Shape) LayerModel { return linear{} }

// Bind needs no memory.
func (SigmoidCrossEntropy) Bind(s Shape) LayerModel { return Sigmoid{}.Bind(s) }

// Bind needs no memory.
func (SoftmaxCrossEntropy) Bind(Shape) LayerModel { return &softmax{} }

// Out is in.
func (l SoftmaxCrossEntropy) Out(in Shape) (Shape, error) {
	if !(l.Smoothing >= 0 && l.Smoothing < 1) {
		return in, fmt.Errorf("softmax+cross-entropy: smoothing %v: it must be in [0, 1)", l.Smoothing)
	}
	return in, nil
}

// Delta is d_j = (y_j - t_j) y_j (1 - y_j).
func (SigmoidSquaredError) Delta(d, out, _ Matrix, t Targets) Sum {
	s := squared(d, out, t)
	for i := range d.Rows {
		kernel.SigmoidSlope(d.Row(i), d.Row(i), out.Row(i))
	}
	return s
}

// Delta is d_j = y_j - t_j.
func (LinearSquaredError) Delta(d, out, _ Matrix, t Targets) Sum { return squared(d, out, t) }

// squared is the squared error, with d the errors, each row times its weight.
func squared(d, out Matrix, t Targets) (s Sum) {
	for i := range d.Rows {
		y, to, weight := out.Row(i), d.Row(i), t.weight(i)
		t.errors(to, y, i)
		squares := 0.0
		for _, e := range to {
			squares += float64(float64(e) * float64(e))
		}
		if weight != 1 {
			kernel.Scale(to, weight)
		}
		s.Cost += float64(float64(weight) * squares / 2)
		s.count(t, i, y)
	}
	return s
}

// errors sets to = y - targets of row i.
func (t Targets) errors(to, y []Float, i int) {
	copy(to, y)
	if t.Class != nil {
		to[t.Class[i]]--
		return
	}
	for j, v := range t.Value.Row(i) {
		to[j] -= v
	}
}

// Delta is d_j = y_j - t_j.
func (SigmoidCrossEntropy) Delta(d, out, in Matrix, t Targets) (s Sum) {
	for i := range d.Rows {
		x, y, to, weight := in.Row(i), out.Row(i), d.Row(i), t.weight(i)
		cost := 0.0
		for j, v := range y {
			target := t.value(i, j)
			to[j] = weight * (v - target)
			// -t ln y - (1-t) ln(1-y) = max(x, 0) - t x + ln(1 + exp(-|x|))
			z := float64(x[j])
			cost += max(z, 0) - float64(float64(target)*z) + kernel.Log(1+kernel.Exp(-max(z, -z)))
		}
		s.Cost += float64(float64(weight) * cost)
		s.count(t, i, y)
	}
	return s
}

// Delta is d_j = p_j - t_j, for targets that sum to one.
func (l SoftmaxCrossEntropy) Delta(d, out, in Matrix, t Targets) (s Sum) {
	if l.Smoothing == 0 && t.Class != nil {
		return likelihood(d, out, in, t)
	}
	keep, even := Float(1-l.Smoothing), Float(l.Smoothing/float64(out.Cols))
	for i := range d.Rows {
		x, p, to, weight := in.Row(i), out.Row(i), d.Row(i), t.weight(i)
		lse := logSumExp(x)
		for j, v := range p {
			target := Float(keep*t.value(i, j)) + even
			to[j] = weight * (v - target)
			if target != 0 {
				s.Cost += float64(float64(weight*target) * (lse - float64(x[j])))
			}
		}
		s.count(t, i, p)
	}
	return s
}

// likelihood is Delta for one class a row: the cost is the logarithm of the
// product of what the classes got, for rows in succession that have the same
// weight. A factor too small to be exact is taken by log-sum-exp.
func likelihood(d, out, in Matrix, t Targets) (s Sum) {
	const small, least = 1e-30, 1e-250 // their product is a normal number
	const sure = 0.51                  // what is above that is the largest, and rounding cannot change it
	product, weight := 1.0, Float(1)
	take := func() {
		s.Cost -= float64(float64(weight) * kernel.Log(product))
		product = 1
	}
	for i, class := range t.Class[:d.Rows] {
		p, to := out.Row(i), d.Row(i)
		t.errors(to, p, i)
		if t.Weight != nil {
			if t.Weight[i] != weight {
				take()
				weight = t.Weight[i]
			}
			if weight != 1 {
				kernel.Scale(to, weight)
			}
		}
		if v := float64(p[class]); v >= small {
			if product *= v; product < least {
				take()
			}
		} else {
			x := in.Row(i)
			s.Cost += float64(float64(weight) * (logSumExp(x) - float64(x[class])))
		}
		s.tally(weight, p[class] > sure || first(p, class))
	}
	take()
	return s
}

// logSumExp is ln sum_j exp(x_j), with the largest x taken out of the sum.
func logSumExp(x []Float) float64 {
	most, sum := float64(x[argmax(x)]), 0.0
	for _, v := range x {
		sum += kernel.Exp(float64(v) - most)
	}
	return most + kernel.Log(sum)
}

// lossOnly is embedded by the layer models of losses whose Backward nobody
// calls: Delta goes straight to the loss's input.
type lossOnly struct{ weightless }

func (lossOnly) Backward(Pass, []Float, Matrix, Matrix, Matrix, *Input) {
	panic("nnlib: Backward of a loss")
}

// softmax is p_j = exp(x_j) / sum_k exp(x_k).
type softmax struct {
	lossOnly
	scratch kernel.Scratch
}

func (l *softmax) Forward(_ Pass, _ []Float, out Matrix, in *Input) {
	x := in.Dense()
	l.scratch.Softmax(out.Data, out.Stride, x.Data, x.Stride, out.Rows, out.Cols)
}

// linear is y = x.
type linear struct{ lossOnly }

func (linear) Forward(_ Pass, _ []Float, out Matrix, in *Input) {
	x := in.Dense()
	for i := range out.Rows {
		copy(out.Row(i), x.Row(i))
	}
}
