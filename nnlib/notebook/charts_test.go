package notebook

import (
	"context"
	"fmt"
	"math"
	"testing"

	"digitlab/nnlib"
)

// long is a run of n steps that falls and turns.
func long(n int) *watched {
	w := &watched{run: must(nnlib.NewRun(recipe())), target: n, perEpoch: 1}
	for i := range n {
		x := float64(i)
		w.add(nnlib.Step{Number: i + 1, Epoch: i + 1, EpochEnd: true, Examples: 42000, Cost: 0.15 + math.Exp(-x/9),
			Accuracy: 0.8 - 0.7*math.Exp(-x/20), Rate: 0.1 + x/100, Validation: math.NaN(), Seconds: 0.2}, w.start)
	}
	return w
}

func TestAxisOfRatesSeldomGrows(t *testing.T) {
	w := long(50)
	if low, high := w.decades(0.1); math.Abs(low-0.001) > 1e-9 || math.Abs(high-10) > 1e-9 {
		t.Errorf("%g to %g", low, high)
	}
	w.steps[10].Rate, w.steps[11].Rate = 30, 2e-5
	if low, high := w.decades(0.1); low > 2e-5 || low < 1e-5*0.99 || math.Abs(high-100) > 1e-9 {
		t.Errorf("with 30 and 0.00002: %g to %g", low, high)
	}
}

// Bold Driver may halve the rate until nothing is left of it.
func TestVanishingRatesAreDrawn(t *testing.T) {
	w := long(50)
	for i := range w.steps {
		w.steps[i].Rate = math.Ldexp(0.1, -40*i) // 0 in the end
	}
	if low, _ := w.decades(0.1); low > 0.1*1e-9 || low < 0.1*1e-11 {
		t.Errorf("the axis begins at %g", low)
	}
	h, err := w.running(w.start).html()
	if err != nil {
		t.Fatal(err)
	}
	lacks(t, h, "cannot be drawn")
	holds(t, h, "Learning rate 0 <small>")
}

func TestSpeedHasThreeFigures(t *testing.T) {
	for v, want := range map[float64]float64{54955: 55000, 241499: 241000, 123456: 123000, 99: 99, 0.4: 0} {
		if got := rounded(v); got != want {
			t.Errorf("%g is rounded to %g, want %g", v, got, want)
		}
	}
}

// Four blocks a second must stay far below Jupyter's limit of 1 MB a second.
func TestBlockIsSmall(t *testing.T) {
	h, err := long(100).running(long(1).start).html()
	if err != nil {
		t.Fatal(err)
	}
	if len(h) > 100_000 {
		t.Errorf("%d bytes", len(h))
	}
	t.Logf("%d bytes", len(h))
}

// The promise is 50 ms for a history of 3,000 steps, with an earlier run.
func BenchmarkBlock(b *testing.B) {
	for _, n := range []int{100, 3000} {
		b.Run(fmt.Sprintf("steps=%d", n), func(b *testing.B) {
			w := long(n)
			for b.Loop() {
				if _, err := w.running(w.start).html(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Rows that are no images are called rows, and the lengths of L-BFGS's steps are no learning rate. A run that its
// optimizer ends says so.
func TestRowsAndSearchedSteps(t *testing.T) {
	s, r, _, _ := lab()
	search := recipe()
	search.Topology.Input, search.Sample, search.Optimizer = nnlib.Units(4), 0, nnlib.LBFGS{Tolerance: 0.01}
	x := make([]nnlib.Float, 4*40)
	class := make([]int, 40)
	for i := range class {
		class[i] = i % 2
		x[4*i] = nnlib.Float(i % 2)
	}
	if err := s.watch(context.Background(), must(nnlib.NewRun(search)), must(nnlib.NewExamples(nnlib.Units(4), 2, x, class)), 500); err != nil {
		t.Fatal(err)
	}
	html := r.last(t)
	holds(t, html, "rows/s", "training rows, before the update", "rows read correctly, %", "half squared error per row", "Step length", "searched for at every step",
		"The run ended by itself after step", "by its optimizer&#39;s tolerance")
	lacks(t, html, "images", "constant", "learning rate", "Learning rate", "epochs without", "validation")
}
