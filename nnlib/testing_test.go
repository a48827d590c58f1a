package nnlib

import (
	"context"
	"encoding/hex"
	"math/rand/v2"
	"testing"
)

// blobs is a small data set: rows of 6x5 bytes, most of them zero, in 4 classes
// that can be told apart but for some noise.
func blobs(t testing.TB, rows int) *Examples {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 8))
	const cols, classes = 30, 4
	bytes, class := make([]byte, rows*cols), make([]int, rows)
	for i := range class {
		class[i] = r.IntN(classes)
		for k := range 7 {
			bytes[i*cols+class[i]*7+k] = byte(r.IntN(2) * r.IntN(256))
		}
		bytes[i*cols+r.IntN(cols)] = byte(r.IntN(256))
	}
	e, err := PackExamples(Pixels(6, 5), classes, byteLevels(), bytes, class)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func byteLevels() *[256]Float {
	var level [256]Float
	for i := range level {
		level[i] = Float(i) / 255
	}
	return &level
}

// small is the network that tests train on blobs.
func small(top Loss, hidden ...Layer) Topology {
	return Topology{Input: Pixels(6, 5), Layers: append(append([]Layer{Affine{9}}, hidden...), Affine{4}, top)}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// drain goes to a step and returns the steps.
func drain(t testing.TB, r *Run, d Dataset, to int) (steps []Step) {
	t.Helper()
	for s := range r.To(context.Background(), d, to) {
		steps = append(steps, s)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

func hash(m *Model) string {
	h := m.Hash()
	return hex.EncodeToString(h[:6])
}

// recipes covers every kind of step.
func recipes() map[string]Recipe {
	bold := GradientDescent{Rate: 0.5, Schedule: BoldDriver{}}
	return map[string]Recipe{
		"seed":     {Topology: small(SigmoidSquaredError{}, Tanh{}), Optimizer: bold, Sample: 0.7, Seed: 11, Init: Uniform{0.5}},
		"undo":     {Topology: small(SigmoidSquaredError{}, Tanh{}), Optimizer: GradientDescent{Rate: 8, Schedule: BoldDriver{Undo: true, Grow: 1.5}}, Seed: 11, Holdout: 0.1},
		"full":     {Topology: small(SoftmaxCrossEntropy{}, Sigmoid{}), Optimizer: GradientDescent{Rate: 0.5, Rule: Momentum{0.9}, Clip: 1}, Seed: 3, Penalty: L2{1e-3}},
		"direct":   {Topology: small(SoftmaxCrossEntropy{}, ReLU{}), Optimizer: GradientDescent{Rate: 0.1}, Batch: 32, Seed: 11},
		"momentum": {Topology: small(SoftmaxCrossEntropy{}, Tanh{}), Optimizer: GradientDescent{Rate: 0.1, Rule: Momentum{0.9}}, Batch: 128, Seed: 11},
		"wide":     {Topology: small(SoftmaxCrossEntropy{}, Tanh{}), Optimizer: bold, Batch: 500, Seed: 11, Leaves: 3},
		"adam":     {Topology: small(SoftmaxCrossEntropy{}, ReLU{}, Dropout{Rate: 0.2}), Optimizer: GradientDescent{Rate: 0.01, Rule: Adam{}, Decay: 0.1, MaxNorm: 1}, Batch: 100, Seed: 4},
		"lbfgs":    {Topology: small(SoftmaxCrossEntropy{}, Sigmoid{}), Optimizer: LBFGS{}, Seed: 5, Penalty: L2{1e-4}},
		"samples":  {Topology: small(SoftmaxCrossEntropy{}, Sigmoid{}), Optimizer: LBFGS{}, Seed: 5, Sample: 0.7},
		"stop":     {Topology: small(SoftmaxCrossEntropy{}, Tanh{}), Optimizer: GradientDescent{Rate: 2, Rule: Momentum{0.9}}, Batch: 64, Seed: 11, Holdout: 0.2, Patience: 2},
	}
}
