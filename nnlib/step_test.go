package nnlib

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// TestOneStepByHand follows one update of a 2-2-1 network with sigmoids and
// squared error through the formulas of the PySpark project.
func TestOneStepByHand(t *testing.T) {
	// x = (1, 0.5), target class 0 of one output: t = 1.
	x := []Float{1, 0.5}
	d := must(NewExamples(Units(2), 1, x, []int{0}))
	w := []Float{
		0.1, 0.2, // x1 to h1, h2
		0.3, -0.4, // x2 to h1, h2
		0, 0.1, // biases of h1, h2
		0.5, -0.6, // h1, h2 to y
		0.2, // bias of y
	}
	top := Topology{Input: Units(2), Layers: []Layer{Affine{2}, Sigmoid{}, Affine{1}, SigmoidSquaredError{}}}
	r := must(NewRun(Recipe{Topology: top, Optimizer: GradientDescent{Rate: 2}, Weights: w}))
	step := drain(t, r, d, 1)[0]

	// z1 = 0.1 + 0.15 + 0 = 0.25, z2 = 0.2 - 0.2 + 0.1 = 0.1.
	h1, h2 := 1/(1+math.Exp(-0.25)), 1/(1+math.Exp(-0.1))
	z := 0.5*h1 - 0.6*h2 + 0.2
	y := 1 / (1 + math.Exp(-z))
	if want := (y - 1) * (y - 1) / 2; math.Abs(step.Cost-want) > 1e-7 {
		t.Errorf("cost %v, want %v", step.Cost, want)
	}
	dz := (y - 1) * y * (1 - y)
	d1, d2 := dz*0.5*h1*(1-h1), dz*-0.6*h2*(1-h2)
	gradient := []float64{d1, d2, 0.5 * d1, 0.5 * d2, d1, d2, dz * h1, dz * h2, dz}
	for i, g := range gradient {
		if got, want := float64(r.Model().Weights[i]), float64(w[i])-2*g; math.Abs(got-want) > 1e-6 {
			t.Errorf("weight %d is %v, want %v", i, got, want)
		}
	}
}

// TestDirectUpdateIsGradientThenUpdate compares both roads of one step: they
// round differently, and agree otherwise.
func TestDirectUpdateIsGradientThenUpdate(t *testing.T) {
	d := blobs(t, 100)
	for _, top := range []Loss{SigmoidSquaredError{}, SoftmaxCrossEntropy{}} {
		topology := small(top, Tanh{}, Affine{7}, ReLU{})
		direct := must(NewRun(Recipe{Topology: topology, Optimizer: GradientDescent{Rate: 0.3}, Batch: 100, Seed: 5}))
		full := must(NewRun(Recipe{Topology: topology, Optimizer: GradientDescent{Rate: 0.3}, Seed: 5}))
		drain(t, direct, d, 1)
		drain(t, full, d, 1)
		for i, v := range direct.Model().Weights {
			if math.Abs(float64(v-full.Model().Weights[i])) > 1e-6 {
				t.Fatalf("%v: weight %d is %v directly, %v by gradient", top, i, v, full.Model().Weights[i])
			}
		}
	}
}

// TestAffineIsAMatrixProduct compares the layer with gonum's matrices.
func TestAffineIsAMatrixProduct(t *testing.T) {
	d := blobs(t, 40)
	n := Topology{Input: d.Shape(), Layers: []Layer{Affine{11}, SoftmaxCrossEntropy{}}}
	w := must(n.Init(3, Uniform{1}))
	var b Block
	rows := make([]int, 40)
	for i := range rows {
		rows[i] = i
	}
	if err := d.Fill(&b, Pass{Rows: rows}); err != nil {
		t.Fatal(err)
	}
	net := n.bind()
	net.forward(Pass{}, w, &b.Input)
	x, m := toDense(b.Dense()), mat.NewDense(30, 11, widen(w[:330]))
	var want mat.Dense
	want.Mul(x, m)
	for i := range 40 {
		for j := range 11 {
			if got := float64(net.out[0].Row(i)[j]); math.Abs(got-want.At(i, j)-float64(w[330+j])) > 1e-5 {
				t.Fatalf("row %d, unit %d: %v, want %v", i, j, got, want.At(i, j)+float64(w[330+j]))
			}
		}
	}
	// dIn = dOut W^T, and W's gradient x^T dOut.
	layer, delta, dIn, grad := &affine{in: 30, units: 11}, net.delta[0].Top(40), NewMatrix(40, 30), make([]Float, 341)
	for i := range 40 {
		for j := range delta.Row(i) {
			delta.Row(i)[j] = Float(i-j) / 40
		}
	}
	layer.Backward(Pass{}, w, dIn, delta, net.out[0], &b.Input)
	layer.Gradient(Pass{}, grad, delta, &b.Input)
	var back, outer mat.Dense
	back.Mul(toDense(delta), m.T())
	outer.Mul(x.T(), toDense(delta))
	if !mat.EqualApprox(toDense(dIn), &back, 1e-5) {
		t.Error("Backward is not dOut W^T")
	}
	if !mat.EqualApprox(mat.NewDense(30, 11, widen(grad[:330])), &outer, 1e-4) {
		t.Error("Gradient is not x^T dOut")
	}
}

func widen(x []Float) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

func toDense(m Matrix) *mat.Dense {
	d := mat.NewDense(m.Rows, m.Cols, nil)
	for i := range m.Rows {
		d.SetRow(i, widen(m.Row(i)))
	}
	return d
}

func TestGradientsAgreeWithCentralDifferences(t *testing.T) {
	d := blobs(t, 300)
	for name, topology := range map[string]Topology{
		"sigmoid":         small(SoftmaxCrossEntropy{}, Sigmoid{}),
		"tanh, squared":   small(SigmoidSquaredError{}, Tanh{}),
		"relu":            small(SoftmaxCrossEntropy{}, ReLU{}),
		"no hidden layer": {Input: Units(30), Layers: []Layer{Affine{4}, SigmoidSquaredError{}}},
		"three layers":    small(SoftmaxCrossEntropy{}, Tanh{}, Affine{8}, Sigmoid{}),
		"leaky relu":      small(SoftmaxCrossEntropy{}, LeakyReLU{Slope: 0.3}),
		"dropout":         small(SoftmaxCrossEntropy{}, Tanh{}, Dropout{Rate: 0.4}),
		"smoothing":       small(SoftmaxCrossEntropy{Smoothing: 0.2}, Tanh{}),
		"sigmoid cross":   small(SigmoidCrossEntropy{}, Tanh{}),
		"linear":          small(LinearSquaredError{}, Tanh{}),
	} {
		m := &Model{topology, must(topology.Init(9, nil))}
		c, err := CheckGradient(context.Background(), m, d, L2{0.1}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if !c.OK() || c.Checked != len(m.Weights) {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// twisted is a tanh with a wrong slope: the check must see it.
type twisted struct{ Tanh }

func (twisted) Bind(Shape) LayerModel {
	a := Tanh{}.Bind(Shape{}).(activation)
	a.slope = func(dx, dy, y []Float) {
		for i := range y {
			dx[i] = dy[i] * (1 - Float(0.9*y[i]*y[i]))
		}
	}
	return a
}

func TestGradientCheckSeesAWrongSlope(t *testing.T) {
	topology := small(SoftmaxCrossEntropy{}, twisted{})
	m := &Model{topology, must(topology.Init(9, Uniform{2}))}
	c, err := CheckGradient(context.Background(), m, blobs(t, 300), nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	if c.OK() {
		t.Errorf("not seen: %+v", c)
	}
}

func TestCrossEntropyOfAnUnderflowedProbabilityIsFinite(t *testing.T) {
	in, out, d := NewMatrix(1, 2), NewMatrix(1, 2), NewMatrix(1, 2)
	in.Data[0], in.Data[1] = 0, 2000
	new(softmax).Forward(Pass{}, nil, out, &Input{Matrix: in})
	s := SoftmaxCrossEntropy{}.Delta(d, out, in, Targets{Class: []int{0}})
	if out.Data[0] > 2e-38 || s.Cost != 2000 || d.Data[0] != -1 || d.Data[1] != 1 {
		t.Errorf("p %v, cost %v, delta %v", out.Data, s.Cost, d.Data)
	}
}

func TestWeightsOfRowsWeigh(t *testing.T) {
	in, out, d := NewMatrix(2, 3), NewMatrix(2, 3), NewMatrix(2, 3)
	copy(in.Data, []Float{1, 2, 3, 3, 2, 1})
	for _, loss := range []Loss{SoftmaxCrossEntropy{}, SoftmaxCrossEntropy{Smoothing: 0.1}, SigmoidSquaredError{}, SigmoidCrossEntropy{}, LinearSquaredError{}} {
		loss.Bind(Units(3)).Forward(Pass{}, nil, out, &Input{Matrix: in})
		one := loss.Delta(d, out, in, Targets{Class: []int{0, 2}})
		first := append([]Float(nil), d.Data...)
		half := loss.Delta(d, out, in, Targets{Class: []int{0, 2}, Weight: []Float{0.5, 0.5}})
		if half.Cost != one.Cost/2 || half.Weight != 1 || one.Weight != 2 {
			t.Errorf("%v: %+v with weight 1/2, %+v with 1", loss, half, one)
		}
		for i := range first {
			if d.Data[i] != first[i]/2 {
				t.Errorf("%v: delta %v, want half of %v", loss, d.Data, first)
			}
		}
	}
}

// TestEveryRowHasItsWeight compares rows of different weights, some of them the
// same in succession, and one whose probability is too small to be exact, with
// each row alone.
func TestEveryRowHasItsWeight(t *testing.T) {
	in, out, d := NewMatrix(6, 3), NewMatrix(6, 3), NewMatrix(6, 3)
	copy(in.Data, []Float{1, 2, 3, 3, 2, 1, -1, 0, 200, 0, 1, 0, 2, -1, 1, 1, 1, 1})
	class, weight := []int{0, 2, 1, 1, 2, 0}, []Float{0.5, 2, 2, 2, 0.25, 1}
	for _, loss := range []Loss{SoftmaxCrossEntropy{}, SoftmaxCrossEntropy{Smoothing: 0.1}, SigmoidSquaredError{}, SigmoidCrossEntropy{}, LinearSquaredError{}} {
		loss.Bind(Units(3)).Forward(Pass{}, nil, out, &Input{Matrix: in})
		all := loss.Delta(d, out, in, Targets{Class: class, Weight: weight})
		cost, one := 0.0, NewMatrix(1, 3)
		for i := range class {
			s := loss.Delta(one, out.part(i, i+1), in.part(i, i+1), Targets{Class: class[i : i+1]})
			cost += float64(weight[i]) * s.Cost
			for j, v := range one.Row(0) {
				if want := weight[i] * v; d.Row(i)[j] != want {
					t.Errorf("%v: delta %d of row %d is %v, want %v", loss, j, i, d.Row(i)[j], want)
				}
			}
		}
		if math.Abs(all.Cost-cost) > 1e-12*cost || all.Weight != 7.75 {
			t.Errorf("%v: cost %v of weight %v, want %v of 7.75", loss, all.Cost, all.Weight, cost)
		}
	}
}
