package main

import "math"

func (a *assembler) softmax() {
	a.function("Softmax", "neonSoftmax sets p = exp(x-most)/sum. See tier.softmax.",
		"rows, n int, x *Float, xs int, p *Float, ps int")
	p := a.args("rows", "n", "x", "p")
	rows, n, from, to := p[0], p[1], p[2], p[3]
	p = a.strides("xs", "ps")
	xs, ps := p[0], p[1]
	done, row := a.label("done"), a.label("row")
	a.op("CBZ %v, %s", rows, done)
	table := a.constants()
	place, end := a.free(), a.free()
	x, t, e, clean, here := block(0), block(4), block(8), block(16), block(20)
	const lowest, v, w = vec(12), vec(13), vec(14)

	a.comment("here is the mask of the first n places: the last n of 16 ones, then zeros")
	a.data(1<<64-1, 8, "16 places that count")
	a.op("ADD $%d, %v, %v", a.data(0, 8, "16 that do not"), table, place)
	a.op("SUB %v<<2, %v, %v", n, place, place)
	a.load(here, place)
	a.fetch(lowest, float32(math.Inf(-1)), table)

	a.at(row)
	a.comment("The largest value. NaN counts only as the first, and then stays.")
	a.load(x, from)
	for i := range 4 {
		a.fcmeq(clean[i], x[i], x[i])
		a.and(clean[i], clean[i], here[i])
		a.choose(clean[i], x[i], lowest)
	}
	a.fmax(v, clean[0], clean[1])
	a.fmax(w, clean[2], clean[3])
	a.fmax(v, v, w)
	a.largest(v, v)
	a.op("FCMPS %s, %s", x[0].f(), x[0].f())
	a.op("FCSELS VS, %s, %s, %s", x[0].f(), v.f(), v.f())

	a.comment("e = exp(x - most), and the sum of its halves, their halves and so on")
	a.dup(v, v)
	for i := range 4 {
		a.fsub(x[i], x[i], v)
	}
	a.exp(e, x, t, table)
	for i := range 4 {
		a.and(e[i], e[i], here[i])
	}
	a.fadd(v, e[0], e[2])
	a.fadd(w, e[1], e[3])
	a.fadd(v, v, w)
	a.op("VEXT $8, %s, %s, %s", v.b16(), v.b16(), w.b16())
	a.fadd(v, v, w)
	a.pair(v, v)
	a.dup(v, v)
	for i := range 4 {
		a.fdiv(e[i], e[i], v)
	}
	a.op("MOVD %v, %v", to, end)
	a.storeSome(e, end, n)
	a.op("ADD %v, %v", xs, from)
	a.op("ADD %v, %v", ps, to)
	a.op("SUB $1, %v", rows)
	a.op("CBNZ %v, %s", rows, row)
	a.at(done)
	a.end()
}

// storeSome writes the first n of 16 numbers; it moves the registers and the
// pointer.
func (a *assembler) storeSome(q quad, to, n reg) {
	some, four, two, last, done := a.label("some"), a.label("four"), a.label("two"), a.label("one"), a.label("stored")
	a.op("TBZ $4, %v, %s", n, some)
	a.store(q, to)
	a.op("JMP %s", done)
	a.at(some)
	a.op("TBZ $3, %v, %s", n, four)
	a.op("FSTPQ.P (%s, %s), 32(%v)", q[0].f(), q[1].f(), to)
	a.copy(q[0], q[2])
	a.copy(q[1], q[3])
	a.at(four)
	a.op("TBZ $2, %v, %s", n, two)
	a.op("FMOVQ.P %s, 16(%v)", q[0].f(), to)
	a.copy(q[0], q[1])
	a.at(two)
	a.op("TBZ $1, %v, %s", n, last)
	a.op("FMOVD.P %s, 8(%v)", q[0].f(), to)
	a.op("VEXT $8, %s, %s, %s", q[0].b16(), q[0].b16(), q[0].b16())
	a.at(last)
	a.op("TBZ $0, %v, %s", n, done)
	a.op("FMOVS %s, (%v)", q[0].f(), to)
	a.at(done)
}
