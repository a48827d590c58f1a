package figure

import (
	"math"
	"slices"
	"strings"
	"testing"

	"digitlab/nnlib/metrics"
	"digitlab/nnlib/sweep"
)

// swept is three rates with three seeds, one of which diverges at the highest
// rate.
func swept() *sweep.Result {
	r := &sweep.Result{Steps: 100}
	for k, rate := range []float64{0.01, 0.1, 1} {
		var cost, held, accuracy []float64
		row := sweep.Row{Name: "rate=" + Figures(rate, 1), Rate: rate, Runs: 3}
		for seed := range 3 {
			p := sweep.Point{Name: row.Name, Number: k, Seed: uint64(seed), Rate: rate, Cost: 0.5 / (1 + float64(k)), Accuracy: 0.8}
			p.Cost += 0.02 * float64(seed)
			p.Validation, p.ValidationAccuracy = p.Cost+0.1, 0.7+0.05*float64(k)+0.01*float64(seed)
			if rate == 1 && seed == 2 {
				nan := math.NaN()
				p.Diverged, p.Cost, p.Accuracy, p.Validation, p.ValidationAccuracy = true, nan, nan, nan, nan
				row.Diverged = 1
			} else {
				cost, held, accuracy = append(cost, p.Cost), append(held, p.Validation), append(accuracy, p.ValidationAccuracy)
			}
			r.Points = append(r.Points, p)
		}
		row.Cost, row.Validation, row.ValidationAccuracy = sweep.SpreadOf(cost...), sweep.SpreadOf(held...), sweep.SpreadOf(accuracy...)
		r.Rows = append(r.Rows, row)
	}
	return r
}

func curves(t testing.TB) (list []*metrics.ROC) {
	for _, positive := range [][]bool{{true, false, true, false}, {false, true, false, true}, {false, false, false, false}} {
		r, err := metrics.NewROC(positive, []float64{0.9, 0.8, 0.7, 0.1})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

// sweepFigures is every figure of this subject.
func sweepFigures(t testing.TB) map[string]drawn {
	r := swept()
	return map[string]drawn{
		"rates": Rates(r), "seed costs": SeedCosts(r), "seed accuracies": SeedAccuracies(r), "roc": ROC(curves(t), nil),
		"no rates": Rates(&sweep.Result{Steps: 1}), "no seeds": SeedCosts(&sweep.Result{Steps: 1}),
	}
}

func TestRatesSaysWhatItShows(t *testing.T) {
	c := Rates(swept())
	if c.Title != "Cost after 100 steps at 3 learning rates" || !strings.Contains(c.Note, "runs that diverged") || !strings.Contains(c.Note, "mean over seeds") {
		t.Errorf("%q, %q", c.Title, c.Note)
	}
	if want := "rate 0.0100: training 0.520, validation 0.620; rate 0.100"; !strings.Contains(c.Label, want) {
		t.Errorf("%q is missing in %q", want, c.Label)
	}
	svg, err := c.SVG()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">1×<", ">learning rate, log scale<", ">cost after 100 steps<", ">0.1<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if n := strings.Count(svg, "stroke:var(--train"); n < 8 {
		t.Errorf("%d of 8 runs have a dot", n)
	}
}

func TestSeedsAreMeasuredOnHeldOutRows(t *testing.T) {
	r := swept()
	c := SeedAccuracies(r)
	if !strings.Contains(c.X.Title, "validation rows") || !strings.Contains(c.Label, "rate=0.1 76.00") {
		t.Errorf("%q, %q", c.X.Title, c.Label)
	}
	if svg, err := c.SVG(); err != nil || !strings.Contains(svg, "rate=1 (1 of 3 diverged)") || strings.Count(svg, "stroke:var(--valid") != 8 {
		t.Errorf("%v, %d dots for 8 runs", err, strings.Count(svg, "stroke:var(--valid"))
	}
	for i := range r.Points {
		r.Points[i].Validation = math.NaN()
	}
	if c := SeedCosts(r); !strings.Contains(c.X.Title, "training cost") {
		t.Errorf("%q", c.X.Title)
	}
}

func TestAClassWithoutACurveIsLeftOut(t *testing.T) {
	c := ROC(curves(t), []string{"a", "b", "c"})
	if len(c.Series) != 2 || !strings.Contains(c.Label, "areas: a 0.7500; b 0.2500") || strings.Contains(c.Label, "; c") {
		t.Errorf("%d curves, %q", len(c.Series), c.Label)
	}
}

func TestLongNamesLoseWhatTheyShare(t *testing.T) {
	rows := func(names ...string) (list []sweep.Row) {
		for _, n := range names {
			list = append(list, sweep.Row{Name: n})
		}
		return list
	}
	for _, test := range []struct{ names, want []string }{
		{[]string{"rate=0.1, batch=8", "rate=1, batch=8"}, []string{"rate=0.1, batch=8", "rate=1, batch=8"}},
		{
			[]string{"rate=0.1, net=28x28 affine:16 tanh affine:10 softmax+cross-entropy", "rate=1, net=28x28 affine:32 affine:10 softmax+cross-entropy"},
			[]string{"rate=0.1, net=… affine:16 tanh …", "rate=1, net=… affine:32 …"},
		},
		{
			[]string{"net=28x28 affine:10 softmax+cross-entropy", "net=28x28 affine:10 affine:10 softmax+cross-entropy"},
			[]string{"net=… …", "net=… affine:10 …"},
		},
		{
			[]string{"batch=8, net=28x28 affine:32 tanh affine:10 softmax+cross-entropy", "batch=8, net=28x28 affine:32 relu affine:10 softmax+cross-entropy"},
			[]string{"batch=8, net=… tanh …", "batch=8, net=… relu …"},
		},
		{[]string{"net=28x28 affine:32 tanh affine:10 softmax+cross-entropy"}, []string{"net=28x28 affine:32 tanh affine:10 softmax+cross-entropy"}},
		{[]string{strings.Repeat("x", 50) + strings.Repeat("y", 50), "a, b"}, []string{strings.Repeat("x", 36) + "…" + strings.Repeat("y", 35), "a, b"}},
	} {
		got := shortNames(rows(test.names...))
		if !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, want %q", test.names, got, test.want)
		}
	}
}
