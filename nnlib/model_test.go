package nnlib

import (
	"context"
	"math"
	"runtime"
	"strings"
	"testing"
)

func TestPredictAgreesWithTraining(t *testing.T) {
	d, recipe := blobs(t, 777), recipes()["full"]
	recipe.Penalty = nil
	r := must(NewRun(recipe))
	before := must(r.ModelAt(0))
	step := drain(t, r, d, 1)[0]
	p := must(before.Predict(context.Background(), d))
	if math.Abs(p.Sum.Mean()-step.Cost) > 1e-12 || p.Sum.Accuracy() != step.Accuracy {
		t.Errorf("cost %v and accuracy %v, in training %v and %v", p.Sum.Mean(), p.Sum.Accuracy(), step.Cost, step.Accuracy)
	}
	total := 0.0
	for i, cost := range p.Cost {
		sum := 0.0
		for _, v := range p.Output.Row(i) {
			sum += float64(v)
		}
		if math.Abs(sum-1) > 1e-5 || p.Class[i] != argmax(p.Output.Row(i)) {
			t.Fatalf("row %d: outputs %v, class %d", i, p.Output.Row(i), p.Class[i])
		}
		want := -math.Log(float64(p.Output.Row(i)[d.Class()[i]]))
		if math.Abs(cost-want) > 1e-5 {
			t.Fatalf("row %d: cost %v, want %v", i, cost, want)
		}
		total += cost
	}
	if math.Abs(total-p.Sum.Cost) > 1e-9 {
		t.Errorf("costs add up to %v, not %v", total, p.Sum.Cost)
	}
}

func TestPredictSameBitsForAnyProcessors(t *testing.T) {
	d, r := blobs(t, 1000), must(NewRun(recipes()["seed"]))
	m := must(r.ModelAt(0))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	runtime.GOMAXPROCS(1)
	one := must(m.Predict(context.Background(), d))
	runtime.GOMAXPROCS(5)
	five := must(m.Predict(context.Background(), d))
	if one.Sum != five.Sum {
		t.Errorf("%+v on 1 processor, %+v on 5", one.Sum, five.Sum)
	}
}

func TestPredictRefusesWhatDoesNotFit(t *testing.T) {
	d := blobs(t, 10)
	for want, m := range map[string]*Model{
		"3 weights, the topology has":  {small(SoftmaxCrossEntropy{}), make([]Float, 3)},
		"rows of 30 values, the model": {Perceptron(4, 4), make([]Float, 20)},
		"4 classes, the model has 2":   {Perceptron(30, 2), make([]Float, 62)},
	} {
		if _, err := m.Predict(context.Background(), d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := must(must(NewRun(recipes()["seed"])).ModelAt(0)).Predict(ctx, d); err == nil {
		t.Error("goes on after the end of its context")
	}
}

// TestXORIsFitted is the network that a single layer cannot replace.
func TestXORIsFitted(t *testing.T) {
	d := must(NewExamples(Units(2), 2, []Float{0, 0, 0, 1, 1, 0, 1, 1}, []int{0, 1, 1, 0}))
	r := must(NewRun(Recipe{Topology: Perceptron(2, 5, 2), Optimizer: GradientDescent{Rate: 0.5, Rule: Momentum{0.9}}, Seed: 1}))
	drain(t, r, d, 400)
	if p := must(r.Model().Predict(context.Background(), d)); p.Sum.Correct != 4 {
		t.Errorf("%d of 4 are right, cost %v", p.Sum.Correct, p.Sum.Mean())
	}
}
