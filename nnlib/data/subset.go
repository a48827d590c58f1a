package data

import (
	"fmt"

	"digitlab/nnlib"
)

// subset is some rows of a dataset.
type subset struct {
	nnlib.Dataset
	rows  []int
	print func() ([32]byte, error)
	store store
}

type steadySubset struct{ *subset }

func (steadySubset) Steady() {}

// Subset is the given rows of d in the given order. A row may come more than
// once; it must exist. It keeps rows, which must not change afterwards.
func Subset(d nnlib.Dataset, rows []int) (nnlib.Dataset, error) {
	if err := check(d); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("data: a subset of no rows")
	}
	numbers := make([]uint64, len(rows))
	for i, r := range rows {
		if r < 0 || r >= d.Len() {
			return nil, fmt.Errorf("data: row %d of a subset: rows go from 0 to %d", r, d.Len()-1)
		}
		numbers[i] = uint64(r)
	}
	s := &subset{Dataset: d, rows: rows, print: printOf("subset", []nnlib.Dataset{d}, numbers...)}
	if isSteady(d) {
		return steadySubset{s}, nil
	}
	return s, nil
}

// Split divides d by a seed: each row is held out with the chance share, in
// (0, 1), whatever the other rows. They are the rows that a recipe with this
// Seed and Holdout never trains on. Neither part may be empty.
func Split(d nnlib.Dataset, share float64, seed uint64) (train, held nnlib.Dataset, err error) {
	if !(share > 0 && share < 1) {
		return nil, nil, fmt.Errorf("data: split: a share of %v: it must lie between 0 and 1", share)
	}
	var rows [2][]int
	for i := range d.Len() {
		k := 0
		if nnlib.HeldOut(seed, share, i) {
			k = 1
		}
		rows[k] = append(rows[k], i)
	}
	if len(rows[0]) == 0 || len(rows[1]) == 0 {
		return nil, nil, fmt.Errorf("data: split: %d rows, %d of them held out: neither part may be empty; choose another share or seed", d.Len(), len(rows[1]))
	}
	if train, err = Subset(d, rows[0]); err == nil {
		held, err = Subset(d, rows[1])
	}
	return train, held, err
}

// Len is the number of rows chosen.
func (s *subset) Len() int { return len(s.rows) }

// Fingerprint covers the data and the rows chosen.
func (s *subset) Fingerprint() ([32]byte, error) { return s.print() }

// Fill asks the dataset below for its rows.
func (s *subset) Fill(b *nnlib.Block, p nnlib.Pass) error {
	k := s.store.take()
	defer s.store.put(k)
	for _, r := range p.Rows {
		k.rows = append(k.rows, s.rows[r])
	}
	p.Rows = k.rows
	return s.Dataset.Fill(b, p)
}
