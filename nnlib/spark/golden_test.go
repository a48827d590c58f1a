package spark

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"digitlab/nnlib"
)

// number reads floats and the string "NaN".
type number float64

func (n *number) UnmarshalJSON(b []byte) error {
	x, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	*n = number(x)
	return err
}

// golden is one run of the real Spark 4.3.0.
type golden struct {
	Name   string
	Layers []int
	Params struct {
		MaxIter   int
		BlockSize int
		Solver    string
		StepSize  float64
		Tol       *float64
	}
	Partitions  []int     `json:"partition_sizes"`
	Initial     []float64 `json:"initial_weights"`
	Final       []float64 `json:"final_weights"`
	History     []number  `json:"objective_history"`
	Iterations  int       `json:"total_iterations"`
	X           [][]float64
	Y           []float64
	Probability [][]float64
	Prediction  []float64
}

func read(t *testing.T, name string) (g golden) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err == nil {
		err = json.Unmarshal(b, &g)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// exact is true where Float has Spark's precision.
var exact = nnlib.Precision == "float64"

func (g golden) data(t *testing.T) nnlib.Dataset {
	t.Helper()
	var x []nnlib.Float
	class := make([]int, len(g.Y))
	for i, row := range g.X {
		for _, v := range row {
			x = append(x, nnlib.Float(v))
		}
		class[i] = int(g.Y[i])
	}
	e, err := nnlib.NewExamples(nnlib.Units(g.Layers[0]), g.Layers[len(g.Layers)-1], x, class)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Stack(e, g.Params.BlockSize, g.Partitions...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (g golden) recipe() nnlib.Recipe {
	r := nnlib.Recipe{Topology: nnlib.Perceptron(g.Layers...)}
	for _, w := range g.Initial {
		r.Weights = append(r.Weights, nnlib.Float(w))
	}
	tolerance := 1e-6
	if g.Params.Tol != nil {
		tolerance = *g.Params.Tol
	}
	if g.Params.Solver == "gd" {
		r.Optimizer = nnlib.GradientDescent{Rate: g.Params.StepSize, Tolerance: tolerance}
	} else {
		r.Optimizer = nnlib.LBFGS{Tolerance: tolerance}
	}
	return r
}

// train goes as far as Spark may and returns the cost at every state, the last
// one included.
func (g golden) train(t *testing.T) (*nnlib.Run, []float64) {
	t.Helper()
	d := g.data(t)
	r, err := nnlib.NewRun(g.recipe())
	if err != nil {
		t.Fatal(err)
	}
	var costs []float64
	for s := range r.To(context.Background(), d, g.Params.MaxIter) {
		costs = append(costs, s.Cost)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	p, err := r.Model().Predict(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	return r, append(costs, p.Sum.Mean())
}

func TestInitialWeightsAreSparks(t *testing.T) {
	b, err := os.ReadFile("testdata/init_weights.json")
	if err != nil {
		t.Fatal(err)
	}
	var g struct{ Weights map[string][]float64 }
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	for key, want := range g.Weights {
		text, seedText, _ := strings.Cut(key, "|")
		var layers []int
		if err := json.Unmarshal([]byte(text), &layers); err != nil {
			t.Fatal(err)
		}
		seed, err := strconv.ParseInt(seedText, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		w, err := nnlib.Perceptron(layers...).Init(uint64(seed), Init{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if w[i] != nnlib.Float(want[i]) {
				t.Fatalf("%s: weight %d is %v, Spark's %v", key, i, w[i], want[i])
			}
		}
	}
	if len(g.Weights) < 39 {
		t.Errorf("only %d cases", len(g.Weights))
	}
}

func TestOneStepGradientsAreSparks(t *testing.T) {
	iris := read(t, "iris_lbfgs_given")
	names, err := filepath.Glob("testdata/grad_iris_*.json")
	if err != nil || len(names) < 19 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	limit := 1e-5
	if exact {
		limit = 1e-12
	}
	for _, name := range names {
		g := read(t, strings.TrimSuffix(filepath.Base(name), ".json"))
		g.X, g.Y = iris.X, iris.Y
		r, costs := g.train(t)
		if d := math.Abs(costs[0]/float64(g.History[0]) - 1); d > limit {
			t.Errorf("%s: cost %v, Spark's %v", g.Name, costs[0], g.History[0])
		}
		for i, w := range r.Model().Weights { // the rate is 1: the step is the gradient
			got, want := g.Initial[i]-float64(w), g.Initial[i]-g.Final[i]
			if math.Abs(got-want) > limit*max(1, math.Abs(want)) {
				t.Errorf("%s: gradient %d is %v, Spark's %v", g.Name, i, got, want)
			}
		}
	}
}

func TestRunsAreSparks(t *testing.T) {
	for _, name := range []string{"iris_gd_given", "iris_gd_tol_stop", "iris_lbfgs_given", "iris_lbfgs_tol_big", "iris_lbfgs_tol_stop", "no_hidden", "thr_base", "xor_lbfgs_seed123"} {
		t.Run(name, func(t *testing.T) {
			g := read(t, name)
			r, costs := g.train(t)
			descent := g.Params.Solver == "gd"
			if steps := len(costs) - 1; exact && !descent && steps != g.Iterations {
				t.Errorf("%d iterations, Spark's %d", steps, g.Iterations)
			}
			// Spark's gd leaves the last state's cost out where it has converged.
			if n := len(g.History); descent && len(costs) != n && len(costs) != n+1 {
				t.Errorf("%d costs, Spark's %d", len(costs), n)
			}
			limit, first := 1e-4, 10
			switch {
			case exact && descent:
				limit, first = 1e-12, len(g.History)
			case exact:
				limit, first = 1e-8, 26
			}
			for i := range min(first, len(costs), len(g.History)) {
				if d := math.Abs(costs[i]/float64(g.History[i]) - 1); !(d <= limit) {
					t.Errorf("cost %d is %v, Spark's %v", i, costs[i], g.History[i])
				}
			}
			if exact && descent {
				for i, w := range r.Model().Weights {
					if math.Abs(float64(w)-g.Final[i]) > 1e-12*max(1, math.Abs(g.Final[i])) {
						t.Errorf("weight %d is %v, Spark's %v", i, w, g.Final[i])
					}
				}
			}
			if want := g.Params.Tol != nil && *g.Params.Tol >= 1e-3; r.Stopped() != want && exact && name != "xor_lbfgs_seed123" {
				t.Errorf("stopped is %v, want %v", r.Stopped(), want)
			}
		})
	}
}

func TestPredictionsAreSparks(t *testing.T) {
	for _, name := range []string{"iris_lbfgs_given", "thr_base", "xor_lbfgs_seed123", "no_hidden"} {
		g := read(t, name)
		m := &nnlib.Model{Topology: nnlib.Perceptron(g.Layers...)}
		for _, w := range g.Final {
			m.Weights = append(m.Weights, nnlib.Float(w))
		}
		p, err := m.Predict(context.Background(), g.data(t))
		if err != nil {
			t.Fatal(err)
		}
		limit := 1e-5
		if exact {
			limit = 1e-12
		}
		for i, class := range p.Class {
			if class != int(g.Prediction[i]) {
				t.Errorf("%s: row %d is %d, Spark's %v", name, i, class, g.Prediction[i])
			}
			for j, v := range p.Output.Row(i) {
				if math.Abs(float64(v)-g.Probability[i][j]) > limit {
					t.Errorf("%s: row %d: p %v, Spark's %v", name, i, v, g.Probability[i][j])
				}
			}
		}
	}
}

// TestOverflowStaysFinite: where Spark's cost is NaN, log-sum-exp is not.
func TestOverflowStaysFinite(t *testing.T) {
	for _, name := range []string{"overflow_gd", "overflow_lbfgs"} {
		g := read(t, name)
		_, costs := g.train(t)
		sparks := 0
		for _, c := range g.History {
			if math.IsNaN(float64(c)) {
				sparks++
			}
		}
		for i, c := range costs {
			if math.IsNaN(c) || math.IsInf(c, 0) || i > 0 && c > costs[i-1] {
				t.Errorf("%s: costs %v", name, costs)
			}
		}
		if sparks == 0 {
			t.Errorf("%s: Spark's history has no NaN", name)
		}
	}
}

func TestStackRefusesWhatDoesNotFit(t *testing.T) {
	g := read(t, "no_hidden")
	d := g.data(t)
	for want, c := range map[string]struct {
		block int
		parts []int
	}{
		"blocks of 0 rows":               {0, nil},
		"partition 1 has -1 rows":        {2, []int{5, -1}},
		"partitions of 3 rows together,": {2, []int{2, 1}},
	} {
		if _, err := Stack(d, c.block, c.parts...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	prints := map[string]bool{}
	for _, block := range []int{1, 2, 3} {
		s, err := Stack(d, block)
		if err != nil {
			t.Fatal(err)
		}
		print, _ := s.Fingerprint()
		prints[fmt.Sprint(print)] = true
	}
	if len(prints) != 3 {
		t.Error("the block size is not in the fingerprint")
	}
}

// holding holds out its last row, heavy gives every row the weight 3.
type holding struct{ nnlib.Dataset }

func (d holding) Held(row int) bool { return row == d.Len()-1 }

type heavy struct{ nnlib.Dataset }

func (d heavy) Fill(b *nnlib.Block, p nnlib.Pass) error {
	err := d.Dataset.Fill(b, p)
	for i := range b.WeightRows(len(p.Rows)) {
		b.Weight[i] = 3
	}
	return err
}

func TestStackMindsWhatTheDataSay(t *testing.T) {
	d := read(t, "no_hidden").data(t)
	if _, err := Stack(holding{d}, 2); err == nil || !strings.Contains(err.Error(), "validation rows") {
		t.Errorf("rows held out: %v", err)
	}
	s, err := Stack(heavy{d}, 2)
	if err != nil {
		t.Fatal(err)
	}
	var b nnlib.Block
	if err := s.Fill(&b, nnlib.Pass{Rows: []int{0, 1}}); err != nil || b.Weight[0] != 1.5 || b.Weight[1] != 1.5 {
		t.Errorf("weights %v, want 1.5: %v", b.Weight, err)
	}
}
