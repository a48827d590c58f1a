package data

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"digitlab/nnlib"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func fails(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v, want one line with %s", err, want)
	}
}

// digits is rows of 9 values, most of them zero, in 3 classes: dense, entries
// or packed.
func digits(seed, rows int, form string) *nnlib.Examples {
	bytes, x, class := make([]byte, 9*rows), make([]nnlib.Float, 9*rows), make([]int, rows)
	var level [256]nnlib.Float
	for b := range level {
		level[b] = nnlib.Float(b) / 8
	}
	for i := range class {
		class[i] = (i*7 + seed) % 3
		for k := range 3 {
			bytes[9*i+3*class[i]+k] = byte((i*13 + k*5 + seed) % 8)
		}
		bytes[9*i+(i*5+seed)%9]++
	}
	for i, b := range bytes {
		x[i] = level[b]
		if form == "dense" {
			x[i]++
		}
	}
	if form == "packed" {
		return must(nnlib.PackExamples(nnlib.Pixels(3, 3), 3, &level, bytes, class))
	}
	return must(nnlib.NewExamples(nnlib.Pixels(3, 3), 3, x, class))
}

// example is one row with its targets.
type example struct {
	X, Y   []nnlib.Float
	Class  int
	Weight nnlib.Float
}

// rows asks for rows in one Fill.
func rows(t testing.TB, d nnlib.Dataset, which ...int) (all []example) {
	t.Helper()
	var b nnlib.Block
	if err := d.Fill(&b, nnlib.Pass{Rows: which}); err != nil {
		t.Fatal(err)
	}
	for i := range which {
		e := example{X: slices.Clone(b.Dense().Row(i)), Class: -1, Weight: 1}
		if b.Class != nil {
			e.Class = b.Class[i]
		} else {
			e.Y = slices.Clone(b.Value.Row(i))
		}
		if b.Weight != nil {
			e.Weight = b.Weight[i]
		}
		all = append(all, e)
	}
	return all
}

// all is every row, each asked for alone.
func all(t testing.TB, d nnlib.Dataset) (list []example) {
	for i := range d.Len() {
		list = append(list, rows(t, d, i)...)
	}
	return list
}

// regression is digits with two target values a row.
func regression(rows int) *nnlib.Examples {
	y := nnlib.NewMatrix(rows, 2)
	for i := range y.Data {
		y.Data[i] = nnlib.Float(i)
	}
	return must(digits(1, rows, "packed").Regression(y))
}

// drawn is a dataset of any kind, and its rows.
func drawn(rt *rapid.T, t *testing.T, depth int) (nnlib.Dataset, []example) {
	n := rapid.IntRange(1, 40).Draw(rt, "rows")
	kind := rapid.SampledFrom([]string{"dense", "entries", "packed", "weights", "subset", "join"}).Draw(rt, "kind")
	if depth == 0 || slices.Contains([]string{"dense", "entries", "packed"}, kind) {
		if len(kind) < 5 || kind == "weights" || kind == "subset" {
			kind = "packed"
		}
		d := digits(n, n, kind)
		return d, all(t, d)
	}
	d, want := drawn(rt, t, depth-1)
	switch kind {
	case "weights":
		w := rapid.SliceOfN(rapid.Float64Range(0.5, 3), d.Len(), d.Len()).Draw(rt, "weights")
		d = must(Weigh(d, w))
		for i := range want {
			want[i].Weight *= nnlib.Float(w[i])
		}
	case "subset":
		chosen := rapid.SliceOfN(rapid.IntRange(0, d.Len()-1), 1, 50).Draw(rt, "chosen")
		d = must(Subset(d, chosen))
		var part []example
		for _, i := range chosen {
			part = append(part, want[i])
		}
		want = part
	case "join":
		e, more := drawn(rt, t, depth-1)
		d, want = must(Join(d, e)), append(want, more...)
	}
	return d, want
}

// Whatever is stacked on whatever, in any order of rows, is what the rows say.
func TestRowsOfAnyStack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d, want := drawn(rt, t, 4)
		if d.Len() != len(want) {
			rt.Fatalf("%d rows, want %d", d.Len(), len(want))
		}
		asked := rapid.SliceOfN(rapid.IntRange(0, d.Len()-1), 1, 60).Draw(rt, "asked")
		var part []example
		for _, i := range asked {
			part = append(part, want[i])
		}
		if diff := cmp.Diff(part, rows(t, d, asked...)); diff != "" {
			rt.Fatalf("rows (-want +got):\n%s", diff)
		}
		if _, ok := d.(nnlib.Steady); !ok {
			rt.Fatal("a stack of steady data is not steady")
		}
		targets := must(Targets(d))
		for i, e := range want {
			if targets.Class[i] != e.Class || targets.Weight != nil && targets.Weight[i] != e.Weight {
				rt.Fatalf("targets of row %d: %d", i, targets.Class[i])
			}
		}
	})
}

func TestTargetValuesGoThroughEveryWrapper(t *testing.T) {
	d := regression(10)
	j := must(Join(must(Subset(d, []int{3, 1})), must(Weigh(d, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}))))
	s := must(Transform{Mean: make([]float64, 9), Scale: slices.Repeat([]float64{1}, 9)}.Apply(j))
	got := rows(t, s, 0, 4, 1, 11)
	want := [][]nnlib.Float{{6, 7}, {4, 5}, {2, 3}, {18, 19}}
	for i, e := range got {
		if !slices.Equal(e.Y, want[i]) || e.Class != -1 || e.Weight != []nnlib.Float{1, 3, 1, 10}[i] {
			t.Errorf("row %d: %+v", i, e)
		}
	}
	if y := must(Targets(s)).Value; y.Rows != 12 || !slices.Equal(y.Row(11), want[3]) {
		t.Errorf("targets %+v", y)
	}
}

// drawing is a dataset that depends on the step.
type drawing struct{ d nnlib.Dataset }

func (d drawing) Len() int                                { return d.d.Len() }
func (d drawing) Shape() nnlib.Shape                      { return d.d.Shape() }
func (d drawing) Classes() int                            { return d.d.Classes() }
func (d drawing) Fill(b *nnlib.Block, p nnlib.Pass) error { return d.d.Fill(b, p) }
func (d drawing) Fingerprint() (sum [32]byte, err error)  { return d.d.Fingerprint() }

func TestWrappersOfUnsteadyDataAreNotSteady(t *testing.T) {
	d, e := drawing{digits(1, 10, "dense")}, digits(1, 10, "dense")
	w := slices.Repeat([]float64{1}, 10)
	unit := Transform{Mean: make([]float64, 9), Scale: slices.Repeat([]float64{1}, 9)}
	for name, d := range map[string]nnlib.Dataset{
		"subset": must(Subset(d, []int{1})), "join": must(Join(e, d)), "weights": must(Weigh(d, w)), "class weights": must(WeighClasses(d, w[:3])),
		"transform": must(unit.Apply(d)), "validation": must(WithValidation(e, d)),
	} {
		if _, ok := d.(nnlib.Steady); ok {
			t.Errorf("%s is steady", name)
		}
	}
}

func TestFingerprintsFollowWhatWasDone(t *testing.T) {
	d, e := digits(1, 10, "dense"), digits(2, 10, "dense")
	w := slices.Repeat([]float64{2}, 10)
	unit := Transform{Mean: make([]float64, 9), Scale: slices.Repeat([]float64{1}, 9)}
	twice := Transform{Mean: make([]float64, 9), Scale: slices.Repeat([]float64{2}, 9)}
	prints := map[[32]byte]int{}
	for i, d := range []nnlib.Dataset{
		d, e, must(Subset(d, []int{1, 2})), must(Subset(d, []int{2, 1})), must(Subset(e, []int{1, 2})), must(Join(d, e)), must(Join(e, d)), must(WithValidation(d, e)),
		must(Weigh(d, w)), must(Weigh(d, append(slices.Clone(w[1:]), 1))), must(WeighClasses(d, w[:3])), must(unit.Apply(d)), must(twice.Apply(d)), must(Join(d, d, e)),
	} {
		p := must(d.Fingerprint())
		if was, ok := prints[p]; ok {
			t.Errorf("datasets %d and %d have one fingerprint", was, i)
		}
		prints[p] = i
	}
}

var recipe = nnlib.Recipe{
	Topology:  nnlib.Topology{Input: nnlib.Pixels(3, 3), Layers: []nnlib.Layer{nnlib.Affine{Units: 5}, nnlib.Tanh{}, nnlib.Affine{Units: 3}, nnlib.SoftmaxCrossEntropy{}}},
	Optimizer: nnlib.GradientDescent{Rate: 0.5}, Seed: 11,
}

func train(t *testing.T, r nnlib.Recipe, d nnlib.Dataset, steps int, workers int) (*nnlib.Model, nnlib.Step) {
	t.Helper()
	run := must(nnlib.NewRun(r, nnlib.Machine{Workers: workers}))
	var last nnlib.Step
	for last = range run.To(context.Background(), d, steps) {
	}
	if run.Err() != nil {
		t.Fatal(run.Err())
	}
	return run.Model(), last
}

// Holding rows out by the recipe, training on the other part of a Split, and
// naming that part as validation data are one thing, to the last bit.
func TestSplitIsTheRecipesHoldout(t *testing.T) {
	d := digits(1, 700, "packed")
	part, held, err := Split(d, 0.3, 11)
	if err != nil {
		t.Fatal(err)
	}
	by := recipe
	by.Holdout = 0.3
	m, step := train(t, by, d, 7, 1)
	alone, _ := train(t, recipe, part, 7, 2)
	both, measured := train(t, recipe, must(WithValidation(part, held)), 7, 3)
	if m.Hash() != alone.Hash() || m.Hash() != both.Hash() {
		t.Error("other weights")
	}
	if step.Validation != measured.Validation || math.IsNaN(step.Validation) || math.Abs(float64(held.Len())-210) > 5*13 {
		t.Errorf("validation %v and %v on %d rows", step.Validation, measured.Validation, held.Len())
	}
}

// Weights, joins and transforms change no bit with the number of workers.
func TestSameBitsForAnyNumberOfWorkers(t *testing.T) {
	d := digits(1, 900, "packed")
	part, held, _ := Split(d, 0.3, 5)
	w := must(Weigh(must(WeighClasses(part, must(Balanced(part)))), slices.Repeat([]float64{0.1}, part.Len())))
	joined := must(Join(held, w, digits(3, 200, "dense")))
	joined = must(must(Standardize(joined)).Apply(joined))
	for name, batch := range map[string]int{"all rows": 0, "batches": 300} {
		by := recipe
		by.Batch = batch
		want, _ := train(t, by, joined, 6, 1)
		for _, workers := range []int{2, 3, 8} {
			if got, _ := train(t, by, joined, 6, workers); got.Hash() != want.Hash() {
				t.Errorf("%s: other weights with %d workers", name, workers)
			}
		}
	}
}

func TestConcurrentFills(t *testing.T) {
	part, held, _ := Split(digits(1, 300, "packed"), 0.5, 1)
	d := must(Join(part, must(Weigh(held, slices.Repeat([]float64{2}, held.Len())))))
	d = must(must(Standardize(d)).Apply(d))
	want := all(t, d)
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			for i := range 50 {
				a, b := (g*31+i*7)%300, (g*17+i*11)%300
				got := rows(t, d, a, b)
				if !cmp.Equal(got, []example{want[a], want[b]}) {
					t.Errorf("rows %d and %d differ", a, b)
				}
			}
		})
	}
	wait.Wait()
}

// 6 rows of class 0 and 2 of class 1 balanced: 8/(2*6) and 8/(2*2); a class
// without rows keeps 1. scikit-learn's compute_class_weight says the same.
func TestBalancedClasses(t *testing.T) {
	d := must(nnlib.NewExamples(nnlib.Units(1), 3, []nnlib.Float{1, 2, 3, 4, 5, 6, 7, 8}, []int{0, 0, 1, 0, 0, 1, 0, 0}))
	w := must(Balanced(d))
	if diff := cmp.Diff([]float64{8.0 / 12, 2, 1}, w); diff != "" {
		t.Error(diff)
	}
	for i, e := range all(t, must(WeighClasses(d, w))) {
		if e.Weight != nnlib.Float(w[d.Class()[i]]) {
			t.Errorf("row %d weighs %v", i, e.Weight)
		}
	}
	p := must((&nnlib.Model{Topology: nnlib.Perceptron(1, 3), Weights: make([]nnlib.Float, 6)}).Predict(context.Background(), must(WeighClasses(d, w))))
	if math.Abs(p.Sum.Weight-8) > 1e-6 || math.Abs(p.Sum.Mean()-math.Log(3)) > 1e-6 {
		t.Errorf("weight %v, mean cost %v", p.Sum.Weight, p.Sum.Mean())
	}
}

func TestWhatIsRefused(t *testing.T) {
	d, nan, inf := digits(1, 3, "dense"), math.NaN(), math.Inf(1)
	other := must(nnlib.NewExamples(nnlib.Units(9), 3, make([]nnlib.Float, 9), []int{0}))
	two := must(nnlib.NewExamples(nnlib.Pixels(3, 3), 2, make([]nnlib.Float, 9), []int{0}))
	three := must(two.Regression(nnlib.NewMatrix(1, 3)))
	v := must(WithValidation(d, d))
	for want, f := range map[string]func() (nnlib.Dataset, error){
		"2 weights for 3 rows":          func() (nnlib.Dataset, error) { return Weigh(d, []float64{1, 2}) },
		"4 weights for 3 classes":       func() (nnlib.Dataset, error) { return WeighClasses(d, []float64{1, 2, 3, 4}) },
		"row 1: the weight -2 is neg":   func() (nnlib.Dataset, error) { return Weigh(d, []float64{1, -2, 1}) },
		"row 2: the weight is NaN":      func() (nnlib.Dataset, error) { return Weigh(d, []float64{1, 2, nan}) },
		"class 0: the weight is +Inf":   func() (nnlib.Dataset, error) { return WeighClasses(d, []float64{inf, 2, 1}) },
		"all weights are 0":             func() (nnlib.Dataset, error) { return Weigh(d, make([]float64, 3)) },
		"of all rows have the weight 0": func() (nnlib.Dataset, error) { return WeighClasses(two, []float64{0, 1}) },
		"target values: use Weigh":      func() (nnlib.Dataset, error) { return WeighClasses(three, []float64{0, 1, 1}) },
		"subset of no rows":             func() (nnlib.Dataset, error) { return Subset(d, nil) },
		"row 3 of a subset":             func() (nnlib.Dataset, error) { return Subset(d, []int{3}) },
		"row -1 of a subset":            func() (nnlib.Dataset, error) { return Subset(d, []int{-1}) },
		"join of no parts":              func() (nnlib.Dataset, error) { return Join() },
		"rows of 9, part 1 of 3x3":      func() (nnlib.Dataset, error) { return Join(d, other) },
		"2 classes, part 1 has 3":       func() (nnlib.Dataset, error) { return Join(d, two) },
		"other targets than part 1":     func() (nnlib.Dataset, error) { return Join(d, three) },
		"WithValidation comes last":     func() (nnlib.Dataset, error) { return Weigh(v, slices.Repeat([]float64{1}, 6)) },
		"transform of 1 values":         func() (nnlib.Dataset, error) { return Transform{[]float64{1}, []float64{1}}.Apply(d) },
		"1 means and 2 scales":          func() (nnlib.Dataset, error) { return Transform{[]float64{1}, []float64{1, 1}}.Apply(d) },
		"the scale must be above 0":     func() (nnlib.Dataset, error) { return Transform{[]float64{1}, []float64{0}}.Apply(d) },
		"mean NaN":                      func() (nnlib.Dataset, error) { return Transform{[]float64{nan}, []float64{1}}.Apply(d) },
		"a share of 1": func() (nnlib.Dataset, error) {
			_, _, err := Split(d, 1, 1)
			return nil, err
		},
		"neither part may be empty": func() (nnlib.Dataset, error) {
			_, _, err := Split(d, 1e-9, 1)
			return nil, err
		},
		"not classes": func() (nnlib.Dataset, error) {
			_, err := Balanced(three)
			return nil, err
		},
	} {
		_, err := f()
		fails(t, err, want)
	}
	if _, err := Subset(v, []int{0}); !errors.Is(err, errValidation) {
		t.Errorf("error %v", err)
	}
}

// broken fails to fill from a row on.
type broken struct {
	*nnlib.Examples
	from int
}

var errBroken = errors.New("rows.csv: line 7: broken")

func (d broken) Fill(b *nnlib.Block, p nnlib.Pass) error {
	if slices.Max(p.Rows) >= d.from {
		return errBroken
	}
	return d.Examples.Fill(b, p)
}

func TestErrorsBelowComeUp(t *testing.T) {
	d := broken{digits(1, 300, "dense"), 200}
	w := slices.Repeat([]float64{1}, 300)
	unit := Transform{Mean: make([]float64, 9), Scale: slices.Repeat([]float64{1}, 9)}
	for name, d := range map[string]nnlib.Dataset{
		"subset": must(Subset(d, []int{1, 250})), "join": must(Join(digits(2, 3, "dense"), d)), "weights": must(Weigh(d, w)), "transform": must(unit.Apply(d)),
	} {
		if err := d.Fill(&nnlib.Block{}, nnlib.Pass{Rows: []int{0, d.Len() - 1}}); !errors.Is(err, errBroken) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := Standardize(d); !errors.Is(err, errBroken) {
		t.Errorf("standardise: error %v", err)
	}
	if _, err := WeighClasses(d, w[:3]); !errors.Is(err, errBroken) {
		t.Errorf("weights of classes: error %v", err)
	}
}
