// Package data makes datasets of datasets: parts of one, several joined, rows
// with weights, and inputs brought to mean 0 and deviation 1.
//
//	train, rest, err := data.Split(d, 0.2, 11)
//	transform, err := data.Standardize(train)
//	train, err = transform.Apply(train)
//	rest, err = transform.Apply(rest)
//	both, err := data.WithValidation(train, rest) // for a recipe with Patience
//
// Rows are read from the dataset below when they are asked for; nothing is
// copied beforehand. A wrapper is nnlib.Steady where what it wraps is.
package data

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"

	"digitlab/nnlib"
)

// scratch is what one Fill needs beside the caller's Block.
type scratch struct {
	block nnlib.Block
	rows  []int
}

// store hands out scratch; each is used for one dataset below.
type store struct{ pool sync.Pool }

func (s *store) take() *scratch {
	if k, ok := s.pool.Get().(*scratch); ok {
		k.rows = k.rows[:0]
		return k
	}
	return &scratch{rows: make([]int, 0, nnlib.Chunk)}
}

func (s *store) put(k *scratch) { s.pool.Put(k) }

// printOf is the fingerprint of a wrapper: its name, the datasets below, and what
// it does to them.
func printOf(name string, below []nnlib.Dataset, numbers ...uint64) func() ([32]byte, error) {
	return sync.OnceValues(func() (sum [32]byte, err error) {
		h := sha256.New()
		fmt.Fprintln(h, name, len(below), len(numbers))
		for _, d := range below {
			p, err := d.Fingerprint()
			if err != nil {
				return sum, err
			}
			h.Write(p[:])
		}
		b := make([]byte, 0, 8*len(numbers))
		for _, n := range numbers {
			b = binary.LittleEndian.AppendUint64(b, n)
		}
		h.Write(b)
		h.Sum(sum[:0])
		return sum, nil
	})
}

// bits is numbers for printOf.
func bits(x ...float64) []uint64 {
	n := make([]uint64, len(x))
	for i, v := range x {
		n[i] = math.Float64bits(v)
	}
	return n
}

func isSteady(d nnlib.Dataset) bool {
	_, ok := d.(nnlib.Steady)
	return ok
}

var errValidation = errors.New("data: a dataset with validation rows is not wrapped again: WithValidation comes last")

// check refuses what no wrapper takes.
func check(d nnlib.Dataset) error {
	if _, ok := d.(nnlib.Validation); ok {
		return errValidation
	}
	if d.Len() == 0 {
		return errors.New("data: no rows")
	}
	return nil
}

// sequence appends the rows first to last.
func sequence(rows []int, first, last int) []int {
	for i := first; i < last; i++ {
		rows = append(rows, i)
	}
	return rows
}

// each fills a block with all rows in order, a chunk after the other.
func each(d nnlib.Dataset, f func(b *nnlib.Block, first int)) error {
	var b nnlib.Block
	var rows []int
	for first := 0; first < d.Len(); first += nnlib.Chunk {
		rows = sequence(rows[:0], first, min(first+nnlib.Chunk, d.Len()))
		if err := d.Fill(&b, nnlib.Pass{Rows: rows}); err != nil {
			return err
		}
		f(&b, first)
	}
	return nil
}

// Targets is the targets of all rows, in order.
func Targets(d nnlib.Dataset) (nnlib.Targets, error) {
	var all nnlib.Targets
	err := each(d, func(b *nnlib.Block, first int) {
		if b.Class != nil {
			all.Class = append(all.Class, b.Class...)
		} else {
			for i := range b.Value.Rows {
				all.Value.Data = append(all.Value.Data, b.Value.Row(i)...)
			}
			n := b.Value.Cols
			all.Value = nnlib.Matrix{Rows: first + b.Value.Rows, Cols: n, Stride: n, Data: all.Value.Data}
		}
		if b.Weight != nil {
			all.Weight = append(all.Weight, b.Weight...)
		}
	})
	return all, err
}

// copyTargets gives the n rows of b the targets of another block.
func copyTargets(b, from *nnlib.Block, n int) {
	if from.Class != nil {
		copy(b.Class, from.Class)
	} else {
		to := b.ValueRows(n, from.Value.Cols)
		for i := range n {
			copy(to.Row(i), from.Value.Row(i))
		}
	}
	if from.Weight != nil {
		copy(b.WeightRows(n), from.Weight)
	}
}
