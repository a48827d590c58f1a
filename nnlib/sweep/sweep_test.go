package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"digitlab/nnlib"
	"digitlab/nnlib/data"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// halves is images of 4x4 whose class is the half that holds the ink.
func halves(t testing.TB, rows int, seed uint64) *nnlib.Examples {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	x, class := make([]nnlib.Float, 16*rows), make([]int, rows)
	for i := range rows {
		class[i] = r.IntN(2)
		for k := range 16 {
			if k/8 == class[i] && r.IntN(3) > 0 || r.IntN(5) == 0 {
				x[16*i+k] = nnlib.Float(r.Float64())
			}
		}
	}
	d, err := nnlib.NewExamples(nnlib.Pixels(4, 4), 2, x, class)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func recipe(t testing.TB, net string) nnlib.Recipe {
	t.Helper()
	topology, err := nnlib.ParseTopology(net)
	if err != nil {
		t.Fatal(err)
	}
	return nnlib.Recipe{Topology: topology, Optimizer: nnlib.GradientDescent{Rate: 0.5}, Batch: 32, Holdout: 0.25, Seed: 1}
}

const small = "4x4 affine:4 tanh affine:2 softmax+cross-entropy"

func plan(t testing.TB, seeds ...uint64) Plan {
	t.Helper()
	list, err := Grid(recipe(t, small), Rate(0.01, 0.1, 1), Choice("batch", func(r *nnlib.Recipe, n int) { r.Batch = n }, 16, 64))
	if err != nil {
		t.Fatal(err)
	}
	return Plan{Variations: list, Seeds: seeds, Steps: 12}
}

func open(t testing.TB, folder string, p Plan, m ...Machine) *Sweep {
	t.Helper()
	s, err := Open(folder, p, m...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// all ranges over every point.
func all(t testing.TB, s *Sweep, train, validation nnlib.Dataset) (points []Point) {
	t.Helper()
	for p := range s.Points(context.Background(), train, validation) {
		points = append(points, p)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return points
}

// numbers leaves out what a second run may not repeat.
var numbers = cmp.Options{
	cmpopts.IgnoreFields(Point{}, "Seconds", "Dir", "Replayed"), cmpopts.IgnoreFields(Row{}, "Seconds"), cmpopts.EquateNaNs(),
}

func TestSameNumbersHoweverManyRunsGoAtATime(t *testing.T) {
	train := halves(t, 300, 1)
	one := open(t, "", plan(t, 1, 2, 3), Machine{Parallel: 1, Workers: 1})
	points := all(t, one, train, nil)
	want := one.Result()
	if len(points) != 18 || len(want.Points) != 18 || len(want.Rows) != 6 {
		t.Fatalf("%d points, %d kept in %d rows", len(points), len(want.Points), len(want.Rows))
	}
	for _, m := range []Machine{{Parallel: 2}, {Parallel: 3, Workers: 2}, {Parallel: 50, Workers: 1}, {}} {
		for _, folder := range []string{"", t.TempDir()} {
			s := open(t, folder, plan(t, 1, 2, 3), m)
			all(t, s, train, nil)
			if d := cmp.Diff(want, s.Result(), numbers); d != "" {
				t.Errorf("%+v: %s", m, d)
			}
		}
	}
}

// A point is what the recipe gives by itself.
func TestPointsAreTheRecipesOwnRuns(t *testing.T) {
	train := halves(t, 200, 1)
	p := plan(t, 7)
	s := open(t, "", p, Machine{Parallel: 2})
	all(t, s, train, nil)
	for i, got := range s.Result().Points {
		r := p.Variations[i].Recipe
		r.Seed = 7
		run, err := nnlib.NewRun(r)
		if err != nil {
			t.Fatal(err)
		}
		for range run.To(context.Background(), train, 12) {
		}
		if err := run.Err(); err != nil {
			t.Fatal(err)
		}
		all, err := run.Model().Predict(context.Background(), train)
		if err != nil {
			t.Fatal(err)
		}
		var cost, rows [2]float64
		var right [2]float64
		for k, c := range all.Cost {
			h := 0
			if nnlib.HeldOut(7, 0.25, k) {
				h = 1
			}
			cost[h], rows[h] = cost[h]+c, rows[h]+1
			if all.Class[k] == train.Class()[k] {
				right[h]++
			}
		}
		want := Point{Name: p.Variations[i].Name, Number: i, Seed: 7, Rate: []float64{0.01, 0.01, 0.1, 0.1, 1, 1}[i], Steps: 12,
			Cost: cost[0] / rows[0], Accuracy: right[0] / rows[0], Validation: cost[1] / rows[1], ValidationAccuracy: right[1] / rows[1]}
		if d := cmp.Diff(want, got, numbers, cmpopts.EquateApprox(0, 1e-9)); d != "" {
			t.Error(d)
		}
	}
}

func TestAValidationSetIsMeasuredInPlaceOfHeldOutRows(t *testing.T) {
	train, validation := halves(t, 200, 1), halves(t, 90, 2)
	p := plan(t, 7)
	s := open(t, "", p)
	all(t, s, train, validation)
	with := s.Result().Points[0]
	all(t, s, train, nil)
	without := s.Result().Points[0]
	if with.Validation == without.Validation || with.Cost != without.Cost {
		t.Errorf("with %+v, without %+v", with, without)
	}
	for i := range p.Variations {
		p.Variations[i].Recipe.Holdout = 0
	}
	s = open(t, "", p)
	all(t, s, train, nil)
	if got := s.Result().Points[0]; !math.IsNaN(got.Validation) || !math.IsNaN(got.ValidationAccuracy) || math.IsNaN(got.Cost) {
		t.Errorf("nothing is held out: %+v", got)
	}
}

// TestDataWithValidationRowsOfItsOwn: they are measured like a validation set.
func TestDataWithValidationRowsOfItsOwn(t *testing.T) {
	train, rest := halves(t, 200, 1), halves(t, 100, 2)
	both, err := data.WithValidation(train, rest)
	if err != nil {
		t.Fatal(err)
	}
	p := plan(t, 1)
	for i := range p.Variations {
		p.Variations[i].Recipe.Holdout = 0
	}
	want := all(t, open(t, "", p), train, rest)
	got := all(t, open(t, "", p), both, nil)
	for i, g := range got {
		if g.Validation != want[i].Validation || g.Cost != want[i].Cost || math.IsNaN(g.Validation) {
			t.Errorf("%+v, with a validation set %+v", g, want[i])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d points, want %d", len(got), len(want))
	}
}

// A sweep that is interrupted again and again ends with the same numbers, and
// computes no finished run again.
func TestInterruptedSweepsGoOn(t *testing.T) {
	train, folder := halves(t, 300, 1), t.TempDir()
	straight := open(t, "", plan(t, 1, 2))
	all(t, straight, train, nil)
	fresh := 0
	for range 40 {
		s := open(t, folder, plan(t, 1, 2), Machine{Parallel: 2})
		ctx, cancel := context.WithCancel(context.Background())
		replayed := 0
		for p := range s.Points(ctx, train, nil) {
			if p.Replayed {
				replayed++
				continue
			}
			fresh++
			cancel()
		}
		cancel()
		if replayed > fresh {
			t.Fatalf("%d runs were there, %d had been yielded", replayed, fresh)
		}
		if err := s.Err(); err == nil {
			if d := cmp.Diff(straight.Result(), s.Result(), numbers); d != "" {
				t.Error(d)
			}
			if fresh != s.Len() {
				t.Errorf("%d runs were computed, there are %d", fresh, s.Len())
			}
			return
		} else if !errors.Is(err, nnlib.ErrInterrupted) || !strings.Contains(err.Error(), "of 12 runs") {
			t.Fatal(err)
		}
	}
	t.Fatal("the sweep does not come to an end")
}

func TestLeavingTheLoopIsNoError(t *testing.T) {
	train, folder := halves(t, 100, 1), t.TempDir()
	s := open(t, folder, plan(t), Machine{Parallel: 2})
	for range s.Points(context.Background(), train, nil) {
		break
	}
	if s.Err() != nil || len(s.Result().Points) == 0 {
		t.Fatalf("%v, %d points", s.Err(), len(s.Result().Points))
	}
	if points := all(t, s, train, nil); len(points) != s.Len() || !points[0].Replayed {
		t.Errorf("%d points, the first replayed: %v", len(points), points[0].Replayed)
	}
}

// More steps go on from the run directories; other data is refused there.
func TestMoreStepsGoOn(t *testing.T) {
	train, folder := halves(t, 100, 1), t.TempDir()
	p := plan(t)
	all(t, open(t, folder, p), train, nil)
	p.Steps = 20
	s, straight := open(t, folder, p), open(t, "", p)
	for _, point := range all(t, s, train, nil) {
		if point.Replayed || point.Steps != 20 {
			t.Fatalf("%+v", point)
		}
	}
	all(t, straight, train, nil)
	if d := cmp.Diff(straight.Result(), s.Result(), numbers); d != "" {
		t.Error(d)
	}
	for range s.Points(context.Background(), halves(t, 100, 2), nil) {
		t.Error("a point of other data")
	}
	if err := s.Err(); err == nil || !strings.Contains(err.Error(), "Data: there") || !strings.Contains(err.Error(), "sweep: rate=0.01, batch=16, seed 1") {
		t.Errorf("%v", err)
	}
}

func TestDivergenceIsAPoint(t *testing.T) {
	r := recipe(t, "4x4 affine:4 relu affine:2 linear+squared")
	list, err := Rates(r, 0.01, 1e200)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for round := range 2 {
		s := open(t, folder, Plan{Variations: list, Epochs: 2, Seeds: []uint64{1, 2}})
		points := all(t, s, halves(t, 100, 1), nil)
		if len(points) != 4 || points[0].Replayed != (round == 1) {
			t.Fatalf("%+v", points)
		}
		got := s.Result().Rows
		if got[0].Diverged != 0 || got[1].Diverged != 2 || !math.IsNaN(got[1].Cost.Mean) || math.IsNaN(got[0].Cost.Mean) {
			t.Errorf("%+v", got)
		}
		if p := s.Result().Points[2]; !p.Diverged || p.Rate != 1e200 || p.Steps > 6 {
			t.Errorf("%+v", p)
		}
	}
}

func TestEarlyStopsAreTold(t *testing.T) {
	r := recipe(t, small)
	r.Patience, r.Optimizer = 1, nnlib.GradientDescent{Rate: 40}
	s := open(t, "", Plan{Variations: []Variation{{"hot", r}}, Steps: 4000})
	if p := all(t, s, halves(t, 200, 1), nil)[0]; !p.Stopped || p.Steps == 0 || p.Steps >= 4000 {
		t.Errorf("%+v", p)
	}
}

func TestPlansAreChecked(t *testing.T) {
	r := recipe(t, small)
	other := r
	other.Batch = 8
	bad := r
	bad.Batch = -1
	for want, p := range map[string]Plan{
		"no variations":           {Steps: 1},
		"0 steps and 0 epochs":    {Variations: []Variation{{"a", r}}},
		"3 steps and 2 epochs":    {Variations: []Variation{{"a", r}}, Steps: 3, Epochs: 2},
		`two variations are`:      {Variations: []Variation{{"a", r}, {"a", other}}, Steps: 1},
		"are the same recipe":     {Variations: []Variation{{"a", r}, {"b", r}}, Steps: 1},
		"sweep: bad: nnlib: reci": {Variations: []Variation{{"bad", bad}}, Steps: 1},
		"seed 5 is given twice":   {Variations: []Variation{{"a", r}}, Steps: 1, Seeds: []uint64{5, 5}},
	} {
		if _, err := Open("", p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	s := open(t, "", Plan{Variations: []Variation{{"wide", recipe(t, "8x8 affine:2 softmax+cross-entropy")}}, Steps: 1})
	for range s.Points(context.Background(), halves(t, 20, 1), nil) {
		t.Error("a point of data that does not fit")
	}
	if err := s.Err(); err == nil || errors.Is(err, nnlib.ErrInterrupted) || !strings.Contains(err.Error(), "sweep: wide, seed 1") {
		t.Errorf("%v", err)
	}
}

func TestABrokenPointSaysWhatToDo(t *testing.T) {
	train, folder := halves(t, 50, 1), t.TempDir()
	s := open(t, folder, plan(t))
	name := filepath.Join(all(t, s, train, nil)[0].Dir, "point.json")
	if err := os.WriteFile(name, []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	s = open(t, folder, plan(t))
	for range s.Points(context.Background(), train, nil) {
	}
	if err := s.Err(); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("%v", err)
	}
}

func TestResultTextAndJSON(t *testing.T) {
	r := &Result{Steps: 9, Points: []Point{{Name: "a", Seed: 1, Rate: 0.1, Cost: 0.5, Validation: math.NaN()}}}
	r.Rows = []Row{
		{Name: "rate=0.1", Rate: 0.1, Runs: 2, Steps: SpreadOf(9, 9), Seconds: SpreadOf(1, 2), Cost: SpreadOf(0.5, 0.7), Accuracy: SpreadOf(0.9, 0.9), Validation: SpreadOf(), ValidationAccuracy: SpreadOf()},
		{Name: "rate=10", Rate: 10, Runs: 1, Diverged: 1, Steps: SpreadOf(), Seconds: SpreadOf(3), Cost: SpreadOf(), Accuracy: SpreadOf(), Validation: SpreadOf(), ValidationAccuracy: SpreadOf()},
	}
	want := []string{
		"variation  runs  diverged  steps  cost             accuracy, %   validation cost  validation accuracy, %  seconds",
		"rate=0.1   2     0         9      0.6000 ± 0.1414  90.00 ± 0.00  -                -                       1.5 ± 0.7",
		"rate=10    1     1         -      -                -             -                -                       3.0",
	}
	if got := strings.Split(strings.TrimSuffix(r.Text(), "\n"), "\n"); !slices.Equal(got, want) {
		t.Errorf("%s", r.Text())
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"steps_asked":9`, `"cost":{"mean":0.6,"sd":0.1414`, `"validation_cost":{"mean":null,"sd":null}`, `"runs":[{"name":"a","variation":0,"seed":1,"rate":0.1`} {
		if !strings.Contains(string(b), part) {
			t.Errorf("%s is missing in %s", part, b)
		}
	}
	var p Point
	if b, err = json.Marshal(r.Points[0]); err == nil {
		err = json.Unmarshal(b, &p)
	}
	if d := cmp.Diff(r.Points[0], p, cmpopts.EquateNaNs()); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
}
