package nnlib

import (
	"fmt"

	"digitlab/nnlib/internal/kernel"
)

// Sigmoid is the layer y = 1 / (1 + exp(-x)), value by value.
type Sigmoid struct{ Plain }

// Tanh is the layer y = tanh(x), value by value.
type Tanh struct{ Plain }

// ReLU is the layer y = max(x, 0), value by value: LeakyReLU of slope 0. Its
// slope at 0 is 0.
type ReLU struct{ Plain }

// LeakyReLU is the layer y = x above 0 and y = Slope*x elsewhere, value by
// value (Maas and others, 2013).
type LeakyReLU struct {
	Plain
	Slope float64 // in [0, 1]
}

// String is the layer in the topology's text.
func (Sigmoid) String() string { return "sigmoid" }

// String is the layer in the topology's text.
func (Tanh) String() string { return "tanh" }

// String is the layer in the topology's text.
func (ReLU) String() string { return "relu" }

// String is the layer in the topology's text.
func (l LeakyReLU) String() string { return fmt.Sprintf("leaky-relu:%v", l.Slope) }

// Out is in.
func (l LeakyReLU) Out(in Shape) (Shape, error) {
	if !(l.Slope >= 0 && l.Slope <= 1) {
		return in, fmt.Errorf("leaky-relu: slope %v: it must be in [0, 1]", l.Slope)
	}
	return in, nil
}

// Steady says that the result does not depend on the step.
func (LeakyReLU) Steady() {}

// Steady says that the result does not depend on the step.
func (Sigmoid) Steady() {}

// Steady says that the result does not depend on the step.
func (Tanh) Steady() {}

// Steady says that the result does not depend on the step.
func (ReLU) Steady() {}

// Bind needs no memory.
func (Sigmoid) Bind(Shape) LayerModel {
	return activation{f: kernel.VectorSigmoid, slope: kernel.SigmoidSlope}
}

// Bind needs no memory.
func (Tanh) Bind(Shape) LayerModel {
	return activation{f: kernel.VectorTanh, slope: kernel.TanhSlope}
}

// Bind needs no memory.
func (ReLU) Bind(in Shape) LayerModel { return LeakyReLU{}.Bind(in) }

// Bind needs no memory.
func (l LeakyReLU) Bind(Shape) LayerModel {
	slope := Float(l.Slope)
	return activation{
		f:     func(y, x []Float) { kernel.Leaky(y, x, slope) },
		slope: func(dx, dy, y []Float) { kernel.LeakySlope(dx, dy, y, slope) },
	}
}

// activation is a function of one value, whose slope follows from its result.
type activation struct {
	weightless
	f     func(y, x []Float)
	slope func(dx, dy, y []Float) // dx = dy times the slope at y
}

func (l activation) Forward(_ Pass, _ []Float, out Matrix, in *Input) {
	x := in.Dense()
	if n := out.Rows * out.Cols; out.whole() && x.whole() {
		l.f(out.Data[:n], x.Data[:n])
		return
	}
	for i := range out.Rows {
		l.f(out.Row(i), x.Row(i))
	}
}

func (l activation) Backward(_ Pass, _ []Float, dIn, dOut, out Matrix, _ *Input) {
	if n := out.Rows * out.Cols; dIn.whole() && dOut.whole() && out.whole() {
		l.slope(dIn.Data[:n], dOut.Data[:n], out.Data[:n])
		return
	}
	for i := range out.Rows {
		l.slope(dIn.Row(i), dOut.Row(i), out.Row(i))
	}
}
