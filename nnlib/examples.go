package nnlib

import (
	"bytes"
	"fmt"
	"sync"

	"digitlab/nnlib/internal/memory"
)

// Examples is a Dataset in memory: one input row and one class, or a row of
// target values, an example. It is made from numbers, bytes or lists of entries
// and never changes after that.
type Examples struct {
	shape   Shape
	classes int
	class   []int
	value   Matrix // instead of class, where Data is not nil
	start   []int  // entries of row i: start[i] to start[i+1]
	sparse  Sparse
	dense   []Float // instead of sparse entries, where few values are zero
	bytes   []byte  // instead of either, with
	level   *[256]Float
	full    bool // few bytes are zero: rows are handed out as numbers
	print   func() ([32]byte, error)
}

// sparseShare and bytesShare are the shares of non-zero values up to which rows
// of numbers are kept as lists of entries, and rows of bytes are read byte by
// byte. They decide memory and speed, never a result.
const (
	sparseShare = 0.4
	bytesShare  = 0.6
)

// NewExamples keeps rows of x, row-major with shape.Len() values an example,
// and a class from 0 to classes-1 for each. It keeps x and class, which must
// not change afterwards.
func NewExamples(shape Shape, classes int, x []Float, class []int) (*Examples, error) {
	e, err := newExamples(shape, classes, class)
	if err == nil {
		err = e.fits(len(x))
	}
	if err != nil {
		return nil, err
	}
	cols, filled := shape.Len(), 0
	for i, v := range x {
		if !finite(float64(v)) {
			return nil, fmt.Errorf("nnlib: example %d: value %d is %v", i/cols, i%cols, v)
		}
		if v != 0 {
			filled++
		}
	}
	if float64(filled) > sparseShare*float64(len(x)) {
		memory.Move(x)
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

// NewSparseExamples keeps rows as lists of entries: those of row i are start[i]
// to start[i+1], each a column from 0, ascending within the row, and a value.
// start has one number more than there are rows. It keeps the slices, which
// must not change afterwards.
func NewSparseExamples(shape Shape, classes int, start []int, index []int32, value []Float, class []int) (*Examples, error) {
	e, err := newExamples(shape, classes, class)
	if err != nil {
		return nil, err
	}
	n := len(start) - 1
	if n != len(class) || len(index) != len(value) || start[0] != 0 || start[n] != len(index) {
		return nil, fmt.Errorf("nnlib: sparse examples: %d columns, %d values and %d starts do not make %d rows", len(index), len(value), len(start), len(class))
	}
	for i := range class {
		if start[i+1] < start[i] || start[i+1] > len(index) {
			return nil, fmt.Errorf("nnlib: example %d: entries %d to %d of %d", i, start[i], start[i+1], len(index))
		}
		last := int32(-1)
		for k := start[i]; k < start[i+1]; k++ {
			switch c := index[k]; {
			case c <= last || int(c) >= shape.Len():
				return nil, fmt.Errorf("nnlib: example %d: column %d after %d: columns ascend from 0 to %d", i, c, last, shape.Len()-1)
			case !finite(float64(value[k])):
				return nil, fmt.Errorf("nnlib: example %d: value %d is %v", i, c, value[k])
			}
			last = index[k]
		}
	}
	e.start, e.sparse.Index, e.sparse.Value = start, index, value
	return e, nil
}

// PackExamples keeps rows of bytes, shape.Len() of them an example: byte b
// stands for the value level[b], and level[0] is 0. It keeps bytes and class,
// which must not change afterwards.
func PackExamples(shape Shape, classes int, level *[256]Float, bytes []byte, class []int) (*Examples, error) {
	e, err := newExamples(shape, classes, class)
	if err == nil {
		err = e.fits(len(bytes))
	}
	if err != nil {
		return nil, err
	}
	for b, v := range level {
		if !finite(float64(v)) || b == 0 && v != 0 {
			return nil, fmt.Errorf("nnlib: packed examples: the value of byte %d is %v: it is a number, and 0 for byte 0", b, v)
		}
	}
	memory.Move(bytes)
	e.bytes, e.level = bytes, level
	e.full = e.Density() > bytesShare
	return e, nil
}

// NewRegression keeps rows of x, row-major with shape.Len() values an example,
// and a row of target values for each. It keeps both, which must not change
// afterwards.
func NewRegression(shape Shape, x []Float, values Matrix) (*Examples, error) {
	e, err := NewExamples(shape, 1, x, make([]int, values.Rows))
	if err != nil {
		return nil, err
	}
	return e.Regression(values)
}

// Regression is the same inputs with target values, a row an example, in place
// of classes. It keeps values, which must not change afterwards.
func (e *Examples) Regression(values Matrix) (*Examples, error) {
	switch {
	case values.Rows != e.Len():
		return nil, fmt.Errorf("nnlib: %d rows of target values for %d examples", values.Rows, e.Len())
	case values.Cols < 1:
		return nil, fmt.Errorf("nnlib: rows of no target values")
	}
	for i := range values.Rows {
		for j, v := range values.Row(i) {
			if !finite(float64(v)) {
				return nil, fmt.Errorf("nnlib: example %d: target value %d is %v", i, j, v)
			}
		}
	}
	r := &Examples{shape: e.shape, classes: values.Cols, value: values, start: e.start, sparse: e.sparse, dense: e.dense, bytes: e.bytes, level: e.level, full: e.full}
	r.remember()
	return r, nil
}

func newExamples(shape Shape, classes int, class []int) (*Examples, error) {
	switch n := shape.Len(); {
	case len(class) == 0:
		return nil, fmt.Errorf("nnlib: no examples")
	case n < 1 || n >= 1<<24:
		return nil, fmt.Errorf("nnlib: examples of %d values: between 1 and %d can be used", n, 1<<24-1)
	case classes < 1:
		return nil, fmt.Errorf("nnlib: %d classes", classes)
	}
	for i, c := range class {
		if c < 0 || c >= classes {
			return nil, fmt.Errorf("nnlib: example %d: class %d: classes go from 0 to %d", i, c, classes-1)
		}
	}
	e := &Examples{shape: shape, classes: classes, class: class, sparse: Sparse{Cols: shape.Len()}}
	e.remember()
	return e, nil
}

// fits checks the number of values.
func (e *Examples) fits(values int) error {
	if n := e.shape.Len(); values != n*e.Len() {
		return fmt.Errorf("nnlib: %d values for %d examples of %v (%d values each)", values, e.Len(), e.shape, n)
	}
	return nil
}

func (e *Examples) remember() {
	e.print = sync.OnceValues(func() ([32]byte, error) { return Fingerprint(e) })
}

// Len is the number of examples.
func (e *Examples) Len() int {
	if e.value.Data != nil {
		return e.value.Rows
	}
	return len(e.class)
}

// Shape is the size of one example.
func (e *Examples) Shape() Shape { return e.shape }

// Classes is the number of classes, or of target values.
func (e *Examples) Classes() int { return e.classes }

// Class is the class of every example, nil where there are target values. It
// must not be changed.
func (e *Examples) Class() []int { return e.class }

// Values is the target values of every example, without rows where there are
// classes. They must not be changed.
func (e *Examples) Values() Matrix { return e.value }

// Density is the share of values that are not zero.
func (e *Examples) Density() float64 {
	n := 0
	switch values := float64(e.Len()) * float64(e.shape.Len()); {
	case e.bytes != nil:
		return float64(len(e.bytes)-bytes.Count(e.bytes, []byte{0})) / values
	case e.dense != nil:
		for _, v := range e.dense {
			if v != 0 {
				n++
			}
		}
		return float64(n) / values
	default:
		return float64(e.start[e.Len()]) / values
	}
}

// Fingerprint is the SHA-256 of sizes, values and targets.
func (e *Examples) Fingerprint() ([32]byte, error) { return e.print() }

// Steady says that the rows are the same in every step.
func (e *Examples) Steady() {}

// ahead notes which rows b is filled with after those that it has.
func (e *Examples) ahead(b *Block, rows []int) {
	if b.Bytes == nil || e.bytes == nil {
		return
	}
	if cap(b.next) < len(rows) {
		b.next = make([]int, max(len(rows), Chunk))
	}
	b.next = b.next[:len(rows)]
	for i, k := range rows {
		b.next[i] = k * b.Bytes.Cols
	}
	b.Bytes.Next = b.next
}

// Fill points b at bytes and at the entries of sparse rows, and copies dense
// rows.
func (e *Examples) Fill(b *Block, p Pass) error {
	switch cols := e.shape.Len(); {
	case e.full:
		m := b.DenseRows(len(p.Rows), cols)
		for i, k := range p.Rows {
			row := m.Row(i)
			for j, x := range e.bytes[k*cols : (k+1)*cols] {
				row[j] = e.level[x]
			}
		}
	case e.bytes != nil:
		s := b.ByteRows(len(p.Rows), cols)
		s.Data, s.Level = e.bytes, e.level
		for i, k := range p.Rows {
			s.At[i] = k * cols
		}
	case e.dense != nil:
		m := b.DenseRows(len(p.Rows), cols)
		for i, k := range p.Rows {
			copy(m.Row(i), e.dense[k*cols:(k+1)*cols])
		}
	default:
		s := b.SparseRows(len(p.Rows), cols)
		s.Index, s.Value = e.sparse.Index, e.sparse.Value
		for i, k := range p.Rows {
			s.First[i], s.End[i] = e.start[k], e.start[k+1]
		}
	}
	if e.class == nil {
		values := b.ValueRows(len(p.Rows), e.classes)
		for i, k := range p.Rows {
			copy(values.Row(i), e.value.Row(k))
		}
		return nil
	}
	for i, k := range p.Rows {
		b.Class[i] = e.class[k]
	}
	return nil
}
