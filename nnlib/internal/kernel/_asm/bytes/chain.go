package main

import (
	"fmt"

	"digitlab/nnlib/internal/kernel/_asm/simd"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// chain is a row of sums in registers, and a group of bytes to add to it.
type chain struct {
	w     simd.Width
	bytes reg.GPVirtual
	bits  reg.GPVirtual // the bytes that are still to be added
	sums  []reg.VecVirtual
}

// table is what chains add from.
type table struct {
	level  reg.GPVirtual // the value of a byte
	row    reg.GPVirtual // what the first byte of the group multiplies
	stride reg.GPVirtual // from a byte's row to the next one's, in bytes
}

// add takes the first of the bits and adds what its byte stands for. The zero
// flag tells that it was the last one.
func (c chain) add(t table) {
	i, x, v := GP64(), GP64(), c.w.Vector()
	TZCNTQ(c.bits, i)
	MOVBLZX(Mem{Base: c.bytes, Index: i, Scale: 1}, x.As32())
	VBROADCASTSS(Mem{Base: t.level, Index: x, Scale: 4}, v)
	IMULQ(t.stride, i)
	ADDQ(t.row, i)
	c.w.MulAdd(c.sums, v, simd.At(i))
	BLSRQ(c.bits, c.bits)
}

// addAll adds all bits of the chains: in turns while each has some, then the
// rest of one after the other.
func addAll(label string, chains []chain, t table) {
	rest := func(i int) LabelRef { return LabelRef(fmt.Sprintf("%s_rest%d", label, i)) }
	if len(chains) > 1 {
		for _, c := range chains {
			TESTQ(c.bits, c.bits)
			JZ(rest(0))
		}
		turn := label + "_turn"
		Label(turn)
		for _, c := range chains {
			c.add(t)
		}
		for _, c := range chains[:len(chains)-1] {
			TESTQ(c.bits, c.bits)
			JZ(rest(0))
		}
		last := chains[len(chains)-1].bits
		TESTQ(last, last)
		JNZ(LabelRef(turn))
	}
	for i, c := range chains {
		Label(string(rest(i)))
		TESTQ(c.bits, c.bits)
		JZ(rest(i + 1))
		one := fmt.Sprintf("%s_one%d", label, i)
		Label(one)
		c.add(t)
		JNZ(LabelRef(one))
	}
	Label(string(rest(len(chains))))
}

// look sets bits to the bytes of a group that are not zero. In AVX2 zero is a
// register of zeros.
func look(w simd.Width, bytes Mem, bits reg.GPVirtual, zero reg.VecVirtual) {
	if w == simd.AVX512 {
		z, k := ZMM(), K()
		VMOVDQU8(bytes, z)
		VPTESTMB(z, z, k)
		KMOVQ(k, bits)
		return
	}
	low, y := GP64(), YMM()
	VPCMPEQB(bytes, zero, y)
	VPMOVMSKB(y, low.As32())
	VPCMPEQB(bytes.Offset(32), zero, y)
	VPMOVMSKB(y, bits.As32())
	SHLQ(Imm(32), bits)
	ORQ(low, bits)
	NOTQ(bits)
}

// addUnion adds the bytes that are not zero in any of the chains, to all of
// them: what is read for one serves the others, and there is one end to guess.
func addUnion(label string, chains []chain, t table) {
	bits := chains[0].bits
	for _, c := range chains[1:] {
		ORQ(c.bits, bits)
	}
	TESTQ(bits, bits)
	JZ(LabelRef(label + "_end"))
	Label(label + "_turn")
	i := GP64()
	TZCNTQ(bits, i)
	var values []reg.VecVirtual
	for _, c := range chains {
		x, v := GP64(), c.w.Vector()
		MOVBLZX(Mem{Base: c.bytes, Index: i, Scale: 1}, x.As32())
		VBROADCASTSS(Mem{Base: t.level, Index: x, Scale: 4}, v)
		values = append(values, v)
	}
	IMULQ(t.stride, i)
	ADDQ(t.row, i)
	w := chains[0].w
	for j := range chains[0].sums {
		v := w.Vector()
		VMOVUPS(simd.At(i).Offset(j*w.Bytes), v)
		for k, c := range chains {
			VFMADD231PS(v, values[k], c.sums[j])
		}
	}
	BLSRQ(bits, bits)
	JNZ(LabelRef(label + "_turn"))
	Label(label + "_end")
}
