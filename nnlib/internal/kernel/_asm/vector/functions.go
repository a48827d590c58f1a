package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

func (w width) simple() {
	w.function("axpy", "y, x *float32, a float32, n int", "y[i] = fma(a, x[i], y[i])")
	a := w.parameter("a")
	w.loop(func(at func(string) Mem) {
		y := w.load(at("y"))
		w.do(VFMADD231PS, w.at(at("x")), a, y)
		w.store(y, at("y"))
	}, "y", "x")

	w.function("add", "y, x *float32, n int", "y[i] += x[i]")
	w.loop(func(at func(string) Mem) {
		y := w.load(at("y"))
		w.do(VADDPS, w.at(at("x")), y, y)
		w.store(y, at("y"))
	}, "y", "x")

	w.function("scale", "x *float32, a float32, n int", "x[i] *= a")
	a = w.parameter("a")
	w.loop(func(at func(string) Mem) {
		x := w.values()
		w.do(VMULPS, w.at(at("x")), a, x)
		w.store(x, at("x"))
	}, "x")
}

func (w width) slopes() {
	w.function("leaky", "y, x *float32, slope float32, n int", "if x[i] > 0 {", "\ty[i] = x[i]", "} else {", "\ty[i] = slope * x[i]", "}")
	slope, zero := w.parameter("slope"), w.zero()
	w.loop(func(at func(string) Mem) {
		x, y := w.load(at("x")), w.values()
		w.do(VMULPS, x, slope, y)
		w.store(w.less(x, zero, x, y), at("y"))
	}, "y", "x")

	w.function("sigmoidSlope", "dx, dy, y *float32, n int", "dx[i] = dy[i] * (y[i] * (1 - y[i]))")
	p := w.pool([]string{"one"})
	w.loop(func(at func(string) Mem) {
		y, d := w.load(at("y")), w.values()
		w.do(VSUBPS, y, p.constant("one"), d)
		w.do(VMULPS, d, y, d)
		w.do(VMULPS, w.at(at("dy")), d, d)
		w.store(d, at("dx"))
	}, "dx", "dy", "y")

	w.function("tanhSlope", "dx, dy, y *float32, n int", "dx[i] = dy[i] * fma(-y[i], y[i], 1)")
	p = w.pool([]string{"one"})
	w.loop(func(at func(string) Mem) {
		y := w.load(at("y"))
		w.do(VFNMADD213PS, p.constant("one"), y, y)
		w.do(VMULPS, w.at(at("dy")), y, y)
		w.store(y, at("dx"))
	}, "dx", "dy", "y")

	w.function("leakySlope", "dx, dy, y *float32, slope float32, n int", "if y[i] > 0 {", "\tdx[i] = dy[i]", "} else {", "\tdx[i] = slope * dy[i]", "}")
	slope, zero = w.parameter("slope"), w.zero()
	w.loop(func(at func(string) Mem) {
		dy, dx := w.load(at("dy")), w.values()
		w.do(VMULPS, dy, slope, dx)
		w.store(w.less(w.at(at("y")), zero, dy, dx), at("dx"))
	}, "dx", "dy", "y")
}

// zero is a register of zeros.
func (w width) zero() Op {
	z := w.Vector()
	x := z.AsX()
	VXORPS(x, x, x)
	return z
}
