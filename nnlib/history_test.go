package nnlib

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

// History files without the last column are of runs that are kept.
func TestHistoryWithoutValidationAccuracyIsRead(t *testing.T) {
	step := Step{Number: 1, Epoch: 1, EpochEnd: true, Examples: 3, Cost: 0.5, Accuracy: 0.25, Rate: 0.1, Evals: 1, Validation: 0.75, ValidationAccuracy: 0.5, Seconds: 0.125}
	var b bytes.Buffer
	if err := writeHistory(&b, []Step{step}, true); err != nil {
		t.Fatal(err)
	}
	got, err := readHistory(bytes.NewReader(b.Bytes()), 1)
	if err != nil || got[0] != step {
		t.Errorf("%+v, %v", got, err)
	}
	var old strings.Builder
	for line := range strings.Lines(b.String()) {
		old.WriteString(line[:strings.LastIndex(line, ",")] + "\n")
	}
	got, err = readHistory(strings.NewReader(old.String()), 1)
	if err != nil || !math.IsNaN(got[0].ValidationAccuracy) || got[0].Seconds != step.Seconds {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := readHistory(strings.NewReader("step,epoch\n1,1\n"), 1); err == nil {
		t.Error("a file of two columns is a history")
	}
}
