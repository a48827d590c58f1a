package nnlib

import (
	"fmt"
	"math"

	"digitlab/nnlib/internal/kernel"
)

// Affine is the layer y = x W + b. Its part of the flat vector is W, one row of
// Units weights for each input value, then b. This is Spark ML's order too.
type Affine struct{ Units int }

// String is the layer in the topology's text.
func (a Affine) String() string { return fmt.Sprintf("affine:%d", a.Units) }

// mostWeights is what a layer can have: 8 gigabytes of float32.
const mostWeights = 1 << 31

// Out is a vector of Units values.
func (a Affine) Out(in Shape) (Shape, error) {
	if a.Units < 1 {
		return Shape{}, fmt.Errorf("affine: %d units: at least 1 is needed", a.Units)
	}
	if a.Units > mostWeights/max(in.Len(), 1) {
		return Shape{}, fmt.Errorf("affine: %d units of %d inputs: a layer has at most %d weights", a.Units, in.Len(), mostWeights)
	}
	return Units(a.Units), nil
}

// Weights is the matrix and the bias.
func (a Affine) Weights(in Shape) []Span {
	return []Span{{"weight", in.Len() * a.Units, Weight, a.Units}, {"bias", a.Units, Bias, a.Units}}
}

// Init draws every weight and bias uniformly from +-1/sqrt(inputs) (LeCun and
// others, Efficient BackProp, 1998, with the uniform distribution's width).
func (a Affine) Init(w []Float, in Shape, rng *Random) {
	uniform(w, 1/math.Sqrt(float64(in.Len())), rng)
}

// Steady says that the result does not depend on the step.
func (Affine) Steady() {}

// Bind makes a worker, whose memory grows with the first chunk.
func (a Affine) Bind(in Shape) LayerModel { return &affine{in: in.Len(), units: a.Units} }

type affine struct {
	in, units int
	scratch   kernel.Scratch
}

// Forward is out = bias + in W: each output is one chain over the inputs, and
// zeros change nothing, so that sparse, byte and dense rows agree bit for bit.
func (l *affine) Forward(_ Pass, w []Float, out Matrix, in *Input) {
	l.forwardUnits(w, out, in, 0, l.units)
}

func (l *affine) forwardUnits(w []Float, out Matrix, in *Input, first, last int) {
	n, bias := l.units, w[l.in*l.units:]
	switch s := in.Sparse; {
	case in.Bytes != nil:
		l.scratch.BytesForward(out.Data, out.Stride, bias, *in.Bytes, w, n, first, last)
	case s != nil:
		for i := range out.Rows {
			o := out.Row(i)[first:last]
			copy(o, bias[first:last])
			for e := s.First[i]; e < s.End[i]; e++ {
				kernel.Axpy(o, s.Value[e], w[int(s.Index[e])*n+first:])
			}
		}
	default:
		x := in.Matrix
		l.scratch.Product(kernel.Rows(out.Data[first:], out.Stride), kernel.Matrix{Data: bias[first:], Col: 1},
			kernel.Rows(x.Data, x.Stride), kernel.Rows(w[first:], n), out.Rows, last-first, l.in)
	}
}

// Backward is dIn = dOut W^T.
func (l *affine) Backward(_ Pass, w []Float, dIn, dOut, _ Matrix, _ *Input) {
	l.scratch.Product(kernel.Rows(dIn.Data, dIn.Stride), kernel.Matrix{},
		kernel.Rows(dOut.Data, dOut.Stride), kernel.Transposed(w, l.units), dIn.Rows, l.in, l.units)
}

// Gradient adds in^T dOut to the matrix and dOut to the bias: each weight is one
// chain over the rows.
func (l *affine) Gradient(_ Pass, grad []Float, dOut Matrix, in *Input) {
	l.gradientUnits(grad, dOut, in, 0, l.units)
}

// one is the input of the bias.
var one = kernel.Matrix{Data: []Float{1}}

func (l *affine) gradientUnits(grad []Float, dOut Matrix, in *Input, first, last int) {
	if first == last {
		return
	}
	n := l.units
	d, bias := kernel.Rows(dOut.Data[first:], dOut.Stride), kernel.Rows(grad[l.in*n+first:], n)
	l.scratch.Product(bias, bias, one, d, 1, last-first, dOut.Rows)
	switch s := in.Sparse; {
	case in.Bytes != nil:
		l.scratch.BytesGradient(grad, n, first, last, dOut.Data, dOut.Stride, *in.Bytes)
	case s != nil:
		for i := range dOut.Rows {
			d := dOut.Row(i)[first:last]
			for e := s.First[i]; e < s.End[i]; e++ {
				k := int(s.Index[e]) * n
				kernel.Axpy(grad[k+first:k+last], s.Value[e], d)
			}
		}
	default:
		x, g := in.Matrix, kernel.Rows(grad[first:], n)
		l.scratch.Product(g, g, kernel.Transposed(x.Data, x.Stride), d, l.in, last-first, dOut.Rows)
	}
}
