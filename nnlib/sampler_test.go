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

// listed is the rows of a selection.
func listed(x selection) (rows []int) {
	for i := 0; i*Chunk < x.n; i++ {
		rows = append(rows, x.chunk(i, make([]int, 0, Chunk))...)
	}
	return rows
}

// TestPartsAreTheWholeSample cuts samples among ranks.
func TestPartsAreTheWholeSample(t *testing.T) {
	for _, n := range []int{5, 700, stretch, 3*stretch + 77} {
		for _, holdout := range []float64{0, 0.2} {
			r := Recipe{Sample: 0.6, Seed: 3, Holdout: holdout}
			all := samplerFor(r, n)
			for size := 1; size <= 5; size++ {
				for step := range 3 {
					x, _ := all.at(step)
					var got []int
					for rank := range size {
						s := samplerFor(r, n)
						s.part = func(n int) (first, last int) {
							chunks := (n + Chunk - 1) / Chunk
							return rank * chunks / size * Chunk, min((rank+1)*chunks/size*Chunk, n)
						}
						y, p := s.at(step)
						if y.n != x.n || p.Rows != x.n {
							t.Fatalf("%d of %d rows: rank %d of %d counts %d", x.n, n, rank, size, y.n)
						}
						first, last := s.part(y.n)
						for i := first / Chunk; i*Chunk < last; i++ {
							got = append(got, y.chunk(i, nil)...)
						}
						if most := len(x.list)/size + 2*stretch; len(y.list) > most {
							t.Errorf("rank %d of %d lists %d of %d rows", rank, size, len(y.list), len(x.list))
						}
					}
					if !slices.Equal(got, listed(x)) {
						t.Errorf("%d rows, %d ranks, step %d: the parts have %d rows of %d", n, size, step, len(got), x.n)
					}
				}
			}
		}
	}
}

func TestEveryEpochHasEveryRowOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Recipe{Batch: rapid.IntRange(1, 40).Draw(t, "batch"), Seed: rapid.Uint64().Draw(t, "seed"), Holdout: rapid.SampledFrom([]float64{0, 0.3}).Draw(t, "holdout")}
		if n := rapid.IntRange(0, 60).Draw(t, "rows of a block"); n > 0 {
			r.Shuffle = Blocks{n}
		}
		n := rapid.IntRange(30, 200).Draw(t, "rows")
		s := samplerFor(r, n)
		k := s.perEpoch()
		for epoch := range 3 {
			var all []int
			for i := range k {
				x, p := s.at(epoch*k + i)
				rows := listed(x)
				if p.Epoch != epoch || p.First != (i == 0) || p.Last != (i == k-1) || p.Rows != len(rows) || len(rows) == 0 {
					t.Fatalf("step %d of epoch %d: %+v", i, epoch, p)
				}
				all = append(all, rows...)
			}
			slices.Sort(all)
			if !slices.Equal(all, listed(s.train)) || s.train.n+len(s.held) != n {
				t.Fatalf("epoch %d has rows %v", epoch, all)
			}
		}
		again := samplerFor(r, n)
		late, _ := again.at(2*k + k - 1)
		rows, _ := s.at(2*k + k - 1)
		if !slices.Equal(listed(rows), listed(late)) {
			t.Fatal("a step's rows depend on the steps before")
		}
	})
}

// TestBlocksStayTogether finds few blocks in a batch, their rows and themselves
// in another order every epoch.
func TestBlocksStayTogether(t *testing.T) {
	const n, block, batch = 10_050, 100, 250
	s := samplerFor(Recipe{Batch: batch, Shuffle: Blocks{block}, Seed: 2}, n)
	var first []int
	for epoch := range 2 {
		x, _ := s.at(epoch * s.perEpoch())
		rows := slices.Clone(listed(x))
		blocks := map[int]int{}
		for _, row := range rows {
			blocks[row/block]++
		}
		if len(rows) != batch || len(blocks) > 4 {
			t.Errorf("epoch %d: %d rows of the blocks %v", epoch, len(rows), blocks)
		}
		if slices.IsSorted(rows[:block]) || slices.Equal(rows, first) {
			t.Errorf("epoch %d: %v", epoch, rows)
		}
		first = rows
	}
}

func TestSampleHasTheShareAsked(t *testing.T) {
	s := samplerFor(Recipe{Sample: 0.7, Seed: 4}, 60000)
	x, _ := s.at(0)
	first := listed(x)
	x, _ = s.at(1)
	second := listed(x)
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
		if rows, _ := s.at(step); len(listed(rows)) == 0 {
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
