package metrics

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The values of Wilson's interval are those of SciPy's
// binomtest(k, n).proportion_ci(method="wilson").
func TestWilson(t *testing.T) {
	for _, test := range []struct {
		k, n      int64
		low, high float64
	}{
		{9752, 10000, 0.97196461, 0.97807044},
		{0, 10, 0, 0.27753279},
		{10, 10, 0.72246720, 1},
		{1, 2, 0.09453120, 0.90546880},
		{0, 0, 0, 1},
	} {
		low, high := Wilson(test.k, test.n)
		if math.Abs(low-test.low) > 1e-8 || math.Abs(high-test.high) > 1e-8 {
			t.Errorf("%d of %d: %.8f to %.8f, not %.8f to %.8f", test.k, test.n, low, high, test.low, test.high)
		}
	}
}

func TestWilsonHoldsTheShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 1e6).Draw(t, "n")
		k := rapid.Int64Range(0, n).Draw(t, "k")
		low, high := Wilson(k, n)
		if p := float64(k) / float64(n); !(0 <= low && low <= p && p <= high && high <= 1) {
			t.Fatalf("%v: %v to %v", p, low, high)
		}
	})
}

// Two bins: 0.2 and 0.4 with one right (mean 0.3, share 0.5), 0.9 wrong and
// 1.0 right (mean 0.95, share 0.5): gap (2*0.2 + 2*0.45)/4.
func TestCalibrateByHand(t *testing.T) {
	c, err := Calibrate([]float64{0.2, 0.4, 0.9, 1}, []bool{true, false, false, true}, 2)
	if err != nil {
		t.Fatal(err)
	}
	want := &Calibration{[]Bin{{0, 0.5, 2, 1, 0.3}, {0.5, 1, 2, 1, 0.95}}, 0.325}
	if d := cmp.Diff(want, c, near); d != "" {
		t.Error(d)
	}
	if e, err := Calibrate(nil, nil, 10); err != nil || e.Gap != 0 || len(e.Bins) != 10 || e.Bins[3].Share() != 0 {
		t.Errorf("no answers: %v %v", e, err)
	}
}

func TestAbstain(t *testing.T) {
	got, err := Abstain([]float64{0.9, 0.3, 0.6, 0.8}, []bool{true, false, true, false})
	if err != nil {
		t.Fatal(err)
	}
	want := []Abstention{{0, 0, 0.5}, {1, 0.25, 1. / 3}, {2, 0.5, 0.5}, {3, 0.75, 0}}
	if d := cmp.Diff(want, got, near); d != "" {
		t.Error(d)
	}
}

func TestAnswersAreChecked(t *testing.T) {
	for _, test := range []struct {
		p    []float64
		want string
	}{
		{[]float64{0.1, 0.2}, "2 probabilities for 1 answers"},
		{[]float64{1.01}, "answer 0 is 1.01"},
		{[]float64{math.NaN()}, "answer 0 is NaN"},
	} {
		_, err := Calibrate(test.p, []bool{true}, 10)
		_, also := Abstain(test.p, []bool{true})
		for _, err := range []error{err, also} {
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: %v", test.want, err)
			}
		}
	}
	if _, err := Calibrate(nil, nil, 0); err == nil {
		t.Error("no bins are accepted")
	}
}
