package metrics

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Output 2 stays below one half although it is the largest one of the rows of
// class 2: argmax reads both rows well, rounding never finds the class.
func TestRoundingKillsAClassThatArgmaxReads(t *testing.T) {
	tally, err := Threshold(3, []int{0, 1, 2, 2}, []float32{
		0.9, 0.2, 0.1,
		0.6, 0.7, 0.1, // two classes at once
		0.1, 0.2, 0.4,
		0.3, 0.1, 0.5, // half goes to the even 0
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Tally{{1, 1, 0, 2}, {1, 0, 0, 3}, {0, 0, 2, 2}}
	if d := cmp.Diff(want, tally); d != "" {
		t.Error(d)
	}
	if s := tally[2].Score(); s != (Score{0, 0, 0, 2}) {
		t.Errorf("%v", s)
	}
	// P = 1/(2+e), R = 1/(1+e), F1 = 2PR/(P+R+e), worked with e = 1e-6.
	p, r := 0.49999975000012503, 0.999999000001
	if d := cmp.Diff(Score{p, r, 2 * p * r / (p + r + 1e-6), 1}, tally[0].Score(), near); d != "" {
		t.Error(d)
	}
}

func TestJustAboveOneHalfCounts(t *testing.T) {
	tally, err := Threshold(1, []int{0, 0}, []float64{0.5, math.Nextafter(0.5, 1)})
	if err != nil || tally[0] != (Tally{1, 0, 1, 0}) {
		t.Errorf("%v %v", tally, err)
	}
}

func TestThresholdRefuses(t *testing.T) {
	for _, test := range []struct {
		truth  []int
		output []float64
		want   string
	}{
		{[]int{0}, []float64{0.1}, "1 outputs for 1 rows of 2 classes"},
		{[]int{2}, []float64{0.1, 0.2}, "class 2 of row 0"},
		{[]int{0, 1}, []float64{0.1, 0.2, 0.3, 1.5}, "output 1 of row 1 is 1.5"},
		{[]int{0}, []float64{math.NaN(), 0.2}, "output 0 of row 0 is NaN"},
	} {
		if _, err := Threshold(2, test.truth, test.output); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: %v", test.want, err)
		}
	}
}
