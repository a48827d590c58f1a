// Command bytes writes the kernels of the first layer over rows of bytes that
// are mostly zero: forward, the gradient, and the transpose that brings bytes
// into columns for it.
package main

import (
	"fmt"

	"digitlab/nnlib/internal/kernel/_asm/simd"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	group  = 64  // bytes that are looked at together
	column = 128 // bytes of a column of transposed bytes
)

func main() {
	ConstraintExpr("!float64")
	for _, w := range simd.Widths {
		forward(w)
	}
	for _, w := range simd.Widths {
		gradient(w)
	}
	transpose()
	Generate()
}

// sum is a chain of sums in registers: one row of c, or of g.
type chain struct {
	w     simd.Width
	from  reg.GPVirtual // the group's bytes
	bits  reg.GPVirtual // those that are not zero and have not been added yet
	total []reg.VecVirtual
}

// table is what all chains add from.
type table struct {
	level  reg.GPVirtual
	row    reg.GPVirtual // what the group's first byte selects
	stride reg.GPVirtual // from row to row, in bytes
}

// next adds what the first of the bits stands for. The zero flag tells that it
// was the last one.
func (c chain) next(t table) {
	i, x, v := GP64(), GP64(), c.w.Vector()
	TZCNTQ(c.bits, i)
	MOVBLZX(Mem{Base: c.from, Index: i, Scale: 1}, x.As32())
	VBROADCASTSS(Mem{Base: t.level, Index: x, Scale: 4}, v)
	IMULQ(t.stride, i)
	ADDQ(t.row, i)
	c.w.MulAdd(c.total, v, simd.At(i))
	BLSRQ(c.bits, c.bits)
}

// look sets the bits of the bytes that are not zero.
func (c chain) look(zero reg.VecVirtual) {
	if c.w == simd.AVX512 {
		z, k := ZMM(), K()
		VMOVDQU8(simd.At(c.from), z)
		VPTESTMB(z, z, k)
		KMOVQ(k, c.bits)
		return
	}
	half := GP64()
	for i, to := range []reg.GPVirtual{half, c.bits} {
		y := YMM()
		VPCMPEQB(simd.At(c.from).Offset(i*32), zero, y)
		VPMOVMSKB(y, to.As32())
	}
	SHLQ(Imm(32), c.bits)
	ORQ(half, c.bits)
	NOTQ(c.bits)
}

// run adds all bits of the chains: of all at once while all have some, then of
// one after the other.
func run(label string, chains []chain, t table) {
	rest := func(i int) string { return fmt.Sprintf("%s_rest%d", label, i) }
	if len(chains) > 1 {
		Label(label + "_all")
		for _, c := range chains {
			TESTQ(c.bits, c.bits)
			JZ(LabelRef(rest(0)))
		}
		for _, c := range chains {
			c.next(t)
		}
		JMP(LabelRef(label + "_all"))
	}
	for i, c := range chains {
		Label(rest(i))
		TESTQ(c.bits, c.bits)
		JZ(LabelRef(rest(i + 1)))
		one := fmt.Sprintf("%s_one%d", label, i)
		Label(one)
		c.next(t)
		JNZ(LabelRef(one))
	}
	Label(rest(len(chains)))
}

func newChains(w simd.Width, rows, n int) (cs []chain) {
	for range rows {
		cs = append(cs, chain{w, GP64(), GP64(), w.Vectors(n / w.Lanes)})
	}
	return cs
}

var atOnce = map[simd.Width]int{simd.AVX512: 2, simd.AVX2: 1}

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
	at, rows, c0, c := simd.Argument("at"), simd.Argument("rows"), simd.Argument("c0"), simd.Argument("c")
	t := table{simd.Argument("level"), GP64(), simd.Stride("ws")}
	n := simd.Argument("n")
	for _, width := range []int{16, 32, 48} {
		CMPQ(n, Imm(uint64(width)))
		JE(LabelRef(fmt.Sprintf("n%d_rows%d", width, atOnce[w])))
	}
	for _, width := range []int{64, 48, 32, 16} {
		for k := atOnce[w]; k > 0; k-- {
			label := fmt.Sprintf("n%d_rows%d", width, k)
			next := fmt.Sprintf("n%d_rows%d", width, k-1)
			Label(label)
			if k > 1 {
				CMPQ(rows, Imm(uint64(k)))
				JL(LabelRef(next))
			} else {
				TESTQ(rows, rows)
				JZ(LabelRef(next))
			}
			chains := newChains(w, k, width)
			forwardRows(w, label, chains, t, at, rows, c0, c)
			SUBQ(Imm(uint64(k)), rows)
			JMP(LabelRef(label))
		}
		Label(fmt.Sprintf("n%d_rows0", width))
		simd.End()
	}
}

func forwardRows(w simd.Width, label string, chains []chain, t table, at, rows, c0, c reg.GPVirtual) {
	var zero reg.VecVirtual
	{
		zero = YMM()
		if w == simd.AVX2 {
			VPXOR(zero, zero, zero)
		}
	}
	lines := simd.Argument("lines")
	TESTQ(lines, lines)
	JZ(LabelRef(label + "_ready"))
	CMPQ(rows, Imm(uint64(4+len(chains))))
	JL(LabelRef(label + "_ready"))
	p := GP64()
	for i := range chains {
		q := GP64()
		MOVQ(simd.At(at).Offset(8*(4+i)), q)
		ADDQ(NewParamAddr("data", 24), q)
		if i == 0 {
			MOVQ(q, p)
			Label(label + "_prefetch")
		}
		_ = p
		if i > 0 {
			break
		}
		PREFETCHT0(simd.At(q))
		ADDQ(Imm(64), q)
		DECQ(lines)
		JNZ(LabelRef(label + "_prefetch"))
	}
	Label(label + "_ready")
	for i, ch := range chains {
		w.Load(simd.At(c0), ch.total)
		ADDQ(simd.Stride("c0s"), c0)
		MOVQ(simd.At(at).Offset(8*i), ch.from)
		ADDQ(NewParamAddr("data", 24), ch.from)
	}
	ADDQ(Imm(uint64(8*len(chains))), at)
	Load(Param("w"), t.row)
	groups := simd.Argument("groups")
	Label(label + "_group")
	skip := simd.Argument("skip")
	for _, ch := range chains {
		ch.look(zero)
		SHRXQ(skip, ch.bits, ch.bits)
		ADDQ(skip, ch.from)
	}
	run(label, chains, t)
	for _, ch := range chains {
		ADDQ(Imm(group), ch.from)
	}
	step := GP64()
	MOVQ(t.stride, step)
	SHLQ(Imm(6), step)
	ADDQ(step, t.row)
	DECQ(groups)
	JNZ(LabelRef(label + "_group"))
	for _, ch := range chains {
		w.Store(ch.total, simd.At(c))
		ADDQ(simd.Stride("cs"), c)
	}
}

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
	from, count, g, gs := simd.Argument("t"), simd.Argument("count"), simd.Argument("to"), simd.Stride("gs")
	t := table{simd.Argument("level"), GP64(), simd.Stride("ds")}
	n := simd.Argument("n")
	zero := YMM()
	if w == simd.AVX2 {
		VPXOR(zero, zero, zero)
	}
	for _, width := range []int{16, 32, 48} {
		CMPQ(n, Imm(uint64(width)))
		JE(LabelRef(fmt.Sprintf("n%d_rows%d", width, atOnce[w])))
	}
	for _, width := range []int{64, 48, 32, 16} {
		for k := atOnce[w]; k > 0; k-- {
			label := fmt.Sprintf("n%d_rows%d", width, k)
			next := fmt.Sprintf("n%d_rows%d", width, k-1)
			Label(label)
			if k > 1 {
				CMPQ(count, Imm(uint64(k)))
				JL(LabelRef(next))
			} else {
				TESTQ(count, count)
				JZ(LabelRef(next))
			}
			chains := newChains(w, k, width)
			for i, ch := range chains {
				LEAQ(simd.At(from).Offset(column*i), ch.from)
				at := simd.At(g)
				if i > 0 {
					at.Index, at.Scale = gs, uint8(i)
				}
				w.Load(at, ch.total)
			}
			Load(Param("d"), t.row)
			for half := range 2 {
				for _, ch := range chains {
					ch.look(zero)
				}
				run(fmt.Sprintf("%s_half%d", label, half), chains, t)
				if half == 0 {
					for _, ch := range chains {
						ADDQ(Imm(group), ch.from)
					}
					step := GP64()
					MOVQ(t.stride, step)
					SHLQ(Imm(6), step)
					ADDQ(step, t.row)
				}
			}
			for _, ch := range chains {
				w.Store(ch.total, simd.At(g))
				ADDQ(gs, g)
			}
			ADDQ(U32(uint32(column*k)), from)
			SUBQ(Imm(uint64(k)), count)
			JMP(LabelRef(label))
		}
		Label(fmt.Sprintf("n%d_rows0", width))
		simd.End()
	}
}
