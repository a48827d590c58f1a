package spark_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"digitlab/nnlib"
	"digitlab/nnlib/mnist"
	"digitlab/nnlib/spark"
)

// load is a part of the real MNIST, where the machine has it.
func load(t *testing.T, part mnist.Part) *mnist.Set {
	t.Helper()
	for _, dir := range []string{os.Getenv("DIGITLAB_DATA"), filepath.Join("..", "..", "data")} {
		if dir == "" {
			continue
		}
		if set, err := mnist.Load(dir, part); err == nil {
			return set
		}
	}
	const how = "no MNIST in data/ or $DIGITLAB_DATA: run `go run ./datagen`"
	if os.Getenv("DIGITLAB_REQUIRE") == "all" {
		t.Fatal(how)
	}
	t.Skip(how)
	return nil
}

// TestMNISTIsSparks trains 784-64-10 as the real Spark 4.3.0 did: its weights
// for seed 42, its two partitions in blocks of 128 rows, 100 iterations of
// L-BFGS.
func TestMNISTIsSparks(t *testing.T) {
	if testing.Short() {
		t.Skip("trains on 60,000 images")
	}
	b, err := os.ReadFile("testdata/mnist_lbfgs.json")
	if err != nil {
		t.Fatal(err)
	}
	var g struct {
		History []float64
		Test    float64 `json:"test_acc"`
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	train, test := load(t, mnist.Train), load(t, mnist.Test)
	d, err := spark.Stack(train, 128, 30504, 29496)
	if err != nil {
		t.Fatal(err)
	}
	r, err := nnlib.NewRun(nnlib.Recipe{
		Topology: nnlib.Perceptron(784, 64, 10), Optimizer: nnlib.LBFGS{}, Init: spark.Init{}, Seed: 42,
	})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	var costs []float64
	for s := range r.To(context.Background(), d, 100) {
		costs = append(costs, s.Cost)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	end, err := r.Model().Predict(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	costs = append(costs, end.Sum.Mean())
	p, err := r.Model().Predict(context.Background(), test)
	if err != nil {
		t.Fatal(err)
	}
	accuracy := p.Sum.Accuracy()
	t.Logf("%s: %d iterations in %.1f s (Spark: 369 s); last cost %.8f (Spark: %.8f); test accuracy %.4f (Spark: %.4f)",
		nnlib.Precision, len(costs)-1, took.Seconds(), costs[len(costs)-1], g.History[100], accuracy, g.Test)
	if len(costs) != 101 {
		t.Fatalf("%d iterations, Spark's 100", len(costs)-1)
	}
	near := func(i int, limit float64) {
		if d := math.Abs(costs[i]/g.History[i] - 1); !(d <= limit) {
			t.Errorf("cost %d is %v, Spark's %v", i, costs[i], g.History[i])
		}
	}
	points := 0.003
	if nnlib.Precision == "float64" {
		points = 0.001
		for i := range 81 {
			near(i, 1e-6)
		}
		near(100, 1e-3)
	} else {
		for i := range 20 {
			near(i, 1e-3)
		}
	}
	if math.Abs(accuracy-g.Test) > points {
		t.Errorf("test accuracy %v, Spark's %v", accuracy, g.Test)
	}
}
