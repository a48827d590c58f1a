package main

import (
	"fmt"

	"digitlab/nnlib/internal/kernel/_asm/simd"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func gradient(w simd.Width) {
	w.Function("bytesGradient", "func(n, count, groups int, t *byte, level, d *float32, ds int, to *float32, gs int, next *byte, nextAt *int, asked int)",
		"bytesGradient"+w.Tier+" is bytesGradient, to being g:", "",
		"\tfor p := range count {",
		"\t\tfor i := range Group*groups {",
		"\t\t\tif x := t[p*Column+i]; x != 0 {",
		"\t\t\t\tfor j := range n {",
		"\t\t\t\t\tto[p*gs+j] = fma(level[x], d[i*ds+j], to[p*gs+j])",
		"\t\t\t\t}",
		"\t\t\t}",
		"\t\t}",
		"\t\tfor j := range n {",
		"\t\t\tto[p*gs+j] += 0",
		"\t\t}",
		"\t}", "",
		"Meanwhile it asks for the cache lines of next[nextAt[i]], for i up to asked, a",
		"multiple of 4.")
	k := newWork(w, "gradient")
	k.alike = true // columns side by side
	k.stride, k.groups, k.rows, k.row = "ds", simd.InMemory("groups"), simd.InMemory("count"), [2]Mem{simd.InMemory("d"), AllocLocal(8)}
	stride := AllocLocal(8)

	// A column of bytes is two groups.
	next := simd.Argument("ds")
	SHLQ(Imm(8), next)
	ADDQ(simd.InMemory("d"), next)
	MOVQ(next, k.row[1])
	MOVQ(simd.Stride("gs"), stride)

	k.locate = func(i, to reg.GPVirtual) {
		MOVQ(i, to)
		SHLQ(Imm(7), to)
		ADDQ(simd.InMemory("t"), to)
	}
	k.load = func(chains []chain) {
		p := GP64()
		MOVQ(simd.InMemory("to"), p)
		for _, c := range chains {
			w.Load(simd.At(p), c.sums)
			ADDQ(stride, p)
		}
	}
	k.store = func(chains []chain) {
		p, zero := GP64(), w.Vector()
		VXORPS(zero.AsX(), zero.AsX(), zero.AsX())
		MOVQ(simd.InMemory("to"), p)
		for _, c := range chains {
			for _, s := range c.sums {
				VADDPS(zero, s, s)
			}
			w.Store(c.sums, simd.At(p))
			ADDQ(stride, p)
		}
		MOVQ(p, simd.InMemory("to"))
		ask()
	}
	k.pass = func(rows int) {
		p := GP64()
		MOVQ(stride, p)
		IMUL3Q(Imm(uint64(rows)), p, p)
		ADDQ(p, simd.InMemory("to"))
		ask()
	}
	k.onward = func(i reg.GPVirtual) { ADDQ(U32(block*column), simd.InMemory("t")) }
	k.run()
	simd.End()
}

var asks int

// ask asks for four cache lines: a few at a time do not wait for each other.
func ask() {
	asks++
	done := fmt.Sprintf("gradient_asked%d", asks)
	SUBQ(Imm(4), simd.InMemory("asked"))
	JL(LabelRef(done))
	data, at := simd.Argument("next"), simd.Argument("nextAt")
	for i := range 4 {
		p := GP64()
		MOVQ(simd.At(at).Offset(8*i), p)
		PREFETCHT0(Mem{Base: data, Index: p, Scale: 1})
	}
	ADDQ(Imm(4*8), simd.InMemory("nextAt"))
	Label(done)
}
