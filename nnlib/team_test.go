package nnlib

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// paper is rows of bytes, a fifth of them ink, in ten classes: as wide as
// networks are whose layers workers share.
func paper(t testing.TB, rows int) *Examples {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	const cols = 300
	bytes, class := make([]byte, rows*cols), make([]int, rows)
	for i := range bytes {
		if r.IntN(5) == 0 {
			bytes[i] = byte(r.IntN(256))
		}
	}
	for i := range class {
		class[i] = r.IntN(10)
		bytes[i*cols+class[i]] = 255
	}
	return must(PackExamples(Units(cols), 10, byteLevels(), bytes, class))
}

func TestSameBitsForTeams(t *testing.T) {
	d := paper(t, 500)
	plain, momentum := GradientDescent{Rate: 0.1}, GradientDescent{Rate: 0.02, Rule: Momentum{0.9}}
	for name, c := range map[string]struct {
		topology string
		recipe   Recipe
	}{
		"direct":        {"300 affine:40 sigmoid affine:10 softmax+cross-entropy", Recipe{Optimizer: plain, Batch: 128}},
		"odd":           {"300 affine:37 tanh affine:10 sigmoid+squared", Recipe{Optimizer: plain, Batch: 77}},
		"deep":          {"300 affine:96 relu affine:130 sigmoid dropout:0.3 affine:10 softmax+cross-entropy", Recipe{Optimizer: plain, Batch: 100}},
		"momentum":      {"300 affine:40 relu affine:10 softmax+cross-entropy", Recipe{Optimizer: momentum, Batch: 128}},
		"dropout first": {"300 dropout:0.2 affine:40 tanh affine:10 softmax+cross-entropy", Recipe{Optimizer: plain, Batch: 64}},
		"one layer":     {"300 affine:10 softmax+cross-entropy", Recipe{Optimizer: plain, Batch: 64}},
		"leaves":        {"300 affine:40 sigmoid affine:10 softmax+cross-entropy", Recipe{Optimizer: momentum, Leaves: 3}},
		"shared":        {"300 affine:40 sigmoid affine:10 softmax+cross-entropy", Recipe{Optimizer: momentum, Leaves: 1}},
	} {
		c.recipe.Topology = must(ParseTopology(c.topology))
		for kind, data := range map[string]Dataset{"bytes": d, "dense": dense{d}} {
			want := ""
			for _, workers := range []int{1, 2, 3, 8} {
				r := must(NewRun(c.recipe, Machine{Workers: workers}))
				drain(t, r, data, 9)
				if got := hash(r.Model()); want == "" {
					want = got
				} else if got != want {
					t.Errorf("%s, %s: %d workers: %s, 1 worker: %s", name, kind, workers, got, want)
				}
			}
		}
	}
}

func TestBarrierLetsNobodyPass(t *testing.T) {
	const n, rounds = 5, 300
	for _, spins := range []int{0, 1, 2000} {
		b := newBarrier(n)
		b.spins = spins
		var here atomic.Int64
		var all sync.WaitGroup
		for range n {
			all.Go(func() {
				for round := range int64(rounds) {
					here.Add(1)
					b.wait()
					if got := here.Load(); got != (round+1)*n {
						t.Errorf("%d spins, round %d: %d have come, %d are to", spins, round, got, (round+1)*n)
					}
					b.wait()
				}
			})
		}
		all.Wait()
	}
}

func TestCrewDoesEveryPartOnce(t *testing.T) {
	for _, n := range []int{1, 2, 5} {
		c := newCrew(n)
		done := make([]int, n)
		for round := range 200 {
			c.do(func(i int) { done[i]++ })
			for i, k := range done {
				if k != round+1 {
					t.Fatalf("crew of %d, round %d: part %d was done %d times", n, round, i, k)
				}
			}
		}
		c.end()
	}
}

func TestNoGoroutineStaysAfterTo(t *testing.T) {
	before := runtime.NumGoroutine()
	r := must(NewRun(Recipe{Topology: small(SoftmaxCrossEntropy{}), Optimizer: GradientDescent{Rate: 0.1}}, Machine{Workers: 4}))
	drain(t, r, blobs(t, 900), 3)
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// TestStepsAllocateNothing counts allocations of steps once memory has grown.
func TestStepsAllocateNothing(t *testing.T) {
	d := paper(t, 1500)
	topology := must(ParseTopology("300 affine:40 sigmoid affine:10 softmax+cross-entropy"))
	for name, recipe := range map[string]Recipe{
		"full":     {Optimizer: GradientDescent{Rate: 0.1}},
		"sample":   {Optimizer: GradientDescent{Rate: 0.1}, Sample: 0.7},
		"batch":    {Optimizer: GradientDescent{Rate: 0.1}, Batch: 128},
		"momentum": {Optimizer: GradientDescent{Rate: 0.1, Rule: Momentum{0.9}}, Batch: 128},
		"adam":     {Optimizer: GradientDescent{Rate: 0.01, Rule: Adam{}}, Batch: 32},
		"clip":     {Optimizer: GradientDescent{Rate: 0.1, Clip: 1}, Penalty: L2{0.01}, Batch: 500},
	} {
		for _, workers := range []int{1, 2} {
			recipe.Topology = topology
			r := must(NewRun(recipe, Machine{Workers: workers}))
			drain(t, r, d, 200)
			release := must(r.bind(d))
			s := r.head
			if n := testing.AllocsPerRun(100, func() {
				if _, err := r.advance(context.Background(), s); err != nil {
					t.Fatal(err)
				}
			}); n >= 1 {
				t.Errorf("%s, %d workers: %v allocations a step", name, workers, n)
			}
			release()
		}
	}
}
