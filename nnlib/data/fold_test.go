package data

import (
	"context"
	"math"
	"strings"
	"testing"

	"digitlab/nnlib"
)

func TestFoldedModelReadsWhatWasNotTransformed(t *testing.T) {
	x := []nnlib.Float{10, 0.1, 12, 0.3, 14, 0.2, 9, 0.5, 11, 0.4}
	d, err := nnlib.NewExamples(nnlib.Units(2), 3, x, []int{0, 1, 2, 0, 1})
	if err != nil {
		t.Fatal(err)
	}
	measured, err := Standardize(d)
	if err != nil {
		t.Fatal(err)
	}
	standard, err := measured.Apply(d)
	if err != nil {
		t.Fatal(err)
	}
	topology, err := nnlib.ParseTopology("2 affine:4 tanh affine:3 softmax+cross-entropy")
	if err != nil {
		t.Fatal(err)
	}
	w, err := topology.Init(3, nnlib.Uniform{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	m := &nnlib.Model{Topology: topology, Weights: w}
	want, err := m.Predict(context.Background(), standard)
	if err != nil {
		t.Fatal(err)
	}
	folded, err := measured.Fold(m)
	if err != nil {
		t.Fatal(err)
	}
	got, err := folded.Predict(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range got.Output.Data {
		if math.Abs(float64(v-want.Output.Data[i])) > 1e-5 {
			t.Errorf("output %d is %v, want %v", i, v, want.Output.Data[i])
		}
	}
	if folded.Hash() == m.Hash() {
		t.Error("the weights are the same")
	}
	other, err := nnlib.ParseTopology("2 tanh affine:3 softmax+cross-entropy")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := measured.Fold(&nnlib.Model{Topology: other}); err == nil || !strings.Contains(err.Error(), "nnlib.Tanh") {
		t.Errorf("no affine layer: %v", err)
	}
	wide := nnlib.Perceptron(3, 2)
	if _, err := measured.Fold(&nnlib.Model{Topology: wide}); err == nil || !strings.Contains(err.Error(), "the model reads 3") {
		t.Errorf("other width: %v", err)
	}
}
