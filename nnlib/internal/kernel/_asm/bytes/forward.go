package main

import (
	"digitlab/nnlib/internal/kernel/_asm/simd"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// distance is how many rows ahead of a row's turn its memory is asked for.
const distance = block

func forward(w simd.Width) {
	w.Function("bytesForward", "func(n, rows, groups int, data *byte, at *int, skip int, level, w *float32, ws int, c0 *float32, c0s int, c *float32, cs int, lines int)",
		"bytesForward"+w.Tier+" is bytesForward:", "",
		"\tfor i := range rows {",
		"\t\tfor j := range n {",
		"\t\t\tc[i*cs+j] = c0[i*c0s+j]",
		"\t\t\tfor p := skip; p < 64*groups; p++ {",
		"\t\t\t\tif x := data[at[i]+p]; x != 0 {",
		"\t\t\t\t\tc[i*cs+j] = fma(level[x], w[(p-skip)*ws+j], c[i*cs+j])",
		"\t\t\t\t}",
		"\t\t\t}",
		"\t\t}",
		"\t}")
	k := newWork(w, "forward")
	k.stride, k.groups = "ws", simd.InMemory("groups")
	k.rows, k.keep, k.row = AllocLocal(8), AllocLocal(8), [2]Mem{AllocLocal(8), AllocLocal(8)}
	from, fromStride, to, stride, at := AllocLocal(8), AllocLocal(8), AllocLocal(8), AllocLocal(8), AllocLocal(8)

	// The bytes that are skipped have no bits, and no rows of w.
	skip, all, p, row := simd.Argument("skip"), GP64(), simd.Stride("ws"), simd.Argument("w")
	MOVQ(I32(-1), all)
	SHLXQ(skip, all, all)
	MOVQ(all, k.keep)
	IMULQ(skip, p)
	SUBQ(p, row)
	MOVQ(row, k.row[0])
	MOVQ(simd.Argument("c0"), from)
	MOVQ(simd.Stride("c0s"), fromStride)
	MOVQ(simd.Stride("cs"), stride)

	k.locate = func(i, to reg.GPVirtual) {
		MOVQ(at, to)
		MOVQ(Mem{Base: to, Index: i, Scale: 8}, to)
		ADDQ(simd.InMemory("data"), to)
	}
	k.ahead = func(i reg.GPVirtual) {
		lines, later := GP64(), GP64()
		MOVQ(simd.InMemory("lines"), lines)
		TESTQ(lines, lines)
		JZ(LabelRef("asked"))
		LEAQ(simd.At(i).Offset(distance), later)
		CMPQ(later, k.rows)
		JGE(LabelRef("asked"))
		p := GP64()
		k.locate(later, p)
		Label("ask")
		PREFETCHT0(simd.At(p))
		ADDQ(Imm(64), p)
		DECQ(lines)
		JNZ(LabelRef("ask"))
		Label("asked")
	}
	k.load = func(chains []chain) {
		p := GP64()
		MOVQ(from, p)
		for _, c := range chains {
			w.Load(simd.At(p), c.sums)
			ADDQ(fromStride, p)
		}
		MOVQ(p, from)
	}
	k.store = func(chains []chain) {
		p := GP64()
		MOVQ(to, p)
		for _, c := range chains {
			w.Store(c.sums, simd.At(p))
			ADDQ(stride, p)
		}
		MOVQ(p, to)
	}
	k.onward = func(i reg.GPVirtual) {
		p := GP64()
		MOVQ(at, p)
		LEAQ(Mem{Base: p, Index: i, Scale: 8}, p)
		MOVQ(p, at)
	}

	// Two groups of all rows, then the next two: their rows of w stay in the
	// first-level cache. From the second time on the sums so far are in c.
	Label("groups")
	next := simd.Argument("ws")
	SHLQ(Imm(8), next)
	ADDQ(k.row[0], next)
	MOVQ(next, k.row[1])
	MOVQ(simd.Argument("rows"), k.rows)
	MOVQ(simd.Argument("at"), at)
	MOVQ(simd.Argument("c"), to)
	k.run()

	step := simd.Argument("ws")
	SHLQ(Imm(9), step)
	ADDQ(step, k.row[0])
	ADDQ(U32(2*group), simd.InMemory("data"))
	MOVQ(simd.Argument("c"), from)
	MOVQ(simd.Stride("cs"), fromStride)
	MOVQ(U32(0), simd.InMemory("lines"))
	SUBQ(Imm(2), simd.InMemory("groups"))
	JG(LabelRef("groups"))
	simd.End()
}
