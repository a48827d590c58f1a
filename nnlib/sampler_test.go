package nnlib

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// samplerFor holds out by the recipe.
func samplerFor(r Recipe, rows int) *sampler {
	return newSampler(r, rows, func(i int) bool { return HeldOut(r.Seed, r.Holdout, i) })
}

func TestEveryEpochHasEveryRowOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Recipe{Batch: rapid.IntRange(1, 40).Draw(t, "batch"), Seed: rapid.Uint64().Draw(t, "seed"), Holdout: rapid.SampledFrom([]float64{0, 0.3}).Draw(t, "holdout")}
		n := rapid.IntRange(30, 200).Draw(t, "rows")
		s := samplerFor(r, n)
		k := s.perEpoch()
		for epoch := range 3 {
			var all []int
			for i := range k {
				rows, p := s.at(epoch*k + i)
				if p.Epoch != epoch || p.First != (i == 0) || p.Last != (i == k-1) || p.Rows != len(rows) || len(rows) == 0 {
					t.Fatalf("step %d of epoch %d: %+v", i, epoch, p)
				}
				all = append(all, rows...)
			}
			slices.Sort(all)
			if !slices.Equal(all, s.train) || len(s.train)+len(s.held) != n {
				t.Fatalf("epoch %d has rows %v", epoch, all)
			}
		}
		again := samplerFor(r, n)
		late, _ := again.at(2*k + k - 1)
		rows, _ := s.at(2*k + k - 1)
		if !slices.Equal(rows, late) {
			t.Fatal("a step's rows depend on the steps before")
		}
	})
}

func TestSampleHasTheShareAsked(t *testing.T) {
	s := samplerFor(Recipe{Sample: 0.7, Seed: 4}, 60000)
	first, _ := s.at(0)
	first = slices.Clone(first)
	second, _ := s.at(1)
	for _, rows := range [][]int{first, second} {
		// Standard deviation sqrt(60000*0.7*0.3) = 112.
		if d := math.Abs(float64(len(rows)) - 42000); d > 5*112 || !slices.IsSorted(rows) {
			t.Errorf("%d rows", len(rows))
		}
	}
	both := 0
	for _, i := range first {
		if _, ok := slices.BinarySearch(second, i); ok {
			both++
		}
	}
	// 0.7*0.7 of the rows are in both samples: 29,400, standard deviation 122.
	if math.Abs(float64(both)-29400) > 5*122 {
		t.Errorf("%d rows are in both samples, want about 29,400", both)
	}
}

func TestSampleIsNeverEmpty(t *testing.T) {
	s := samplerFor(Recipe{Sample: 1e-12}, 7)
	for step := range 20 {
		if rows, _ := s.at(step); len(rows) == 0 {
			t.Fatalf("step %d is empty", step)
		}
	}
}

func TestInitialWeightsAreUniform(t *testing.T) {
	w := must(Perceptron(784, 64, 10).Init(1, Uniform{0.5}))
	sum, squares := 0.0, 0.0
	for _, v := range w {
		if v < -0.5 || v >= 0.5 {
			t.Fatalf("weight %v", v)
		}
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	n := float64(len(w))
	if len(w) != 50890 || math.Abs(sum/n) > 5*0.2887/math.Sqrt(n) || math.Abs(squares/n-1.0/12) > 0.002 {
		t.Errorf("%d weights, mean %v, variance %v", len(w), sum/n, squares/n)
	}
	other := must(Perceptron(784, 64, 10).Init(2, Uniform{0.5}))
	if slices.Equal(w, other) {
		t.Error("another seed gives the same weights")
	}
}
