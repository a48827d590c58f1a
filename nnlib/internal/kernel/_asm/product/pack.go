package main

import (
	"fmt"

	"digitlab/nnlib/internal/kernel/_asm/simd"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// soon is how many rows ahead of a row its memory is asked for: rows that are
// far apart are not foreseen by the processor.
const soon = 12

func pack(w simd.Width) {
	w.Function("pack", "func(dst, src *float32, ss, rows, n int)",
		fmt.Sprintf("pack%s is pack:", w.Tier), "",
		"\tfor i := range rows {",
		"\t\tfor j := range n {",
		"\t\t\tdst[i*n+j] = src[i*ss+j]",
		"\t\t}",
		"\t}")
	dst, src, ss, rows, n := simd.Argument("dst"), simd.Argument("src"), simd.Stride("ss"), simd.Argument("rows"), simd.Argument("n")
	ahead := GP64()
	IMUL3Q(Imm(soon), ss, ahead)
	for _, width := range []int{48, 32, 16} {
		CMPQ(n, Imm(uint64(width)))
		JE(LabelRef(fmt.Sprintf("pack%d", width)))
	}
	for _, width := range []int{64, 48, 32, 16} {
		label := fmt.Sprintf("pack%d", width)
		Label(label)
		row := Mem{Base: src, Index: ahead, Scale: 1}
		for line := 0; line < 4*width; line += 64 {
			PREFETCHT0(row.Offset(line))
		}
		v := w.Vectors(width / w.Lanes)
		w.Load(simd.At(src), v)
		w.Store(v, simd.At(dst))
		ADDQ(ss, src)
		ADDQ(U32(uint32(4*width)), dst)
		DECQ(rows)
		JNZ(LabelRef(label))
		simd.End()
	}
}
