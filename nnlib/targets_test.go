package nnlib

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// weighted gives each row of a dataset a weight.
type weighted struct {
	Dataset
	weight []Float
}

func (w weighted) Fill(b *Block, p Pass) error {
	if err := w.Dataset.Fill(b, p); err != nil {
		return err
	}
	to := b.WeightRows(len(p.Rows))
	for i, k := range p.Rows {
		to[i] *= w.weight[k]
	}
	return nil
}

func (w weighted) Fingerprint() ([32]byte, error) { return Fingerprint(w) }

// fails demands an error that says want.
func fails(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestRegressionStepByHand follows one step of y = w x + b from w = 1, b = 0 on
// the rows x = 1, 2 with the targets 3, 1: errors -2 and 1, cost (4+1)/2/2,
// gradient (-2*1 + 1*2)/2 = 0 by w and (-2+1)/2 = -1/2 by b.
func TestRegressionStepByHand(t *testing.T) {
	d := must(NewRegression(Units(1), []Float{1, 2}, Matrix{2, 1, 1, []Float{3, 1}}))
	r := must(NewRun(Recipe{Topology: Topology{Units(1), []Layer{Affine{1}, LinearSquaredError{}}}, Optimizer: GradientDescent{Rate: 1}, Weights: []Float{1, 0}}))
	step := drain(t, r, d, 1)[0]
	if w := r.Model().Weights; step.Cost != 1.25 || w[0] != 1 || w[1] != 0.5 {
		t.Errorf("cost %v, weights %v", step.Cost, w)
	}
	// With the weights 1 and 3 the errors' mean is (-2+3)/4 by b and
	// (-2+6)/4 by w, the cost (4+3)/2/4.
	r = must(NewRun(r.Recipe()))
	step = drain(t, r, weighted{d, []Float{1, 3}}, 1)[0]
	if w := r.Model().Weights; step.Cost != 7.0/8 || w[0] != 0 || w[1] != -0.25 {
		t.Errorf("weighted: cost %v, weights %v", step.Cost, w)
	}
}

func TestRegressionFindsTheLine(t *testing.T) {
	x, y := make([]Float, 200), NewMatrix(200, 2)
	for i := range x {
		x[i] = Float(i)/100 - 1
		y.Row(i)[0], y.Row(i)[1] = 3*x[i]-1, 2-x[i]
	}
	d := must(NewRegression(Units(1), x, y))
	r := must(NewRun(Recipe{Topology: Topology{Units(1), []Layer{Affine{2}, LinearSquaredError{}}}, Optimizer: LBFGS{}, Seed: 1}))
	drain(t, r, d, 20)
	for i, want := range []float64{3, -1, -1, 2} {
		if got := float64(r.Model().Weights[i]); math.Abs(got-want) > 1e-3 {
			t.Errorf("weight %d is %v, want %v", i, got, want)
		}
	}
	if d.Classes() != 2 || d.Class() != nil || d.Values().Row(0)[0] != y.Row(0)[0] {
		t.Errorf("%d targets, classes %v", d.Classes(), d.Class())
	}
}

// A weight of 2 is the same as the row twice, and 0 the same as no row.
func TestWeightsAreRepetitions(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		weight := rapid.SliceOfN(rapid.IntRange(0, 3), 6, 6).Draw(rt, "weights")
		weight[0]++
		var x, twice []Float
		var class, classes []int
		w := make([]Float, len(weight))
		for i, n := range weight {
			row := []Float{Float(i%3) - 1, Float(i) / 4}
			x, class, w[i] = append(x, row...), append(class, i%2), Float(n)
			for range n {
				twice, classes = append(twice, row...), append(classes, i%2)
			}
		}
		recipe := Recipe{Topology: Topology{Units(2), []Layer{Affine{3}, Tanh{}, Affine{2}, SoftmaxCrossEntropy{}}}, Optimizer: GradientDescent{Rate: 0.5}, Seed: 2}
		a, b := must(NewRun(recipe)), must(NewRun(recipe))
		drain(t, a, weighted{must(NewExamples(Units(2), 2, x, class)), w}, 5)
		drain(t, b, must(NewExamples(Units(2), 2, twice, classes)), 5)
		for i, v := range a.Model().Weights {
			if math.Abs(float64(v-b.Model().Weights[i])) > 1e-5 {
				rt.Fatalf("weight %d: %v with weights, %v with repetitions", i, v, b.Model().Weights[i])
			}
		}
	})
}

// A batch in which no row weighs anything changes nothing.
func TestRowsThatWeighNothing(t *testing.T) {
	d := weighted{must(NewExamples(Units(1), 2, []Float{1, 2}, []int{0, 1})), []Float{0, 0}}
	for _, batch := range []int{0, 1} {
		r := must(NewRun(Recipe{Topology: Perceptron(1, 2), Optimizer: GradientDescent{Rate: 1}, Batch: batch, Weights: []Float{1, 2, 3, 4}}))
		step := drain(t, r, d, 1)[0]
		if w := r.Model().Weights; step.Cost != 0 || w[0] != 1 || w[3] != 4 {
			t.Errorf("batch %d: cost %v, weights %v", batch, step.Cost, w)
		}
	}
}

// same says whether two datasets hold the same rows.
func same(t *testing.T, a, b Dataset) bool {
	t.Helper()
	return must(a.Fingerprint()) == must(b.Fingerprint())
}

func TestSparseExamplesAreTheDenseOnes(t *testing.T) {
	start, index, value := []int{0, 2, 2, 3}, []int32{1, 3, 0}, []Float{5, -2, 0.5}
	class := []int{1, 0, 1}
	x := []Float{0, 5, 0, -2, 0, 0, 0, 0, 0.5, 0, 0, 0}
	s := must(NewSparseExamples(Units(4), 2, start, index, value, class))
	if d := must(NewExamples(Units(4), 2, x, class)); !same(t, s, d) || s.Density() != 0.25 || s.Len() != 3 {
		t.Errorf("density %v, %d rows", s.Density(), s.Len())
	}
	if w := (weighted{s, []Float{1, 2, 1}}); same(t, s, w) {
		t.Error("weights do not change the fingerprint")
	}
	values := NewMatrix(3, 1)
	if same(t, s, must(s.Regression(values))) {
		t.Error("target values and classes have one fingerprint")
	}
	for want, c := range map[string]func() (*Examples, error){
		"do not make 3 rows":  func() (*Examples, error) { return NewSparseExamples(Units(4), 2, start[:3], index, value, class) },
		"3 columns, 2 values": func() (*Examples, error) { return NewSparseExamples(Units(4), 2, start, index, value[:2], class) },
		"entries 0 to 4": func() (*Examples, error) {
			return NewSparseExamples(Units(4), 2, []int{0, 4, 2, 3}, index, value, class)
		},
		"column 3 after 1": func() (*Examples, error) { return NewSparseExamples(Units(3), 2, start, index, value, class) },
		"column 1 after 3": func() (*Examples, error) {
			return NewSparseExamples(Units(4), 2, start, []int32{3, 1, 0}, value, class)
		},
		"column -1": func() (*Examples, error) {
			return NewSparseExamples(Units(4), 2, start, []int32{-1, 1, 0}, value, class)
		},
		"value 3 is +Inf": func() (*Examples, error) {
			return NewSparseExamples(Units(4), 2, start, index, []Float{1, Float(math.Inf(1)), 1}, class)
		},
		"class 2: classes go":   func() (*Examples, error) { return NewSparseExamples(Units(4), 2, start, index, value, []int{0, 2, 0}) },
		"2 rows of target":      func() (*Examples, error) { return s.Regression(NewMatrix(2, 1)) },
		"no target values":      func() (*Examples, error) { return s.Regression(Matrix{Rows: 3}) },
		"target value 0 is NaN": func() (*Examples, error) { return s.Regression(Matrix{3, 1, 1, []Float{1, Float(math.NaN()), 1}}) },
		"3 values for 2":        func() (*Examples, error) { return NewRegression(Units(2), make([]Float, 3), NewMatrix(2, 1)) },
	} {
		_, err := c()
		fails(t, err, want)
	}
}

// wrongRows is a dataset whose Fill does not keep its word.
type wrongRows struct {
	*Examples
	fill func(b *Block)
}

func (d wrongRows) Fill(b *Block, p Pass) error {
	err := d.Examples.Fill(b, p)
	d.fill(b)
	return err
}

func TestDataThatTheTopologyCannotRead(t *testing.T) {
	e := must(NewExamples(Units(2), 2, []Float{1, 2, 3, 4}, []int{0, 1}))
	for want, fill := range map[string]func(b *Block){
		"2 rows of 3 values, 2 of 2": func(b *Block) { b.DenseRows(2, 3) },
		"1 rows of 2 values, 2 of 2": func(b *Block) { b.DenseRows(1, 2) },
		"class 5, the topo":          func(b *Block) { b.Class[1] = 5 },
		"class -1, the t":            func(b *Block) { b.Class[0] = -1 },
		"2 classes and 1 weights":    func(b *Block) { b.WeightRows(1) },
		"1 target values":            func(b *Block) { b.ValueRows(2, 1) },
	} {
		d := wrongRows{e, fill}
		for _, batch := range []int{0, 2} {
			r := must(NewRun(Recipe{Topology: Perceptron(2, 2), Optimizer: GradientDescent{Rate: 1}, Batch: batch}))
			for range r.To(context.Background(), d, 1) {
			}
			fails(t, r.Err(), want)
			if !errors.As(r.Err(), new(*ShapeError)) {
				t.Errorf("%s: no ShapeError", want)
			}
		}
		_, err := must(NewRun(Recipe{Topology: Perceptron(2, 2), Optimizer: GradientDescent{Rate: 1}})).Model().Predict(context.Background(), d)
		fails(t, err, want)
	}
}

// holding holds out its last rows.
type holding struct {
	*Examples
	first int
}

func (h holding) Held(row int) bool { return row >= h.first }

func TestDataWithValidationRowsOfItsOwn(t *testing.T) {
	d := blobs(t, 300)
	recipe := Recipe{Topology: small(SoftmaxCrossEntropy{}), Optimizer: GradientDescent{Rate: 0.5}, Seed: 1, Patience: 3}
	r := must(NewRun(recipe))
	step := drain(t, r, holding{d, 250}, 2)[1]
	model := must(r.ModelAt(2))
	p := must(model.Predict(context.Background(), d))
	cost := 0.0
	for _, c := range p.Cost[250:] {
		cost += c / 50
	}
	if step.Examples != 250 || math.Abs(step.Validation-cost) > 1e-6 {
		t.Errorf("%d rows, validation %v, want %v", step.Examples, step.Validation, cost)
	}
	if got := recipe.Steps(holding{d, 250}, 4); got != 4 {
		t.Errorf("%d steps", got)
	}
	for want, c := range map[string]struct {
		holdout float64
		d       Dataset
	}{
		"Holdout: the data has": {0.1, holding{d, 250}},
		"Patience: needs":       {0, d},
		"holds out none":        {0, holding{d, 300}},
		"leaves no row":         {0, holding{d, 0}},
	} {
		recipe.Holdout = c.holdout
		r := must(NewRun(recipe))
		for range r.To(context.Background(), c.d, 1) {
		}
		fails(t, r.Err(), want)
	}
}

// TestFirstIsArgmax goes through all rows of three of these values: ties,
// infinities and what is no number.
func TestFirstIsArgmax(t *testing.T) {
	nan, inf := Float(math.NaN()), Float(math.Inf(1))
	values := []Float{nan, -inf, -1, Float(math.Copysign(0, -1)), 0, 1, inf}
	for _, a := range values {
		for _, b := range values {
			for _, c := range values {
				x := []Float{a, b, c}
				for place := range x {
					if got, want := first(x, place), argmax(x) == place; got != want {
						t.Errorf("first(%v, %d) = %t", x, place, got)
					}
				}
			}
		}
	}
}
