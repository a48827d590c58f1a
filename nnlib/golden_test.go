//go:build !float64

package nnlib

import (
	"testing"

	"digitlab/nnlib/internal/arm64test"
	"digitlab/nnlib/internal/kernel"
)

// goldens are runs of twelve steps and the first digits of the SHA-256 of their
// weights, the same on every machine.
var goldens = map[string]struct {
	topology string
	recipe   Recipe
	hash     string
}{
	"full step": {"300 affine:40 sigmoid affine:10 softmax+cross-entropy",
		Recipe{Optimizer: GradientDescent{Rate: 0.5, Schedule: BoldDriver{Grow: 1.05, Shrink: 0.5}}, Leaves: 3}, "ada40fbca938"},
	"direct update": {"300 affine:64 tanh affine:10 sigmoid+squared",
		Recipe{Optimizer: GradientDescent{Rate: 0.5}, Batch: 128}, "59daf422e81c"},
	"momentum, deep": {"300 affine:50 relu dropout:0.2 affine:30 leaky-relu:0.1 affine:10 softmax+cross-entropy",
		Recipe{Optimizer: GradientDescent{Rate: 0.05, Rule: Momentum{Keep: 0.9}}, Batch: 100}, "c4f44ce1a318"},
	"adam": {"300 affine:40 sigmoid affine:20 tanh affine:10 sigmoid+cross-entropy",
		Recipe{Optimizer: GradientDescent{Rate: 0.01, Rule: Adam{}}, Batch: 32}, "6811508a3717"},
	"l-bfgs": {"300 affine:20 sigmoid affine:10 softmax+cross-entropy",
		Recipe{Optimizer: LBFGS{}, Penalty: L2{Rate: 0.001}, Leaves: 2}, "9819563f5f38"},
}

// TestGoldenHashes holds the promise of the same bits: every tier of this
// processor, any number of workers, rows as bytes and as numbers.
func TestGoldenHashes(t *testing.T) {
	d := paper(t, 300)
	for _, tier := range kernel.Tiers() {
		t.Run(tier, func(t *testing.T) {
			defer kernel.Use(tier)()
			for name, g := range goldens {
				g.recipe.Topology = must(ParseTopology(g.topology))
				g.recipe.Seed = 7
				for kind, data := range map[string]Dataset{"bytes": d, "dense": dense{d}} {
					for _, workers := range []int{1, 2, 3} {
						if tier == "go" && (kind == "dense" || workers == 3) {
							continue // the definition is slow
						}
						r := must(NewRun(g.recipe, Machine{Workers: workers}))
						drain(t, r, data, 12)
						if got := hash(r.Model()); got != g.hash {
							t.Errorf("%s, %s, %d workers: %s, want %s", name, kind, workers, got, g.hash)
						}
					}
				}
			}
		})
	}
}

// TestGoldenHashesOnArm64 runs that test as an arm64 program.
func TestGoldenHashesOnArm64(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles for arm64")
	}
	arm64test.Run(t, "digitlab/nnlib", "-test.run=^TestGoldenHashes$")
}
