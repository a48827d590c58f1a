package nnlib

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestToShowsTheModelOfItsStep(t *testing.T) {
	d, recipe := blobs(t, 600), recipes()["seed"]
	for _, dir := range []string{"", t.TempDir()} {
		want := map[int]string{}
		for _, n := range []int{5, 9, 20} {
			r := must(NewRun(recipe))
			drain(t, r, d, n)
			want[n] = hash(r.Model())
		}
		r := must(OpenRun(dir, recipe))
		for _, n := range []int{5, 20, 5, 9, 20} {
			steps := drain(t, r, d, n)
			if len(steps) != n || hash(r.Model()) != want[n] {
				t.Errorf("To(%d) in %q: %d steps, model %s, want %s", n, dir, len(steps), hash(r.Model()), want[n])
			}
			if m := must(r.ModelAt(n)); hash(m) != want[n] {
				t.Errorf("ModelAt(%d) is %s, want %s", n, hash(m), want[n])
			}
		}
		if n := len(r.History()); n != 20 {
			t.Errorf("history has %d steps, want 20", n)
		}
		if _, err := r.ModelAt(7); err == nil {
			t.Error("ModelAt(7) without To(7)")
		}
	}
}

func TestReplayedStepsEqualTheFirst(t *testing.T) {
	d, recipe, dir := blobs(t, 600), recipes()["undo"], t.TempDir()
	first := drain(t, must(OpenRun(dir, recipe)), d, 8)
	again := drain(t, must(OpenRun(dir, recipe)), d, 8)
	for i := range first {
		if !again[i].Replayed || first[i].Replayed {
			t.Fatalf("step %d: replayed is %v, then %v", i+1, first[i].Replayed, again[i].Replayed)
		}
		a, b := first[i], again[i]
		a.Replayed, a.Seconds, b.Replayed, b.Seconds = false, 0, false, 0
		if a != b {
			t.Errorf("step %d is %+v, read back %+v", i+1, a, b)
		}
	}
}

func TestInterruptSavesWholeSteps(t *testing.T) {
	d, recipe, dir := blobs(t, 600), recipes()["seed"], t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	r := must(OpenRun(dir, recipe))
	for s := range r.To(ctx, d, 20) {
		if s.Number == 7 {
			stop()
		}
	}
	if err := r.Err(); !errors.Is(err, ErrInterrupted) || !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	r = must(OpenRun(dir, recipe))
	if n := len(r.History()); n != 7 {
		t.Errorf("%d steps are saved, want 7", n)
	}
	drain(t, r, d, 20)
	straight := must(NewRun(recipe))
	drain(t, straight, d, 20)
	if hash(r.Model()) != hash(straight.Model()) {
		t.Error("other weights than straight")
	}
	ctx, stop = context.WithTimeout(context.Background(), time.Nanosecond)
	defer stop()
	for range r.To(ctx, d, 30) {
	}
	if err := r.Err(); !errors.Is(err, ErrInterrupted) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("deadline: %v", err)
	}
}

// breaking calls stop at a Fill. It is for one worker.
type breaking struct {
	*Examples
	fills *int
	at    int
	stop  func()
}

func (d breaking) Fill(b *Block, p Pass) error {
	if *d.fills++; *d.fills == d.at {
		d.stop()
	}
	return d.Examples.Fill(b, p)
}

// TestInterruptWithinAStepLeavesNoTrace breaks off between the evaluations of a
// step and among the chunks of one.
func TestInterruptWithinAStepLeavesNoTrace(t *testing.T) {
	d := blobs(t, 300)
	for _, name := range []string{"lbfgs", "samples", "undo", "adam"} {
		recipe := recipes()[name]
		want := drain(t, must(NewRun(recipe)), d, 4)
		for at := 2; at < 18; at++ {
			ctx, stop := context.WithCancel(context.Background())
			dir := t.TempDir()
			for range must(OpenRun(dir, recipe, Machine{Workers: 1})).To(ctx, breaking{d, new(int), at, stop}, 4) {
			}
			stop()
			for i, got := range drain(t, must(OpenRun(dir, recipe)), d, 4) {
				if a, b := got.record(), want[i].record(); !slices.Equal(a[:9], b[:9]) { // but for the seconds
					t.Errorf("%s, broken off at fill %d: step %v, straight %v", name, at, a, b)
				}
			}
		}
	}
}

// TestLinesAfterTheCheckpointAreCut is a process that ended between its history
// and its checkpoint.
func TestLinesAfterTheCheckpointAreCut(t *testing.T) {
	d, recipe, dir := blobs(t, 600), recipes()["seed"], t.TempDir()
	drain(t, must(OpenRun(dir, recipe)), d, 5)
	old := must(os.ReadFile(filepath.Join(dir, "checkpoint")))
	drain(t, must(OpenRun(dir, recipe)), d, 9)
	name := filepath.Join(dir, "history.csv")
	whole := must(os.ReadFile(name))
	if err := os.WriteFile(filepath.Join(dir, "checkpoint"), old, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, whole[:len(whole)-3], 0o666); err != nil {
		t.Fatal(err)
	}
	r := must(OpenRun(dir, recipe))
	if n := len(r.History()); n != 5 {
		t.Fatalf("%d steps, want 5", n)
	}
	drain(t, r, d, 9)
	if lines := strings.Count(string(must(os.ReadFile(name))), "\n"); lines != 10 {
		t.Errorf("history.csv has %d lines, want 10", lines)
	}
}

func TestEarlyStoppingRestoresTheBest(t *testing.T) {
	d, recipe := blobs(t, 900), recipes()["stop"]
	r := must(NewRun(recipe))
	steps := drain(t, r, d, 100000)
	if len(steps) == 100000 {
		t.Fatal("never stopped")
	}
	best, at := math.Inf(1), 0
	for _, s := range steps {
		if s.Validation < best {
			best, at = s.Validation, s.Number
		}
	}
	if last := steps[len(steps)-1]; last.Number == at {
		t.Fatal("stopped at its best step: nothing is restored")
	}
	b := must(NewRun(recipe))
	drain(t, b, d, at)
	if hash(b.Model()) != hash(r.Model()) {
		t.Error("the weights are not those of the best epoch")
	}
	if m := must(r.ModelAt(100000)); hash(m) != hash(b.Model()) {
		t.Error("ModelAt past the stop is not the best model")
	}
}

func TestDirectoryOfSomethingElseIsRefused(t *testing.T) {
	d, recipe, dir := blobs(t, 600), recipes()["seed"], t.TempDir()
	drain(t, must(OpenRun(dir, recipe)), d, 2)
	other := recipe
	other.Seed = 12
	if _, err := OpenRun(dir, other); err == nil || !strings.Contains(err.Error(), "Seed: there 11, here 12") {
		t.Errorf("other seed: %v", err)
	}
	r := must(OpenRun(dir, recipe))
	for range r.To(context.Background(), blobs(t, 601), 3) {
	}
	if err := r.Err(); err == nil || !strings.Contains(err.Error(), "Data: there sha256:") {
		t.Errorf("other data: %v", err)
	}
	if b := must(os.ReadFile(filepath.Join(dir, "checkpoint"))); len(b) == 0 {
		t.Error("the checkpoint is gone")
	}
}

func TestDamagedCheckpointIsRefused(t *testing.T) {
	d, recipe, dir := blobs(t, 600), recipes()["seed"], t.TempDir()
	drain(t, must(OpenRun(dir, recipe)), d, 2)
	name := filepath.Join(dir, "checkpoint")
	good := must(os.ReadFile(name))
	for what, bad := range map[string][]byte{
		"flipped bit": append(append(append([]byte(nil), good[:100]...), good[100]^1), good[101:]...),
		"cut off":     good[:len(good)-10],
		"empty":       {},
		"other text":  []byte("hello"),
		"version 1":   []byte(strings.Replace(string(good), "checkpoint 2", "checkpoint 1", 1)),
	} {
		if err := os.WriteFile(name, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenRun(dir, recipe); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestSecondProcessIsRefused(t *testing.T) {
	d, recipe, dir := blobs(t, 600), recipes()["seed"], t.TempDir()
	a, b := must(OpenRun(dir, recipe)), must(OpenRun(dir, recipe))
	for range a.To(context.Background(), d, 2) {
		for range b.To(context.Background(), d, 2) {
			t.Fatal("both train")
		}
		if err := b.Err(); err == nil || !strings.Contains(err.Error(), "another process") {
			t.Fatalf("error %v", err)
		}
	}
	if n := len(drain(t, b, d, 3)); n != 3 {
		t.Errorf("%d steps afterwards", n)
	}
}

func TestDivergedRunKeepsItsCheckpoint(t *testing.T) {
	d, dir := blobs(t, 600), t.TempDir()
	recipe := Recipe{Topology: small(SoftmaxCrossEntropy{}, ReLU{}), Optimizer: GradientDescent{Rate: 1e200}, Batch: 100, Seed: 1}
	r := must(OpenRun(dir, recipe))
	for range r.To(context.Background(), d, 50) {
	}
	if !errors.Is(r.Err(), ErrDiverged) {
		t.Fatalf("error %v", r.Err())
	}
	if _, err := OpenRun(dir, recipe); err != nil {
		t.Error(err)
	}
	m := must(NewRun(recipe))
	for range 2 {
		for range m.To(context.Background(), d, 50) {
		}
		if !errors.Is(m.Err(), ErrDiverged) {
			t.Fatalf("in memory: %v", m.Err())
		}
		if _, err := m.ModelAt(len(m.History())); !errors.Is(err, ErrDiverged) {
			t.Errorf("weights that are no step's are shown: %v", err)
		}
	}
}

// TestDivergedRunKeepsItsHistory is for steps that evaluate before they update:
// the weights are whole, and what led there can be looked at.
func TestDivergedRunKeepsItsHistory(t *testing.T) {
	values := NewMatrix(300, 1)
	for i := range values.Data {
		values.Data[i] = Float(i % 7)
	}
	d, dir := must(blobs(t, 300).Regression(values)), t.TempDir()
	recipe := Recipe{Topology: Topology{Input: Pixels(6, 5), Layers: []Layer{Affine{1}, LinearSquaredError{}}}, Optimizer: GradientDescent{Rate: 1e12}}
	r, n := must(OpenRun(dir, recipe)), 0
	for range r.To(context.Background(), d, 1000) {
		n++
	}
	if !errors.Is(r.Err(), ErrDiverged) || n < 2 {
		t.Fatalf("%d steps, error %v", n, r.Err())
	}
	if got := must(ReadRun(dir)); len(got.History) != n || hash(got.Model) != hash(r.Model()) {
		t.Errorf("%d steps are saved, want %d", len(got.History), n)
	}
	for range r.To(context.Background(), d, 1000) {
		n--
	}
	if !errors.Is(r.Err(), ErrDiverged) || n != 0 {
		t.Errorf("again: %d steps fewer, error %v", n, r.Err())
	}
}

// TestDivergedBeforeAnyBest is a run whose validation cost is never finite, so
// that there are no weights for early stopping to bring back.
func TestDivergedBeforeAnyBest(t *testing.T) {
	values := NewMatrix(300, 1)
	for i := range values.Data {
		values.Data[i] = Float(i % 7)
	}
	d := must(blobs(t, 300).Regression(values))
	r := must(NewRun(Recipe{
		Topology:  Topology{Input: Pixels(6, 5), Layers: []Layer{Affine{9}, Affine{1}, LinearSquaredError{}}},
		Optimizer: GradientDescent{Rate: 1e300}, Holdout: 0.2, Patience: 1, Seed: 3,
	}))
	for range r.To(context.Background(), d, 10) {
	}
	if !errors.Is(r.Err(), ErrDiverged) || r.Stopped() {
		t.Errorf("error %v, stopped %v", r.Err(), r.Stopped())
	}
}

func TestInterruptThatCannotSaveIsNotSaved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	r := must(OpenRun(dir, recipes()["seed"]))
	for range r.To(ctx, blobs(t, 600), 3) {
		os.RemoveAll(dir)
		stop()
	}
	if err := r.Err(); errors.Is(err, ErrInterrupted) || !errors.Is(err, context.Canceled) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestRemovedDirectoryBeginsAfresh(t *testing.T) {
	d, dir := blobs(t, 600), filepath.Join(t.TempDir(), "run")
	r := must(OpenRun(dir, recipes()["seed"]))
	want := drain(t, r, d, 3)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if got := drain(t, r, d, 3); len(got) != 3 || got[0].Replayed || got[2].Cost != want[2].Cost {
		t.Errorf("%+v, want %+v", got, want)
	}
	if n := len(must(OpenRun(dir, recipes()["seed"])).History()); n != 3 {
		t.Errorf("%d steps are saved", n)
	}
}

// closing is data that can be read until it is closed.
type closing struct {
	*Examples
	closed *bool
}

func (d closing) Fill(b *Block, p Pass) error {
	if *d.closed {
		return fs.ErrClosed
	}
	return d.Examples.Fill(b, p)
}

func TestRunReadsTheDataOfThisCall(t *testing.T) {
	d, dir := blobs(t, 600), t.TempDir()
	drain(t, must(OpenRun(dir, recipes()["seed"])), d, 2)
	r := must(OpenRun(dir, recipes()["seed"]))
	for range r.To(context.Background(), blobs(t, 601), 3) {
	}
	if r.Err() == nil {
		t.Fatal("other data are taken")
	}
	closed := false
	drain(t, r, closing{d, &closed}, 3)
	closed = true
	drain(t, r, d, 4) // opened again
}

func TestDataMustFitTheTopology(t *testing.T) {
	for want, topology := range map[string]Topology{
		"rows of 30 values, the topology reads 31": {Input: Units(31), Layers: []Layer{Affine{4}, SoftmaxCrossEntropy{}}},
		"4 classes, the topology has 3 outputs":    {Input: Units(30), Layers: []Layer{Affine{3}, SoftmaxCrossEntropy{}}},
	} {
		r := must(NewRun(Recipe{Topology: topology, Optimizer: GradientDescent{Rate: 1}}))
		for range r.To(context.Background(), blobs(t, 10), 1) {
		}
		var shape *ShapeError
		if err := r.Err(); !errors.As(err, &shape) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
