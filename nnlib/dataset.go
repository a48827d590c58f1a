package nnlib

import "iter"

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

// Steady marks a Layer or Dataset whose result does not depend on Pass.Step. A
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
// order. The entries are either Index and Value, or Packed and Level:
// entry e is then column Packed[e]>>8 with the value Level[Packed[e]&255],
// four bytes an entry instead of eight.
type Sparse struct {
	Cols       int
	First, End []int
	Index      []int32
	Value      []Float
	Packed     []uint32
	Level      *[256]Float
}

// Rows is the number of rows.
func (s *Sparse) Rows() int { return len(s.First) }

// Row is the entries of row i: column and value.
func (s *Sparse) Row(i int) iter.Seq2[int, Float] {
	return func(yield func(int, Float) bool) {
		for e := s.First[i]; e < s.End[i]; e++ {
			var ok bool
			if s.Packed != nil {
				ok = yield(int(s.Packed[e]>>8), s.Level[s.Packed[e]&255])
			} else {
				ok = yield(int(s.Index[e]), s.Value[e])
			}
			if !ok {
				return
			}
		}
	}
}

// expand writes row i to the dense row, zeros included.
func (s *Sparse) expand(row []Float, i int) {
	clear(row)
	if s.Packed != nil {
		for _, e := range s.Packed[s.First[i]:s.End[i]] {
			row[e>>8] = s.Level[e&255]
		}
		return
	}
	for e := s.First[i]; e < s.End[i]; e++ {
		row[s.Index[e]] = s.Value[e]
	}
}

// Input is what a layer reads. A layer with a sparse path looks at Sparse
// first (nil: the rows are dense); any other calls Dense.
type Input struct {
	Sparse *Sparse
	Matrix Matrix
	own    Matrix // memory for Matrix
	filled bool
}

// room points Matrix to memory of the Input's own.
func (in *Input) room(n, cols int) Matrix {
	if in.own.Data == nil || in.own.Cols != cols || in.own.Rows < n {
		in.own = NewMatrix(max(n, Chunk), cols)
	}
	in.Matrix = in.own.Top(n)
	return in.Matrix
}

// Rows is the number of rows, dense or sparse.
func (in *Input) Rows() int {
	if in.Sparse != nil {
		return in.Sparse.Rows()
	}
	return in.Matrix.Rows
}

// Dense is the rows as a matrix. Sparse rows are expanded once a chunk, into
// memory of the Input's own.
func (in *Input) Dense() Matrix {
	if in.Sparse == nil || in.filled {
		return in.Matrix
	}
	s := in.Sparse
	in.room(s.Rows(), s.Cols)
	for i := range s.Rows() {
		s.expand(in.Matrix.Row(i), i)
	}
	in.filled = true
	return in.Matrix
}

// Targets holds what the outputs should be: a class for each row, or, where
// Class is nil, a row of values. A nil Weight means 1 for every row.
type Targets struct {
	Class  []int
	Value  Matrix
	Weight []Float
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
	sparse Sparse
	index  []int32 // entries, targets and weights of the block's own
	entry  []Float
	class  []int
	value  []Float
	weight []Float
}

// SparseRows makes room for n sparse rows with a class each, and forgets what
// the block held. The caller sets the entry arrays, First, End and Class.
func (b *Block) SparseRows(n, cols int) *Sparse {
	if cap(b.sparse.First) < n {
		b.sparse.First, b.sparse.End = make([]int, max(n, Chunk)), make([]int, max(n, Chunk))
	}
	b.sparse.First, b.sparse.End = b.sparse.First[:n], b.sparse.End[:n]
	b.sparse.Cols, b.filled, b.Sparse = cols, false, &b.sparse
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
	s.Index, s.Value, s.Packed, s.Level = b.index[:entries], b.entry[:entries], nil, nil
	return s
}

// DenseRows makes room for n dense rows with a class each, and forgets what
// the block held. The caller fills the matrix and Class.
func (b *Block) DenseRows(n, cols int) Matrix {
	b.Sparse = nil
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
