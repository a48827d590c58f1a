package main

import "fmt"

// Registers of the functions over bytes: sums from V0, a level in V16, which
// bit of a mask stands for which byte in V17, rows of numbers from V18.
const bitOfByte vec = 17

func (a *assembler) bits() {
	a.op("VMOVQ $0x8040201008040201, $0x8040201008040201, %v", bitOfByte)
}

// nonzero sets a bit of the mask for each of 64 bytes that is not zero.
func (a *assembler) nonzero(mask, bytes reg) {
	q := block(18)
	a.load(q, bytes)
	for _, v := range q {
		a.op("VCMTST %s, %s, %s", v.b16(), v.b16(), v.b16())
	}
	for _, v := range q {
		a.and(v, v, bitOfByte)
	}
	for _, p := range [][3]vec{{18, 18, 19}, {20, 20, 21}, {18, 18, 20}, {18, 18, 18}} {
		a.op("VADDP %s, %s, %s", p[2].b16(), p[1].b16(), p[0].b16())
	}
	a.op("VMOV V18.D[0], %v", mask)
}

// gather adds, for each bit i of the mask, level[bytes[i]] times the row i of
// n numbers.
func (a *assembler) gather(n int, mask, bytes, level, rows, stride, i, t reg) {
	next, done := a.label("next"), a.label("gathered")
	a.op("CBZ %v, %s", mask, done)
	a.at(next)
	a.op("RBIT %v, %v", mask, i)
	a.op("CLZ %v, %v", i, i)
	a.op("SUB $1, %v, %v", mask, t)
	a.op("AND %v, %v", t, mask)
	a.op("MOVBU (%v)(%v), %v", bytes, i, t)
	a.op("MADD %v, %v, %v, %v", i, rows, stride, i)
	a.op("FMOVS (%v)(%v<<2), F16", level, t)
	a.addRow(n, i)
	a.op("CBNZ %v, %s", mask, next)
	a.at(done)
}

func (a *assembler) bytesForward() {
	a.function("BytesForward", "neonBytesForward sets c[i] = c0[i] + sum over p of level[x(i, p)] w[p]. See\ntier.bytesForward.",
		"n, rows, groups int, data *byte, at *int, skip int, level, w *Float, ws int, c0 *Float, c0s int, c *Float, cs int, lines int")
	p := a.args("n", "rows", "groups", "data", "at", "skip", "level", "w", "c0", "c", "lines")
	n, rows, groups, data, at, keep, level, weights, from, to, lines := p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10]
	p = a.strides("ws", "c0s", "cs")
	ws, c0s, cs := p[0], p[1], p[2]
	bytes, w, group, mask, i, t := a.free(), a.free(), a.free(), a.free(), a.free(), a.free()
	done := a.label("done")
	a.op("CBZ %v, %s", rows, done)
	a.bits()

	a.comment("keep is the mask of bytes from skip on; w is where row 0 would be.")
	a.op("MSUB %v, %v, %v, %v", keep, weights, ws, weights)
	a.op("MOVD $-1, %v", t)
	a.op("CMP $64, %v", keep)
	a.op("LSL %v, %v, %v", keep, t, keep)
	a.op("CSEL LT, %v, ZR, %v", keep, keep)
	a.widths(n, func(n int) {
		row, ready, ahead := a.label(fmt.Sprintf("row%dx", n)), a.label("ready"), a.label("ahead")
		a.at(row)
		a.op("MOVD (%v), %v", at, bytes)
		a.op("ADD %v, %v", data, bytes)
		a.op("CMP $5, %v", rows)
		a.op("BLT %s", ready)
		a.op("CBZ %v, %s", lines, ready)
		a.op("MOVD 32(%v), %v", at, i)
		a.op("ADD %v, %v", data, i)
		a.op("MOVD %v, %v", lines, t)
		a.at(ahead)
		a.op("PRFM (%v), PLDL1KEEP", i)
		a.op("ADD $64, %v", i)
		a.op("SUB $1, %v", t)
		a.op("CBNZ %v, %s", t, ahead)
		a.at(ready)
		a.rows(n, from, a.load)
		a.op("MOVD %v, %v", weights, w)
		a.op("MOVD %v, %v", groups, group)
		next, summed := a.label("group"), a.label("summed")
		a.op("CBZ %v, %s", group, summed)
		a.at(next)
		a.nonzero(mask, bytes)
		a.op("AND %v, %v", keep, mask)
		a.gather(n, mask, bytes, level, w, ws, i, t)
		a.op("ADD $64, %v", bytes)
		a.op("ADD %v<<6, %v, %v", ws, w, w)
		a.op("SUB $1, %v", group)
		a.op("CBNZ %v, %s", group, next)
		a.at(summed)
		a.rows(n, to, a.store)
		a.op("ADD $8, %v", at)
		a.op("ADD %v, %v", c0s, from)
		a.op("ADD %v, %v", cs, to)
		a.op("SUB $1, %v", rows)
		a.op("CBNZ %v, %s", rows, row)
		a.end()
	})
	a.at(done)
	a.end()
}

func (a *assembler) bytesGradient() {
	a.function("BytesGradient", "neonBytesGradient adds sum over i of level[t[p*Column+i]] d[i] to\ngradient[p]. See tier.bytesGradient.",
		"n, count, groups int, t *byte, level, d *Float, ds int, gradient *Float, gs int")
	p := a.args("n", "count", "groups", "t", "level", "d", "gradient")
	n, count, groups, bytes, level, deltas, to := p[0], p[1], p[2], p[3], p[4], p[5], p[6]
	p = a.strides("ds", "gs")
	ds, gs := p[0], p[1]
	half, second, low, high, i, t := a.free(), a.free(), a.free(), a.free(), a.free(), a.free()
	done := a.label("done")
	a.op("CBZ %v, %s", count, done)
	a.bits()
	a.op("ADD %v<<6, %v, %v", ds, deltas, half)
	a.widths(n, func(n int) {
		column, skip, single := a.label(fmt.Sprintf("column%dx", n)), a.label("zeros"), a.label("single")
		a.at(column)
		a.op("ADD $64, %v, %v", bytes, second)
		a.nonzero(low, bytes)
		a.op("MOVD ZR, %v", high)
		a.op("CMP $2, %v", groups)
		a.op("BLT %s", single)
		a.nonzero(high, second)
		a.at(single)
		a.op("ORR %v, %v, %v", low, high, i)
		a.op("CBZ %v, %s", i, skip)
		a.rows(n, to, a.load)
		a.gather(n, low, bytes, level, deltas, ds, i, t)
		a.gather(n, high, second, level, half, ds, i, t)
		a.op("VEOR %s, %s, %s", vec(16).b16(), vec(16).b16(), vec(16).b16())
		a.rows(n, to, func(q quad, at reg) {
			for _, v := range q {
				a.fadd(v, v, 16)
			}
			a.store(q, at)
		})
		a.at(skip)
		a.op("ADD $128, %v", bytes)
		a.op("ADD %v, %v", gs, to)
		a.op("SUB $1, %v", count)
		a.op("CBNZ %v, %s", count, column)
		a.end()
	})
	a.at(done)
	a.end()
}
