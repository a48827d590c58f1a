package main

// The numbers are those of single.go, where the functions are explained.
const (
	expMost   = 87
	expMagic  = 12582912
	expLog2e  = 1.44269504088896341
	expLn2Hi  = 0.693359375
	expLn2Lo  = -2.12194440e-4
	tanhSmall = 0.625
)

var (
	expTerms  = []float32{1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1, 1}
	tanhTerms = []float32{-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1}
)

// Constants stay in the last registers.
const (
	most vec = 24 + iota
	least
	log2e
	magic
	ln2Hi // with the sign changed
	ln2Lo
	exp0
	one
)

// constants loads the constants of exp; table points to all.
func (a *assembler) constants() (table reg) {
	table = a.free()
	a.op("MOVD $neonTable<>(SB), %v", table)
	for i, x := range []float32{expMost, -expMost, expLog2e, expMagic, -expLn2Hi, -expLn2Lo, expTerms[0], 1} {
		a.fetch(most+vec(i), x, table)
	}
	return table
}

// fetch loads a constant from the table.
func (a *assembler) fetch(v vec, x float32, table reg) {
	a.op("FMOVQ %d(%v), %s", a.constant(x), table, v.f())
}

// exp is e to the x, in y; it leaves other values in x and t.
func (a *assembler) exp(y, x, t quad, table reg) {
	spare := y
	for i := range 4 {
		a.fmin(x[i], x[i], most)
	}
	for i := range 4 {
		a.copy(t[i], magic)
		a.fmax(x[i], x[i], least)
	}
	for i := range 4 {
		a.fmla(t[i], x[i], log2e)
	}
	for i := range 4 {
		a.fsub(spare[i], t[i], magic)
	}
	for i := range 4 {
		a.fmla(x[i], spare[i], ln2Hi)
	}
	for i := range 4 {
		a.fmla(x[i], spare[i], ln2Lo)
	}
	for i := range 4 {
		a.op("VSHL $23, %s, %s", t[i].s4(), t[i].s4())
	}
	a.polynomial(y, x, exp0, expTerms, table)
	for i := range 4 {
		a.op("VADD %s, %s, %s", t[i].s4(), y[i].s4(), y[i].s4())
	}
}

// polynomial is the one of x with these terms, the first of which is in a
// register. V16 and those after it are overwritten.
func (a *assembler) polynomial(y, x quad, first vec, terms []float32, table reg) {
	now, next := quad{first, first, first, first}, y
	if len(terms)%2 == 1 {
		next = block(16)
	}
	for _, term := range terms[1:] {
		for i := range 4 {
			a.fetch(next[i], term, table)
		}
		for i := range 4 {
			a.fmla(next[i], now[i], x[i])
		}
		now = next
		if next == y {
			next = block(16)
		} else {
			next = y
		}
	}
}

func (a *assembler) expFunction() {
	a.function("Exp", "neonExp is y = exp(x - minus).", "y, x *Float, minus Float, n int")
	p := a.args("y", "x", "n")
	table := a.constants()
	a.number("minus", 23)
	x, t, y := block(0), block(4), block(8)
	a.each(p[2], func() {
		a.loadNext(x, p[1])
		for _, v := range x {
			a.fsub(v, v, 23)
		}
		a.exp(y, x, t, table)
		a.storeNext(y, p[0])
	})
	a.end()
}

func (a *assembler) sigmoid() {
	a.function("Sigmoid", "neonSigmoid is y = 1/(1+exp(-x)).", "y, x *Float, n int")
	p := a.args("y", "x", "n")
	table := a.constants()
	x, t, y := block(0), block(4), block(8)
	a.each(p[2], func() {
		a.loadNext(x, p[1])
		for _, v := range x {
			a.fneg(v, v)
		}
		a.exp(y, x, t, table)
		for _, v := range y {
			a.fadd(v, one, v)
			a.fdiv(v, one, v)
		}
		a.storeNext(y, p[0])
	})
	a.end()
}

func (a *assembler) tanh() {
	a.function("Tanh", "neonTanh is y = tanh(x): of all x by the way for small ones and by the other,\nof which one is chosen.", "y, x *Float, n int")
	p := a.args("y", "x", "n")
	table := a.constants()
	const limit, two, sign vec = 23, 22, 21
	const tanh0 = limit // while the polynomial is computed
	a.fetch(two, 2, table)
	a.op("VMOVI $128, %s", sign.b16())
	a.op("VSHL $24, %s, %s", sign.s4(), sign.s4())
	x, t, y, small := block(0), block(4), block(8), block(12)
	a.each(p[2], func() {
		a.comment("small = x + x*x*x*p(x*x), which is rounded as fma(p*z, x, x)")
		a.load(x, p[1])
		a.fetch(tanh0, tanhTerms[0], table)
		for i := range 4 {
			a.fmul(t[i], x[i], x[i])
		}
		a.polynomial(y, t, tanh0, tanhTerms, table)
		for i := range 4 {
			a.fmul(y[i], y[i], t[i])
			a.copy(small[i], x[i])
			a.fmla(small[i], y[i], x[i])
		}
		a.comment("y = 1 - 2/(exp(2|x|) + 1)")
		for _, v := range x {
			a.fabs(v, v)
			a.fadd(v, v, v)
		}
		a.exp(y, x, t, table)
		a.loadNext(x, p[1])
		a.fetch(limit, tanhSmall, table)
		for i := range 4 {
			a.fadd(y[i], y[i], one)
			a.fdiv(y[i], two, y[i])
			a.fsub(y[i], one, y[i])
			a.and(t[i], x[i], sign)
			a.or(y[i], y[i], t[i])
			a.fabs(x[i], x[i])
			a.fcmgt(x[i], limit, x[i])
			a.insert(y[i], small[i], x[i])
		}
		a.storeNext(y, p[0])
	})
	a.end()
}
