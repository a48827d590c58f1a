package nnlib

import (
	"context"
	"strings"
	"testing"
)

// counted is a user's rule that embeds one of the package's.
type counted struct {
	Momentum
	Calls *int
}

func (r counted) Direct(d, g []Float, state [][]Float, t int) {
	*r.Calls++
	r.Momentum.Direct(d, g, state, t)
}

func TestARuleThatEmbedsAnotherIsAsked(t *testing.T) {
	calls := 0
	s := GradientDescent{Rate: 0.1, Rule: counted{Momentum{0.9}, &calls}}.Start([]Span{{Name: "weight", Len: 3}})
	d := s.(*descent)
	d.update([]Float{1, 2, 3}, 0.1, true)
	if calls != 1 {
		t.Errorf("Direct was called %d times", calls)
	}
}

// strange is a dataset that hands over what is not there.
type strange struct {
	*Examples
	spoil func(b *Block)
}

func (s strange) Fill(b *Block, p Pass) error {
	if err := s.Examples.Fill(b, p); err != nil {
		return err
	}
	s.spoil(b)
	return nil
}

func TestRowsOutsideOfTheDataAreRefused(t *testing.T) {
	for want, spoil := range map[string]func(b *Block){
		"bytes from": func(b *Block) { b.Bytes.At[5] = len(b.Bytes.Data) - 1 },
		"byte 0":     func(b *Block) { b.Bytes.Level = &[256]Float{1} },
		"classes":    func(b *Block) { b.Class = b.Class[1:] },
		"rows of":    func(b *Block) { b.Bytes.At = b.Bytes.At[1:] },
		"stride": func(b *Block) {
			m := b.Dense()
			b.Bytes, b.Matrix = nil, Matrix{Rows: m.Rows, Cols: m.Cols, Data: m.Data}
		},
		"counted from 0": func(b *Block) {
			s := b.EntryRows(b.Input.Rows(), 30, b.Input.Rows())
			for i := range s.First {
				s.First[i], s.End[i], s.Index[i], s.Value[i] = i, i+1, 30, 1
			}
		},
		"entries": func(b *Block) {
			s := b.EntryRows(b.Input.Rows(), 30, 1)
			for i := range s.First {
				s.First[i], s.End[i] = i, i+1
			}
		},
	} {
		r := must(NewRun(Recipe{Topology: small(SoftmaxCrossEntropy{}), Optimizer: GradientDescent{Rate: 0.1}, Batch: 100}))
		for range r.To(context.Background(), strange{blobs(t, 300), spoil}, 3) {
		}
		if err := r.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
		if _, err := Fingerprint(strange{blobs(t, 300), spoil}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s, fingerprint: %v", want, err)
		}
	}
}

// panics is a layer whose first worker panics.
type panics struct {
	Sigmoid
	Bound *int
}

func (l panics) Bind(s Shape) LayerModel {
	a := Sigmoid{}.Bind(s).(activation)
	if *l.Bound++; *l.Bound == 1 {
		a.f = func(y, x []Float) { panic("on purpose") }
	}
	return a
}

func TestAPanicInATeamIsNoHang(t *testing.T) {
	bound := 0
	o := newObjective(small(SoftmaxCrossEntropy{}, panics{Bound: &bound}), blobs(t, 300), nil, Recipe{}.leaves, 2)
	o.rows = selection{n: 100}
	defer func() {
		if recover() == nil {
			t.Error("the panic is lost")
		}
	}()
	defer o.rest()
	w := make([]Float, length(small(SoftmaxCrossEntropy{}).Spans()))
	o.Eval(context.Background(), w, make([]Float, len(w)))
}
