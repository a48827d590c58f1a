package modelfile

import (
	"testing"

	"digitlab/nnlib"
)

func TestSummary(t *testing.T) {
	topology, err := nnlib.ParseTopology("28x28 affine:64 tanh dropout:0.2 affine:10 softmax+cross-entropy")
	if err != nil {
		t.Fatal(err)
	}
	const want = `
   layer                  output  weights
   input                   28x28
1  affine:64                  64    50240
2  tanh                       64
3  dropout:0.2                64
4  affine:10                  10      650
5  softmax+cross-entropy      10
   total                            50890
`
	if got := "\n" + Summary(topology); got != want {
		t.Errorf("%swant%s", got, want)
	}
}

func TestSummaryOfAnotherLayerAndOfAnError(t *testing.T) {
	got := Summary(nnlib.Topology{Input: nnlib.Units(3), Layers: []nnlib.Layer{plain{}, nnlib.Affine{}}})
	if got != "layer 2: affine: 0 units: at least 1 is needed\n" {
		t.Errorf("%q", got)
	}
}

// plain is a layer without a text of its own.
type plain struct{ nnlib.Plain }

func (plain) Bind(nnlib.Shape) nnlib.LayerModel { return nil }
