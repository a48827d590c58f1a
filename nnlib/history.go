package nnlib

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// Step is one line of a run's history.
type Step struct {
	Number, Epoch int     // from 1
	EpochEnd      bool    // the last step of its epoch
	Examples      int64   // rows in the step
	Cost          float64 // mean of the rows plus penalty, before the update
	Accuracy      float64 // share of the rows in [0, 1], before the update
	Rate          float64 // of the update
	Evals         int     // evaluations of the objective
	Validation    float64 // mean cost of the held-out rows, after the update, without penalty; NaN: not measured
	// ValidationAccuracy is the share of the held-out rows in [0, 1], after the
	// update; NaN: not measured, or by a version that did not keep it.
	ValidationAccuracy float64
	Seconds            float64 // the step took; it is no part of the promise of equal bits
	Replayed           bool    // read from the history, not computed
}

// historyHead names the columns of history.csv. Earlier files have no last one.
var historyHead = []string{"step", "epoch", "epoch_end", "examples", "cost", "accuracy", "rate", "evals", "validation", "seconds", "validation_accuracy"}

func (s Step) record() []string {
	g := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	return []string{
		strconv.Itoa(s.Number), strconv.Itoa(s.Epoch), strconv.FormatBool(s.EpochEnd), strconv.FormatInt(s.Examples, 10),
		g(s.Cost), g(s.Accuracy), g(s.Rate), strconv.Itoa(s.Evals), g(s.Validation), strconv.FormatFloat(s.Seconds, 'f', 6, 64), g(s.ValidationAccuracy),
	}
}

// writeHistory writes steps as CSV, with the line of names where head is set.
func writeHistory(w io.Writer, steps []Step, head bool) error {
	c := csv.NewWriter(w)
	if head {
		c.Write(historyHead)
	}
	for _, s := range steps {
		c.Write(s.record())
	}
	c.Flush()
	return c.Error()
}

// readHistory reads the first n steps. What follows them was written by a
// process that ended before its checkpoint, and is computed again.
func readHistory(r io.Reader, n int) ([]Step, error) {
	c := csv.NewReader(r)
	c.ReuseRecord = true // every line has as many fields as the first
	head, err := c.Read()
	if n := len(head); err != nil || n < len(historyHead)-1 || strings.Join(head, ",") != strings.Join(historyHead[:min(n, len(historyHead))], ",") {
		return nil, fmt.Errorf("line 1 is not %q", strings.Join(historyHead, ","))
	}
	steps := make([]Step, 0, n)
	for len(steps) < n {
		f, err := c.Read()
		if err == io.EOF {
			return nil, fmt.Errorf("%d steps, the checkpoint has %d", len(steps), n)
		}
		if err != nil {
			return nil, err
		}
		var s Step
		if s, err = parseStep(f); err != nil {
			return nil, fmt.Errorf("line %d: %w", len(steps)+2, err)
		}
		if s.Number != len(steps)+1 {
			return nil, fmt.Errorf("line %d: step %d, not %d", len(steps)+2, s.Number, len(steps)+1)
		}
		steps = append(steps, s)
	}
	return steps, nil
}

func parseStep(f []string) (s Step, err error) {
	number := func(i int) float64 {
		x, e := strconv.ParseFloat(f[i], 64)
		if e != nil && err == nil {
			err = fmt.Errorf("%s %q is not a number", historyHead[i], f[i])
		}
		return x
	}
	s = Step{
		Number: int(number(0)), Epoch: int(number(1)), EpochEnd: f[2] == "true", Examples: int64(number(3)),
		Cost: number(4), Accuracy: number(5), Rate: number(6), Evals: int(number(7)),
		Validation: number(8), Seconds: number(9), ValidationAccuracy: math.NaN(),
	}
	if len(f) > 10 {
		s.ValidationAccuracy = number(10)
	}
	return s, err
}
