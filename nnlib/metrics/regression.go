package metrics

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
)

// Regression is how far predicted numbers lie from true ones. With several
// targets a row, each value is the plain mean over the targets, scikit-learn's
// default.
type Regression struct {
	Rows, Targets int
	Squared       float64 // MSE: mean squared error, in squared units of the target
	Absolute      float64 // MAE: mean absolute error, in units of the target
	// Explained is R2 = 1 - sum (y-p)^2 / sum (y-mean y)^2, at most 1. For a
	// target that is constant it is 1 where every prediction is exact and
	// otherwise 0, as in scikit-learn; with a single row it is NaN.
	Explained float64
}

// NewRegression compares truth and predicted, both row-major with targets values
// a row. It fails on lists of different length, without rows and on values that
// are not finite.
func NewRegression[F float](targets int, truth, predicted []F) (*Regression, error) {
	if targets < 1 || len(truth) != len(predicted) || len(truth) == 0 || len(truth)%targets != 0 {
		return nil, fmt.Errorf("metrics: regression: %d true and %d predicted values for rows of %d: give one of each for every target of every row", len(truth), len(predicted), targets)
	}
	for i := range truth {
		for name, v := range map[string]float64{"true": float64(truth[i]), "predicted": float64(predicted[i])} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("metrics: regression: %s value %d of row %d is %v", name, i%targets, i/targets, v)
			}
		}
	}
	r := &Regression{Rows: len(truth) / targets, Targets: targets}
	n, k := float64(r.Rows), float64(targets)
	for c := range targets {
		mean, constant := 0.0, true
		for i := c; i < len(truth); i += targets {
			mean += float64(truth[i]) / n
			constant = constant && truth[i] == truth[c]
		}
		var squared, absolute, spread float64
		for i := c; i < len(truth); i += targets {
			d, s := float64(truth[i])-float64(predicted[i]), float64(truth[i])-mean
			squared, absolute, spread = squared+d*d, absolute+math.Abs(d), spread+s*s
		}
		r.Squared += squared / n / k
		r.Absolute += absolute / n / k
		switch {
		case r.Rows < 2:
			r.Explained = math.NaN()
		case squared == 0:
			r.Explained += 1 / k
		case !constant:
			r.Explained += (1 - squared/spread) / k
		}
	}
	return r, nil
}

// Root is the square root of Squared, in units of the target.
func (r *Regression) Root() float64 { return math.Sqrt(r.Squared) }

// Text is a line a value.
func (r *Regression) Text() string {
	var b strings.Builder
	for _, l := range []struct {
		name  string
		value float64
	}{{"MSE", r.Squared}, {"RMSE", r.Root()}, {"MAE", r.Absolute}, {"R2", r.Explained}} {
		fmt.Fprintf(&b, "%-5s %s\n", l.name, decimals(l.value, 6))
	}
	fmt.Fprintf(&b, "%-5s %d\n", "rows", r.Rows)
	return b.String()
}

// decimals is a value in a text, a dash where it is undefined.
func decimals(x float64, n int) string {
	if math.IsNaN(x) {
		return "-"
	}
	return fmt.Sprintf("%.*f", n, x)
}

// MarshalJSON writes an undefined R2 as null.
func (r *Regression) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Rows      int    `json:"rows"`
		Targets   int    `json:"targets"`
		Squared   number `json:"mse"`
		Root      number `json:"rmse"`
		Absolute  number `json:"mae"`
		Explained number `json:"r2"`
	}{r.Rows, r.Targets, number(r.Squared), number(r.Root()), number(r.Absolute), number(r.Explained)})
}
