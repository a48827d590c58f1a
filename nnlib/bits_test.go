package nnlib

import (
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
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom([]string{"seed", "undo", "full", "direct", "momentum", "wide", "stop"}).Draw(rt, "recipe")
		stops := rapid.SliceOfN(rapid.IntRange(1, 20), 1, 4).Draw(rt, "stops")
		straight := must(NewRun(all[name]))
		steps := drain(t, straight, d, 20)
		dir := t.TempDir()
		for i, stop := range append(stops, 20) {
			r := must(OpenRun(dir, all[name], Machine{Workers: 1 + i%3}))
			n := 0
			for range r.To(t.Context(), d, 20) {
				if n++; n == stop {
					break
				}
			}
			if err := r.Err(); err != nil {
				rt.Fatal(err)
			}
		}
		r := must(OpenRun(dir, all[name]))
		if got, want := hash(r.Model()), hash(straight.Model()); got != want {
			rt.Fatalf("%s stopped at %v: %s, straight %s", name, stops, got, want)
		}
		for i, s := range r.History() {
			if s.Cost != steps[i].Cost || s.Rate != steps[i].Rate || s.Number != steps[i].Number {
				rt.Fatalf("step %d is %+v, straight %+v", i+1, s, steps[i])
			}
		}
	})
}

func TestTreeJoinsEveryLeafOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		leaves := rapid.IntRange(1, 200).Draw(t, "leaves")
		workers := rapid.IntRange(1, 9).Draw(t, "workers")
		sum := func(workers int) float64 {
			var spare pool
			var all []block
			for i := range workers {
				var own []block
				for leaf := i * leaves / workers; leaf < (i+1)*leaves/workers; leaf++ {
					own = join(own, block{first: leaf, size: 1, sum: Sum{Cost: 1 / float64(leaf+3), Examples: 1}}, leaves, &spare)
				}
				for _, b := range own {
					all = join(all, b, leaves, &spare)
				}
			}
			if len(all) != 1 || all[0].sum.Examples != int64(leaves) {
				t.Fatalf("%d blocks are left, with %d of %d leaves", len(all), all[0].sum.Examples, leaves)
			}
			return all[0].sum.Cost
		}
		if a, b := sum(1), sum(workers); a != b {
			t.Fatalf("1 worker: %v, %d workers: %v", a, workers, b)
		}
	})
}
