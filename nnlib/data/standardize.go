package data

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"

	"digitlab/nnlib"

	"github.com/google/renameio/v2"
)

// Transform brings each value of an input to z = (x - Mean) / Scale. It is a
// plain value that JSON keeps exactly.
type Transform struct {
	Mean  []float64 `json:"mean"`
	Scale []float64 `json:"scale"` // above 0
}

// Standardize measures d: with its Transform every value has the mean 0 and
// the standard deviation 1 (divided by the number of rows, not one less) over
// d's rows. A value that is the same in all rows gets the scale 1. Sums are
// taken in double precision, in the order of the rows, twice: first the mean m,
// then
//
//	variance = (sum (x-m)^2 - (sum (x-m))^2 / n) / n
//
// the corrected two-pass algorithm of Chan, Golub and LeVeque (1983). Measure
// the training rows only, and apply the Transform to all others.
func Standardize(d nnlib.Dataset) (Transform, error) {
	if err := check(d); err != nil {
		return Transform{}, err
	}
	cols, n := d.Shape().Len(), float64(d.Len())
	t := Transform{Mean: make([]float64, cols), Scale: make([]float64, cols)}
	off, squares := make([]float64, cols), t.Scale
	err := each(d, func(b *nnlib.Block, _ int) {
		for x, i := b.Dense(), 0; i < x.Rows; i++ {
			for k, v := range x.Row(i) {
				t.Mean[k] += float64(v)
			}
		}
	})
	if err != nil {
		return Transform{}, err
	}
	for k := range t.Mean {
		t.Mean[k] /= n
	}
	err = each(d, func(b *nnlib.Block, _ int) {
		for x, i := b.Dense(), 0; i < x.Rows; i++ {
			for k, v := range x.Row(i) {
				e := float64(v) - t.Mean[k]
				off[k] += e
				squares[k] += float64(e * e)
			}
		}
	})
	if err != nil {
		return Transform{}, err
	}
	const eps = 0x1p-52
	for k, m := range t.Mean {
		variance := (squares[k] - float64(off[k]*off[k])/n) / n
		if math.IsNaN(variance) || math.IsInf(variance, 0) {
			return Transform{}, fmt.Errorf("data: standardise: value %d is too large, or no number, in some row", k)
		}
		// Rounding alone leaves a variance up to this (scikit-learn's rule).
		noise := float64(n*m*eps) * float64(n*m*eps)
		if variance <= float64(n*eps*variance)+noise {
			t.Scale[k] = 1
		} else {
			t.Scale[k] = math.Sqrt(variance)
		}
	}
	return t, nil
}

// Check says what is wrong with a Transform that was made by hand.
func (t Transform) Check() error {
	if len(t.Mean) == 0 || len(t.Mean) != len(t.Scale) {
		return fmt.Errorf("data: transform: %d means and %d scales: there must be one of each for every value", len(t.Mean), len(t.Scale))
	}
	for k, s := range t.Scale {
		if m := t.Mean[k]; !(s > 0) || math.IsInf(s, 0) || math.IsNaN(m) || math.IsInf(m, 0) {
			return fmt.Errorf("data: transform: value %d: mean %v, scale %v: the scale must be above 0, and both finite", k, m, s)
		}
	}
	return nil
}

// Forward changes a row to (x - Mean) / Scale, in place.
func (t Transform) Forward(row []nnlib.Float) {
	for k, v := range row {
		row[k] = nnlib.Float((float64(v) - t.Mean[k]) / t.Scale[k])
	}
}

// Inverse changes a row back to z * Scale + Mean, in place.
func (t Transform) Inverse(row []nnlib.Float) {
	for k, v := range row {
		row[k] = nnlib.Float(float64(float64(v)*t.Scale[k]) + t.Mean[k])
	}
}

// Save writes the Transform as JSON.
func (t Transform) Save(path string) error {
	if err := t.Check(); err != nil {
		return err
	}
	b, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return renameio.WriteFile(path, append(b, '\n'), 0o666)
}

// LoadTransform reads what Save wrote.
func LoadTransform(path string) (t Transform, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return t, err
	}
	if err = json.Unmarshal(b, &t); err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return t, err
}

// UnmarshalJSON reads and checks a Transform.
func (t *Transform) UnmarshalJSON(b []byte) error {
	type plain Transform
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var p plain
	if err := d.Decode(&p); err != nil {
		return err
	}
	*t = Transform(p)
	return t.Check()
}

// standardized is a dataset under a Transform.
type standardized struct {
	nnlib.Dataset
	transform Transform
	print     func() ([32]byte, error)
	store     store
}

type steadyStandardized struct{ *standardized }

func (steadyStandardized) Steady() {}

// Apply is d with its inputs transformed, as dense rows.
func (t Transform) Apply(d nnlib.Dataset) (nnlib.Dataset, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	if err := check(d); err != nil {
		return nil, err
	}
	if n := d.Shape().Len(); n != len(t.Mean) {
		return nil, fmt.Errorf("data: transform of %d values, the rows have %d", len(t.Mean), n)
	}
	s := &standardized{Dataset: d, transform: t, print: printOf("standardize", []nnlib.Dataset{d}, bits(append(append([]float64(nil), t.Mean...), t.Scale...)...)...)}
	if isSteady(d) {
		return steadyStandardized{s}, nil
	}
	return s, nil
}

// Fingerprint covers the data and the transform.
func (s *standardized) Fingerprint() ([32]byte, error) { return s.print() }

// Fill transforms the rows of the dataset below.
func (s *standardized) Fill(b *nnlib.Block, p nnlib.Pass) error {
	k := s.store.take()
	defer s.store.put(k)
	if err := s.Dataset.Fill(&k.block, p); err != nil {
		return err
	}
	from, to := k.block.Dense(), b.DenseRows(len(p.Rows), len(s.transform.Mean))
	for i := range p.Rows {
		copy(to.Row(i), from.Row(i))
		s.transform.Forward(to.Row(i))
	}
	copyTargets(b, &k.block, len(p.Rows))
	return nil
}
