package main

import (
	"digitlab/nnlib/internal/kernel/_asm/simd"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose turns blocks of 8 x 8, for both tiers. A register takes four
// elements of row i in its lower half and four of row i+4 in its upper one:
// then each half is a block of 4 x 4 to turn within the half.
func transpose() {
	w := simd.AVX2
	w.Function("transpose", "func(dst *float32, ds int, src *float32, ss int, rows, cols int)",
		"transposeAVX2 is transpose:", "",
		"\tfor i := range rows {",
		"\t\tfor j := range cols {",
		"\t\t\tdst[j*ds+i] = src[i*ss+j]",
		"\t\t}",
		"\t}")
	dst, src := simd.Argument("dst"), simd.Argument("src")
	ds, ss, rows := simd.Stride("ds"), simd.Stride("ss"), simd.Argument("rows")
	to, from, cols := GP64(), GP64(), GP64()
	Label("rows8")
	MOVQ(src, from)
	MOVQ(dst, to)
	Load(Param("cols"), cols)

	Label("block")
	at := rowsOf8(from, ss)
	var turned []reg.VecVirtual
	for half := range 2 {
		var v [4]reg.VecVirtual
		for i := range v {
			v[i] = YMM()
			VBROADCASTF128(at(i).Offset(16*half), v[i])
			VINSERTF128(Imm(1), at(i+4).Offset(16*half), v[i], v[i])
		}
		turned = append(turned, turn4(v)...)
	}
	at = rowsOf8(to, ds)
	for j, v := range turned {
		VMOVUPS(v, at(j))
	}
	ADDQ(Imm(32), from)
	LEAQ(Mem{Base: to, Index: ds, Scale: 8}, to)
	SUBQ(Imm(8), cols)
	JNZ(LabelRef("block"))

	LEAQ(Mem{Base: src, Index: ss, Scale: 8}, src)
	ADDQ(Imm(32), dst)
	SUBQ(Imm(8), rows)
	JNZ(LabelRef("rows8"))
	simd.End()
}

// rowsOf8 is the addresses of 8 rows from p on.
func rowsOf8(p, stride reg.GPVirtual) func(i int) Mem {
	three, fourth := GP64(), GP64()
	LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, three)
	LEAQ(Mem{Base: p, Index: stride, Scale: 4}, fourth)
	return func(i int) Mem {
		m := simd.At([]reg.GPVirtual{p, fourth}[i/4])
		switch i % 4 {
		case 1, 2:
			m.Index, m.Scale = stride, uint8(i%4)
		case 3:
			m.Index, m.Scale = three, 1
		}
		return m
	}
}

// turn4 turns the block of 4 x 4 in both halves of four registers.
func turn4(v [4]reg.VecVirtual) []reg.VecVirtual {
	var pairs, turned [4]reg.VecVirtual
	for i := range 2 {
		pairs[2*i], pairs[2*i+1] = YMM(), YMM()
		VUNPCKLPS(v[2*i+1], v[2*i], pairs[2*i])
		VUNPCKHPS(v[2*i+1], v[2*i], pairs[2*i+1])
	}
	for i := range 2 {
		turned[2*i], turned[2*i+1] = YMM(), YMM()
		VUNPCKLPD(pairs[2+i], pairs[i], turned[2*i])
		VUNPCKHPD(pairs[2+i], pairs[i], turned[2*i+1])
	}
	return turned[:]
}
