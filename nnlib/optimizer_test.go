package nnlib

import (
	"context"
	"math"
	"testing"
)

// function is an objective of a few weights, for optimizers alone.
type function struct {
	at Position
	f  func(w, grad []float64) float64
}

func (o *function) At() Position { return o.at }
func (o *function) Eval(_ context.Context, w, grad []Float) (Sum, error) {
	g := make([]float64, len(w))
	cost := o.f(widen(w), g)
	for i := range grad {
		grad[i] = Float(g[i])
	}
	return Sum{Cost: cost, Weight: 1, Examples: 1}, nil
}
func (o *function) Descend(context.Context, []Float, float64) (Sum, error) { panic("not direct") }

// bowl is (w0-3)^2/2 + 5 (w1+1)^2, with its minimum 0 at (3, -1).
func bowl(w, g []float64) float64 {
	g[0], g[1] = w[0]-3, 10*(w[1]+1)
	return g[0]*g[0]/2 + g[1]*g[1]/20
}

// rosenbrock is (1-w0)^2 + 100 (w1-w0^2)^2, with its minimum 0 at (1, 1).
func rosenbrock(w, g []float64) float64 {
	a, b := 1-w[0], w[1]-w[0]*w[0]
	g[0], g[1] = -2*a-400*w[0]*b, 200*b
	return a*a + 100*b*b
}

// pair2 is the spans of two weights.
var pair2 = []Span{{"weight", 2, Weight, 2}}

func TestOptimizersFindKnownMinima(t *testing.T) {
	for name, c := range map[string]struct {
		o       Optimizer
		f       func(w, g []float64) float64
		w       []Float
		want    [2]float64
		steps   int
		closely float64
	}{
		"plain, bowl":        {GradientDescent{Rate: 0.1}, bowl, []Float{0, 0}, [2]float64{3, -1}, 300, 1e-4},
		"momentum, bowl":     {GradientDescent{Rate: 0.02, Rule: Momentum{0.8}}, bowl, []Float{0, 0}, [2]float64{3, -1}, 300, 1e-4},
		"nesterov, bowl":     {GradientDescent{Rate: 0.02, Rule: Nesterov{0.8}}, bowl, []Float{0, 0}, [2]float64{3, -1}, 300, 1e-4},
		"adam, bowl":         {GradientDescent{Rate: 0.1, Rule: Adam{}}, bowl, []Float{0, 0}, [2]float64{3, -1}, 800, 1e-2},
		"bold driver, bowl":  {GradientDescent{Rate: 0.01, Schedule: BoldDriver{Undo: true}}, bowl, []Float{0, 0}, [2]float64{3, -1}, 300, 1e-2},
		"l-bfgs, bowl":       {LBFGS{}, bowl, []Float{0, 0}, [2]float64{3, -1}, 15, 1e-4},
		"l-bfgs, rosenbrock": {LBFGS{Tolerance: -1}, rosenbrock, []Float{-1.2, 1}, [2]float64{1, 1}, 60, 1e-3},
		"adam, rosenbrock":   {GradientDescent{Rate: 0.02, Rule: Adam{}}, rosenbrock, []Float{-1.2, 1}, [2]float64{1, 1}, 6000, 2e-2},
	} {
		s := c.o.Start(pair2)
		f := &function{f: c.f}
		for i := range c.steps {
			f.at = Position{Step: i, Epoch: i, First: true, Last: true, Fixed: i > 0}
			u, err := s.Step(context.Background(), c.w, f)
			if err != nil {
				t.Fatalf("%s: step %d: %v", name, i+1, err)
			}
			if u.Last {
				break
			}
		}
		for i := range c.w {
			if math.Abs(float64(c.w[i])-c.want[i]) > c.closely {
				t.Errorf("%s: ends at %v, want %v", name, c.w, c.want)
				break
			}
		}
	}
}

// TestAdamByHand: with g = 1 at every step both corrected moments are 1, and
// every update is the rate, but for epsilon.
func TestAdamByHand(t *testing.T) {
	w := []Float{1, 1}
	s := GradientDescent{Rate: 0.1, Rule: Adam{}}.Start(pair2)
	f := &function{Position{First: true, Last: true}, func(_, g []float64) float64 { g[0], g[1] = 1, -4; return 1 }}
	for i := range 3 {
		if _, err := s.Step(context.Background(), w, f); err != nil {
			t.Fatal(err)
		}
		if d := 0.1 * float64(i+1); math.Abs(float64(w[0])-1+d) > 1e-6 || math.Abs(float64(w[1])-1-d) > 1e-6 {
			t.Errorf("step %d: %v", i+1, w)
		}
	}
}

// TestNesterovByHand: v = 0.5 v + w, w -= 0.1 (w + 0.5 v) from w = 1.
//
//	v = 1, d = 1.5, w = 0.85; v = 1.35, d = 1.525, w = 0.6975
func TestNesterovByHand(t *testing.T) {
	f, w := &parabola{Position{First: true, Last: true}}, []Float{1}
	s := GradientDescent{Rate: 0.1, Rule: Nesterov{0.5}}.Start([]Span{{"weight", 1, Weight, 1}})
	for i, want := range []float64{0.85, 0.6975} {
		if _, err := s.Step(context.Background(), w, f); err != nil {
			t.Fatal(err)
		}
		if math.Abs(float64(w[0])-want) > 1e-6 {
			t.Errorf("step %d: w %v, want %v", i+1, w[0], want)
		}
	}
}

// TestDecayAndMaxNormSpareBiases: with a gradient of zero the weights shrink by
// a tenth and then to length 2; the biases stay.
func TestDecayAndMaxNormSpareBiases(t *testing.T) {
	spans := []Span{{"weight", 4, Weight, 2}, {"bias", 2, Bias, 2}}
	w := []Float{3, 0.1, 4, 0.1, 7, 8} // into unit 0: (3, 4), into unit 1: (0.1, 0.1)
	s := GradientDescent{Rate: 0.5, Decay: 0.2, MaxNorm: 2}.Start(spans)
	f := &function{Position{First: true, Last: true}, func(_, g []float64) float64 { return 1 }}
	if _, err := s.Step(context.Background(), w, f); err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1.2, 0.09, 1.6, 0.09, 7, 8} {
		if math.Abs(float64(w[i])-want) > 1e-6 {
			t.Errorf("weights %v, want [1.2 0.09 1.6 0.09 7 8]", w)
			break
		}
	}
}

func TestPenaltiesByHand(t *testing.T) {
	w := []Float{2, -3, 0}
	for _, c := range []struct {
		p    Penalty
		cost float64
		grad [3]Float
	}{
		{L2{0.5}, 3.25, [3]Float{1, -1.5, 0}},
		{L1{0.5}, 2.5, [3]Float{0.5, -0.5, 0}},
		{ElasticNet{0.5, 0.5}, 5.75, [3]Float{1.5, -2, 0}},
	} {
		grad := make([]Float, 3)
		if cost := c.p.Add(w, grad); cost != c.cost || [3]Float(grad) != c.grad || c.p.Add(w, nil) != cost {
			t.Errorf("%T: cost %v, gradient %v; want %v, %v", c.p, cost, grad, c.cost, c.grad)
		}
	}
}

func TestMorePenaltyMakesSmallerWeights(t *testing.T) {
	d := blobs(t, 400)
	for name, make := range map[string]func(rate float64) Recipe{
		"L2":    func(x float64) Recipe { return Recipe{Penalty: L2{x}, Optimizer: LBFGS{}} },
		"L1":    func(x float64) Recipe { return Recipe{Penalty: L1{x / 10}, Optimizer: GradientDescent{Rate: 0.2}} },
		"decay": func(x float64) Recipe { return Recipe{Optimizer: GradientDescent{Rate: 0.2, Decay: x}} },
	} {
		last := math.Inf(1)
		for _, rate := range []float64{0.001, 0.01, 0.1} {
			recipe := make(rate)
			recipe.Topology, recipe.Seed = small(SoftmaxCrossEntropy{}, Tanh{}), 2
			r := must(NewRun(recipe))
			drain(t, r, d, 40)
			n := norm(r.Model().Weights)
			if n >= last {
				t.Errorf("%s %v: weights of length %v, with less penalty %v", name, rate, n, last)
			}
			last = n
		}
	}
}

func TestSchedulesAtTheirCorners(t *testing.T) {
	for _, c := range []struct {
		s    Schedule
		want map[int]float64 // step to rate, from 2
	}{
		{StepDecay{Every: 10}, map[int]float64{0: 2, 9: 2, 10: 0.2, 29: 0.02}},
		{Exponential{0.5}, map[int]float64{0: 2, 1: 1, 3: 0.25}},
		{InverseSqrt{}, map[int]float64{0: 2, 3: 1, 99: 0.2}},
		{InverseSqrt{Scale: 10}, map[int]float64{0: 2, 30: 1}},
		{Cosine{Steps: 100}, map[int]float64{0: 2, 50: 1, 100: 0, 500: 0}},
		{Cosine{Steps: 100, Floor: 0.1}, map[int]float64{0: 2, 50: 1.1, 100: 0.2}},
		{WarmUp{Steps: 4}, map[int]float64{0: 0.5, 1: 1, 3: 2, 4: 2, 90: 2}},
		{WarmUp{Steps: 4, Then: Exponential{0.5}}, map[int]float64{3: 2, 4: 2, 5: 1}},
		{OneCycle{100}, map[int]float64{0: 0.08, 15: 1.04, 30: 2, 65: 1.000004, 100: 0.000008, 200: 0.000008}},
	} {
		for step, want := range c.want {
			rate, undo := c.s.Next(Progress{Step: step, Start: 2, Rate: 7, Cost: 1, LastCost: 2, New: true})
			if math.Abs(rate-want) > 1e-9 || undo {
				t.Errorf("%+v: rate %v at step %d, want %v", c.s, rate, step, want)
			}
		}
	}
}

// TestLBFGSStartsAgainAfterAFailedSearch: a function whose gradient is wrong
// cannot be searched; the second failure in a row ends the run.
func TestLBFGSStartsAgainAfterAFailedSearch(t *testing.T) {
	w := []Float{1, 1}
	f := &function{f: func(w, g []float64) float64 {
		g[0], g[1] = -w[0], -w[1]
		return w[0]*w[0] + w[1]*w[1]
	}}
	s := LBFGS{}.Start(pair2)
	for i := range 2 {
		f.at.Fixed = i > 0
		u, err := s.Step(context.Background(), w, f)
		if err != nil || u.Rate != 0 || u.Last != (i == 1) || w[0] != 1 || w[1] != 1 {
			t.Errorf("search %d: %+v, weights %v, %v", i+1, u, w, err)
		}
	}
}

func TestConvergedRunTakesNoStep(t *testing.T) {
	d := blobs(t, 300)
	r := must(NewRun(Recipe{Topology: small(SoftmaxCrossEntropy{}), Optimizer: LBFGS{Tolerance: 0.9}, Weights: make([]Float, 319)}))
	if steps := drain(t, r, d, 10); len(steps) != 0 || !r.Stopped() {
		t.Errorf("%d steps, stopped is %v", len(steps), r.Stopped())
	}
	g := must(NewRun(Recipe{Topology: small(SoftmaxCrossEntropy{}), Optimizer: GradientDescent{Rate: 0.1, Tolerance: 0.5}, Seed: 1}))
	if steps := drain(t, g, d, 10); len(steps) != 2 || !g.Stopped() {
		t.Errorf("gradient descent: %d steps, stopped is %v", len(steps), g.Stopped())
	}
}

func TestBestIsKeptWithoutAStop(t *testing.T) {
	d, recipe := blobs(t, 900), recipes()["stop"]
	recipe.Patience = 1000
	r := must(NewRun(recipe))
	if _, err := r.Best(); err == nil {
		t.Error("a best model before the first epoch")
	}
	best, at := math.Inf(1), 0
	for _, s := range drain(t, r, d, 200) {
		if s.Validation < best {
			best, at = s.Validation, s.Number
		}
	}
	b := must(NewRun(recipe))
	drain(t, b, d, at)
	if hash(must(r.Best())) != hash(b.Model()) {
		t.Error("not the best epoch's weights")
	}
}
