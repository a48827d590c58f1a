package metrics

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Three rows of three classes; the true class stands first, second (in a tie
// with a higher class) and last.
func TestTopKByHand(t *testing.T) {
	truth := []int{0, 1, 2}
	output := []float64{0.6, 0.3, 0.1, 0.2, 0.4, 0.4, 0.5, 0.3, 0.2}
	for k, want := range []float64{1. / 3, 2. / 3, 1, 1} {
		if got, err := TopK(3, truth, output, k+1); err != nil || got != want {
			t.Errorf("top %d: %v %v, want %v", k+1, got, err, want)
		}
	}
}

// Rows of 1/2 and 1/4 for the true class: (ln 2 + ln 4)/2. An impossible row
// costs -ln of the machine epsilon.
func TestLogLossByHand(t *testing.T) {
	got, err := LogLoss(2, []int{0, 1}, []float64{0.5, 0.5, 0.75, 0.25})
	if want := 1.5 * math.Ln2; err != nil || math.Abs(got-want) > 1e-15 {
		t.Errorf("%v %v, want %v", got, err, want)
	}
	if got, _ := LogLoss(2, []int{1}, []float64{1, 0}); got != 52*math.Ln2 {
		t.Errorf("float64: %v", got)
	}
	if got, _ := LogLoss(2, []int{1}, []float32{1, 0}); got != 23*math.Ln2 {
		t.Errorf("float32: %v", got)
	}
}

// The chance that a positive example scores above another one, counted pair by
// pair, is the area.
func TestAreaIsTheShareOfPairsInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 30).Draw(t, "n")
		positive := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "positive")
		score := rapid.SliceOfN(rapid.IntRange(0, 6), n, n).Draw(t, "score")
		x, pairs, inOrder := make([]float64, n), 0.0, 0.0
		for i, a := range score {
			x[i] = float64(a)
			for j, b := range score {
				if positive[i] && !positive[j] {
					pairs++
					if a > b {
						inOrder++
					} else if a == b {
						inOrder += 0.5
					}
				}
			}
		}
		r, err := NewROC(positive, x)
		if err != nil {
			t.Fatal(err)
		}
		if pairs == 0 {
			if !math.IsNaN(r.Area) {
				t.Fatalf("one kind alone: area %v", r.Area)
			}
			return
		}
		if math.Abs(r.Area-inOrder/pairs) > 1e-12 {
			t.Fatalf("area %v, pairs in order %v", r.Area, inOrder/pairs)
		}
		if last := r.Points[len(r.Points)-1]; last.FalsePositive != 1 || last.TruePositive != 1 {
			t.Fatalf("the curve ends at %v", last)
		}
	})
}

func TestOutputsAreChecked(t *testing.T) {
	for _, test := range []struct {
		truth  []int
		output []float64
		want   string
	}{
		{[]int{0}, []float64{0.1}, "1 outputs for 1 rows of 2 classes"},
		{[]int{2}, []float64{0.1, 0.2}, "class 2 of row 0"},
		{nil, nil, "no rows"},
		{[]int{0, 1}, []float64{0.1, 0.2, 0.3, math.NaN()}, "output 1 of row 1 is NaN"},
		{[]int{0}, []float64{math.Inf(1), 0.2}, "output 0 of row 0 is +Inf"},
	} {
		_, top := TopK(2, test.truth, test.output, 1)
		_, loss := LogLoss(2, test.truth, test.output)
		_, brier := Brier(2, test.truth, test.output)
		_, areas := OneVsRest(2, test.truth, test.output)
		_, roc := ClassROC(0, 2, test.truth, test.output)
		_, forecast := NewForecast(2, test.truth, test.output, false)
		for _, err := range []error{top, loss, brier, areas, roc, forecast} {
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: %v", test.want, err)
			}
		}
	}
	if _, err := TopK(2, []int{0}, []float64{1, 0}, 0); err == nil {
		t.Error("top 0 is accepted")
	}
	if _, err := LogLoss(2, []int{0}, []float64{1.5, 0}); err == nil || !strings.Contains(err.Error(), "output 0 of row 0 is 1.5") {
		t.Errorf("%v", err)
	}
	if _, err := ClassROC(2, 2, []int{0}, []float64{1, 0}); err == nil {
		t.Error("class 2 of 2 has a curve")
	}
	if _, err := NewROC([]bool{true}, []float64{math.NaN()}); err == nil {
		t.Error("NaN has a place in the order")
	}
	if _, err := NewROC[float64]([]bool{true}, nil); err == nil {
		t.Error("an example without a score is accepted")
	}
}

func TestForecastTextAndJSON(t *testing.T) {
	f, err := NewForecast(3, []int{0, 1, 1}, []float64{0.5, 0.3, 0.2, 0.2, 0.6, 0.2, 0.7, 0.2, 0.1}, true)
	if err != nil {
		t.Fatal(err)
	}
	text, err := f.Text([]string{"a", "b", "c"})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"top-1 accuracy         0.6667\n", "top-2 accuracy         1.0000\n", "log-loss, nats         0.9378\n",
		"ROC-AUC, macro         -\n", "ROC-AUC, weighted      0.5000\n", "ROC-AUC of a           0.5000\n", "ROC-AUC of c           -\n"} {
		if !strings.Contains(text, line) {
			t.Errorf("%q is missing in\n%s", line, text)
		}
	}
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{`"top_k_accuracy":[0.6666`, `"log_loss":0.937`, `"roc_auc":{"class":[0.5,0.5,null],"macro":null,"weighted":0.5}`, `"gap":`} {
		if !strings.Contains(string(b), field) {
			t.Errorf("%s is missing in %s", field, b)
		}
	}
	if _, err := f.Text([]string{"a"}); err == nil {
		t.Error("one name for three classes is accepted")
	}
	scores, err := NewForecast(2, []int{0, 1}, []float64{3, -1, 2, 5}, false)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := scores.Text(nil); strings.Contains(text, "log-loss") || !strings.Contains(text, "ROC-AUC, macro         1.0000") {
		t.Error(text)
	}
	if b, err := json.Marshal(scores); err != nil || !strings.Contains(string(b), `"log_loss":null`) {
		t.Errorf("%s %v", b, err)
	}
	r, err := NewROC([]bool{true, false}, []float64{2, 1})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := json.Marshal(r); err != nil || string(b) != `{"area":1,"points":[{"threshold":null,"fpr":0,"tpr":0},{"threshold":2,"fpr":0,"tpr":1},{"threshold":1,"fpr":1,"tpr":1}]}` {
		t.Errorf("%s %v", b, err)
	}
}

func TestRegressionByHand(t *testing.T) {
	r, err := NewRegression(1, []float64{1, 2, 3}, []float64{1, 2, 5})
	if err != nil {
		t.Fatal(err)
	}
	want := &Regression{Rows: 3, Targets: 1, Squared: 4. / 3, Absolute: 2. / 3, Explained: -1}
	if d := cmp.Diff(want, r, near); d != "" {
		t.Error(d)
	}
	if got := r.Text(); got != "MSE   1.333333\nRMSE  1.154701\nMAE   0.666667\nR2    -1.000000\nrows  3\n" {
		t.Error(got)
	}
	one, err := NewRegression(1, []float64{1}, []float64{2})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := json.Marshal(one); err != nil || string(b) != `{"rows":1,"targets":1,"mse":1,"rmse":1,"mae":1,"r2":null}` {
		t.Errorf("%s %v", b, err)
	}
	for want, bad := range map[string][2][]float64{
		"2 true and 1 predicted": {{1, 2}, {1}}, "0 true": {nil, nil}, "predicted value 0 of row 1 is NaN": {{1, 2}, {1, math.NaN()}},
	} {
		if _, err := NewRegression(1, bad[0], bad[1]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := NewRegression(2, []float64{1, 2, 3}, []float64{1, 2, 3}); err == nil {
		t.Error("three values make rows of two")
	}
}

// Five examples that one model alone reads, four of them the first: two-sided
// 2*(1+5)/32.
func TestMcNemarByHand(t *testing.T) {
	first := []bool{true, true, true, true, false, true, false}
	second := []bool{false, false, false, false, true, true, false}
	m, err := NewMcNemar(first, second)
	if err != nil {
		t.Fatal(err)
	}
	want := &McNemar{Both: 1, First: 4, Second: 1, Neither: 1, Exact: true, Statistic: 1, P: 0.375}
	if d := cmp.Diff(want, m); d != "" {
		t.Error(d)
	}
	text := m.Text("A", "")
	for _, part := range []string{"7 examples: both right 1, A alone 4, second alone 1, both wrong 1", "difference +0.4286", "exact binomial: statistic 1, p = 0.375"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in\n%s", part, text)
		}
	}
	if b, err := json.Marshal(m); err != nil || !strings.Contains(string(b), `"first_alone":4`) || !strings.Contains(string(b), `"test":"McNemar, exact binomial"`) {
		t.Errorf("%s %v", b, err)
	}
	if _, err := NewMcNemar([]bool{true}, nil); err == nil {
		t.Error("lists of different length are accepted")
	}
}

// Which model is called the first does not matter to P.
func TestMcNemarIsSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := McNemar{First: rapid.Int64Range(0, 60).Draw(t, "first"), Second: rapid.Int64Range(0, 60).Draw(t, "second")}
		turned := McNemar{First: m.Second, Second: m.First}
		m.test()
		turned.test()
		if m.P != turned.P || !(m.P > 0 && m.P <= 1) || m.Exact != (m.First+m.Second < Few) {
			t.Fatalf("%+v, turned %+v", m, turned)
		}
	})
}
