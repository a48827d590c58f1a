package report

import (
	"testing"

	"digitlab/nnlib"
)

func TestAsSeedTurnsTanhToSigmoid(t *testing.T) {
	topology, err := nnlib.ParseTopology("4 affine:3 tanh affine:2 sigmoid+squared")
	if err != nil {
		t.Fatal(err)
	}
	m := &nnlib.Model{Topology: topology, Weights: make([]nnlib.Float, 23)}
	got := AsSeed(m)
	if want := "4 affine:3 sigmoid affine:2 sigmoid+squared"; got.Topology.String() != want || &got.Weights[0] != &m.Weights[0] {
		t.Errorf("%v, want %s with the same weights", got.Topology, want)
	}
	if m.Topology.String() != "4 affine:3 tanh affine:2 sigmoid+squared" {
		t.Error("the model itself was changed")
	}
}
