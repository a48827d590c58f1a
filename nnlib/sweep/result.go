package sweep

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"text/tabwriter"

	"digitlab/nnlib"
)

// Result is the finished runs of a sweep, in the plan's order.
type Result struct {
	Steps, Epochs int // asked for, one of them 0
	Points        []Point
	Rows          []Row // a variation each; without a finished run it is left out
}

// Row is a variation over its seeds.
type Row struct {
	Name     string
	Rate     float64 // gradient descent's, to start with; NaN: another optimizer
	Runs     int     // finished
	Diverged int     // of them; the spreads are over the others

	Steps, Seconds                 Spread
	Cost, Accuracy                 Spread // of the rows trained on
	Validation, ValidationAccuracy Spread // NaN where nothing was held out
}

// Spread is the mean of several runs and their standard deviation, with n-1 in
// the denominator: NaN of a single run, and both NaN of none.
type Spread struct{ Mean, Deviation float64 }

// SpreadOf is the spread of values.
func SpreadOf(x ...float64) Spread {
	if len(x) == 0 {
		return Spread{math.NaN(), math.NaN()}
	}
	var s Spread
	for _, v := range x {
		s.Mean += v / float64(len(x))
	}
	for _, v := range x {
		s.Deviation += (v - s.Mean) * (v - s.Mean)
	}
	s.Deviation = math.Sqrt(s.Deviation / float64(len(x)-1)) // 0/0 is NaN
	return s
}

// Result is what has been finished so far.
func (s *Sweep) Result() *Result {
	r := &Result{Steps: s.plan.Steps, Epochs: s.plan.Epochs}
	for i := range s.jobs {
		if f, has := s.done[i]; has {
			r.Points = append(r.Points, f.Point)
		}
	}
	for first := 0; first < len(r.Points); {
		last := first
		for last < len(r.Points) && r.Points[last].Number == r.Points[first].Number {
			last++
		}
		r.Rows = append(r.Rows, row(r.Points[first:last]))
		first = last
	}
	return r
}

func row(points []Point) Row {
	r := Row{Name: points[0].Name, Rate: points[0].Rate, Runs: len(points)}
	spread := func(value func(Point) float64) Spread {
		var x []float64
		for _, p := range points {
			if !p.Diverged {
				x = append(x, value(p))
			}
		}
		return SpreadOf(x...)
	}
	for _, p := range points {
		if p.Diverged {
			r.Diverged++
		}
	}
	r.Steps = spread(func(p Point) float64 { return float64(p.Steps) })
	r.Seconds = spread(func(p Point) float64 { return p.Seconds })
	r.Cost = spread(func(p Point) float64 { return p.Cost })
	r.Accuracy = spread(func(p Point) float64 { return p.Accuracy })
	r.Validation = spread(func(p Point) float64 { return p.Validation })
	r.ValidationAccuracy = spread(func(p Point) float64 { return p.ValidationAccuracy })
	return r
}

// Text is a table with a line a variation, in the plan's order: mean ± standard
// deviation over the seeds. A dash is what was not measured.
func (r *Result) Text() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "variation\truns\tdiverged\tsteps\tcost\taccuracy, %\tvalidation cost\tvalidation accuracy, %\tseconds")
	for _, v := range r.Rows {
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n", v.Name, v.Runs, v.Diverged, v.Steps.text(0, 1), v.Cost.text(4, 1), v.Accuracy.text(2, 100),
			v.Validation.text(4, 1), v.ValidationAccuracy.text(2, 100), v.Seconds.text(1, 1))
	}
	w.Flush()
	return b.String()
}

func (s Spread) text(decimals int, times float64) string {
	switch {
	case math.IsNaN(s.Mean):
		return "-"
	case math.IsNaN(s.Deviation) || decimals == 0 && s.Deviation == 0:
		return fmt.Sprintf("%.*f", decimals, times*s.Mean)
	}
	return fmt.Sprintf("%.*f ± %.*f", decimals, times*s.Mean, decimals, times*s.Deviation)
}

// MarshalJSON writes undefined numbers as null.
func (s Spread) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Mean      number `json:"mean"`
		Deviation number `json:"sd"`
	}{number(s.Mean), number(s.Deviation)})
}

// MarshalJSON writes the table and every point.
func (r *Result) MarshalJSON() ([]byte, error) {
	type line struct {
		Name               string `json:"name"`
		Rate               number `json:"rate"`
		Runs               int    `json:"runs"`
		Diverged           int    `json:"diverged"`
		Steps              Spread `json:"steps"`
		Cost               Spread `json:"cost"`
		Accuracy           Spread `json:"accuracy"`
		Validation         Spread `json:"validation_cost"`
		ValidationAccuracy Spread `json:"validation_accuracy"`
		Seconds            Spread `json:"seconds"`
	}
	lines := []line{}
	for _, v := range r.Rows {
		lines = append(lines, line{v.Name, number(v.Rate), v.Runs, v.Diverged, v.Steps, v.Cost, v.Accuracy, v.Validation, v.ValidationAccuracy, v.Seconds})
	}
	points := r.Points
	if points == nil {
		points = []Point{}
	}
	return json.Marshal(struct {
		Steps      int     `json:"steps_asked,omitempty"`
		Epochs     int     `json:"epochs_asked,omitempty"`
		Precision  string  `json:"precision"`
		Variations []line  `json:"variations"`
		Runs       []Point `json:"runs"`
	}{r.Steps, r.Epochs, nnlib.Precision, lines, points})
}
