package main

import (
	"fmt"

	"digitlab/nnlib/internal/kernel/_asm/simd"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// block is how many rows are looked at before any is added.
const block = 16

// work is one or two groups of bytes in many rows: what forward and the
// gradient have in common. Its operands are in memory, in the frame of the
// function or its arguments.
type work struct {
	w      simd.Width
	label  string
	rows   Mem    // how many there are still
	keep   Mem    // the bytes of the first group that count, or no memory
	groups Mem    // more than 1 where there are two
	row    [2]Mem // what the first byte of each group multiplies
	alike  bool   // neighbours have mostly the same bytes that are not zero
	stride string // from a byte's row to the next one's
	bytes  Mem    // where the groups of each row of the block are
	bits   [2]Mem // their bytes that are not zero

	locate func(i, to reg.GPVirtual) // where the groups of row i of the block are
	ahead  func(i reg.GPVirtual)     // asks for the memory of a row after row i, or nil
	load   func(chains []chain)      // the sums of the next rows
	store  func(chains []chain)      // the sums of the next rows, and moves on
	pass   func(rows int)            // moves on without sums: no byte counts, or nil
	onward func(i reg.GPVirtual)     // the block ends after i rows
}

// newWork is work with room for a block in the frame.
func newWork(w simd.Width, label string) work {
	return work{w: w, label: label, bytes: AllocLocal(8 * block), bits: [2]Mem{AllocLocal(8 * block), AllocLocal(8 * block)}}
}

// element is element i of an array of 64-bit integers.
func element(m Mem, i reg.Register) Mem {
	m.Index, m.Scale = i, 8
	return m
}

// lookAll finds the bits of a block of rows. Rows are added while their
// successors' bits are known: a processor that guesses the end of one wrong
// need not wait for them.
func (k work) lookAll(count reg.GPVirtual) {
	zero := YMM()
	if k.w == simd.AVX2 {
		VPXOR(zero, zero, zero)
	}
	i := GP64()
	XORQ(i, i)
	Label(k.label + "_look")
	bytes, bits := GP64(), GP64()
	if k.ahead != nil {
		k.ahead(i)
	}
	k.locate(i, bytes)
	MOVQ(bytes, element(k.bytes, i))
	look(k.w, simd.At(bytes), bits, zero)
	if k.keep.Base != nil {
		ANDQ(k.keep, bits)
	}
	MOVQ(bits, element(k.bits[0], i))
	XORQ(bits, bits)
	CMPQ(k.groups, Imm(1))
	JLE(LabelRef(k.label + "_looked"))
	look(k.w, simd.At(bytes).Offset(group), bits, zero)
	Label(k.label + "_looked")
	MOVQ(bits, element(k.bits[1], i))
	INCQ(i)
	CMPQ(i, count)
	JL(LabelRef(k.label + "_look"))
}

// atOnce is how many rows are added in turns: at two multiply-adds a cycle that
// take four cycles each, 8 sums keep the processor busy.
func (k work) atOnce(width int) int {
	if width/k.w.Lanes > 4 {
		return 1
	}
	return 2
}

// run adds all rows, block by block. Each width has its own code, and in it the
// rows that are left over have theirs.
func (k work) run() {
	CMPQ(k.rows, Imm(0))
	JLE(LabelRef(k.label + "_end"))
	t := table{simd.Argument("level"), GP64(), simd.Stride(k.stride)}
	Label(k.label + "_block")
	count, most := GP64(), GP64()
	MOVQ(k.rows, count)
	MOVQ(U32(block), most)
	CMPQ(count, most)
	CMOVQGT(most, count)
	k.lookAll(count)
	i := GP64()
	XORQ(i, i)
	n := simd.Argument("n")
	widths := []int{64, 48, 32, 16}
	begin := func(width, rows int) string { return fmt.Sprintf("%s_n%d_rows%d", k.label, width, rows) }
	for _, width := range widths[1:] {
		CMPQ(n, Imm(uint64(width)))
		JE(LabelRef(begin(width, k.atOnce(width))))
	}
	for _, width := range widths {
		for rows := k.atOnce(width); rows > 0; rows-- {
			next := k.label + "_next"
			if rows > 1 {
				next = begin(width, rows-1)
			}
			Label(begin(width, rows))
			end := GP64()
			LEAQ(simd.At(i).Offset(rows), end)
			CMPQ(end, count)
			JG(LabelRef(next))
			k.addRows(begin(width, rows), width, rows, i, t)
			JMP(LabelRef(begin(width, rows)))
		}
	}
	Label(k.label + "_next")
	k.onward(i)
	SUBQ(i, k.rows)
	JG(LabelRef(k.label + "_block"))
	Label(k.label + "_end")
}

// addRows adds rows of the block from i on, and moves i behind them. The sums
// stay in registers from the first group to the second.
func (k work) addRows(label string, width, rows int, i reg.GPVirtual, t table) {
	var chains []chain
	for r := range rows {
		c := chain{k.w, GP64(), GP64(), k.w.Vectors(width / k.w.Lanes)}
		MOVQ(element(k.bytes, i).Offset(8*r), c.bytes)
		chains = append(chains, c)
	}
	if k.pass != nil {
		any := GP64()
		MOVQ(element(k.bits[0], i), any)
		ORQ(element(k.bits[1], i), any)
		for r := range chains[1:] {
			ORQ(element(k.bits[0], i).Offset(8*(r+1)), any)
			ORQ(element(k.bits[1], i).Offset(8*(r+1)), any)
		}
		JNZ(LabelRef(label + "_some"))
		k.pass(rows)
		JMP(LabelRef(label + "_passed"))
		Label(label + "_some")
	}
	k.load(chains)
	for g := range 2 {
		if g == 1 {
			for _, c := range chains {
				ADDQ(Imm(group), c.bytes)
			}
		}
		MOVQ(k.row[g], t.row)
		for r, c := range chains {
			MOVQ(element(k.bits[g], i).Offset(8*r), c.bits)
		}
		if group := fmt.Sprintf("%s_group%d", label, g); k.alike && len(chains) > 1 {
			addUnion(group, chains, t)
		} else {
			addAll(group, chains, t)
		}
	}
	k.store(chains)
	Label(label + "_passed")
	ADDQ(Imm(uint64(rows)), i)
}
