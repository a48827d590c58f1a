package metrics

import (
	"fmt"
	"math"
)

// Epsilon keeps the quotients of Tally.Score from dividing by zero.
const Epsilon = 1e-6

// Tally counts the outcomes of one output that is rounded on its own.
type Tally struct {
	TruePositive  int64 `json:"tp"` // rounded to 1, of the class
	FalsePositive int64 `json:"fp"` // rounded to 1, of another class
	FalseNegative int64 `json:"fn"` // rounded to 0, of the class
	TrueNegative  int64 `json:"tn"`
}

// Threshold rounds every output to 0 or 1, halves to the even 0, and compares
// it with the class: example i may so be given several classes, or none.
// Output is row-major with one value from 0 to 1 a class. This is the
// evaluation of the PySpark-Neural-Network project, which lets a class that
// argmax reads well come out as zero when its output stays below one half.
// Use NewConfusion to judge a network; use this to compare with that project.
func Threshold[F ~float32 | ~float64](classes int, truth []int, output []F) ([]Tally, error) {
	if classes < 1 {
		return nil, fmt.Errorf("metrics: tallies of %d classes: there must be at least one", classes)
	}
	if len(output) != classes*len(truth) {
		return nil, fmt.Errorf("metrics: %d outputs for %d rows of %d classes", len(output), len(truth), classes)
	}
	tally := make([]Tally, classes)
	for i, t := range truth {
		if t < 0 || t >= classes {
			return nil, &ClassError{"true", i, t, classes}
		}
		for k, v := range output[i*classes : (i+1)*classes] {
			if !(v >= 0 && v <= 1) {
				return nil, fmt.Errorf("metrics: output %d of row %d is %v: only values from 0 to 1 can be rounded to a class", k, i, v)
			}
			switch said := math.RoundToEven(float64(v)) == 1; {
			case said && t == k:
				tally[k].TruePositive++
			case said:
				tally[k].FalsePositive++
			case t == k:
				tally[k].FalseNegative++
			default:
				tally[k].TrueNegative++
			}
		}
	}
	return tally, nil
}

// Score computes precision tp/(tp+fp+e), recall tp/(tp+fn+e) and
// F1 2PR/(P+R+e) with e = Epsilon, as the PySpark-Neural-Network project does.
func (t Tally) Score() Score {
	tp := float64(t.TruePositive)
	p := tp / (tp + float64(t.FalsePositive) + Epsilon)
	r := tp / (tp + float64(t.FalseNegative) + Epsilon)
	return Score{p, r, 2 * p * r / (p + r + Epsilon), t.TruePositive + t.FalseNegative}
}
