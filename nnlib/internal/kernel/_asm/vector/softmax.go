package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"digitlab/nnlib/internal/kernel/_asm/simd"
)

// softmax does a row a turn; turns do not depend on each other, and the
// processor overlaps them.
func (w width) softmax() {
	w.Function("softmax", "func(rows, n int, x *float32, xs int, p *float32, ps int)", comment(
		"softmax"+w.Tier+" is, for rows i, with row = x[i*xs:i*xs+n]:", []string{
			"most := row[0]",
			"for _, v := range row {",
			"\tif v > most {",
			"\t\tmost = v",
			"\t}",
			"}",
			"for j, v := range row { // e is zero before",
			"\te[j] = expOf(v - most)",
			"}",
			"s := halve(e)",
			"for j := range n {",
			"\tp[i*ps+j] = e[j] / s",
			"}",
		})...)
	rows, n := simd.Argument("rows"), simd.Argument("n")
	TESTQ(rows, rows)
	JZ(LabelRef("done"))
	mask := w.firstLanes(n)
	constants := w.pool(append(expMust, "expLeast", "-infinity"), expMay...)
	x, xs, to, ps := simd.Argument("x"), simd.Stride("xs"), simd.Argument("p"), simd.Stride("ps")

	Label("row")
	v := w.loadLanes(simd.At(x), mask)
	// The largest that is a number. The second source is -infinity: a NaN gives
	// that, and so do lanes beyond the row, which come last.
	clean, largest := w.clean(v, mask, constants), w.Vector()
	w.halve(VMAXPS, clean, largest)
	VBROADCASTSS(largest.AsX(), largest)
	// A NaN at the start stays the largest: nothing is above it.
	VUCOMISS(first(v), first(v))
	JNP(LabelRef("number"))
	VBROADCASTSS(first(v), largest)
	Label("number")

	w.do(VSUBPS, largest, v, v)
	constants.cutBelow(v) // and not above: none is above the largest
	e := w.onlyLanes(constants.exp(v, false), mask)
	total := w.Vector()
	w.halve(VADDPS, e, total)
	VBROADCASTSS(total.AsX(), total)
	w.do(VDIVPS, total, e, e)
	w.storeLanes(e, mask, simd.At(to))

	ADDQ(xs, x)
	ADDQ(ps, to)
	DECQ(rows)
	JNZ(LabelRef("row"))
	Label("done")
	simd.End()
}

// firstLanes marks the first n lanes of 16.
func (w width) firstLanes(n reg.GPVirtual) values {
	if w.Bytes == 64 {
		bits, k := GP32(), K()
		MOVL(U32(0xffff), bits)
		BZHIL(n.As32(), bits, bits)
		KMOVW(bits, k)
		return values{k}
	}
	table := GP64()
	LEAQ(lanes.Offset(64), table)
	back := GP64()
	MOVQ(n, back)
	NEGQ(back)
	m := w.values()
	w.do(VMOVUPS, w.at(Mem{Base: table, Index: back, Scale: 4}), m)
	return m
}

// loadLanes loads a row: of AVX-512 only the lanes marked.
func (w width) loadLanes(m Mem, mask values) values {
	v := w.values()
	if w.Bytes == 64 {
		w.do(three(VMOVUPS_Z), m, mask, v)
	} else {
		w.do(VMOVUPS, w.at(m), v)
	}
	return v
}

// storeLanes stores the lanes marked.
func (w width) storeLanes(v, mask values, m Mem) {
	if w.Bytes == 64 {
		w.do(VMOVUPS, v, mask, m)
		return
	}
	w.do(three(VMASKMOVPS), v, mask, w.at(m))
}

// onlyLanes sets the lanes that are not marked to zero.
func (w width) onlyLanes(v, mask values) values {
	if w.Bytes == 64 {
		w.do(three(VMOVAPS_Z), v, mask, v)
	} else {
		w.do(VANDPS, mask, v, v)
	}
	return v
}

// clean is v with -infinity for NaN and in lanes not marked.
func (w width) clean(v, mask values, p pool) values {
	c := w.values()
	if w.Bytes == 64 {
		w.do(VMOVAPS, p.constant("-infinity"), c)
		w.do(VMAXPS, p.constant("-infinity"), v, mask, c)
		return c
	}
	w.do(VMAXPS, p.constant("-infinity"), v, c)
	w.do(four(VBLENDVPS), mask, c, p.constant("-infinity"), c)
	return c
}

// halve joins lane j with lane j+8, and so on, into lane 0 of the result.
func (w width) halve(instruction func(...Op), v values, to reg.VecVirtual) {
	half := YMM()
	if w.Bytes == 64 {
		VEXTRACTF64X4(Imm(1), v[0], half)
		instruction(half, v[0].(reg.VecVirtual).AsY(), half)
	} else {
		instruction(v[1], v[0], half)
	}
	other, x := XMM(), to.AsX()
	if w.Bytes == 64 { // the same, of registers beyond 15 too
		VEXTRACTF32X4(Imm(1), half, other)
	} else {
		VEXTRACTF128(Imm(1), half, other)
	}
	instruction(other, half.AsX(), x)
	VPERMILPS(Imm(0x4e), x, other)
	instruction(other, x, x)
	VPERMILPS(Imm(0xb1), x, other)
	instruction(other, x, x)
}

// first is the register with lane 0.
func first(v values) reg.Register { return v[0].(reg.VecVirtual).AsX() }
