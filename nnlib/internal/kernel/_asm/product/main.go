// Command product writes the kernels of dense matrices: the product, the
// transpose, and the packing of columns.
package main

import (
	"fmt"

	"digitlab/nnlib/internal/kernel/_asm/simd"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("!float64")
	for _, w := range simd.Widths {
		product(w)
		pack(w)
	}
	transpose()
	Generate()
}

// tile is the part of c that stays in registers while k runs: so many rows, and
// so many vectors of each.
type tile struct{ rows, vectors int }

// tiles are the tiles for n columns, the highest first: the next one takes the
// rows that are left. At two multiply-adds a cycle that take four cycles each, 8
// sums or more keep the processor busy; more of them load less for each.
func tiles(w simd.Width, n int) []tile {
	v := n / w.Lanes
	if w == simd.AVX2 {
		return []tile{{6, 2}, {4, 2}, {2, map[int]int{64: 4, 48: 6, 32: 4, 16: 2}[n]}, {1, v}}
	}
	return map[int][]tile{
		64: {{6, 4}, {4, 4}, {2, 4}, {1, 4}},
		48: {{8, 3}, {4, 3}, {2, 3}, {1, 3}},
		32: {{12, 2}, {4, 2}, {2, 2}, {1, 2}},
		16: {{12, 1}, {8, 1}, {4, 1}, {2, 1}, {1, 1}},
	}[n]
}

func product(w simd.Width) {
	w.Function("product", "func(m, n, k int, a *float32, ar, ac int, b *float32, bs int, c0 *float32, c0s int, c *float32, cs int)",
		fmt.Sprintf("product%s is product:", w.Tier), "",
		"\tfor i := range m {",
		"\t\tfor j := range n {",
		"\t\t\tc[i*cs+j] = c0[i*c0s+j]",
		"\t\t\tfor l := range k {",
		"\t\t\t\tc[i*cs+j] = fma(a[i*ar+l*ac], b[l*bs+j], c[i*cs+j])",
		"\t\t\t}",
		"\t\t}",
		"\t}")
	m, a, c0, c := simd.Argument("m"), simd.Argument("a"), simd.Argument("c0"), simd.Argument("c")
	n := simd.Argument("n")
	for _, width := range []int{48, 32, 16} {
		CMPQ(n, Imm(uint64(width)))
		JE(LabelRef(fmt.Sprintf("n%d", width)))
	}
	for _, width := range []int{64, 48, 32, 16} {
		Label(fmt.Sprintf("n%d", width))
		for _, t := range tiles(w, width) {
			label := fmt.Sprintf("n%d_rows%d", width, t.rows)
			Label(label)
			CMPQ(m, Imm(uint64(t.rows)))
			JL(LabelRef(label + "_end"))
			for v := 0; v < width/w.Lanes; v += t.vectors {
				t.multiply(w, fmt.Sprintf("%s_from%d", label, v*w.Lanes), v*w.Bytes, a, c0, c)
			}
			forward(a, "ar", t.rows)
			forward(c0, "c0s", t.rows)
			forward(c, "cs", t.rows)
			SUBQ(Imm(uint64(t.rows)), m)
			JMP(LabelRef(label))
			Label(label + "_end")
		}
		simd.End()
	}
}

// forward moves a pointer by so many rows of that stride.
func forward(p reg.GPVirtual, stride string, rows int) {
	s := simd.Argument(stride)
	IMUL3Q(Imm(uint64(rows*4)), s, s)
	ADDQ(s, p)
}

// multiply is one tile, whose columns start so many bytes into the rows of b,
// c0 and c.
func (t tile) multiply(w simd.Width, label string, column int, a, c0, c reg.GPVirtual) {
	sums := make([][]reg.VecVirtual, t.rows)
	for i := range sums {
		sums[i] = w.Vectors(t.vectors)
	}
	t.eachRow(c0, "c0s", func(i int, p reg.GPVirtual) { w.Load(simd.At(p).Offset(column), sums[i]) })
	t.ahead(w, label, column, c0)

	k, b, bs, ar, ac := simd.Argument("k"), simd.Argument("b"), simd.Stride("bs"), simd.Stride("ar"), simd.Stride("ac")
	// A pointer for every three rows: the others are at once and twice the
	// stride from it.
	var from []reg.GPVirtual
	for i := 0; i < t.rows; i += 3 {
		p := GP64()
		if i == 0 {
			MOVQ(a, p)
		} else {
			LEAQ(Mem{Base: from[i/3-1], Index: ar, Scale: 2}, p)
			ADDQ(ar, p)
		}
		from = append(from, p)
	}
	element := func(i int) Mem {
		m := simd.At(from[i/3])
		if i%3 > 0 {
			m.Index, m.Scale = ar, uint8(i%3)
		}
		return m
	}
	Label(label)
	row := simd.At(b).Offset(column)
	switch {
	case t.vectors == 1 && w == simd.AVX512:
		x := w.Vector()
		VMOVUPS(row, x)
		for i := range sums {
			VFMADD231PS_BCST(element(i), x, sums[i][0])
		}
	case t.rows == 1:
		x := w.Vector()
		VBROADCASTSS(element(0), x)
		w.MulAdd(sums[0], x, row)
	case t.rows < t.vectors:
		x := w.Vectors(t.rows)
		for i := range x {
			VBROADCASTSS(element(i), x[i])
		}
		for j := range t.vectors {
			y := w.Vector()
			VMOVUPS(row.Offset(j*w.Bytes), y)
			for i := range x {
				VFMADD231PS(y, x[i], sums[i][j])
			}
		}
	default:
		y := w.Vectors(t.vectors)
		w.Load(row, y)
		for i := range sums {
			x := w.Vector()
			VBROADCASTSS(element(i), x)
			for j := range y {
				VFMADD231PS(y[j], x, sums[i][j])
			}
		}
	}
	for _, p := range from {
		ADDQ(ac, p)
	}
	ADDQ(bs, b)
	DECQ(k)
	JNZ(LabelRef(label))

	t.eachRow(c, "cs", func(i int, p reg.GPVirtual) { w.Store(sums[i], simd.At(p).Offset(column)) })
}

// ahead asks for the sums of the next tile, where this one takes long enough
// for them to come.
func (t tile) ahead(w simd.Width, label string, column int, c0 reg.GPVirtual) {
	CMPQ(simd.InMemory("k"), Imm(64))
	JL(LabelRef(label + "_short"))
	p, s := GP64(), simd.Stride("c0s")
	IMUL3Q(U32(uint32(t.rows)), s, p)
	ADDQ(c0, p)
	for range t.rows {
		for line := 0; line < t.vectors*w.Bytes; line += 64 {
			PREFETCHT0(simd.At(p).Offset(column + line))
		}
		ADDQ(s, p)
	}
	Label(label + "_short")
}

// eachRow calls f with a pointer to each row of the tile.
func (t tile) eachRow(first reg.GPVirtual, stride string, f func(i int, p reg.GPVirtual)) {
	p, s := GP64(), simd.Stride(stride)
	MOVQ(first, p)
	for i := range t.rows {
		if i > 0 {
			ADDQ(s, p)
		}
		f(i, p)
	}
}
