package nnlib

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"digitlab/nnlib/comm"
)

// mesh runs f on every rank of a mesh and returns their errors.
func mesh(size int, f func(c comm.Communicator) error) []error {
	errs := make([]error, size)
	var all sync.WaitGroup
	for i, c := range comm.Mesh(size) {
		all.Go(func() { errs[i] = f(c) })
	}
	all.Wait()
	return errs
}

// over trains on several ranks, which share a directory or none, to a step, and
// returns the weights' hash and the history, the same on all ranks.
func over(t testing.TB, size, workers int, dir string, recipe Recipe, d Dataset, to int) (string, []Step) {
	t.Helper()
	hashes, histories := make([]string, size), make([][]Step, size)
	for i, err := range mesh(size, func(c comm.Communicator) error {
		r, err := OpenRun(dir, recipe, Machine{Workers: workers, Comm: c})
		if err != nil {
			return err
		}
		for s := range r.To(context.Background(), d, to) {
			s.Seconds, s.Replayed = 0, false
			histories[c.Rank()] = append(histories[c.Rank()], s)
		}
		hashes[c.Rank()] = hash(r.Model())
		return r.Err()
	}) {
		if err != nil {
			t.Fatalf("rank %d of %d: %v", i, size, err)
		}
	}
	for i := range size {
		if hashes[i] != hashes[0] || !sameSteps(histories[i], histories[0]) {
			t.Errorf("rank %d of %d ends with %s, rank 0 with %s", i, size, hashes[i], hashes[0])
		}
	}
	return hashes[0], histories[0]
}

func sameSteps(a, b []Step) bool {
	return slices.EqualFunc(a, b, func(a, b Step) bool { return slices.Equal(a.record()[:9], b.record()[:9]) })
}

// rankRecipes is every kind of step, with leaves enough that ranks share them.
func rankRecipes() map[string]Recipe {
	all := recipes()
	for name, r := range all {
		if name == "full" || name == "lbfgs" || name == "samples" || name == "undo" {
			r.Leaves = 7
			all[name] = r
		}
	}
	all["whole"] = recipes()["full"] // one leaf
	dropout := all["full"]
	dropout.Topology = small(SoftmaxCrossEntropy{}, Dropout{Rate: 0.3}, Tanh{})
	all["dropout"] = dropout
	all["adam, chunks"] = Recipe{Topology: dropout.Topology, Optimizer: GradientDescent{Rate: 0.01, Rule: Adam{}}, Batch: 300, Seed: 9, Leaves: 64}
	all["blocks"] = Recipe{Topology: dropout.Topology, Optimizer: GradientDescent{Rate: 0.1, Rule: Momentum{0.9}}, Batch: 260, Shuffle: Blocks{90}, Holdout: 0.1, Seed: 9, Leaves: 3}
	return all
}

func TestSameBitsForAnyRanks(t *testing.T) {
	d := blobs(t, 1001)
	steps := 50
	if testing.Short() {
		steps = 10
	}
	for name, recipe := range rankRecipes() {
		t.Run(name, func(t *testing.T) {
			r := must(NewRun(recipe, Machine{Workers: 1}))
			history := drain(t, r, d, steps)
			want := hash(r.Model())
			for _, workers := range []int{1, 2, 3, 8} {
				for size := 1; size <= 5; size++ {
					got, steps := over(t, size, workers, "", recipe, d, steps)
					if got != want || !sameSteps(steps, history) {
						t.Errorf("%d ranks of %d workers: %s, 1 of 1: %s", size, workers, got, want)
					}
				}
			}
		})
	}
}

// TestSameBitsResumedByOtherRanks trains with 2, then 3 ranks, then alone.
func TestSameBitsResumedByOtherRanks(t *testing.T) {
	d := blobs(t, 1001)
	for name, recipe := range rankRecipes() {
		straight := must(NewRun(recipe))
		history := drain(t, straight, d, 18)
		dir := t.TempDir()
		over(t, 2, 2, dir, recipe, d, 5)
		over(t, 3, 1, dir, recipe, d, 11)
		got, steps := over(t, 1, 2, dir, recipe, d, 18)
		if got != hash(straight.Model()) || !sameSteps(steps, history) {
			t.Errorf("%s: %s, straight %s", name, got, hash(straight.Model()))
		}
		// Back to a step between, without a snapshot, on all ranks.
		at := must(NewRun(recipe))
		drain(t, at, d, 7)
		if got, _ := over(t, 4, 1, dir, recipe, d, 7); got != hash(at.Model()) {
			t.Errorf("%s: back at step 7 %s, straight %s", name, got, hash(at.Model()))
		}
	}
}

// failing cannot read a row, at one rank, in a step.
type failing struct {
	*Examples
	step uint64
	held bool // when it is measured
}

var errRow = errors.New("the disk is gone")

func (d failing) Fill(b *Block, p Pass) error {
	if p.Step >= d.step && p.Train != d.held {
		return errRow
	}
	return d.Examples.Fill(b, p)
}

func TestFailingFillIsTheErrorOfAllRanks(t *testing.T) {
	d := blobs(t, 1001)
	all := rankRecipes()
	stop := all["stop"]
	stop.Leaves, stop.Holdout = 4, 0.4 // held-out rows have leaves, steps one chunk
	all["stop, leaves"] = stop
	for name, recipe := range all {
		for rank := range 3 {
			for _, held := range []bool{false, true} {
				if held && recipe.Holdout == 0 {
					continue
				}
				dir := t.TempDir()
				at := make([]int, 3)
				errs := mesh(3, func(c comm.Communicator) error {
					r, err := OpenRun(dir, recipe, Machine{Workers: 2, Comm: c})
					if err != nil {
						return err
					}
					var set Dataset = d
					if c.Rank() == rank {
						set = failing{d, 4, held}
					}
					for s := range r.To(context.Background(), set, 60) {
						at[c.Rank()] = s.Number
					}
					return r.Err()
				})
				for i, err := range errs {
					if e := (*comm.RankError)(nil); !errors.As(err, &e) || e.Rank != rank || !strings.Contains(err.Error(), errRow.Error()) {
						t.Errorf("%s: rank %d failed, rank %d says %v", name, rank, i, err)
					}
					if d := at[i] - at[rank]; d < 0 || d > 1 {
						t.Errorf("%s: rank %d failed after step %d, rank %d is at %d", name, rank, at[rank], i, at[i])
					}
				}
				straight := must(NewRun(recipe))
				drain(t, straight, d, 9)
				if got, _ := over(t, 2, 1, dir, recipe, d, 9); got != hash(straight.Model()) {
					t.Errorf("%s: resumed after rank %d failed: %s, straight %s", name, rank, got, hash(straight.Model()))
				}
			}
		}
	}
}

func TestInterruptOfOneRankIsThatOfAll(t *testing.T) {
	d := blobs(t, 1001)
	for name, recipe := range rankRecipes() {
		for rank := range 3 {
			dir := t.TempDir()
			for i, err := range mesh(3, func(c comm.Communicator) error {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				r := must(OpenRun(dir, recipe, Machine{Workers: 1, Comm: c}))
				last := 0
				for s := range r.To(ctx, d, 100) {
					if last = s.Number; last == 6 && c.Rank() == rank {
						cancel()
					}
				}
				if last != 6 {
					return fmt.Errorf("the last step is %d", last)
				}
				if c.Rank() == rank && !errors.Is(r.Err(), context.Canceled) {
					return fmt.Errorf("on the rank itself: %w", r.Err())
				}
				if !errors.Is(r.Err(), ErrInterrupted) {
					return fmt.Errorf("no interrupt: %w", r.Err())
				}
				return nil
			}) {
				if err != nil {
					t.Errorf("%s: rank %d: %v", name, i, err)
				}
			}
			straight := must(NewRun(recipe))
			drain(t, straight, d, 9)
			if got, _ := over(t, 1, 1, dir, recipe, d, 9); got != hash(straight.Model()) {
				t.Errorf("%s: resumed %s, straight %s", name, got, hash(straight.Model()))
			}
		}
	}
}

// TestLeavingTheLoopOnOneRankStopsAll also has loops that all ranks leave.
func TestLeavingTheLoopOnOneRankStopsAll(t *testing.T) {
	d, recipe := blobs(t, 600), rankRecipes()["full"]
	for _, leaving := range [][]int{{0}, {1}, {0, 1, 2}} {
		dir := t.TempDir()
		for i, err := range mesh(3, func(c comm.Communicator) error {
			r := must(OpenRun(dir, recipe, Machine{Workers: 1, Comm: c}))
			for s := range r.To(context.Background(), d, 20) {
				if s.Number == 4 && slices.Contains(leaving, c.Rank()) {
					break
				}
			}
			if left := slices.Contains(leaving, c.Rank()); left && r.Err() != nil || !left && !errors.Is(r.Err(), ErrInterrupted) {
				return fmt.Errorf("ends with %w", r.Err())
			}
			for range r.To(context.Background(), d, 8) { // and go on together
			}
			return r.Err()
		}) {
			if err != nil {
				t.Errorf("%v leave: rank %d: %v", leaving, i, err)
			}
		}
	}
}

func TestRanksWithSomethingElseAreNamed(t *testing.T) {
	d, recipe := blobs(t, 600), recipes()["full"]
	other := recipe
	other.Seed++
	for what, c := range map[string]struct {
		recipe Recipe
		data   Dataset
		text   string
	}{
		"data":       {recipe, blobs(t, 601), "Data: there sha256:"},
		"recipe":     {other, d, "Seed: there 3, here 4"},
		"bad recipe": {Recipe{}, d, "has no values"},
		"shape":      {recipe, paper(t, 600), "rows of 300 values"},
	} {
		for rank := range 3 {
			dir := filepath.Join(t.TempDir(), "run")
			for i, err := range mesh(3, func(c3 comm.Communicator) error {
				mine, set := recipe, Dataset(d)
				if c3.Rank() == rank {
					mine, set = c.recipe, c.data
				}
				r, err := OpenRun(dir, mine, Machine{Comm: c3})
				if err != nil {
					return err
				}
				for range r.To(context.Background(), set, 3) {
				}
				return r.Err()
			}) {
				blamed := max(rank, 1) // others are compared with rank 0
				if rank == 0 && (what == "bad recipe" || what == "shape") {
					blamed = 0
				}
				e := (*comm.RankError)(nil)
				if !errors.As(err, &e) || e.Rank != blamed || rank > 0 && !strings.Contains(err.Error(), c.text) {
					t.Errorf("%s: rank %d is another, rank %d says %v", what, rank, i, err)
				}
			}
			if _, err := os.Stat(dir); err == nil {
				t.Errorf("%s: the run directory was made", what)
			}
		}
	}
}

// TestDirectoryIsRank0s fails there, when it is opened and when it is full.
func TestDirectoryIsRank0s(t *testing.T) {
	d, recipe := blobs(t, 600), recipes()["full"]
	other := recipe
	other.Seed++
	dir := t.TempDir()
	over(t, 2, 1, dir, other, d, 2)
	for i, err := range mesh(2, func(c comm.Communicator) error {
		_, err := OpenRun(dir, recipe, Machine{Comm: c})
		return err
	}) {
		if err == nil || !strings.Contains(err.Error(), "rank 0: ") || !strings.Contains(err.Error(), "Seed: there 4, here 3") {
			t.Errorf("rank %d: %v", i, err)
		}
	}
	for i, err := range mesh(3, func(c comm.Communicator) error {
		name := filepath.Join(dir, "run")
		r := must(OpenRun(name, recipe, Machine{Comm: c}))
		for s := range r.To(context.Background(), d, 9) {
			if s.Number == 4 && c.Rank() == 0 {
				if err := os.RemoveAll(name); err != nil {
					return err
				}
			}
		}
		return r.Err()
	}) {
		if err == nil || !strings.Contains(err.Error(), "rank 0: nnlib: run directory: ") {
			t.Errorf("without its directory: rank %d says %v", i, err)
		}
	}
}

func TestModelAtOnAllRanks(t *testing.T) {
	d, recipe := blobs(t, 600), recipes()["seed"]
	dir := t.TempDir()
	over(t, 2, 1, dir, recipe, d, 4)
	over(t, 2, 1, dir, recipe, d, 9)
	want := hash(must(must(OpenRun(dir, recipe)).ModelAt(4)))
	for i, err := range mesh(3, func(c comm.Communicator) error {
		r := must(OpenRun(dir, recipe, Machine{Comm: c}))
		if m, err := r.ModelAt(4); err != nil || hash(m) != want {
			return fmt.Errorf("ModelAt(4) is another: %w", err)
		}
		if _, err := r.ModelAt(5); err == nil {
			return errors.New("ModelAt(5) without To(5)")
		}
		return nil
	}) {
		if err != nil {
			t.Errorf("rank %d: %v", i, err)
		}
	}
}

// TestRankStepsAllocateNothing counts allocations of steps that ranks share.
func TestRankStepsAllocateNothing(t *testing.T) {
	d := paper(t, 1500)
	recipe := Recipe{Topology: must(ParseTopology("300 affine:40 sigmoid affine:10 softmax+cross-entropy")), Optimizer: GradientDescent{Rate: 0.1}, Leaves: 8}
	const most = 100
	for _, workers := range []int{1, 2} {
		for _, err := range mesh(2, func(c comm.Communicator) error {
			r := must(NewRun(recipe, Machine{Workers: workers, Comm: c}))
			for range r.To(context.Background(), d, 50) {
			}
			release := must(r.bind(d))
			defer release()
			step := func() {
				if _, err := r.advance(context.Background(), r.head); err != nil {
					panic(err)
				}
			}
			if c.Rank() == 1 {
				for range most + 1 { // AllocsPerRun has one to warm up
					step()
				}
				return nil
			}
			if n := testing.AllocsPerRun(most, step); n >= 1 {
				return fmt.Errorf("%d workers: %v allocations a step", workers, n)
			}
			return nil
		}) {
			if err != nil {
				t.Error(err)
			}
		}
	}
}

func TestFingerprintOfRanksIsThatOfOne(t *testing.T) {
	for _, n := range []int{1, 128, 1001} {
		d := blobs(t, n)
		want := must(Fingerprint(d))
		for size := 1; size <= 5; size++ {
			for i, err := range mesh(size, func(c comm.Communicator) error {
				if got, err := FingerprintOver(c, d); err != nil || got != want {
					return fmt.Errorf("another fingerprint: %w", err)
				}
				return nil
			}) {
				if err != nil {
					t.Errorf("%d rows, rank %d of %d: %v", n, i, size, err)
				}
			}
		}
	}
	d := blobs(t, 600)
	for i, err := range mesh(3, func(c comm.Communicator) error {
		var set Dataset = d
		if c.Rank() == 2 {
			set = failing{d, 0, true}
		}
		r := must(NewRun(recipes()["full"], Machine{Comm: c}))
		for range r.To(context.Background(), together{set, c}, 3) {
		}
		return r.Err()
	}) {
		if err == nil || err.Error() != "rank 2: "+errRow.Error() {
			t.Errorf("rank %d: %v", i, err)
		}
	}
}

// together makes its fingerprint with other ranks.
type together struct {
	Dataset
	ranks comm.Communicator
}

func (d together) Fingerprint() ([32]byte, error) { return FingerprintOver(d.ranks, d.Dataset) }
