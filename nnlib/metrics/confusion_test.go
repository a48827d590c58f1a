package metrics

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

var near = cmpopts.EquateApprox(0, 1e-12)

// Seven images of three classes:
//
//	         read 0  1  2
//	true 0        2  1  0     precision 2/2, recall 2/3, F1 4/5
//	true 1        0  1  2     precision 1/2, recall 1/3, F1 2/5
//	true 2        0  0  1     precision 1/3, recall 1/1, F1 2/4
func byHand(t *testing.T) *Confusion {
	t.Helper()
	c, err := NewConfusion(3, []int{0, 0, 0, 1, 1, 1, 2}, []int{0, 0, 1, 1, 2, 2, 2})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestByHand(t *testing.T) {
	c := byHand(t)
	want := []Score{{1, 2. / 3, 4. / 5, 3}, {1. / 2, 1. / 3, 2. / 5, 3}, {1. / 3, 1, 1. / 2, 1}}
	if d := cmp.Diff(want, c.Scores(), near); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(4./7, c.Accuracy(), near); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Score{11. / 18, 2. / 3, 17. / 30, 7}, c.Macro(), near); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Score{(3 + 1.5 + 1./3) / 7, 4. / 7, (2.4 + 1.2 + .5) / 7, 7}, c.Weighted(), near); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]Mistake{{1, 2, 2}, {0, 1, 1}}, c.Mistakes(-1)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]Mistake{{1, 2, 2}}, c.Mistakes(1)); d != "" {
		t.Error(d)
	}
}

func TestMixupsAddBothDirections(t *testing.T) {
	c, err := NewConfusion(3, []int{0, 1, 1, 2, 2, 2}, []int{1, 0, 0, 1, 1, 2})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]Mistake{{0, 1, 3}, {1, 2, 2}}, c.Mixups(-1)); d != "" {
		t.Error(d)
	}
}

func TestClassesOutOfRange(t *testing.T) {
	for _, test := range []struct {
		truth, predicted []int
		want             ClassError
	}{
		{[]int{0, 3}, []int{0, 0}, ClassError{"true", 1, 3, 3}},
		{[]int{0, 0, 1}, []int{0, 1, -1}, ClassError{"predicted", 2, -1, 3}},
	} {
		_, err := NewConfusion(3, test.truth, test.predicted)
		var got *ClassError
		if !errors.As(err, &got) || *got != test.want {
			t.Errorf("%v", err)
		}
	}
	if _, err := NewConfusion(3, []int{1}, nil); err == nil || !strings.Contains(err.Error(), "1 true classes and 0 predicted") {
		t.Errorf("lists of different length: %v", err)
	}
	if _, err := NewConfusion(0, nil, nil); err == nil {
		t.Error("no classes are accepted")
	}
}

func TestNoExamplesGiveZeros(t *testing.T) {
	c, err := NewConfusion(2, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Accuracy() != 0 || c.Macro() != (Score{}) || c.Weighted() != (Score{}) || c.Micro() != (Score{}) {
		t.Errorf("%v %v %v %v", c.Accuracy(), c.Macro(), c.Weighted(), c.Micro())
	}
}

// The golden file is written by testdata/generate.py.
func TestAgainstScikitLearn(t *testing.T) {
	b, err := os.ReadFile("testdata/sklearn.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			Name              string
			Classes, Digits   int
			Truth, Predicted  []int
			Names             []string
			Confusion         [][]int64
			Precision, Recall []float64
			F1                []float64
			Support           []int64
			Accuracy          float64
			Averages          map[string][3]float64
			Text              string
		}
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Cases) < 8 {
		t.Fatalf("%d cases", len(golden.Cases))
	}
	for _, g := range golden.Cases {
		t.Run(g.Name, func(t *testing.T) {
			c, err := NewConfusion(g.Classes, g.Truth, g.Predicted)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(g.Confusion, c.Counts); d != "" {
				t.Error(d)
			}
			for k, s := range c.Scores() {
				if d := cmp.Diff(Score{g.Precision[k], g.Recall[k], g.F1[k], g.Support[k]}, s, near); d != "" {
					t.Errorf("class %d: %s", k, d)
				}
			}
			got := map[string][3]float64{}
			for name, s := range map[string]Score{"macro": c.Macro(), "weighted": c.Weighted(), "micro": c.Micro()} {
				got[name] = [3]float64{s.Precision, s.Recall, s.F1}
			}
			if d := cmp.Diff(g.Averages, got, near); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(g.Accuracy, c.Accuracy(), near); d != "" {
				t.Error(d)
			}
			text, err := c.Text(g.Names, g.Digits)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(g.Text, text); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestTextNeedsANameForEachClass(t *testing.T) {
	if _, err := byHand(t).Text([]string{"a", "b"}, 2); err == nil || !strings.Contains(err.Error(), "2 names for 3 classes") {
		t.Errorf("%v", err)
	}
}

func TestTextHasTwoDecimalsByDefault(t *testing.T) {
	c := byHand(t)
	standard, _ := c.Text(nil, -1)
	two, _ := c.Text(nil, 2)
	if standard != two || !strings.Contains(two, "0.67") {
		t.Error(standard)
	}
}

func TestJSON(t *testing.T) {
	c := byHand(t)
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{`"accuracy":0.571`, `"accuracy_interval_95":[`, `"classes":[{"class":0,"name":"0","precision":1,`, `"macro_avg":{"precision":`,
		`"weighted_avg":`, `"micro_avg":`, `"confusion":[[2,1,0],[0,1,2],[0,0,1]]`, `"mistakes":[{"true":1,"read":2,"count":2}`, `"total":7`, `"correct":4`} {
		if !strings.Contains(string(b), field) {
			t.Errorf("%s is missing in %s", field, b)
		}
	}
	var back Confusion
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(c.Counts, back.Counts); d != "" {
		t.Error(d)
	}
	for _, bad := range []string{`{}`, `{"confusion":[[1,2]]}`, `{"confusion":[[-1]]}`, `{"confusion":[["x"]]}`} {
		if err := json.Unmarshal([]byte(bad), &back); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}

func TestConfusionProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		classes := rapid.IntRange(1, 6).Draw(t, "classes")
		n := rapid.IntRange(0, 60).Draw(t, "n")
		class := rapid.SliceOfN(rapid.IntRange(0, classes-1), n, n)
		truth, predicted := class.Draw(t, "truth"), class.Draw(t, "predicted")
		c, err := NewConfusion(classes, truth, predicted)
		if err != nil {
			t.Fatal(err)
		}
		if c.Total() != int64(n) || c.Correct() > c.Total() {
			t.Fatalf("%d of %d right, of %d rows", c.Correct(), c.Total(), n)
		}
		m := c.Micro()
		if m.Precision != c.Accuracy() || m.Recall != c.Accuracy() || m.F1 != c.Accuracy() {
			t.Fatalf("micro %v, accuracy %v", m, c.Accuracy())
		}
		var support, mistakes int64
		for _, s := range c.Scores() {
			support += s.Support
			lo, hi := min(s.Precision, s.Recall), max(s.Precision, s.Recall)
			if s.F1 < lo-1e-12 && lo > 0 || s.F1 > hi+1e-12 || hi > 1 || lo < 0 {
				t.Fatalf("F1 is not between precision and recall: %v", s)
			}
		}
		for _, k := range c.Mistakes(-1) {
			mistakes += k.Count
		}
		if support != int64(n) || mistakes != c.Total()-c.Correct() {
			t.Fatalf("support %d, mistakes %d", support, mistakes)
		}
		if w := c.Weighted().Recall; n > 0 && (w-c.Accuracy() > 1e-12 || c.Accuracy()-w > 1e-12) {
			t.Fatalf("weighted recall %v, accuracy %v", w, c.Accuracy())
		}
		// The order of the examples does not matter, and swapping truth and
		// prediction swaps precision and recall.
		slices.Reverse(truth)
		slices.Reverse(predicted)
		swapped, _ := NewConfusion(classes, predicted, truth)
		for k, s := range swapped.Scores() {
			if o := c.Scores()[k]; s.Precision != o.Recall || s.Recall != o.Precision || s.F1 != o.F1 {
				t.Fatalf("class %d: %v and %v", k, o, s)
			}
		}
	})
}
