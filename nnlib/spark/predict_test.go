package spark

import (
	"context"
	"math"
	"testing"

	"digitlab/nnlib"
)

// TestPredictIsInDoublePrecision: a network as large as MNIST's, beside the
// same sums written down plainly.
func TestPredictIsInDoublePrecision(t *testing.T) {
	const in, hidden, out, rows = 784, 64, 10, 150
	m := &nnlib.Model{Topology: nnlib.Perceptron(in, hidden, out)}
	w, err := m.Topology.Init(42, Init{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range w {
		w[i] *= 20 // outputs near 0 and 1
	}
	m.Weights = w
	x, class := make([]nnlib.Float, rows*in), make([]int, rows)
	for i := range x {
		if i%5 == 0 {
			x[i] = nnlib.Float(i*7919%256) / 255
		}
	}
	d, err := nnlib.NewExamples(nnlib.Pixels(28, 28), out, x, class)
	if err != nil {
		t.Fatal(err)
	}
	p, err := (&Classifier{Model: m}).Predict(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	limit := 6e-8 // half a unit of float32 below 1
	if exact {
		limit = 1e-13
	}
	correct := int64(0)
	for i := range rows {
		h, z, sum := make([]float64, hidden), make([]float64, out), 0.0
		for j := range h {
			s := float64(w[in*hidden+j])
			for k := range in {
				s += float64(x[i*in+k]) * float64(w[k*hidden+j])
			}
			h[j] = 1 / (1 + math.Exp(-s))
		}
		top := w[(in+1)*hidden:]
		best := 0
		for j := range z {
			z[j] = float64(top[hidden*out+j])
			for k, v := range h {
				z[j] += v * float64(top[k*out+j])
			}
			if z[j] > z[best] {
				best = j
			}
			sum += math.Exp(z[j])
		}
		if p.Class[i] != best {
			t.Errorf("row %d is %d, want %d", i, p.Class[i], best)
		}
		if best == 0 {
			correct++
		}
		for j, v := range p.Output.Row(i) {
			if want := math.Exp(z[j]) / sum; math.Abs(float64(v)-want) > limit {
				t.Errorf("row %d: p[%d] is %v, want %v", i, j, v, want)
			}
		}
	}
	if p.Sum.Correct != correct {
		t.Errorf("%d counted correct, %d are", p.Sum.Correct, correct)
	}
}

// TestOtherNetworksPredictAsTheModelDoes: what Spark does not have keeps its
// own outputs, and thresholds work there too.
func TestOtherNetworksPredictAsTheModelDoes(t *testing.T) {
	topology, err := nnlib.ParseTopology("2 affine:2 tanh softmax+cross-entropy")
	if err != nil {
		t.Fatal(err)
	}
	m := &nnlib.Model{Topology: topology, Weights: []nnlib.Float{1, -1, 2, 0.5, 0.25, 0}}
	d, err := nnlib.NewExamples(nnlib.Units(2), 2, []nnlib.Float{1, 0.5, -1, 2, 0, 0}, []int{1, 1, 1})
	if err != nil {
		t.Fatal(err)
	}
	want, err := m.Predict(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	for _, thresholds := range [][]float64{nil, {1, 0}} {
		got, err := (&Classifier{Model: m, Thresholds: thresholds}).Predict(context.Background(), d)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range got.Output.Data {
			if v != want.Output.Data[i] {
				t.Errorf("output %d is %v, the model's %v", i, v, want.Output.Data[i])
			}
		}
		for i, class := range got.Class {
			if thresholds == nil && class != want.Class[i] || thresholds != nil && class != 1 {
				t.Errorf("thresholds %v: row %d is %d", thresholds, i, class)
			}
		}
		if thresholds != nil && got.Sum.Correct != 3 {
			t.Errorf("%d counted correct", got.Sum.Correct)
		}
	}
}

func TestPredictStops(t *testing.T) {
	g := read(t, "thr_base")
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := trained(t, g).Predict(ctx, g.data(t)); err == nil {
		t.Error("no error")
	}
}
