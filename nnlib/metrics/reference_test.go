package metrics

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"

	"digitlab/nnlib/internal/python"
)

// referenceCase and reference are what testdata/reference.py reads and writes.
type referenceCase struct {
	Name      string    `json:"name"`
	Classes   int       `json:"classes,omitempty"`
	Precision string    `json:"precision,omitempty"`
	Truth     []float64 `json:"truth"`
	Output    []float64 `json:"output,omitempty"`
	Targets   int       `json:"targets,omitempty"`
	Predicted []float64 `json:"predicted,omitempty"`
}

type reference struct {
	Top             []float64
	Log_loss, Brier *float64
	Calibration     *struct {
		Count []int64
		Gap   float64
	}
	Curves []struct {
		FPR, TPR, Thresholds []*float64
		Area                 *float64
	}
	Macro, Weighted    *json.RawMessage // null: undefined; absent: not asked
	MSE, RMSE, MAE, R2 *float64
}

func (c referenceCase) classes() []int {
	list := make([]int, len(c.Truth))
	for i, v := range c.Truth {
		list[i] = int(v)
	}
	return list
}

// same compares with a value that is nil where it is not finite.
func same(t *testing.T, what string, got float64, want *float64, tolerance float64) {
	t.Helper()
	if finite := !math.IsNaN(got) && !math.IsInf(got, 0); want == nil && !finite {
		return
	} else if want == nil || !finite || math.Abs(got-*want) > tolerance*max(1, math.Abs(*want)) {
		if want == nil {
			t.Errorf("%s: %v, scikit-learn: undefined", what, got)
		} else {
			t.Errorf("%s: %v, scikit-learn: %v", what, got, *want)
		}
	}
}

func raw(t *testing.T, m *json.RawMessage) (v *float64) {
	if err := json.Unmarshal(*m, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func (c referenceCase) check(t *testing.T, want reference) {
	if c.Targets > 0 {
		r, err := NewRegression(c.Targets, c.Truth, c.Predicted)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "MSE", r.Squared, want.MSE, 1e-12)
		same(t, "RMSE", r.Root(), want.RMSE, 1e-12)
		same(t, "MAE", r.Absolute, want.MAE, 1e-12)
		same(t, "R2", r.Explained, want.R2, 1e-11)
		return
	}
	if c.Precision == "float32" {
		single := make([]float32, len(c.Output))
		for i, v := range c.Output {
			single[i] = float32(v)
		}
		judge(t, c, single, want, 2e-6)
		return
	}
	judge(t, c, c.Output, want, 1e-12)
}

func judge[F float](t *testing.T, c referenceCase, output []F, want reference, tolerance float64) {
	truth := c.classes()
	for k, share := range want.Top {
		got, err := TopK(c.Classes, truth, output, k+1)
		if err != nil {
			t.Fatal(err)
		}
		same(t, fmt.Sprintf("top %d", k+1), got, &share, 1e-12)
	}
	f, err := NewForecast(c.Classes, truth, output, want.Log_loss != nil)
	if err != nil {
		t.Fatal(err)
	}
	if want.Log_loss != nil {
		same(t, "log-loss", f.LogLoss, want.Log_loss, tolerance)
		same(t, "Brier", f.Brier, want.Brier, tolerance)
		same(t, "calibration gap", f.Calibration.Gap, &want.Calibration.Gap, tolerance)
		for b, n := range want.Calibration.Count {
			if f.Calibration.Bins[b].Count != n {
				t.Errorf("bin %d: %d answers, numpy: %d", b, f.Calibration.Bins[b].Count, n)
			}
		}
	}
	for k, w := range want.Curves {
		r, err := ClassROC(k, c.Classes, truth, output)
		if err != nil {
			t.Fatal(err)
		}
		same(t, fmt.Sprintf("area of class %d", k), f.Areas.Class[k], w.Area, 1e-12)
		if len(r.Points) != len(w.FPR) {
			t.Errorf("curve of class %d: %d points, scikit-learn: %d", k, len(r.Points), len(w.FPR))
			continue
		}
		for i, p := range r.Points {
			same(t, "false positives", p.FalsePositive, w.FPR[i], 1e-12)
			same(t, "true positives", p.TruePositive, w.TPR[i], 1e-12)
			same(t, "threshold", p.Threshold, w.Thresholds[i], 0)
		}
	}
	if want.Macro != nil {
		same(t, "macro area", f.Areas.Macro, raw(t, want.Macro), 1e-12)
		same(t, "weighted area", f.Areas.Weighted, raw(t, want.Weighted), 1e-12)
	}
}

// UnmarshalJSON keeps a null apart from an absent field.
func (r *reference) UnmarshalJSON(b []byte) error {
	type bare reference
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b, (*bare)(r)); err != nil {
		return err
	}
	if err := json.Unmarshal(b, &fields); err != nil {
		return err
	}
	r.Macro, r.Weighted = nil, nil
	if m, has := fields["macro"]; has {
		w := fields["weighted"]
		r.Macro, r.Weighted = &m, &w
	}
	return nil
}

// The golden file is written by testdata/reference.py.
func TestOutputsAgainstScikitLearn(t *testing.T) {
	b, err := os.ReadFile("testdata/outputs.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			Case referenceCase
			Want reference
		}
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Cases) < 20 {
		t.Fatalf("%d cases", len(golden.Cases))
	}
	for _, g := range golden.Cases {
		t.Run(g.Case.Name, func(t *testing.T) { g.Case.check(t, g.Want) })
	}
}

// Random predictions, ties, absent classes, perfect and worst ones, asked of
// scikit-learn itself.
func TestOutputsAgainstScikitLearnItself(t *testing.T) {
	interpreter := python.Find(t, "DIGITLAB_PYTHON", ".env/python/bin/python3", "numpy", "sklearn")
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	var cases []referenceCase
	for i := range 30 {
		cases = append(cases, drawn(rng, i), drawnNumbers(rng))
	}
	in, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(interpreter, "-B", "testdata/reference.py")
	c.Stdin = bytes.NewReader(in)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.Bytes())
	}
	var want []reference
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		t.Run(fmt.Sprintf("%d %s", i, c.Name), func(t *testing.T) { c.check(t, want[i]) })
	}
}

func drawn(rng *rand.Rand, kind int) referenceCase {
	c := referenceCase{Classes: 2 + rng.IntN(5), Precision: []string{"float64", "float32"}[rng.IntN(2)]}
	rows := 2 + rng.IntN(40)
	present := 1 + rng.IntN(c.Classes)
	for range rows {
		class := rng.IntN(present) * c.Classes / present
		c.Truth = append(c.Truth, float64(class))
		row, sum := make([]float64, c.Classes), 0.0
		for k := range row {
			switch kind % 5 {
			case 0:
				c.Name, row[k] = "smooth", rng.ExpFloat64()
			case 1:
				c.Name, row[k] = "ties", float64(1+rng.IntN(3))
			case 2:
				c.Name, row[k] = "perfect", 0
			case 3:
				c.Name, row[k] = "worst", 0
			case 4:
				c.Name, row[k] = "scores", float64(rng.IntN(7)-3)
			}
		}
		switch kind % 5 {
		case 2:
			row[class] = 1
		case 3:
			row[(class+1)%c.Classes] = 1
		}
		for _, v := range row {
			sum += v
		}
		for _, v := range row {
			if kind%5 != 4 {
				v /= sum
			}
			if c.Precision == "float32" {
				v = float64(float32(v))
			}
			c.Output = append(c.Output, v)
		}
	}
	return c
}

func drawnNumbers(rng *rand.Rand) referenceCase {
	c := referenceCase{Name: "numbers", Targets: 1 + rng.IntN(3)}
	for range c.Targets * (1 + rng.IntN(20)) {
		y := math.Round(8*rng.NormFloat64()) / 8
		c.Truth = append(c.Truth, y)
		c.Predicted = append(c.Predicted, y+math.Round(4*rng.NormFloat64())/8)
	}
	return c
}

// The golden file is written by testdata/mcnemar.py with statsmodels.
func TestMcNemarAgainstStatsmodels(t *testing.T) {
	b, err := os.ReadFile("testdata/mcnemar.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			Both, First, Second, Neither int
			Exact                        bool
			Statistic, P                 float64
		}
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Cases) < 12 {
		t.Fatalf("%d cases", len(golden.Cases))
	}
	for _, g := range golden.Cases {
		var first, second []bool
		add := func(n int, a, b bool) {
			for range n {
				first, second = append(first, a), append(second, b)
			}
		}
		add(g.Neither, false, false)
		add(g.First, true, false)
		add(g.Both, true, true)
		add(g.Second, false, true)
		m, err := NewMcNemar(first, second)
		if err != nil {
			t.Fatal(err)
		}
		if m.Exact != g.Exact || math.Abs(m.Statistic-g.Statistic) > 1e-9*max(1, g.Statistic) || math.Abs(m.P-g.P) > 1e-9*g.P {
			t.Errorf("%+v: %+v", g, *m)
		}
		if m.Both != int64(g.Both) || m.First != int64(g.First) || m.Second != int64(g.Second) || m.Neither != int64(g.Neither) {
			t.Errorf("counts of %+v: %+v", g, *m)
		}
	}
}
