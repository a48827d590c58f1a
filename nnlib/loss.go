package nnlib

import "digitlab/nnlib/internal/kernel"

// SigmoidSquaredError is the loss of the PySpark project: y = sigmoid(x) and
// the cost of an example 1/2 sum_j (y_j - t_j)^2.
type SigmoidSquaredError struct{ Plain }

// SoftmaxCrossEntropy is the loss of Spark ML's perceptron: p = softmax(x) and
// the cost of an example -sum_j t_j ln p_j, in nats. The logarithm is taken as
// log-sum-exp of x, so that a p too small for a number still has a finite cost.
type SoftmaxCrossEntropy struct{ Plain }

// String is the loss in the topology's text.
func (SigmoidSquaredError) String() string { return "sigmoid+squared" }

// String is the loss in the topology's text.
func (SoftmaxCrossEntropy) String() string { return "softmax+cross-entropy" }

// Steady says that the result does not depend on the step.
func (SigmoidSquaredError) Steady() {}

// Steady says that the result does not depend on the step.
func (SoftmaxCrossEntropy) Steady() {}

// Bind needs no memory.
func (SigmoidSquaredError) Bind(s Shape) LayerModel { return Sigmoid{}.Bind(s) }

// Bind needs no memory.
func (SoftmaxCrossEntropy) Bind(Shape) LayerModel { return softmax{} }

// Delta is d_j = (y_j - t_j) y_j (1 - y_j).
func (SigmoidSquaredError) Delta(d, out, _ Matrix, t Targets) (s Sum) {
	for i := range d.Rows {
		y, to, weight := out.Row(i), d.Row(i), t.weight(i)
		squares := 0.0
		for j, v := range y {
			e := v - t.value(i, j)
			squares += float64(float64(e) * float64(e))
			to[j] = weight * e * (v * (1 - v))
		}
		s.Cost += float64(float64(weight) * squares / 2)
		s.count(t, i, y)
	}
	return s
}

// Delta is d_j = p_j - t_j, for targets that sum to one.
func (SoftmaxCrossEntropy) Delta(d, out, in Matrix, t Targets) (s Sum) {
	for i := range d.Rows {
		x, p, to, weight := in.Row(i), out.Row(i), d.Row(i), t.weight(i)
		lse := logSumExp(x)
		for j, v := range p {
			target := t.value(i, j)
			to[j] = weight * (v - target)
			if target != 0 {
				s.Cost += float64(float64(weight*target) * (lse - float64(x[j])))
			}
		}
		s.count(t, i, p)
	}
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

// softmax is p_j = exp(x_j) / sum_k exp(x_k).
type softmax struct{ weightless }

func (softmax) Forward(_ Pass, _ []Float, out Matrix, in *Input) {
	x := in.Dense()
	for i := range out.Rows {
		row, p := x.Row(i), out.Row(i)
		lse := logSumExp(row)
		for j, v := range row {
			p[j] = Float(kernel.Exp(float64(v) - lse))
		}
	}
}

// Backward is not called: Delta goes straight to the loss's input.
func (softmax) Backward(Pass, []Float, Matrix, Matrix, Matrix, *Input) {
	panic("nnlib: Backward of a loss")
}
