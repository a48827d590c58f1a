package data

import (
	"context"
	"math"
	"testing"

	"digitlab/nnlib"
)

func TestGeneratedRows(t *testing.T) {
	g := Generated{Rows: 1 << 40, Inputs: 70, Labels: 3, Seed: 5}
	var a, b nnlib.Block
	rows := []int{0, 1, 2, 1 << 39}
	if err := g.Fill(&a, nnlib.Pass{Rows: rows}); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if err := g.Fill(&b, nnlib.Pass{Rows: []int{row}}); err != nil {
			t.Fatal(err)
		}
		if a.Class[i] != b.Class[0] {
			t.Errorf("row %d: class %d, alone %d", row, a.Class[i], b.Class[0])
		}
		for k, x := range a.Matrix.Row(i) {
			if y := b.Matrix.Row(0)[k]; x != y || math.Abs(float64(x)) > 3 {
				t.Errorf("row %d, value %d: %v, alone %v", row, k, x, y)
			}
		}
	}
	other := g
	other.Seed++
	if p, q := print(t, g), print(t, other); p == q {
		t.Error("another seed has the same fingerprint")
	}
}

func print(t *testing.T, d nnlib.Dataset) [32]byte {
	t.Helper()
	p, err := d.Fingerprint()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestGeneratedRowsCanBeLearned(t *testing.T) {
	g := Generated{Rows: 3000, Inputs: 20, Labels: 4, Seed: 1}
	topology, err := nnlib.ParseTopology("20 affine:4 softmax+cross-entropy")
	if err != nil {
		t.Fatal(err)
	}
	r, err := nnlib.NewRun(nnlib.Recipe{Topology: topology, Optimizer: nnlib.GradientDescent{Rate: 0.5}})
	if err != nil {
		t.Fatal(err)
	}
	var last nnlib.Step
	for last = range r.To(context.Background(), g, 40) {
	}
	if r.Err() != nil || last.Accuracy < 0.9 || last.Accuracy == 1 {
		t.Errorf("accuracy %v: %v", last.Accuracy, r.Err())
	}
}
