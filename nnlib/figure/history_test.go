package figure

import (
	"math"
	"strings"
	"testing"

	"digitlab/nnlib"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCostSaysWhereItEnds(t *testing.T) {
	steps := history(100, false)
	steps[0].Cost, steps[99].Cost = 1.8010, 0.14644
	c := History{Steps: steps, Unit: "half squared error per image"}.Cost()
	if c.Title != "Training cost falls from 1.80 to 0.146" || c.Label != "Cost against step. Training ends at 0.146." {
		t.Errorf("%q %q", c.Title, c.Label)
	}
	if c.Y.Title != "cost, half squared error per image" {
		t.Error(c.Y.Title)
	}
}

func TestBestValidationIsMarkedUnlessItIsTheLast(t *testing.T) {
	steps := history(30, true)
	for i := range steps {
		steps[i].Validation = 1 + math.Abs(float64(i-19))
	}
	svg, err := History{Steps: steps}.Cost().SVG()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(svg, "best 1.00") || !strings.Contains(svg, "best validation 1.00 at step 20") {
		t.Error(svg)
	}
	steps[29].Validation = 0.5
	if svg, _ := (History{Steps: steps}).Cost().SVG(); strings.Contains(svg, ">best") {
		t.Error("the last step is marked as best")
	}
}

func TestTheAxisSpansTheWholeRun(t *testing.T) {
	c := History{Steps: history(10, false), Last: 100}.Accuracy()
	if c.X.Min != 1 || c.X.Max != 100 {
		t.Errorf("%v to %v", c.X.Min, c.X.Max)
	}
}

func TestTheAxisCanCountEpochs(t *testing.T) {
	steps := history(40, false)
	for i := range steps {
		steps[i].EpochEnd = i%10 == 9
	}
	c := History{Steps: steps, Epochs: true}.Cost()
	if c.X.Title != "epochs of 1,000 images" || c.X.Max != 4 {
		t.Errorf("%q to %v", c.X.Title, c.X.Max)
	}
}

func TestAccuracySaysThatItsAxisIsCut(t *testing.T) {
	steps := []nnlib.Step{{Number: 1, Accuracy: 0.91, Validation: math.NaN()}, {Number: 2, Accuracy: 0.97, Validation: math.NaN()}}
	c := History{Steps: steps}.Accuracy()
	if c.Y.Min != 90 || !strings.Contains(c.Note, "starts at 90") {
		t.Errorf("from %v, %q", c.Y.Min, c.Note)
	}
	if c := (History{Steps: history(9, false)}).Accuracy(); c.Y.Min != 0 || c.Note != "" {
		t.Errorf("from %v, %q", c.Y.Min, c.Note)
	}
}

func TestLongHistoriesAreThinned(t *testing.T) {
	svg, err := History{Steps: history(50_000, true)}.Cost().SVG()
	if err != nil {
		t.Fatal(err)
	}
	if len(svg) > 60_000 {
		t.Errorf("%d bytes", len(svg))
	}
}

func TestThinKeepsMeanAndExtremes(t *testing.T) {
	x, y := []float64{0, 1, 2, 3, 9, 10}, []float64{1, 3, math.NaN(), 2, 5, 7}
	got := thin(x, y, 0, 10, 2)
	want := []column{{4. / 3, 2, 1, 3}, {9.5, 6, 5, 7}}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(column{}), cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-12 })); d != "" {
		t.Error(d)
	}
}

func TestExactKeepsEveryPeak(t *testing.T) {
	steps := history(5000, false)
	for i := range steps {
		steps[i].Rate = 1
	}
	steps[1234].Rate, steps[4321].Rate = 50, 0.01
	s := History{Steps: steps}.exact(steps, func(s nnlib.Step) float64 { return s.Rate })
	high, low := 0.0, 1.0
	for _, v := range s.Y {
		high, low = max(high, v), min(low, v)
	}
	if high != 50 || low != 0.01 || len(s.Y) > 4*(columns+1) || s.X[len(s.X)-1] != 5000 {
		t.Errorf("%v to %v in %d points to %v", low, high, len(s.Y), s.X[len(s.X)-1])
	}
}

func TestTicksCoverAndAscend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Float64Range(-1e6, 1e6).Draw(t, "low")
		high := low + rapid.Float64Range(1e-3, 1e6).Draw(t, "span")
		ticks, from, to := linear(low, high, 5)
		slack := 1e-6 * (to - from)
		if from > low+slack || to < high-slack || len(ticks) < 2 || len(ticks) > 6 {
			t.Fatalf("%v to %v: %v", low, high, ticks)
		}
		for i := 1; i < len(ticks); i++ {
			if ticks[i].Value <= ticks[i-1].Value || ticks[i].Text == ticks[i-1].Text {
				t.Fatalf("%v", ticks)
			}
		}
	})
}

func TestTicks(t *testing.T) {
	text := func(ticks []Tick) (s []string) {
		for _, k := range ticks {
			s = append(s, k.Text)
		}
		return s
	}
	logTicks := func(a, b float64) []string { ticks, _, _ := logarithmic(a, b); return text(ticks) }
	linTicks := func(a, b float64) []string { ticks, _, _ := linear(a, b, 5); return text(ticks) }
	for _, test := range []struct{ got, want []string }{
		{text(steps(100)), []string{"1", "25", "50", "75", "100"}},
		{text(steps(4690)), []string{"1", "2,000", "4,000"}},
		{text(steps(3)), []string{"1", "2", "3"}},
		{linTicks(0, 1.8), []string{"0", "0.4", "0.8", "1.2", "1.6", "2.0"}},
		{linTicks(-1, 1), []string{"−1.0", "−0.5", "0", "0.5", "1.0"}},
		{logTicks(0.1, 6), []string{"0.1", "1", "10"}},
		{logTicks(2, 90), []string{"2", "5", "10", "20", "50", "100"}},
		{logTicks(2, 9), []string{"2", "5", "10"}},
		{logTicks(0.008, 2.3), []string{"0.01", "0.1", "1"}},
		{logTicks(0.1, 0.1), []string{"0.1", "0.2"}},
		{logTicks(1e-6, 1e3), []string{"1e−6", "0.0001", "0.01", "1", "100"}},
		{linTicks(0, 4e37), []string{"0", "1e37", "2e37", "3e37", "4e37"}},
		{logTicks(1e37, 1e38), []string{"1e37", "2e37", "5e37", "1e38"}},
		{logTicks(1, 9000), []string{"1", "10", "100", "1,000", "10\u202fk"}},
	} {
		if d := cmp.Diff(test.want, test.got); d != "" {
			t.Error(d)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{Number(9752, 0), "9,752"}, {Number(1234567.891, 2), "1,234,567.89"}, {Number(-0.5, 2), "−0.50"}, {Number(-0.001, 1), "0.0"},
		{Number(999, 0), "999"}, {Number(math.NaN(), 2), "–"}, {Percent(0.975, 1), "97.5\u202f%"},
		{Figures(1.801, 3), "1.80"}, {Figures(0.14644, 3), "0.146"}, {Figures(12345, 3), "12,345"}, {Figures(0.9996, 3), "1.00"},
		{Figures(0, 3), "0"}, {Figures(1.2e-7, 2), "1.2e−7"}, {Figures(-2.5, 2), "−2.5"}, {Figures(3.3323e37, 3), "3.33e37"},
	} {
		if test.got != test.want {
			t.Errorf("%q, not %q", test.got, test.want)
		}
	}
}

func TestAccuracyShowsValidationWhereItWasMeasured(t *testing.T) {
	c := History{Steps: history(30, true)}.Accuracy()
	svg, err := c.SVG()
	if err != nil {
		t.Fatal(err)
	}
	last := history(30, true)[29]
	want := "validation at " + Percent(last.ValidationAccuracy, 1)
	if !strings.Contains(svg, ">validation<") || !strings.Contains(c.Label, want) {
		t.Errorf("%q is missing in %q", want, c.Label)
	}
	if svg, _ := (History{Steps: history(30, false)}).Accuracy().SVG(); strings.Contains(svg, ">validation<") {
		t.Error("drawn though it was not measured")
	}
}
