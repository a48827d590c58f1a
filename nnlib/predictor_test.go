package nnlib

import (
	"context"
	"slices"
	"testing"
)

func TestPredictorAnswersAsPredictDoes(t *testing.T) {
	d := paper(t, 300)
	m := &Model{Topology: Perceptron(300, 20, 10)}
	m.Weights = must(m.Topology.Init(3, nil))
	want := must(m.Predict(context.Background(), d))
	if class := must(m.Classify(context.Background(), d)); !slices.Equal(class, want.Class) {
		t.Error("Classify gives other classes than Predict")
	}
	p := must(m.Predictor(nil))
	for _, n := range []int{1, 2, 31, 128} {
		out := must(p.Bytes(d.bytes[300*100 : 300*(100+n)]))
		for i := range n {
			if !slices.Equal(out.Row(i), want.Output.Row(100+i)) {
				t.Fatalf("%d rows: row %d: %v, want %v", n, i, out.Row(i), want.Output.Row(100+i))
			}
		}
	}
	image := d.bytes[:300]
	if n := testing.AllocsPerRun(100, func() { must(p.Class(image)) }); n > 0 {
		t.Errorf("%v allocations a question", n)
	}
}

func TestPredictorRefuses(t *testing.T) {
	m := &Model{Topology: Perceptron(300, 20, 10)}
	if _, err := m.Predictor(nil); err == nil {
		t.Error("a model without weights is taken")
	}
	m.Weights = must(m.Topology.Init(3, nil))
	if _, err := m.Predictor(&[256]Float{1}); err == nil {
		t.Error("a byte 0 that is not 0 is taken")
	}
	p := must(m.Predictor(nil))
	for _, n := range []int{0, 299, 301, 300 * 129} {
		if _, err := p.Bytes(make([]byte, n)); err == nil {
			t.Errorf("%d bytes are taken", n)
		}
	}
}
