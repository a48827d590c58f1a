package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"digitlab/nnlib/internal/kernel/_asm/simd"
)

func (w width) updates() {
	w.function("momentum", "w, v, gradient *float32, keep, rate float32, n int", "v[i] = settle(fma(keep, v[i], gradient[i]))", "w[i] = fma(-rate, v[i], w[i])")
	keep, rate, still := w.parameter("keep"), w.parameter("rate"), w.still()
	w.loop(func(at func(string) Mem) {
		v, weight := w.load(at("v")), w.load(at("w"))
		w.do(VFMADD213PS, w.at(at("gradient")), keep, v)
		w.settle(v, still)
		w.do(VFNMADD231PS, v, rate, weight)
		w.store(v, at("v"))
		w.store(weight, at("w"))
	}, "w", "v", "gradient")

	w.function("nesterov", "w, v, gradient *float32, keep, rate float32, n int", "v[i] = settle(fma(keep, v[i], gradient[i]))", "w[i] = fma(-rate, fma(keep, v[i], gradient[i]), w[i])")
	keep, rate, still = w.parameter("keep"), w.parameter("rate"), w.still()
	w.loop(func(at func(string) Mem) {
		v, g, weight := w.load(at("v")), w.load(at("gradient")), w.load(at("w"))
		w.do(VFMADD213PS, g, keep, v)
		w.settle(v, still)
		w.do(VFMADD231PS, v, keep, g)
		w.do(VFNMADD231PS, g, rate, weight)
		w.store(v, at("v"))
		w.store(weight, at("w"))
	}, "w", "v", "gradient")

	w.function("adam", "w, m, v, gradient, c *float32, n int",
		"m[i] = settle(fma(c.Keep1, m[i], c.New1*gradient[i]))",
		"v[i] = settle(fma(c.Keep2, v[i], c.New2*(gradient[i]*gradient[i])))",
		"w[i] = fma(-c.Rate, (m[i]*c.Full1)/(sqrt(v[i]*c.Full2)+c.Epsilon), w[i])")
	numbers, c := simd.Argument("c"), map[string]Op{}
	for i, name := range []string{"Keep1", "New1", "Keep2", "New2", "Full1", "Full2", "Epsilon", "Rate"} { // the fields of AdamStep
		r := w.Vector()
		VBROADCASTSS(Mem{Base: numbers, Disp: 4 * i}, r)
		c[name] = r
	}
	still = w.still()
	w.loop(func(at func(string) Mem) {
		g, t := w.load(at("gradient")), w.values()
		m, v := w.load(at("m")), w.load(at("v"))
		w.do(VMULPS, g, c["New1"], t)
		w.do(VFMADD213PS, t, c["Keep1"], m)
		w.settle(m, still)
		w.store(m, at("m"))
		w.do(VMULPS, g, g, g)
		w.do(VMULPS, g, c["New2"], g)
		w.do(VFMADD213PS, g, c["Keep2"], v)
		w.settle(v, still)
		w.store(v, at("v"))
		w.do(VMULPS, m, c["Full1"], m)
		w.do(VMULPS, v, c["Full2"], v)
		w.do(VSQRTPS, v, v)
		w.do(VADDPS, c["Epsilon"], v, v)
		w.do(VDIVPS, v, m, m)
		weight := w.load(at("w"))
		w.do(VFNMADD231PS, m, c["Rate"], weight)
		w.store(weight, at("w"))
	}, "w", "m", "v", "gradient")
}

// still is the constant of settle, for additions.
func (w width) still() Op { return w.pool(nil, "still").constant("still") }

// settle is v = (v + still) - still.
func (w width) settle(v values, still Op) {
	w.do(VADDPS, still, v, v)
	w.do(VSUBPS, still, v, v)
}
