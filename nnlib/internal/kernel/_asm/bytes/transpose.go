package main

import (
	"digitlab/nnlib/internal/kernel/_asm/simd"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose turns blocks of 16 rows and 16 bytes, for both tiers. Interleaving
// row i with row i+8, for i up to 8, and doing so four times over, is the
// transpose of a block; each half of a register has a block of its own.
func transpose() {
	simd.AVX2.Function("bytesTranspose", "func(t *byte, rows int, data *byte, at *int)",
		"bytesTransposeAVX2 is bytesTranspose:", "",
		"\tfor i := range rows {",
		"\t\tfor p := range Group {",
		"\t\t\tt[p*Column+i] = data[at[i]+p]",
		"\t\t}",
		"\t}")
	t, rows, data, at := simd.Argument("t"), simd.Argument("rows"), simd.Argument("data"), simd.Argument("at")
	spare := AllocLocal(64)
	Label("rows16")
	for first := 0; first < group; first += 32 {
		row := func(i int) Mem {
			r := GP64()
			MOVQ(simd.At(at).Offset(8*i), r)
			if first == 0 { // of the group that comes next
				PREFETCHT0(Mem{Base: data, Index: r, Scale: 1, Disp: group})
			}
			return Mem{Base: data, Index: r, Scale: 1, Disp: first}
		}
		// Two of the four interleavings: rows i, i+4, i+8 and i+12 make four
		// registers that depend on nothing else.
		var half [16]Op
		for i := range 4 {
			lo1, hi1 := interleaveWith(row(i), row(i+8))
			lo2, hi2 := interleaveWith(row(i+4), row(i+12))
			half[4*i], half[4*i+1] = interleave(lo1, lo2)
			half[4*i+2], half[4*i+3] = interleave(hi1, hi2)
			if i == 2 {
				// There are 16 registers, and more values than that.
				for j := range 2 {
					VMOVDQU(half[8+j], spare.Offset(32*j))
					half[8+j] = spare.Offset(32 * j)
				}
			}
		}
		for i := range 4 {
			lo1, hi1 := interleave(half[i], half[i+8])
			lo2, hi2 := interleave(half[i+4], half[i+12])
			for j, pair := range [][2]Op{{lo1, lo2}, {hi1, hi2}} {
				even, odd := interleave(pair[0], pair[1])
				for k, v := range []reg.VecVirtual{even, odd} {
					to := simd.At(t).Offset((first + 4*i + 2*j + k) * column)
					VMOVDQU(v.AsX(), to)
					VEXTRACTI128(Imm(1), v, to.Offset(16*column))
				}
			}
		}
	}
	ADDQ(Imm(16*8), at)
	ADDQ(Imm(16), t)
	SUBQ(Imm(16), rows)
	JNZ(LabelRef("rows16"))
	simd.End()
}

func interleaveWith(a, b Mem) (lo, hi reg.VecVirtual) {
	x := YMM()
	VMOVDQU(a, x)
	return interleave(x, b)
}

// interleave is the bytes of a and b in turn: those of the lower and of the
// upper 8 bytes of each half.
func interleave(a, b Op) (lo, hi reg.VecVirtual) {
	lo, hi = YMM(), YMM()
	VPUNPCKLBW(b, a, lo)
	VPUNPCKHBW(b, a, hi)
	return lo, hi
}
