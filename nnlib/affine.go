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

// Out is a vector of Units values.
func (a Affine) Out(Shape) (Shape, error) {
	if a.Units < 1 {
		return Shape{}, fmt.Errorf("affine: %d units: at least 1 is needed", a.Units)
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

// Bind needs no memory.
func (a Affine) Bind(in Shape) LayerModel { return affine{in.Len(), a.Units} }

type affine struct{ in, units int }

// Forward adds the inputs' rows of W to the bias in the order of the inputs.
// An input of zero leaves the sum as it is, so sparse and dense rows agree bit
// for bit.
func (l affine) Forward(_ Pass, w []Float, out Matrix, in *Input) {
	n, bias := l.units, w[l.in*l.units:]
	for i := range out.Rows {
		o := out.Row(i)
		copy(o, bias)
		switch s := in.Sparse; {
		case s == nil:
			for k, x := range in.Matrix.Row(i) {
				if x != 0 {
					kernel.Axpy(o, x, w[k*n:k*n+n])
				}
			}
		case s.Packed != nil:
			kernel.PackedForward(o, s.Packed[s.First[i]:s.End[i]], s.Level, w)
		default:
			for e := s.First[i]; e < s.End[i]; e++ {
				k := int(s.Index[e])
				kernel.Axpy(o, s.Value[e], w[k*n:k*n+n])
			}
		}
	}
}

// Backward is dIn = dOut W^T.
func (l affine) Backward(_ Pass, w []Float, dIn, dOut, _ Matrix, _ *Input) {
	n := l.units
	for i := range dOut.Rows {
		d, to := dOut.Row(i), dIn.Row(i)
		for k := range to {
			to[k] = kernel.Dot(w[k*n:k*n+n], d)
		}
	}
}

// Gradient adds x^T dOut to the matrix and dOut to the bias, row by row.
func (l affine) Gradient(_ Pass, grad []Float, dOut Matrix, in *Input) {
	n, bias := l.units, grad[l.in*l.units:]
	for i := range dOut.Rows {
		d := dOut.Row(i)
		kernel.Axpy(bias, 1, d)
		switch s := in.Sparse; {
		case s == nil:
			for k, x := range in.Matrix.Row(i) {
				if x != 0 {
					kernel.Axpy(grad[k*n:k*n+n], x, d)
				}
			}
		case s.Packed != nil:
			for _, e := range s.Packed[s.First[i]:s.End[i]] {
				k := int(e >> 8)
				kernel.Axpy(grad[k*n:k*n+n], s.Level[e&255], d)
			}
		default:
			for e := s.First[i]; e < s.End[i]; e++ {
				k := int(s.Index[e])
				kernel.Axpy(grad[k*n:k*n+n], s.Value[e], d)
			}
		}
	}
}
