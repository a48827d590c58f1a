package main

// zip interleaves the registers of x, pair by pair of its halves, into y. As
// many times as 2 has to be doubled to give their number, it transposes.
func (a *assembler) zip(y, x []vec, kind string) {
	for i := range len(x) / 2 {
		lower, upper := x[i], x[i+len(x)/2]
		a.op("VZIP1 %v.%s, %v.%s, %v.%s", upper, kind, lower, kind, y[2*i], kind)
		a.op("VZIP2 %v.%s, %v.%s, %v.%s", upper, kind, lower, kind, y[2*i+1], kind)
	}
}

func vectors(first vec, n int) (v []vec) {
	for i := range n {
		v = append(v, first+vec(i))
	}
	return v
}

func (a *assembler) bytesTranspose() {
	a.function("BytesTranspose", "neonBytesTranspose sets t[p*Column+i] = data[at[i]+p]. See\ntier.bytesTranspose.",
		"t *byte, rows int, data *byte, at *int")
	p := a.args("t", "rows", "data", "at")
	to, rows, data, at := p[0], p[1], p[2], p[3]
	quarters, places, bytes, column := a.free(), a.free(), a.free(), a.free()
	x, y := vectors(0, 16), vectors(16, 16)
	block, quarter, done := a.label("block"), a.label("quarter"), a.label("done")
	a.op("CBZ %v, %s", rows, done)
	a.at(block)
	a.comment("16 rows, 16 of their bytes at a time.")
	a.op("MOVD %v, %v", to, column)
	a.op("MOVD $4, %v", quarters)
	a.at(quarter)
	a.op("MOVD %v, %v", at, places)
	for _, v := range x {
		a.op("MOVD.P 8(%v), %v", places, bytes)
		a.op("ADD %v, %v", data, bytes)
		a.op("FMOVQ (%v), %s", bytes, v.f())
	}
	a.zip(y, x, "B16")
	a.zip(x, y, "B16")
	a.zip(y, x, "B16")
	a.zip(x, y, "B16")
	for _, v := range x {
		a.op("FMOVQ %s, (%v)", v.f(), column)
		a.op("ADD $128, %v", column)
	}
	a.op("ADD $16, %v", data)
	a.op("SUB $1, %v", quarters)
	a.op("CBNZ %v, %s", quarters, quarter)
	a.op("SUB $64, %v", data)
	a.op("ADD $16, %v", to)
	a.op("ADD $128, %v", at)
	a.op("SUB $16, %v", rows)
	a.op("CBNZ %v, %s", rows, block)
	a.at(done)
	a.end()
}

func (a *assembler) transpose() {
	a.function("Transpose", "neonTranspose sets dst[j*ds+i] = src[i*ss+j]. See tier.transpose.",
		"dst *Float, ds int, src *Float, ss int, rows, cols int")
	p := a.args("dst", "src", "rows", "cols")
	dst, src, rows, cols := p[0], p[1], p[2], p[3]
	p = a.strides("ds", "ss")
	ds, ss := p[0], p[1]
	to, from, line, left := a.free(), a.free(), a.free(), a.free()
	block, square, done := a.label("block"), a.label("square"), a.label("done")
	a.op("CBZ %v, %s", rows, done)
	a.op("CBZ %v, %s", cols, done)
	a.at(block)
	a.comment("8 rows, 8 columns at a time: four squares of 4.")
	a.op("MOVD %v, %v", src, from)
	a.op("MOVD %v, %v", dst, to)
	a.op("MOVD %v, %v", cols, left)
	a.at(square)
	a.op("MOVD %v, %v", from, line)
	for i := range vec(8) {
		a.op("FLDPQ (%v), (%s, %s)", line, i.f(), (8 + i).f())
		a.op("ADD %v, %v", ss, line)
	}
	for _, first := range []vec{0, 4, 8, 12} {
		x, y := vectors(first, 4), vectors(16, 4)
		a.zip(y, x, "S4")
		a.zip(x, y, "S4")
	}
	for j := range vec(8) {
		v := j + j&4
		a.op("FSTPQ (%s, %s), (%v)", v.f(), (v + 4).f(), to)
		a.op("ADD %v, %v", ds, to)
	}
	a.op("ADD $32, %v", from)
	a.op("SUB $8, %v", left)
	a.op("CBNZ %v, %s", left, square)
	a.op("ADD %v<<3, %v, %v", ss, src, src)
	a.op("ADD $32, %v", dst)
	a.op("SUB $8, %v", rows)
	a.op("CBNZ %v, %s", rows, block)
	a.at(done)
	a.end()
}
