package nnlib

import (
	"context"
	"math"
	"testing"
)

func TestBoldDriverOfTheSeed(t *testing.T) {
	b, tenth := BoldDriver{}, 0.1
	for _, c := range []struct {
		p    Progress
		rate float64
	}{
		{Progress{Rate: 0.1, Cost: 5}, 0.1}, // the first cost has nothing to be compared with
		{Progress{Rate: 0.1, Cost: 1, LastCost: 2, New: true}, tenth * 1.05},
		{Progress{Rate: 0.1, Cost: 2, LastCost: 1, New: true}, 0.05},
		{Progress{Rate: 0.1, Cost: 2, LastCost: 2, New: true}, 0.05}, // equal counts as worse
		{Progress{Rate: 0.1, Cost: 2, LastCost: 1}, 0.1},
	} {
		if rate, undo := b.Next(c.p); rate != c.rate || undo {
			t.Errorf("%+v: rate %v, undo %v; want %v", c.p, rate, undo, c.rate)
		}
	}
}

// TestRateInHistory: the first step uses the starting rate, every later one the
// rate that its own cost has just changed.
func TestRateInHistory(t *testing.T) {
	recipe := recipes()["seed"]
	recipe.Optimizer = GradientDescent{Rate: 20, Schedule: BoldDriver{}}
	steps := drain(t, must(NewRun(recipe)), blobs(t, 600), 15)
	rate, fell := 20.0, 0
	for i, s := range steps {
		if i > 0 {
			if s.Cost < steps[i-1].Cost {
				rate *= 1.05
				fell++
			} else {
				rate *= 0.5
			}
		}
		if s.Rate != rate {
			t.Fatalf("step %d: rate %v, want %v", s.Number, s.Rate, rate)
		}
	}
	if fell == 0 || fell == len(steps)-1 {
		t.Errorf("the cost fell %d times in %d steps: one of the two factors is not tried", fell, len(steps))
	}
}

// TestMiniBatchesAreJudgedByEpochs: within an epoch the rate stays; from the
// third epoch on it follows the mean costs of the two before.
func TestMiniBatchesAreJudgedByEpochs(t *testing.T) {
	recipe := recipes()["wide"]
	recipe.Batch = 200 // three steps an epoch
	steps := drain(t, must(NewRun(recipe)), blobs(t, 600), 18)
	mean := func(epoch int) (cost float64) {
		for _, s := range steps[3*epoch : 3*epoch+3] {
			cost += s.Cost / 3
		}
		return cost
	}
	rate := 0.5
	for i, s := range steps {
		if e := i / 3; i%3 == 0 && e >= 2 {
			if mean(e-1) < mean(e-2) {
				rate *= 1.05
			} else {
				rate *= 0.5
			}
		}
		if math.Abs(s.Rate-rate) > 1e-12 || s.EpochEnd != (i%3 == 2) || s.Epoch != i/3+1 {
			t.Fatalf("step %d: rate %v, want %v: %+v", s.Number, s.Rate, rate, s)
		}
	}
}

// parabola is the objective f(w) = w^2/2 of one weight.
type parabola struct{ at Position }

func (p *parabola) At() Position { return p.at }
func (p *parabola) Eval(_ context.Context, w, grad []Float) (Sum, error) {
	if grad != nil {
		grad[0] = w[0]
	}
	return Sum{Cost: float64(w[0]) * float64(w[0]) / 2, Weight: 1, Examples: 1}, nil
}
func (p *parabola) Descend(context.Context, []Float, float64) (Sum, error) { panic("not direct") }

// TestUndoTakesTheStepAgain by hand: from w = 1 with rate 4.
//
//	step 1: cost 0.5, nothing to compare: w = 1 - 4*1 = -3
//	step 2: cost 4.5 is worse: back to w = 1, again with rate 2: w = 1 - 2*1 = -1
//	step 3: cost 0.5 is not below 0.5: back to 1, rate 1: w = 0
//	step 4: cost 0 < 0.5: rate 1.05, w = 0 - 1.05*0 = 0
func TestUndoTakesTheStepAgain(t *testing.T) {
	f, w := &parabola{}, []Float{1}
	s := GradientDescent{Rate: 4, Schedule: BoldDriver{Undo: true}}.Start([]Span{{"weight", 1, Weight, 1}})
	for i, want := range []struct {
		cost, rate float64
		w          Float
	}{{0.5, 4, -3}, {4.5, 2, -1}, {0.5, 1, 0}, {0, 1.05, 0}} {
		f.at = Position{Step: i, Epoch: i, First: true, Last: true}
		u, err := s.Step(context.Background(), w, f)
		if err != nil {
			t.Fatal(err)
		}
		if u.Sum.Mean() != want.cost || u.Rate != want.rate || w[0] != want.w {
			t.Errorf("step %d: cost %v, rate %v, w %v; want %+v", i+1, u.Sum.Mean(), u.Rate, w[0], want)
		}
		b, err := s.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		s = GradientDescent{Rate: 4, Schedule: BoldDriver{Undo: true}}.Start([]Span{{"weight", 1, Weight, 1}})
		if err := s.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
	}
}

// TestMomentumByHand: v = 0.5 v + w, w -= 0.1 v from w = 1.
func TestMomentumByHand(t *testing.T) {
	f, w := &parabola{Position{First: true, Last: true}}, []Float{1}
	s := GradientDescent{Rate: 0.1, Rule: Momentum{0.5}}.Start([]Span{{"weight", 1, Weight, 1}})
	for i, want := range []float64{0.9, 0.76, 0.614} { // v = 1, 1.4, 1.46
		if _, err := s.Step(context.Background(), w, f); err != nil {
			t.Fatal(err)
		}
		if math.Abs(float64(w[0])-want) > 1e-7 {
			t.Errorf("step %d: w %v, want %v", i+1, w[0], want)
		}
	}
}

func TestClipScalesLongGradientsOnly(t *testing.T) {
	for start, want := range map[Float]Float{8: 6, 1: 0.5} { // 8 - 0.5*4, 1 - 0.5*1
		f, w := &parabola{Position{First: true, Last: true}}, []Float{start}
		if _, err := (GradientDescent{Rate: 0.5, Clip: 4}).Start([]Span{{"weight", 1, Weight, 1}}).Step(context.Background(), w, f); err != nil {
			t.Fatal(err)
		}
		if w[0] != want {
			t.Errorf("from %v: %v, want %v", start, w[0], want)
		}
	}
}
