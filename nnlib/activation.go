package nnlib

import (
	"fmt"

	"digitlab/nnlib/internal/kernel"
)

// Sigmoid is the layer y = 1 / (1 + exp(-x)), value by value.
type Sigmoid struct{ Plain }

// Tanh is the layer y = tanh(x), value by value.
type Tanh struct{ Plain }

// ReLU is the layer y = max(x, 0), value by value. Its slope at 0 is 0.
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
	return activation{
		f:     func(x Float) Float { return Float(kernel.Sigmoid(float64(x))) },
		slope: func(y Float) Float { return y * (1 - y) },
	}
}

// Bind needs no memory.
func (Tanh) Bind(Shape) LayerModel {
	return activation{
		f:     func(x Float) Float { return Float(kernel.Tanh(float64(x))) },
		slope: func(y Float) Float { return 1 - Float(y*y) },
	}
}

// Bind needs no memory.
func (ReLU) Bind(in Shape) LayerModel { return LeakyReLU{}.Bind(in) }

// Bind needs no memory.
func (l LeakyReLU) Bind(Shape) LayerModel {
	slope := Float(l.Slope)
	return activation{
		f: func(x Float) Float {
			if x > 0 {
				return x
			}
			return slope * x
		},
		slope: func(y Float) Float {
			if y > 0 {
				return 1
			}
			return slope
		},
	}
}

// activation is a function of one value, whose slope follows from its result.
type activation struct {
	weightless
	f     func(x Float) Float
	slope func(y Float) Float
}

func (l activation) Forward(_ Pass, _ []Float, out Matrix, in *Input) {
	x := in.Dense()
	for i := range out.Rows {
		o := out.Row(i)
		for j, v := range x.Row(i) {
			o[j] = l.f(v)
		}
	}
}

func (l activation) Backward(_ Pass, _ []Float, dIn, dOut, out Matrix, _ *Input) {
	for i := range out.Rows {
		d, to := dOut.Row(i), dIn.Row(i)
		for j, y := range out.Row(i) {
			to[j] = d[j] * l.slope(y)
		}
	}
}
