package nnlib_test

import (
	"context"
	"fmt"
	"testing"

	"digitlab/nnlib"
	"digitlab/nnlib/mnist"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// digits is MNIST's training images, where they are at hand.
func digits(b *testing.B) *mnist.Set {
	d, err := mnist.Load("../data", mnist.Train)
	if err != nil {
		b.Skip(err)
	}
	return d
}

// BenchmarkStep measures one full step or one epoch of mini-batches.
func BenchmarkStep(b *testing.B) {
	all := digits(b)
	first := all.First(42000)
	plain := nnlib.GradientDescent{Rate: 0.5}
	for _, c := range []struct {
		name   string
		data   nnlib.Dataset
		recipe nnlib.Recipe
	}{
		{"full", first, nnlib.Recipe{Optimizer: plain}},
		{"batch=128", all, nnlib.Recipe{Optimizer: plain, Batch: 128}},
		{"batch=32", all, nnlib.Recipe{Optimizer: nnlib.GradientDescent{Rate: 0.1}, Batch: 32}},
		{"momentum", all, nnlib.Recipe{Optimizer: nnlib.GradientDescent{Rate: 0.05, Rule: nnlib.Momentum{Keep: 0.9}}, Batch: 128}},
		{"adam", all, nnlib.Recipe{Optimizer: nnlib.GradientDescent{Rate: 0.001, Rule: nnlib.Adam{}}, Batch: 128}},
		{"wide", all.First(12800), nnlib.Recipe{Optimizer: nnlib.GradientDescent{Rate: 0.1}, Batch: 128}},
		{"wide1024", all.First(12288), nnlib.Recipe{Optimizer: nnlib.GradientDescent{Rate: 0.1}, Batch: 1024}},
	} {
		c.recipe.Topology = nnlib.Perceptron(784, 64, 10)
		if c.name[0] == 'w' {
			c.recipe.Topology = must(nnlib.ParseTopology("28x28 affine:512 relu affine:512 relu affine:10 softmax+cross-entropy"))
		}
		for workers := range 2 {
			b.Run(fmt.Sprintf("%s/workers=%d", c.name, workers+1), func(b *testing.B) {
				r := must(nnlib.NewRun(c.recipe, nnlib.Machine{Workers: workers + 1, Profile: true}))
				epoch := c.recipe.Steps(c.data, 1)
				steps := 0
				for b.Loop() {
					steps += epoch
					for range r.To(context.Background(), c.data, steps) {
					}
					if err := r.Err(); err != nil {
						b.Fatal(err)
					}
				}
				p := r.Profile()
				for i, t := range p.Time {
					b.ReportMetric(float64(t.Microseconds())/float64(p.Steps), nnlib.Phase(i).String()+"-us")
				}
			})
		}
	}
}
