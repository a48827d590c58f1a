package main

// each writes a loop over n elements, 16 at a time.
func (a *assembler) each(n reg, body func()) {
	loop, done := a.label("loop"), a.label("done")
	a.op("CBZ %v, %s", n, done)
	a.at(loop)
	body()
	a.op("SUB $16, %v", n)
	a.op("CBNZ %v, %s", n, loop)
	a.at(done)
}

func (a *assembler) axpy() {
	a.function("Axpy", "neonAxpy is y = fma(a, x, y).", "y, x *Float, a Float, n int")
	p := a.args("y", "x", "n")
	a.number("a", 16)
	y, x := block(0), block(4)
	a.each(p[2], func() {
		a.loadNext(x, p[1])
		a.load(y, p[0])
		for i := range 4 {
			a.fmla(y[i], x[i], 16)
		}
		a.storeNext(y, p[0])
	})
	a.end()
}

func (a *assembler) add() {
	a.function("Add", "neonAdd is y += x.", "y, x *Float, n int")
	p := a.args("y", "x", "n")
	y, x := block(0), block(4)
	a.each(p[2], func() {
		a.loadNext(x, p[1])
		a.load(y, p[0])
		for i := range 4 {
			a.fadd(y[i], y[i], x[i])
		}
		a.storeNext(y, p[0])
	})
	a.end()
}

func (a *assembler) scale() {
	a.function("Scale", "neonScale is x *= a.", "x *Float, a Float, n int")
	p := a.args("x", "n")
	a.number("a", 16)
	x := block(0)
	a.each(p[1], func() {
		a.load(x, p[0])
		for _, v := range x {
			a.fmul(v, v, 16)
		}
		a.storeNext(x, p[0])
	})
	a.end()
}

func (a *assembler) momentum() {
	a.function("Momentum", "neonMomentum is v = settle(fma(keep, v, gradient));\nw = fma(-rate, v, w).", "w, v, gradient *Float, keep, rate Float, n int")
	p := a.args("w", "v", "gradient", "n")
	a.number("keep", 16)
	a.number("rate", 17)
	a.still(18)
	w, v, g := block(0), block(4), block(8)
	a.each(p[3], func() {
		a.load(w, p[0])
		a.load(v, p[1])
		a.loadNext(g, p[2])
		for i := range 4 {
			a.fmla(g[i], v[i], 16)
			a.settle(g[i], 18)
			a.fmls(w[i], g[i], 17)
		}
		a.storeNext(g, p[1])
		a.storeNext(w, p[0])
	})
	a.end()
}

func (a *assembler) nesterov() {
	a.function("Nesterov", "neonNesterov is v = settle(fma(keep, v, gradient));\nw = fma(-rate, fma(keep, v, gradient), w).", "w, v, gradient *Float, keep, rate Float, n int")
	p := a.args("w", "v", "gradient", "n")
	a.number("keep", 20)
	a.number("rate", 21)
	a.still(22)
	w, v, g, next := block(0), block(4), block(8), block(12)
	a.each(p[3], func() {
		a.load(w, p[0])
		a.load(v, p[1])
		a.loadNext(g, p[2])
		for i := range 4 {
			a.copy(next[i], g[i])
			a.fmla(next[i], v[i], 20)
			a.settle(next[i], 22)
			a.fmla(g[i], next[i], 20)
			a.fmls(w[i], g[i], 21)
		}
		a.storeNext(next, p[1])
		a.storeNext(w, p[0])
	})
	a.end()
}

func (a *assembler) adam() {
	a.function("Adam", "neonAdam is one update by Adam. See tier.adam.", "w, m, v, gradient *Float, c *AdamStep, n int")
	p := a.args("w", "m", "v", "gradient", "c", "n")
	w, m, v, g, mean := block(0), block(4), block(8), block(12), block(16)

	const epsilon, first, second vec = 29, 30, 31 // first: Keep1 and those after it; second: Full1 and those after it
	const keep1, new1, keep2, new2 = 0, 1, 2, 3
	const full1, full2, rate = 0, 1, 3
	a.op("FLDPQ (%v), (%s, %s)", p[4], first.f(), second.f())
	a.op("VDUP %v.S[2], %s", second, epsilon.s4())
	a.still(28)
	a.each(p[5], func() {
		a.loadNext(g, p[3])
		a.load(m, p[1])
		a.load(v, p[2])
		a.load(w, p[0])
		for i := range 4 {
			a.fmulBy(mean[i], g[i], first, new1)
			a.fmul(g[i], g[i], g[i])
		}
		for i := range 4 {
			a.fmlaBy(mean[i], m[i], first, keep1)
			a.settle(mean[i], 28)
			a.fmulBy(g[i], g[i], first, new2)
		}
		for i := range 4 {
			a.fmlaBy(g[i], v[i], first, keep2)
			a.settle(g[i], 28)
		}
		a.storeNext(mean, p[1])
		a.storeNext(g, p[2])
		for i := range 4 {
			a.fmulBy(g[i], g[i], second, full2)
			a.fmulBy(mean[i], mean[i], second, full1)
		}
		for i := range 4 {
			a.fsqrt(g[i], g[i])
			a.fadd(g[i], g[i], epsilon)
			a.fdiv(mean[i], mean[i], g[i])
			a.fmlsBy(w[i], mean[i], second, rate)
		}
		a.storeNext(w, p[0])
	})
	a.end()
}

// still loads the constant of settle.
func (a *assembler) still(v vec) {
	table := a.free()
	a.op("MOVD $neonTable<>(SB), %v", table)
	a.fetch(v, 0x1p-100, table)
}

// settle is v = (v + still) - still.
func (a *assembler) settle(v, still vec) {
	a.fadd(v, v, still)
	a.fsub(v, v, still)
}
