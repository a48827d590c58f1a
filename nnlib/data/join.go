package data

import (
	"fmt"
	"sort"
	"sync"

	"digitlab/nnlib"
)

// joined is datasets one after the other.
type joined struct {
	nnlib.Dataset // the first, for sizes
	parts         []nnlib.Dataset
	first         []int // row of each part; at the end the number of rows
	print         func() ([32]byte, error)
	pool          sync.Pool // of *mix
}

type steadyJoined struct{ *joined }

func (steadyJoined) Steady() {}

// Join is the rows of all parts, one part after the other. Their shape, number
// of classes and kind of targets must be the same.
func Join(parts ...nnlib.Dataset) (nnlib.Dataset, error) {
	j, steady, err := join("join", parts)
	if err != nil {
		return nil, err
	}
	if steady {
		return steadyJoined{j}, nil
	}
	return j, nil
}

// validated is two datasets of which the second is held out.
type validated struct{ *joined }

// Held is true for the rows of the second dataset.
func (v validated) Held(row int) bool { return row >= v.first[1] }

type steadyValidated struct{ validated }

func (steadyValidated) Steady() {}

// WithValidation is train's rows to train on and validation's to measure after
// every epoch, for a recipe whose Holdout is zero.
func WithValidation(train, validation nnlib.Dataset) (nnlib.Validation, error) {
	j, steady, err := join("validation", []nnlib.Dataset{train, validation})
	if err != nil {
		return nil, err
	}
	if steady {
		return steadyValidated{validated{j}}, nil
	}
	return validated{j}, nil
}

func join(name string, parts []nnlib.Dataset) (*joined, bool, error) {
	if len(parts) == 0 {
		return nil, false, fmt.Errorf("data: join of no parts")
	}
	j := &joined{Dataset: parts[0], parts: parts, first: []int{0}}
	steady, values := true, false
	for i, d := range parts {
		if err := check(d); err != nil {
			return nil, false, err
		}
		var b nnlib.Block
		if err := d.Fill(&b, nnlib.Pass{Rows: []int{0}}); err != nil {
			return nil, false, err
		}
		if i == 0 {
			values = b.Class == nil
		}
		a := parts[0]
		switch {
		case d.Shape() != a.Shape():
			return nil, false, fmt.Errorf("data: join: part %d has rows of %v, part 1 of %v", i+1, d.Shape(), a.Shape())
		case d.Classes() != a.Classes():
			return nil, false, fmt.Errorf("data: join: part %d has %d classes, part 1 has %d", i+1, d.Classes(), a.Classes())
		case (b.Class == nil) != values:
			return nil, false, fmt.Errorf("data: join: part %d has other targets than part 1: one has classes, one has values", i+1)
		}
		steady = steady && isSteady(d)
		j.first = append(j.first, j.first[i]+d.Len())
	}
	j.print = printOf(name, parts)
	return j, steady, nil
}

// Len is the number of rows of all parts.
func (j *joined) Len() int { return j.first[len(j.parts)] }

// Fingerprint covers the parts.
func (j *joined) Fingerprint() ([32]byte, error) { return j.print() }

// part is the part that has a row.
func (j *joined) part(row int) int { return sort.SearchInts(j.first, row+1) - 1 }

// Fill asks the parts for their rows. Where all are of one part they go
// straight into b; otherwise they are put together.
func (j *joined) Fill(b *nnlib.Block, p nnlib.Pass) error {
	m, _ := j.pool.Get().(*mix)
	if m == nil {
		m = &mix{from: make([]scratch, len(j.parts)), at: make([]int, len(j.parts))}
	}
	defer j.pool.Put(m)
	for k := range m.from {
		m.from[k].rows, m.at[k] = m.from[k].rows[:0], 0
	}
	rows := p.Rows
	for _, r := range rows {
		k := j.part(r)
		m.from[k].rows = append(m.from[k].rows, r-j.first[k])
	}
	sparse, entries := true, 0
	for k := range m.from {
		u := &m.from[k]
		p.Rows = u.rows
		switch len(u.rows) {
		case 0:
			continue
		case len(rows):
			return j.parts[k].Fill(b, p)
		}
		if err := j.parts[k].Fill(&u.block, p); err != nil {
			return err
		}
		if sparse = sparse && u.block.Listed(); sparse {
			for i := range u.rows {
				for range u.block.Entries(i) {
					entries++
				}
			}
		}
	}
	m.b, m.rows, m.sparse, m.entries = b, len(rows), nil, 0
	if cols := j.Shape().Len(); sparse {
		m.sparse = b.EntryRows(len(rows), cols, entries)
	} else {
		m.dense = b.DenseRows(len(rows), cols)
	}
	for i, r := range rows {
		k := j.part(r)
		m.add(i, &m.from[k].block, m.at[k])
		m.at[k]++
	}
	return nil
}

// mix puts rows of several blocks into one.
type mix struct {
	from []scratch // of each part
	at   []int     // rows of each part that are done

	b       *nnlib.Block
	rows    int
	sparse  *nnlib.Sparse // or nil, with
	dense   nnlib.Matrix
	entries int
}

// add makes row i the row k of another block.
func (m *mix) add(i int, from *nnlib.Block, k int) {
	if s := m.sparse; s != nil {
		s.First[i] = m.entries
		for column, v := range from.Entries(k) {
			s.Index[m.entries], s.Value[m.entries] = int32(column), v
			m.entries++
		}
		s.End[i] = m.entries
	} else {
		copy(m.dense.Row(i), from.Dense().Row(k))
	}
	if from.Class != nil {
		m.b.Class[i] = from.Class[k]
	} else {
		if m.b.Class != nil {
			m.b.ValueRows(m.rows, from.Value.Cols)
		}
		copy(m.b.Value.Row(i), from.Value.Row(k))
	}
	if from.Weight != nil {
		if m.b.Weight == nil {
			m.b.WeightRows(m.rows)
		}
		m.b.Weight[i] = from.Weight[k]
	}
}
