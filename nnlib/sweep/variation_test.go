package sweep

import (
	"math"
	"slices"
	"strings"
	"testing"

	"digitlab/nnlib"

	"github.com/google/go-cmp/cmp"
)

func names(list []Variation) (names []string) {
	for _, v := range list {
		names = append(names, v.Name)
	}
	return names
}

func TestGridIsEveryCombination(t *testing.T) {
	base := recipe(t, small)
	list, err := Grid(base, Rate(0.1, 1), Choice("batch", func(r *nnlib.Recipe, n int) { r.Batch = n }, 8, 16, 32))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"rate=0.1, batch=8", "rate=0.1, batch=16", "rate=0.1, batch=32", "rate=1, batch=8", "rate=1, batch=16", "rate=1, batch=32"}
	if d := cmp.Diff(want, names(list)); d != "" {
		t.Error(d)
	}
	if r := list[4].Recipe; r.Batch != 16 || r.Optimizer.(nnlib.GradientDescent).Rate != 1 || r.Holdout != 0.25 {
		t.Errorf("%v", r)
	}
	if base.Batch != 32 || base.Optimizer.(nnlib.GradientDescent).Rate != 0.5 {
		t.Errorf("the base was changed: %v", base)
	}
}

func TestRatesNeedGradientDescent(t *testing.T) {
	base := recipe(t, small)
	base.Batch, base.Optimizer = 0, nnlib.LBFGS{}
	if _, err := Rates(base, 0.1); err == nil || !strings.Contains(err.Error(), "rate=0.1: sweep: nnlib.LBFGS has no rate") {
		t.Errorf("%v", err)
	}
}

func TestRandomDrawsByTheSeed(t *testing.T) {
	base := recipe(t, small)
	settings := []Setting{RateBetween(0.001, 10), Choice("batch", func(r *nnlib.Recipe, n int) { r.Batch = n }, 8, 16)}
	one, err := Random(base, 200, 1, settings...)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := Random(base, 200, 1, settings...)
	other, _ := Random(base, 200, 2, settings...)
	if !slices.Equal(names(one), names(again)) || slices.Equal(names(one), names(other)) {
		t.Error("the draws are not the seed's")
	}
	low := 0
	for _, v := range one {
		x := v.Recipe.Optimizer.(nnlib.GradientDescent).Rate
		if x < 0.001 || x > 10 {
			t.Errorf("rate %v", x)
		}
		if x < 0.1 {
			low++
		}
	}
	if low < 70 || low > 130 { // half the decades
		t.Errorf("%d of 200 rates are below 0.1", low)
	}
	if _, err := Random(base, 3, 1, settings[1]); err == nil || !strings.Contains(err.Error(), "only 2 were found") {
		t.Errorf("%v", err)
	}
}

func TestSettingsAreChecked(t *testing.T) {
	base := recipe(t, small)
	for want, err := range map[string]error{
		"no settings":           second(Grid(base)),
		"no list of values":     second(Grid(base, RateBetween(1, 2))),
		"sets nothing":          second(Grid(base, Setting{Name: "x", Values: []Value{{Text: "1"}}})),
		"0 draws":               second(Random(base, 0, 1, Rate(1))),
		"no values to draw":     second(Random(base, 1, 1, Setting{Name: "x"})),
		"numbers from 0 to 1":   second(Geometric(0, 1, 5)),
		"1 numbers from 1 to 2": second(Geometric(1, 2, 1)),
		"from 2 to 1":           second(Geometric(2, 1, 5)),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestGeometric(t *testing.T) {
	got, err := Geometric(0.001, 1, 7)
	if want := []float64{0.001, 0.00316, 0.01, 0.0316, 0.1, 0.316, 1}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v %v", got, err)
	}
}

// Mean 2, squared distances 1, 0 and 1 over n-1 = 2.
func TestSpreadByHand(t *testing.T) {
	if s := SpreadOf(1, 2, 3); s != (Spread{2, 1}) {
		t.Errorf("%v", s)
	}
	if s := SpreadOf(4); s.Mean != 4 || !math.IsNaN(s.Deviation) {
		t.Errorf("%v", s)
	}
}
