package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// Constants that exp needs in registers, and those that may stand in memory.
var (
	expMust = []string{"expMagic"}
	expMay  = []string{"expLog2e", "-expLn2Hi", "-expLn2Lo", "exp0", "exp1", "exp2", "exp3", "exp4", "exp5", "one"}
)

// cut is x > most ? most : x, then x < least ? least : x. A NaN is the second
// source, which is the one that these instructions keep.
func (p pool) cutAbove(x values) { p.w.do(VMINPS, x, p.constant("expMost"), x) }
func (p pool) cutBelow(x values) { p.w.do(VMAXPS, x, p.constant("expLeast"), x) }

// exp is expOf(x), or of -x, for an x that was cut. x is lost.
func (p pool) exp(x values, negative bool) values {
	w := p.w
	t, k := w.values(), w.values()
	w.do(VMOVAPS, p.constant("expMagic"), t)
	if negative {
		w.do(VFNMADD231PS, p.constant("expLog2e"), x, t)
	} else {
		w.do(VFMADD231PS, p.constant("expLog2e"), x, t)
	}
	w.do(VSUBPS, p.constant("expMagic"), t, k)
	if negative {
		w.do(VFMSUB231PS, p.constant("-expLn2Hi"), k, x)
	} else {
		w.do(VFMADD231PS, p.constant("-expLn2Hi"), k, x)
	}
	w.do(VFMADD231PS, p.constant("-expLn2Lo"), k, x)
	w.do(VMOVAPS, p.constant("exp0"), k)
	for _, c := range []string{"exp1", "exp2", "exp3", "exp4", "exp5", "one", "one"} {
		w.do(VFMADD213PS, p.constant(c), x, k)
	}
	w.do(VPSLLD, Imm(23), t, t)
	w.do(VPADDD, t, k, k)
	return k
}

func (w width) activations() {
	w.function("exp", "y, x *float32, minus float32, n int", "y[i] = expOf(x[i] - minus)")
	p := w.pool(append(expMust, "expMost", "expLeast"), expMay...)
	minus := w.parameter("minus")
	w.loop(func(at func(string) Mem) {
		x := w.load(at("x"))
		w.do(VSUBPS, minus, x, x)
		p.cutAbove(x)
		p.cutBelow(x)
		w.store(p.exp(x, false), at("y"))
	}, "y", "x")

	w.function("sigmoid", "y, x *float32, n int", "y[i] = 1 / (1 + expOf(-x[i]))")
	p = w.pool(append(expMust, "expMost", "expLeast", "one"), expMay...)
	w.loop(func(at func(string) Mem) {
		x := w.load(at("x"))
		p.cutAbove(x)
		p.cutBelow(x)
		y := p.exp(x, true)
		w.do(VADDPS, p.constant("one"), y, y)
		w.do(VDIVPS, y, p.constant("one"), y)
		w.store(y, at("y"))
	}, "y", "x")

	w.function("tanh", "y, x *float32, n int", "y[i] = tanhOf(x[i])")
	p = w.pool(append(expMust, "expMost", "one"), append(expMay, "two", "size", "sign", "tanhSmall", "tanh0", "tanh1", "tanh2", "tanh3", "tanh4")...)
	w.loop(func(at func(string) Mem) {
		x := w.load(at("x"))
		// Of large x.
		size := w.values()
		w.and(p.constant("size"), x, size)
		double := w.values()
		w.do(VADDPS, size, size, double)
		p.cutAbove(double) // and not below: it is not negative
		e := p.exp(double, false)
		w.do(VADDPS, p.constant("one"), e, e)
		large := w.values()
		if w.Bytes == 64 {
			w.do(VDIVPS, e, p.constant("two"), large)
		} else {
			w.do(VMOVAPS, p.constant("two"), large)
			w.do(VDIVPS, e, large, large)
		}
		w.do(VSUBPS, large, p.constant("one"), large)
		sign := w.values()
		w.and(p.constant("sign"), x, sign)
		w.or(sign, large, large)
		// Of small x.
		z, small := w.values(), w.values()
		w.do(VMULPS, x, x, z)
		w.do(VMOVAPS, p.constant("tanh0"), small)
		for _, c := range []string{"tanh1", "tanh2", "tanh3", "tanh4"} {
			w.do(VFMADD213PS, p.constant(c), z, small)
		}
		w.do(VMULPS, z, small, small)
		w.do(VFMADD213PS, x, x, small)
		w.store(w.less(p.constant("tanhSmall"), size, small, large), at("y"))
	}, "y", "x")
}
