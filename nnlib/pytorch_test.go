package nnlib

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"
)

// TestUpdatesArePyTorchs follows ten steps of the real PyTorch, given its
// gradients. testdata/pytorch_updates.py made them.
func TestUpdatesArePyTorchs(t *testing.T) {
	b, err := os.ReadFile("testdata/pytorch_updates.json")
	if err != nil {
		t.Fatal(err)
	}
	var g struct {
		Cases []struct {
			Rule               string
			Params             struct{ Rate, Keep, Keep1, Keep2, Epsilon, Decay float64 }
			Initial            []float64
			Gradients, Weights [][]float64
		}
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	limit := 2e-6
	if Precision == "float64" {
		limit = 1e-12
	}
	rules := map[string]bool{}
	for _, c := range g.Cases {
		o := GradientDescent{Rate: c.Params.Rate, Decay: c.Params.Decay}
		switch c.Rule {
		case "momentum":
			o.Rule = Momentum{c.Params.Keep}
		case "nesterov":
			o.Rule = Nesterov{c.Params.Keep}
		case "adam", "adamw":
			o.Rule = Adam{c.Params.Keep1, c.Params.Keep2, c.Params.Epsilon}
		}
		rules[c.Rule] = true
		w := make([]Float, len(c.Initial))
		for i, x := range c.Initial {
			w[i] = Float(x)
		}
		s, step := o.Start([]Span{{"weight", len(w), Weight, 1}}), 0
		f := &function{Position{First: true, Last: true}, func(_, grad []float64) float64 {
			copy(grad, c.Gradients[step])
			return 1
		}}
		for step = range c.Gradients {
			if _, err := s.Step(context.Background(), w, f); err != nil {
				t.Fatal(err)
			}
			for i, want := range c.Weights[step] {
				if math.Abs(float64(w[i])-want) > limit*max(1, math.Abs(want)) {
					t.Fatalf("%s %+v: step %d: weight %d is %v, PyTorch's %v", c.Rule, c.Params, step+1, i, w[i], want)
				}
			}
		}
	}
	if len(rules) != 5 {
		t.Errorf("only the rules %v", rules)
	}
}
