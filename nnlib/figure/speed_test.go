package figure

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func speedFigures() map[string]drawn {
	return map[string]drawn{
		"roofline": Roofline([]Work{{"step", 20, 100, false}, {"theirs", 20, 90, true}}, []Roof{{Name: "memory", Bandwidth: 10}, {Name: "peak", Arithmetic: 130}}),
		"no work":  Roofline(nil, nil), "no workers": Workers(nil, 0), "no times": Times(nil),
		"workers":       Workers([]Scaling{{"step", []int{1, 2, 4}, []float64{1, 0.5, 0.5}}}, 2),
		"times":         Times([]Bar{{"one", []Part{{"forward", 60}, {"backward", 90}, {"update", 0.25}}}}),
		"probabilities": Probabilities{Values: []float64{0.1, 0.9}, True: 0, Percent: true},
		"charts":        Charts{Title: "Two", List: []Chart{CostHistory([]float64{2, 1}), AccuracyHistory([]float64{0.5, 0.6})}},
		"history":       History{Steps: history(20, true)},
	}
}

func TestRooflineMeetsAtTheRidge(t *testing.T) {
	c := Roofline([]Work{{"step", 20, 65, false}}, []Roof{{Name: "memory", Bandwidth: 10}, {Name: "peak", Arithmetic: 130}})
	if end := c.Series[0].X[1]; math.Abs(end-13) > 1e-9 || c.Series[1].X[0] != end {
		t.Errorf("the slope ends at %v, the level roof begins at %v", end, c.Series[1].X[0])
	}
	if want := "Step: 50\u202f% of the arithmetic peak"; c.Title != want || !strings.Contains(c.Label, "roof memory: 10.0 GB/s") {
		t.Errorf("%q, %q", c.Title, c.Label)
	}
}

func TestWorkersAreComparedWithOne(t *testing.T) {
	c := Workers([]Scaling{{"step", []int{1, 2, 4}, []float64{1, 0.5, 0.8}}}, 2)
	if fmt.Sprint(c.Series[0].Y) != "[1 2 1.25]" || c.Title != "2 workers: 2.00 times as fast as one" {
		t.Errorf("%v %q", c.Series[0].Y, c.Title)
	}
}

func TestTimesNameEveryPart(t *testing.T) {
	svg, err := Times([]Bar{{"one", []Part{{"forward", 60}, {"backward", 90}, {"update", 0.25}}}, {"two", nil}}).SVG()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"forward\u00a060 · backward\u00a090 · update\u00a00.25", "one: 150 together", ">150 together<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if c := Times([]Bar{{"long", []Part{{"forward", 60_000}}}}); c.X.Title != "milliseconds" {
		t.Error(c.X.Title)
	}
}

// vgsvg takes the opacity off a colour with rounding of its own.
func TestThinnedColoursKeepTheirVariable(t *testing.T) {
	d := drawing{width: 10, height: 10, label: "x"}
	d.draw = func(p *pen) {
		for c := range light {
			for k := 1; k <= 100 && c != Card; k++ { // white is never thinned
				p.wash(c, float64(k)/100, 0, 0, 1, 1, 0, 1)
			}
		}
	}
	svg, err := d.svg()
	if err != nil {
		t.Fatal(err)
	}
	if m := bareHex.FindString(svg); m != "" {
		i := strings.Index(svg, m)
		t.Errorf("no variable for %s", svg[i:i+60])
	}
}

// Words at the left edge of a chart have paper beside them when the chart is a
// document, and fit whatever font writes them.
func TestWordsDoNotTouchTheEdge(t *testing.T) {
	c := Chart{Y: Axis{Min: 0, Max: 1, Title: "cost", Ticks: []Tick{{0.5, "a long name of a tick"}}}}
	d, err := c.drawing()
	if err != nil {
		t.Fatal(err)
	}
	svg, _ := d.svg()
	if !strings.Contains(svg, `viewBox="-8 -8 346 232"`) {
		t.Error(svg[:300])
	}
	if got, need := (words{}).room("a long name of a tick"), 1.15*(words{}).width("a long name of a tick"); got < need {
		t.Errorf("%v pixels for %v", got, need)
	}
}
