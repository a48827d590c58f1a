package nnlib

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"sync"
)

// Examples is a Dataset in memory: one input row and one class an example. It
// is made by NewExamples from numbers or by PackExamples from bytes, and never
// changes after that.
type Examples struct {
	shape   Shape
	classes int
	class   []int
	start   []int // entries of row i: start[i] to start[i+1]
	sparse  Sparse
	dense   []Float // instead of sparse entries, where few values are zero
	print   func() [32]byte
}

// sparseShare is the share of non-zero values up to which rows are kept as
// lists of entries. It decides memory and speed, never a result.
const sparseShare = 0.4

// NewExamples keeps rows of x, row-major with shape.Len() values an example,
// and a class from 0 to classes-1 for each. It keeps x and class, which must
// not change afterwards.
func NewExamples(shape Shape, classes int, x []Float, class []int) (*Examples, error) {
	e, err := newExamples(shape, classes, len(x), class)
	if err != nil {
		return nil, err
	}
	cols, filled := shape.Len(), 0
	for i, v := range x {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fmt.Errorf("nnlib: example %d: value %d is %v", i/cols, i%cols, v)
		}
		if v != 0 {
			filled++
		}
	}
	e.print = sync.OnceValue(func() [32]byte { return fingerprint(shape, classes, class, x) })
	if float64(filled) > sparseShare*float64(len(x)) {
		e.dense = x
		return e, nil
	}
	s := &e.sparse
	s.Index, s.Value = make([]int32, 0, filled), make([]Float, 0, filled)
	for i, v := range x {
		if i%cols == 0 {
			e.start = append(e.start, len(s.Index))
		}
		if v != 0 {
			s.Index, s.Value = append(s.Index, int32(i%cols)), append(s.Value, v)
		}
	}
	e.start = append(e.start, len(s.Index))
	return e, nil
}

// PackExamples keeps rows of bytes, shape.Len() of them an example: byte b
// stands for the value level[b], and level[0] is 0. Four bytes of memory are
// used for each byte that is not zero.
func PackExamples(shape Shape, classes int, level *[256]Float, bytes []byte, class []int) (*Examples, error) {
	e, err := newExamples(shape, classes, len(bytes), class)
	if err != nil {
		return nil, err
	}
	if level[0] != 0 {
		return nil, fmt.Errorf("nnlib: packed examples: the value of byte 0 is %v, not 0", level[0])
	}
	filled := 0
	for _, b := range bytes {
		if b != 0 {
			filled++
		}
	}
	cols := shape.Len()
	packed := make([]uint32, 0, filled)
	e.start = make([]int, 0, len(class)+1)
	for i := range class {
		e.start = append(e.start, len(packed))
		for k, b := range bytes[i*cols : (i+1)*cols] {
			if b != 0 {
				packed = append(packed, uint32(k)<<8|uint32(b))
			}
		}
	}
	e.start = append(e.start, len(packed))
	e.sparse.Packed, e.sparse.Level = packed, level
	e.print = sync.OnceValue(func() [32]byte { return fingerprint(shape, classes, class, level[:], bytes) })
	return e, nil
}

func newExamples(shape Shape, classes, values int, class []int) (*Examples, error) {
	switch n := shape.Len(); {
	case len(class) == 0:
		return nil, fmt.Errorf("nnlib: no examples")
	case n < 1 || n >= 1<<24:
		return nil, fmt.Errorf("nnlib: examples of %d values: between 1 and %d can be used", n, 1<<24-1)
	case values != n*len(class):
		return nil, fmt.Errorf("nnlib: %d values for %d examples of %v (%d values each)", values, len(class), shape, n)
	case classes < 1:
		return nil, fmt.Errorf("nnlib: %d classes", classes)
	}
	for i, c := range class {
		if c < 0 || c >= classes {
			return nil, fmt.Errorf("nnlib: example %d: class %d: classes go from 0 to %d", i, c, classes-1)
		}
	}
	return &Examples{shape: shape, classes: classes, class: class, sparse: Sparse{Cols: shape.Len()}}, nil
}

// fingerprint hashes sizes, classes and values.
func fingerprint(shape Shape, classes int, class []int, values ...any) (sum [32]byte) {
	h := sha256.New()
	fmt.Fprintln(h, shape, classes, len(class))
	b := make([]byte, 0, 4*len(class))
	for _, c := range class {
		b = binary.LittleEndian.AppendUint32(b, uint32(c))
	}
	h.Write(b)
	for _, v := range values {
		switch v := v.(type) {
		case []byte:
			h.Write(v)
		case []Float:
			writeFloats(h, v)
		}
	}
	h.Sum(sum[:0])
	return sum
}

// writeFloats writes values as little-endian float64, so that the fingerprint
// of values that both precisions hold exactly is the same in both.
func writeFloats(w io.Writer, x []Float) {
	b := make([]byte, 0, 1<<15)
	for _, v := range x {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(float64(v)))
		if len(b) == cap(b) {
			w.Write(b)
			b = b[:0]
		}
	}
	w.Write(b)
}

// Len is the number of examples.
func (e *Examples) Len() int { return len(e.class) }

// Shape is the size of one example.
func (e *Examples) Shape() Shape { return e.shape }

// Classes is the number of classes.
func (e *Examples) Classes() int { return e.classes }

// Class is the class of every example. It must not be changed.
func (e *Examples) Class() []int { return e.class }

// Density is the share of values that are not zero.
func (e *Examples) Density() float64 {
	if e.dense == nil {
		return float64(e.start[len(e.class)]) / float64(len(e.class)*e.shape.Len())
	}
	n := 0
	for _, v := range e.dense {
		if v != 0 {
			n++
		}
	}
	return float64(n) / float64(len(e.dense))
}

// Fingerprint is the SHA-256 of sizes, classes and values.
func (e *Examples) Fingerprint() ([32]byte, error) { return e.print(), nil }

// Steady says that the rows are the same in every step.
func (e *Examples) Steady() {}

// Fill points b at the entries of sparse rows, and copies dense ones.
func (e *Examples) Fill(b *Block, p Pass) error {
	if e.dense != nil {
		cols := e.shape.Len()
		m := b.DenseRows(len(p.Rows), cols)
		for i, k := range p.Rows {
			copy(m.Row(i), e.dense[k*cols:(k+1)*cols])
			b.Class[i] = e.class[k]
		}
		return nil
	}
	s := b.SparseRows(len(p.Rows), e.sparse.Cols)
	s.Index, s.Value, s.Packed, s.Level = e.sparse.Index, e.sparse.Value, e.sparse.Packed, e.sparse.Level
	for i, k := range p.Rows {
		s.First[i], s.End[i], b.Class[i] = e.start[k], e.start[k+1], e.class[k]
	}
	return nil
}
