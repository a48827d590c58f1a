package main

import (
	"digitlab/nnlib/internal/kernel/_asm/simd"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func gradient(w simd.Width) {
	w.Function("bytesGradient", "func(n, count int, t *byte, level, d *float32, ds int, to *float32, gs int)",
		"bytesGradient"+w.Tier+" is bytesGradient, to being g:", "",
		"\tfor p := range count {",
		"\t\tfor i := range Column {",
		"\t\t\tif x := t[p*Column+i]; x != 0 {",
		"\t\t\t\tfor j := range n {",
		"\t\t\t\t\tto[p*gs+j] = fma(level[x], d[i*ds+j], to[p*gs+j])",
		"\t\t\t\t}",
		"\t\t\t}",
		"\t\t}",
		"\t}")
	k := newWork(w, "gradient")
	k.stride, k.rows, k.row = "ds", simd.InMemory("count"), [2]Mem{simd.InMemory("d"), AllocLocal(8)}
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
		p := GP64()
		MOVQ(simd.InMemory("to"), p)
		for _, c := range chains {
			w.Store(c.sums, simd.At(p))
			ADDQ(stride, p)
		}
		MOVQ(p, simd.InMemory("to"))
	}
	k.onward = func(i reg.GPVirtual) { ADDQ(U32(block*column), simd.InMemory("t")) }
	k.run()
	simd.End()
}
