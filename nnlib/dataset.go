package nnlib

import (
	"fmt"
	"iter"

	"digitlab/nnlib/internal/kernel"
)

// Dataset hands out examples by row number. All methods may be called by
// several workers at once.
type Dataset interface {
	// Len is the number of rows.
	Len() int
	// Shape is the size of one row's input.
	Shape() Shape
	// Classes is the number of classes, or of target values.
	Classes() int
	// Fill brings the rows p.Rows, at most Chunk of them, into b. It may point
	// b into memory that nobody writes. Each worker has a Block of its own.
	Fill(b *Block, p Pass) error
	// Fingerprint identifies the content: equal data, equal fingerprint. It is
	// asked at every Run.To, so an implementation caches it.
	Fingerprint() ([32]byte, error)
}

// Pass says which rows are worked on, and for what.
type Pass struct {
	Train bool
	Seed  uint64 // the recipe's, mixed with the layer's number
	Step  uint64
	Rows  []int
}

// Steady marks a Layer or Dataset whose result does not depend on Pass.Step; one
// that embeds another is marked with it. A
// step over the same rows may then start from the gradient that the step before
// it ended with. Without the mark that gradient is computed again: slower, and
// never wrong.
type Steady interface{ Steady() }

// Validation is implemented by a Dataset that says itself which of its rows are
// never trained on and measured after every epoch, a validation file for
// example. The recipe's Holdout is then zero. Fingerprint covers Held: a run
// knows by it that other rows are held out.
type Validation interface {
	Dataset
	// Held is true for a row held out: a function of the row alone.
	Held(row int) bool
}

// Sparse lists the non-zero entries of a block's rows inside arrays that the
// dataset owns. Row i is the entries First[i] to End[i], in ascending column
// order: a column and a value each.
type Sparse struct {
	Cols       int
	First, End []int
	Index      []int32
	Value      []Float
}

// Rows is the number of rows.
func (s *Sparse) Rows() int { return len(s.First) }

// Bytes is rows of bytes in memory that the dataset owns: row i is the Cols
// bytes from Data[At[i]], and byte x stands for Level[x], 0 for 0. Layers leave
// out bytes of zero: images that are mostly paper are read faster than they
// could be copied. Next and Asked may stay as they are.
type Bytes = kernel.Bytes

// Input is what a layer reads: Sparse or Bytes where one of them is set, and a
// dense matrix otherwise. A layer without a path of its own for the first two
// calls Dense.
type Input struct {
	Sparse *Sparse
	Bytes  *Bytes
	Matrix Matrix
	own    Matrix // memory for Matrix
	filled bool   // Matrix has the rows of Sparse or Bytes

	sparse Sparse // for Sparse and Bytes to point to
	bytes  Bytes
}

// room points Matrix to memory of the Input's own.
func (in *Input) room(n, cols int) Matrix {
	if in.own.Data == nil || in.own.Cols != cols || in.own.Rows < n {
		in.own = NewMatrix(max(n, Chunk), cols)
	}
	in.Matrix = in.own.Top(n)
	return in.Matrix
}

// Rows is the number of rows.
func (in *Input) Rows() int {
	switch {
	case in.Sparse != nil:
		return in.Sparse.Rows()
	case in.Bytes != nil:
		return len(in.Bytes.At)
	}
	return in.Matrix.Rows
}

// Cols is the number of values in a row.
func (in *Input) Cols() int {
	switch {
	case in.Sparse != nil:
		return in.Sparse.Cols
	case in.Bytes != nil:
		return in.Bytes.Cols
	}
	return in.Matrix.Cols
}

// Listed says that zeros are left out: rows are Sparse or Bytes.
func (in *Input) Listed() bool { return in.Sparse != nil || in.Bytes != nil }

// Entries is the values of row i that are not zero, with their columns.
func (in *Input) Entries(i int) iter.Seq2[int, Float] {
	return func(yield func(int, Float) bool) {
		switch {
		case in.Sparse != nil:
			s := in.Sparse
			for e := s.First[i]; e < s.End[i]; e++ {
				if s.Value[e] != 0 && !yield(int(s.Index[e]), s.Value[e]) {
					return
				}
			}
		case in.Bytes != nil:
			b := in.Bytes
			for k, x := range b.Data[b.At[i] : b.At[i]+b.Cols] {
				if x != 0 && b.Level[x] != 0 && !yield(k, b.Level[x]) {
					return
				}
			}
		default:
			for k, x := range in.Matrix.Row(i) {
				if x != 0 && !yield(k, x) {
					return
				}
			}
		}
	}
}

// Dense is the rows as a matrix. Others are expanded once a chunk, into memory
// of the Input's own.
func (in *Input) Dense() Matrix {
	if in.filled || !in.Listed() {
		return in.Matrix
	}
	in.room(in.Rows(), in.Cols())
	for i := range in.Matrix.Rows {
		row := in.Matrix.Row(i)
		clear(row)
		for k, x := range in.Entries(i) {
			row[k] = x
		}
	}
	in.filled = true
	return in.Matrix
}

// check says whether all rows lie inside of what the dataset handed over: layers
// do not look again.
func (in *Input) check() error {
	bad := func(row int, what string) error {
		return &ShapeError{"data", fmt.Sprintf("row %d of a block: %s", row, what)}
	}
	switch s, b, m := in.Sparse, in.Bytes, in.Matrix; {
	case s != nil:
		for i, first := range s.First {
			end := s.End[i]
			if first < 0 || first > end || end > len(s.Index) || end > len(s.Value) {
				return bad(i, fmt.Sprintf("entries %d to %d of %d", first, end, min(len(s.Index), len(s.Value))))
			}
			if first < end && (s.Index[first] < 0 || int(s.Index[end-1]) >= s.Cols) {
				return bad(i, fmt.Sprintf("columns %d to %d of %d: they are counted from 0", s.Index[first], s.Index[end-1], s.Cols))
			}
		}
	case b != nil:
		if b.Level == nil || b.Level[0] != 0 {
			return bad(0, "bytes without levels, or whose byte 0 is not 0")
		}
		for i, at := range b.At {
			if at < 0 || at > len(b.Data)-b.Cols {
				return bad(i, fmt.Sprintf("bytes from %d of %d", at, len(b.Data)))
			}
		}
	case m.Rows > 0 && (m.Stride < m.Cols || len(m.Data) < (m.Rows-1)*m.Stride+m.Cols):
		return bad(m.Rows-1, fmt.Sprintf("%d values with a stride of %d for %d rows of %d", len(m.Data), m.Stride, m.Rows, m.Cols))
	}
	return nil
}

// check reports what a dataset has handed over wrong: as many rows of so many
// values are asked for, with a target each.
func (b *Block) check(rows, cols int) error {
	b.filled = false
	if err := b.Input.check(); err != nil {
		return err
	}
	switch t := b.Targets; {
	case b.Input.Rows() != rows || b.Input.Cols() != cols:
		return &ShapeError{"data", fmt.Sprintf("%d rows of %d values, %d of %d are read", b.Input.Rows(), b.Input.Cols(), rows, cols)}
	case t.Class == nil && t.Value.Rows != rows:
		return &ShapeError{"data", fmt.Sprintf("target values of %d rows for %d rows", t.Value.Rows, rows)}
	case t.Class != nil && len(t.Class) != rows || t.Weight != nil && len(t.Weight) != rows:
		return &ShapeError{"data", fmt.Sprintf("%d classes and %d weights for %d rows", len(t.Class), len(t.Weight), rows)}
	}
	return nil
}

// view makes in the rows first to last of another Input. It keeps the memory of
// its own.
func (in *Input) view(of *Input, first, last int) {
	in.Sparse, in.Bytes, in.filled = nil, nil, false
	switch {
	case of.Sparse != nil:
		in.sparse = *of.Sparse
		in.sparse.First, in.sparse.End = in.sparse.First[first:last], in.sparse.End[first:last]
		in.Sparse = &in.sparse
	case of.Bytes != nil:
		in.bytes = *of.Bytes
		in.bytes.At = in.bytes.At[first:last]
		in.Bytes = &in.bytes
	default:
		in.Matrix = of.Matrix.part(first, last)
	}
}

// Targets holds what the outputs should be: a class for each row, or, where
// Class is nil, a row of values. A nil Weight means 1 for every row.
type Targets struct {
	Class  []int
	Value  Matrix
	Weight []Float
}

// part is the targets of the rows first to last.
func (t Targets) part(first, last int) Targets {
	if t.Class != nil {
		t.Class = t.Class[first:last]
	} else {
		t.Value = t.Value.part(first, last)
	}
	if t.Weight != nil {
		t.Weight = t.Weight[first:last]
	}
	return t
}

// weight is the weight of row i.
func (t Targets) weight(i int) Float {
	if t.Weight == nil {
		return 1
	}
	return t.Weight[i]
}

// value is the target of output j in row i.
func (t Targets) value(i, j int) Float {
	switch {
	case t.Class == nil:
		return t.Value.Row(i)[j]
	case t.Class[i] == j:
		return 1
	}
	return 0
}

// class is the class of row i: the place of the largest target.
func (t Targets) class(i int) int {
	if t.Class == nil {
		return argmax(t.Value.Row(i))
	}
	return t.Class[i]
}

// Block is one worker's chunk of rows with their targets.
type Block struct {
	Input
	Targets
	index  []int32 // entries, targets and weights of the block's own
	entry  []Float
	class  []int
	value  []Float
	weight []Float
	next   []int
}

// SparseRows makes room for n sparse rows with a class each, and forgets what
// the block held. The caller sets the entry arrays, First, End and Class.
func (b *Block) SparseRows(n, cols int) *Sparse {
	if cap(b.sparse.First) < n {
		b.sparse.First, b.sparse.End = make([]int, max(n, Chunk)), make([]int, max(n, Chunk))
	}
	b.sparse.First, b.sparse.End = b.sparse.First[:n], b.sparse.End[:n]
	b.sparse.Cols, b.filled, b.Sparse, b.Bytes = cols, false, &b.sparse, nil
	b.forget(n)
	return &b.sparse
}

// EntryRows is SparseRows with room for so many entries of the block's own, in
// Index and Value.
func (b *Block) EntryRows(n, cols, entries int) *Sparse {
	s := b.SparseRows(n, cols)
	if cap(b.index) < entries {
		b.index, b.entry = make([]int32, 2*entries), make([]Float, 2*entries)
	}
	s.Index, s.Value = b.index[:entries], b.entry[:entries]
	return s
}

// ByteRows makes room for n rows of bytes with a class each, and forgets what
// the block held. The caller sets Data, At, Level and Class.
func (b *Block) ByteRows(n, cols int) *Bytes {
	if cap(b.bytes.At) < n {
		b.bytes.At = make([]int, max(n, Chunk))
	}
	b.bytes = Bytes{At: b.bytes.At[:n], Cols: cols}
	b.filled, b.Sparse, b.Bytes = false, nil, &b.bytes
	b.forget(n)
	return &b.bytes
}

// DenseRows makes room for n dense rows with a class each, and forgets what
// the block held. The caller fills the matrix and Class.
func (b *Block) DenseRows(n, cols int) Matrix {
	b.Sparse, b.Bytes = nil, nil
	b.forget(n)
	return b.room(n, cols)
}

// forget makes room for n classes, and drops other targets and weights.
func (b *Block) forget(n int) {
	if cap(b.class) < n {
		b.class = make([]int, max(n, Chunk))
	}
	b.Targets = Targets{Class: b.class[:n]}
}

// ValueRows makes room for n rows of target values in place of classes, after
// SparseRows or DenseRows. The caller fills the matrix.
func (b *Block) ValueRows(n, cols int) Matrix {
	if cap(b.value) < n*cols {
		b.value = make([]Float, max(n, Chunk)*cols)
	}
	b.Class, b.Value = nil, Matrix{Rows: n, Cols: cols, Stride: cols, Data: b.value[:n*cols]}
	return b.Value
}

// WeightRows makes the weights of n rows the block's own, to be changed: those
// that it has, or 1 for each.
func (b *Block) WeightRows(n int) []Float {
	if cap(b.weight) < n {
		b.weight = make([]Float, max(n, Chunk))
	}
	own := b.weight[:n]
	if b.Weight != nil {
		copy(own, b.Weight)
	} else {
		for i := range own {
			own[i] = 1
		}
	}
	b.Weight = own
	return own
}

// argmax is the place of the largest value, the first of equals.
func argmax(x []Float) (best int) {
	for i, v := range x {
		if v > x[best] {
			best = i
		}
	}
	return best
}
