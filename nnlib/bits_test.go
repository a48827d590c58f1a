package nnlib

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSameBitsForAnyWorkers(t *testing.T) {
	d := blobs(t, 3001)
	for name, recipe := range recipes() {
		t.Run(name, func(t *testing.T) {
			want := ""
			for _, workers := range []int{1, 2, 3, 8} {
				r := must(NewRun(recipe, Machine{Workers: workers}))
				drain(t, r, d, 12)
				if got := hash(r.Model()); want == "" {
					want = got
				} else if got != want {
					t.Errorf("%d workers: %s, 1 worker: %s", workers, got, want)
				}
			}
		})
	}
}

// dense gives a dataset's rows with their zeros.
type dense struct{ *Examples }

func (d dense) Fill(b *Block, p Pass) error {
	var s Block
	if err := d.Examples.Fill(&s, p); err != nil {
		return err
	}
	m := b.DenseRows(len(p.Rows), d.Shape().Len())
	for i := range p.Rows {
		copy(m.Row(i), s.Dense().Row(i))
		b.Class[i] = s.Class[i]
	}
	return nil
}

func TestSameBitsSparseOrDense(t *testing.T) {
	d := blobs(t, 700)
	x := make([]Float, 0, 700*30)
	var b Block
	for i := range 700 {
		if err := d.Fill(&b, Pass{Rows: []int{i}}); err != nil {
			t.Fatal(err)
		}
		x = append(x, b.Dense().Row(0)...)
	}
	csr := must(NewExamples(d.Shape(), d.Classes(), x, d.Class()))
	if csr.dense != nil {
		t.Fatal("the rows are not sparse")
	}
	for name, recipe := range recipes() {
		want := ""
		for kind, set := range map[string]Dataset{"packed": d, "entries": csr, "dense": dense{d}} {
			r := must(NewRun(recipe))
			drain(t, r, set, 6)
			if got := hash(r.Model()); want == "" {
				want = got
			} else if got != want {
				t.Errorf("%s: %s rows give %s, others %s", name, kind, got, want)
			}
		}
	}
}

func TestSameBitsInterruptedAndResumed(t *testing.T) {
	d := blobs(t, 900)
	all := recipes()
	names := slices.Sorted(maps.Keys(all))
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom(names).Draw(rt, "recipe")
		sameWhenStopped(rt, t.TempDir(), d, all[name], rapid.SliceOfN(rapid.IntRange(1, 20), 1, 4).Draw(rt, "stops"))
	})
}

// TestSameBitsForDrawnRecipes draws layers, optimizers, samplers and penalties.
func TestSameBitsForDrawnRecipes(t *testing.T) {
	d := blobs(t, 700)
	rapid.Check(t, func(rt *rapid.T) {
		r := drawRecipe(rt)
		if err := r.check(); err != nil {
			rt.Skip(err)
		}
		sameWhenStopped(rt, t.TempDir(), d, r, []int{rapid.IntRange(1, 6).Draw(rt, "stop")})
	})
}

func drawRecipe(t *rapid.T) Recipe {
	pick := func(name string, list ...any) any { return rapid.SampledFrom(list).Draw(t, name) }
	var hidden []Layer
	for range rapid.IntRange(1, 3).Draw(t, "layers") {
		hidden = append(hidden, pick("layer", Sigmoid{}, Tanh{}, ReLU{}, LeakyReLU{Slope: 0.1}, Dropout{Rate: 0.3}, Affine{5}).(Layer))
	}
	r := Recipe{
		Topology: small(pick("loss", SoftmaxCrossEntropy{}, SoftmaxCrossEntropy{Smoothing: 0.1}, SigmoidSquaredError{}, SigmoidCrossEntropy{}, LinearSquaredError{}).(Loss), hidden...),
		Seed:     rapid.Uint64().Draw(t, "seed"),
		Leaves:   rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "leaves"),
		Holdout:  rapid.SampledFrom([]float64{0, 0.2}).Draw(t, "holdout"),
	}
	if p, ok := pick("penalty", nil, L2{0.01}, L1{0.001}, ElasticNet{0.001, 0.01}).(Penalty); ok {
		r.Penalty = p
	}
	if i, ok := pick("init", nil, Glorot{}, He{}, Uniform{0.5}).(Initializer); ok {
		r.Init = i
	}
	switch pick("rows", "batch", "sample", "all") {
	case "batch":
		r.Batch = rapid.SampledFrom([]int{16, 128, 300}).Draw(t, "batch")
	case "sample":
		r.Sample = 0.6
	}
	if pick("optimizer", "lbfgs", "descent") == "lbfgs" {
		r.Optimizer = LBFGS{Memory: 3}
		return r
	}
	o := GradientDescent{
		Rate:    0.05,
		Clip:    rapid.SampledFrom([]float64{0, 1}).Draw(t, "clip"),
		Decay:   rapid.SampledFrom([]float64{0, 0.1}).Draw(t, "decay"),
		MaxNorm: rapid.SampledFrom([]float64{0, 0.5}).Draw(t, "norm"),
	}
	if rule, ok := pick("rule", nil, Momentum{0.9}, Nesterov{0.9}, Adam{}).(Rule); ok {
		o.Rule = rule
	}
	if s, ok := pick("schedule", nil, BoldDriver{}, BoldDriver{Undo: true}, Cosine{Steps: 5}, WarmUp{2, StepDecay{Every: 2}}, OneCycle{6}).(Schedule); ok {
		o.Schedule = s
	}
	r.Optimizer = o
	return r
}

// sameWhenStopped goes to step 20 straight and, with other workers, in parts.
func sameWhenStopped(t *rapid.T, dir string, d Dataset, recipe Recipe, stops []int) {
	const to = 20
	straight := must(NewRun(recipe, Machine{Workers: 1}))
	var steps []Step
	for s := range straight.To(context.Background(), d, to) {
		steps = append(steps, s)
	}
	if errors.Is(straight.Err(), ErrDiverged) {
		return
	}
	if err := straight.Err(); err != nil {
		t.Fatal(err)
	}
	for i, stop := range append(stops, to) {
		r := must(OpenRun(dir, recipe, Machine{Workers: 2 + i%2}))
		n := 0
		for range r.To(context.Background(), d, to) {
			if n++; n == stop {
				break
			}
		}
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
	}
	r := must(OpenRun(dir, recipe))
	if got, want := hash(r.Model()), hash(straight.Model()); got != want {
		t.Fatalf("stopped at %v: %s, straight %s", stops, got, want)
	}
	history := r.History()
	if len(history) != len(steps) {
		t.Fatalf("%d steps, straight %d", len(history), len(steps))
	}
	for i, s := range history {
		if s.Cost != steps[i].Cost || s.Rate != steps[i].Rate || s.Number != steps[i].Number {
			t.Fatalf("step %d is %+v, straight %+v", i+1, s, steps[i])
		}
	}
}
