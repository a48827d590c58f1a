package report

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"digitlab/nnlib"
	"digitlab/nnlib/metrics"
)

// Evaluation is what a model says of a dataset beside what is true, row by
// row.
type Evaluation struct {
	True      []int
	Predicted []int        // the largest output, the first of equals
	Output    nnlib.Matrix // one row an example
	Cost      []float64    // of each row, by the model's loss
	Confusion *metrics.Confusion
}

// Evaluate runs the dataset through the model and counts. It fails when the
// two do not fit, when a file of the data cannot be read, or with ctx.
func Evaluate(ctx context.Context, m *nnlib.Model, d nnlib.Dataset) (*Evaluation, error) {
	p, err := m.Predict(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	truth, err := classes(d)
	if err != nil {
		return nil, err
	}
	c, err := metrics.NewConfusion(max(d.Classes(), p.Output.Cols), truth, p.Class)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return &Evaluation{truth, p.Class, p.Output, p.Cost, c}, nil
}

// classes reads the class of every row.
func classes(d nnlib.Dataset) ([]int, error) {
	truth := make([]int, 0, d.Len())
	var b nnlib.Block
	rows := make([]int, 0, nnlib.Chunk)
	for len(truth) < d.Len() {
		rows = rows[:0]
		for i := len(truth); i < min(d.Len(), len(truth)+nnlib.Chunk); i++ {
			rows = append(rows, i)
		}
		if err := d.Fill(&b, nnlib.Pass{Rows: rows}); err != nil {
			return nil, fmt.Errorf("report: rows %d to %d: %w", rows[0], rows[len(rows)-1], err)
		}
		if b.Class == nil {
			for i := range rows {
				truth = append(truth, largest(b.Value.Row(i)))
			}
			continue
		}
		truth = append(truth, b.Class[:len(rows)]...)
	}
	return truth, nil
}

func largest(x []nnlib.Float) (k int) {
	for i, v := range x {
		if v > x[k] {
			k = i
		}
	}
	return k
}

// Right says whether row i was read as what it is.
func (e *Evaluation) Right(i int) bool { return e.True[i] == e.Predicted[i] }

// Sure is the output of the answer given for row i: its probability, where the
// outputs are probabilities.
func (e *Evaluation) Sure(i int) float64 { return float64(e.Output.Row(i)[e.Predicted[i]]) }

// MeanCost is the cost of a row on average, 0 without rows.
func (e *Evaluation) MeanCost() float64 {
	var sum float64
	for _, c := range e.Cost {
		sum += c
	}
	return sum / float64(max(1, len(e.Cost)))
}

// Probabilities says whether the outputs of every row lie between 0 and 1 and
// add up to 1, to a thousandth: whether they can be called probabilities.
func (e *Evaluation) Probabilities() bool {
	for i := range e.Output.Rows {
		var sum float64
		for _, v := range e.Output.Row(i) {
			if !(v >= 0 && v <= 1.001) {
				return false
			}
			sum += float64(v)
		}
		if math.Abs(sum-1) > 1e-3 {
			return false
		}
	}
	return e.Output.Rows > 0
}

// answers is the probability of each answer, at most 1, and whether it is
// right.
func (e *Evaluation) answers() (sure []float64, right []bool) {
	for i := range e.True {
		sure, right = append(sure, min(1, e.Sure(i))), append(right, e.Right(i))
	}
	return sure, right
}

// Calibration compares probabilities with how often the answers are right, in
// ten bins. It fails unless the outputs are probabilities.
func (e *Evaluation) Calibration() (*metrics.Calibration, error) {
	if !e.Probabilities() {
		return nil, fmt.Errorf("report: calibration: the outputs of a row do not add up to 1, so they are no probabilities")
	}
	sure, right := e.answers()
	return metrics.Calibrate(sure, right, 10)
}

// Rounded is the evaluation of the PySpark-Neural-Network project: every
// output rounded on its own, so that an image may have several classes or
// none. Compare it with Confusion, the evaluation by the largest output.
func (e *Evaluation) Rounded() ([]metrics.Tally, error) {
	flat := e.Output.Data
	if e.Output.Stride != e.Output.Cols {
		flat = nil
		for i := range e.Output.Rows {
			flat = append(flat, e.Output.Row(i)...)
		}
	}
	return metrics.Threshold(e.Output.Cols, e.True, flat[:e.Output.Rows*e.Output.Cols])
}

// Mistakes lists the rows that were read wrongly, the surest answer first.
func (e *Evaluation) Mistakes() []int {
	return e.sorted(func(i int) bool { return !e.Right(i) }, true)
}

// sorted is the rows that are wanted, by the output of their answer; equal
// ones in their order.
func (e *Evaluation) sorted(want func(i int) bool, surestFirst bool) (rows []int) {
	for i := range e.True {
		if want(i) {
			rows = append(rows, i)
		}
	}
	slices.SortStableFunc(rows, func(a, b int) int {
		if surestFirst {
			a, b = b, a
		}
		return cmp.Compare(e.Sure(a), e.Sure(b))
	})
	return rows
}
