package main

import "fmt"

func (a *assembler) product() {
	a.function("Product", "neonProduct sets c = c0 + a b. See tier.product.",
		"m, n, k int, a *Float, ar, ac int, b *Float, bs int, c0 *Float, c0s int, c *Float, cs int")
	p := a.args("m", "n", "k", "a", "b", "c0", "c")
	m, n, k, left, right, from, to := p[0], p[1], p[2], p[3], p[4], p[5], p[6]
	p = a.strides("ar", "ac", "bs", "c0s", "cs")
	ar, ac, bs, c0s, cs := p[0], p[1], p[2], p[3], p[4]
	tiles, rows := a.free(), []reg{a.free(), a.free(), a.free(), a.free()}
	start, end, b, l, off := a.free(), a.free(), a.free(), a.free(), a.free()

	a.comment("Tiles of 4 rows and 16 columns; all rows of 16 columns before the next 16.")
	rest, columns := a.label("rest"), a.label("columns")
	a.op("LSR $2, %v, %v", m, tiles)
	a.op("CBZ %v, %s", tiles, rest)
	a.at(columns)
	a.op("MOVD %v, %v", left, rows[0])
	a.op("MOVD %v, %v", from, start)
	a.op("MOVD %v, %v", to, end)
	a.op("LSR $2, %v, %v", m, tiles)
	tile := a.label("tile")
	a.at(tile)
	for i := range 3 {
		a.op("ADD %v, %v, %v", ar, rows[i], rows[i+1])
	}
	for i := range 4 {
		a.load(block(vec(4*i)), start)
		a.op("ADD %v, %v", c0s, start)
	}
	a.op("MOVD %v, %v", right, b)
	a.op("MOVD %v, %v", k, l)
	a.op("MOVD ZR, %v", off)
	inner := a.label("inner")
	a.at(inner)
	a.load(block(16), b)
	for i, r := range rows {
		a.op("FMOVS (%v)(%v), F%d", r, off, 20+i)
	}
	a.op("ADD %v, %v", bs, b)
	a.op("ADD %v, %v", ac, off)
	for j := range 4 {
		for i := range 4 {
			a.fmlaBy(vec(4*i+j), vec(16+j), vec(20+i), 0)
		}
	}
	a.op("SUB $1, %v", l)
	a.op("CBNZ %v, %s", l, inner)
	for i := range 4 {
		a.store(block(vec(4*i)), end)
		a.op("ADD %v, %v", cs, end)
	}
	a.op("ADD %v, %v, %v", ar, rows[3], rows[0])
	a.op("SUB $1, %v", tiles)
	a.op("CBNZ %v, %s", tiles, tile)
	for _, r := range []reg{right, from, to} {
		a.op("ADD $64, %v", r)
	}
	a.op("SUB $16, %v", n)
	a.op("CBNZ %v, %s", n, columns)

	a.comment("The other rows, up to 3, have all columns in registers.")
	a.op("MOVD %s, %v", a.where("n", "int"), n)
	a.op("MOVD %s, %v", a.where("b", "*Float"), right)
	a.op("MOVD %s, %v", a.where("c0", "*Float"), from)
	a.op("MOVD %s, %v", a.where("c", "*Float"), to)
	a.op("AND $~3, %v, %v", m, tiles)
	for _, r := range [][2]reg{{left, ar}, {from, c0s}, {to, cs}} {
		a.op("MADD %v, %v, %v, %v", tiles, r[0], r[1], r[0])
	}
	a.op("AND $3, %v", m)
	a.at(rest)
	done := a.label("done")
	a.op("CBZ %v, %s", m, done)
	a.widths(n, func(n int) {
		row, inner := a.label(fmt.Sprintf("row%dx", n)), a.label(fmt.Sprintf("inner%dx", n))
		a.at(row)
		a.rows(n, from, a.load)
		a.op("MOVD %v, %v", left, rows[0])
		a.op("MOVD %v, %v", right, b)
		a.op("MOVD %v, %v", k, l)
		a.at(inner)
		a.op("FMOVS (%v), F16", rows[0])
		a.addRow(n, b)
		a.op("ADD %v, %v", ac, rows[0])
		a.op("ADD %v, %v", bs, b)
		a.op("SUB $1, %v", l)
		a.op("CBNZ %v, %s", l, inner)
		a.rows(n, to, a.store)
		for _, r := range [][2]reg{{left, ar}, {from, c0s}, {to, cs}} {
			a.op("ADD %v, %v", r[1], r[0])
		}
		a.op("SUB $1, %v", m)
		a.op("CBNZ %v, %s", m, row)
		a.end()
	})
	a.at(done)
	a.end()
}

// widths writes the body for each width and goes to the one of n columns. The
// bodies return.
func (a *assembler) widths(n reg, body func(n int)) {
	for _, w := range []int{16, 32, 48} {
		next := a.label("wider")
		a.op("CMP $%d, %v", w, n)
		a.op("BNE %s", next)
		body(w)
		a.at(next)
	}
	body(64)
}

// rows loads or stores n columns at a pointer: V0 and those after it.
func (a *assembler) rows(n int, at reg, move func(quad, reg)) {
	for j := 0; j < n; j += 16 {
		if j > 0 {
			a.op("ADD $64, %v", at)
		}
		move(block(vec(j/4)), at)
	}
	if n > 16 {
		a.op("SUB $%d, %v", 4*(n-16), at)
	}
}

// addRow adds the n numbers at a pointer, times the first one of V16, to V0
// and those after it.
func (a *assembler) addRow(n int, at reg) {
	for j := 0; j < n/4; j += 2 {
		v := vec(18 + j%14)
		a.op("FLDPQ %d(%v), (%s, %s)", 16*j, at, v.f(), (v + 1).f())
		a.fmlaBy(vec(j), v, 16, 0)
		a.fmlaBy(vec(j+1), v+1, 16, 0)
	}
}
