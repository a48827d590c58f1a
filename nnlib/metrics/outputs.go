package metrics

import (
	"fmt"
	"math"
)

// float is the precision of outputs.
type float interface{ ~float32 | ~float64 }

// checkOutputs refuses outputs that do not belong to the classes: there must be
// classes values a row, finite, and a class in range for each row.
func checkOutputs[F float](classes int, truth []int, output []F) error {
	if classes < 1 {
		return fmt.Errorf("metrics: outputs of %d classes: there must be at least one", classes)
	}
	if len(truth) == 0 {
		return fmt.Errorf("metrics: no rows to judge")
	}
	if len(output) != classes*len(truth) {
		return fmt.Errorf("metrics: %d outputs for %d rows of %d classes", len(output), len(truth), classes)
	}
	for i, t := range truth {
		if t < 0 || t >= classes {
			return &ClassError{"true", i, t, classes}
		}
	}
	for i, v := range output {
		if x := float64(v); math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("metrics: output %d of row %d is %v: only finite values can be judged", i%classes, i/classes, v)
		}
	}
	return nil
}

// checkProbabilities also refuses outputs outside of 0 to 1.
func checkProbabilities[F float](classes int, truth []int, output []F) error {
	if err := checkOutputs(classes, truth, output); err != nil {
		return err
	}
	for i, v := range output {
		if v < 0 || v > 1 {
			return fmt.Errorf("metrics: output %d of row %d is %v: a probability lies between 0 and 1", i%classes, i/classes, v)
		}
	}
	return nil
}

// TopK is the share of rows whose true class is among the k largest outputs,
// from 0 to 1. Of equal outputs the one of the higher class counts as larger,
// as in scikit-learn's top_k_accuracy_score; a prediction, which takes the
// first of equals, may so differ from the top one. Output is row-major with
// classes values a row. TopK fails on outputs that are not finite, on classes
// out of range (ClassError), without rows, and where k is below 1.
func TopK[F float](classes int, truth []int, output []F, k int) (float64, error) {
	if err := checkOutputs(classes, truth, output); err != nil {
		return 0, err
	}
	if k < 1 {
		return 0, fmt.Errorf("metrics: top %d: k must be at least 1", k)
	}
	hits := 0
	for i, t := range truth {
		row := output[i*classes : (i+1)*classes]
		larger := 0
		for c, v := range row {
			if v > row[t] || v == row[t] && c > t {
				larger++
			}
		}
		if larger < k {
			hits++
		}
	}
	return float64(hits) / float64(len(truth)), nil
}

// epsilon is the distance from 1 to the next number of a precision.
func epsilon[F float]() float64 {
	if x := 1 + 1e-10; float64(F(x)) == x {
		return 0x1p-52
	}
	return 0x1p-23
}

// LogLoss is the mean over the rows of -ln p, in nats, where p is the output of
// the true class, clipped to e and 1-e with the machine epsilon e of the
// outputs' precision: scikit-learn's log_loss. Rows that do not add up to 1 are
// taken as they are. It fails on outputs outside of 0 to 1, and as TopK does.
func LogLoss[F float](classes int, truth []int, output []F) (float64, error) {
	if err := checkProbabilities(classes, truth, output); err != nil {
		return 0, err
	}
	e, sum := epsilon[F](), 0.0
	for i, t := range truth {
		sum -= math.Log(min(max(float64(output[i*classes+t]), e), 1-e))
	}
	return sum / float64(len(truth)), nil
}

// Brier is the mean over the rows of the squared distance between the outputs
// and the true class as a vector of zeros and a one (Brier, 1950), from 0 to 2;
// with two classes half of that, from 0 to 1, as scikit-learn's
// brier_score_loss has it. It fails as LogLoss does.
func Brier[F float](classes int, truth []int, output []F) (float64, error) {
	if err := checkProbabilities(classes, truth, output); err != nil {
		return 0, err
	}
	sum := 0.0
	for i, t := range truth {
		for c, v := range output[i*classes : (i+1)*classes] {
			d := float64(v)
			if c == t {
				d--
			}
			sum += d * d
		}
	}
	if classes < 3 {
		sum /= 2
	}
	return sum / float64(len(truth)), nil
}
