package metrics

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// ROC is the receiver operating characteristic of one score: what share of the
// positive examples, and what share of the others, reach each threshold.
type ROC struct {
	Points []ROCPoint `json:"points"` // falling threshold, from (0, 0) to (1, 1)
	// Area is the area under the curve by the trapezoidal rule: the chance
	// that a positive example scores above another one, a tie counting half
	// (Hanley and McNeil, 1982). It is NaN where there are no positive
	// examples, or no others.
	Area float64 `json:"area"`
}

// ROCPoint is the examples with a score of at least Threshold.
type ROCPoint struct {
	Threshold     float64 // +Inf for the first point
	FalsePositive float64 // share of the other examples, from 0 to 1
	TruePositive  float64 // share of the positive examples, from 0 to 1
}

// NewROC draws the curve as scikit-learn's roc_curve does: examples of equal
// score are one point, and points between two others on a straight line are
// left out. Where one kind of example is missing, its shares are NaN. It fails
// on lists of different length, without examples and on scores that are not
// finite.
func NewROC[F float](positive []bool, score []F) (*ROC, error) {
	if len(positive) != len(score) || len(score) == 0 {
		return nil, fmt.Errorf("metrics: ROC: %d scores for %d examples: give one for each, and at least one", len(score), len(positive))
	}
	order := make([]int, len(score))
	for i := range order {
		if x := float64(score[i]); math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("metrics: ROC: score %d is %v: only finite scores have an order", i, x)
		}
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
	type place struct {
		threshold float64
		fp, tp    int64
	}
	var all []place // one for each distinct score
	var fp, tp int64
	for k, i := range order {
		if positive[i] {
			tp++
		} else {
			fp++
		}
		if k+1 == len(order) || score[order[k+1]] != score[i] {
			all = append(all, place{float64(score[i]), fp, tp})
		}
	}
	share := func(n, of int64) float64 { return float64(n) / float64(of) } // 0/0 is NaN
	r := &ROC{Points: []ROCPoint{{math.Inf(1), share(0, fp), share(0, tp)}}}
	for k, p := range all {
		if k > 0 && k+1 < len(all) {
			a, b := all[k-1], all[k+1]
			if p.fp-a.fp == b.fp-p.fp && p.tp-a.tp == b.tp-p.tp {
				continue
			}
		}
		r.Points = append(r.Points, ROCPoint{p.threshold, share(p.fp, fp), share(p.tp, tp)})
	}
	for k, p := range r.Points[1:] {
		before := r.Points[k]
		r.Area += (p.FalsePositive - before.FalsePositive) * (p.TruePositive + before.TruePositive) / 2
	}
	return r, nil
}

// Areas is the area under the ROC curve of each class against all others.
type Areas struct {
	Class []float64 // NaN for a class that no row has, or that all rows have
	// Macro is the plain mean over the classes: NaN where a class's is.
	Macro float64
	// Weighted is the mean weighted by the rows of each class; classes without
	// rows do not matter.
	Weighted float64
}

// OneVsRest computes the areas: scikit-learn's roc_auc_score with
// multi_class="ovr" and the labels 0 to classes-1. Output is row-major with
// classes values a row, which need not be probabilities. It fails as TopK does.
func OneVsRest[F float](classes int, truth []int, output []F) (*Areas, error) {
	if err := checkOutputs(classes, truth, output); err != nil {
		return nil, err
	}
	a := &Areas{Class: make([]float64, classes)}
	for c := range classes {
		r, err := classROC(c, classes, truth, output)
		if err != nil {
			return nil, err
		}
		a.Class[c] = r.Area
		a.Macro += r.Area / float64(classes)
		n := 0
		for _, t := range truth {
			if t == c {
				n++
			}
		}
		if n > 0 {
			a.Weighted += r.Area * float64(n) / float64(len(truth))
		}
	}
	return a, nil
}

// ClassROC is the curve of one class's output against all other classes. It
// fails as TopK does, and on a class out of range (ClassError).
func ClassROC[F float](class, classes int, truth []int, output []F) (*ROC, error) {
	if err := checkOutputs(classes, truth, output); err != nil {
		return nil, err
	}
	if class < 0 || class >= classes {
		return nil, &ClassError{"asked for", 0, class, classes}
	}
	return classROC(class, classes, truth, output)
}

func classROC[F float](class, classes int, truth []int, output []F) (*ROC, error) {
	positive, score := make([]bool, len(truth)), make([]F, len(truth))
	for i, t := range truth {
		positive[i], score[i] = t == class, output[i*classes+class]
	}
	return NewROC(positive, score)
}

// number is a float64 in JSON, null where it is not finite.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	if x := float64(n); math.IsNaN(x) || math.IsInf(x, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

func numbers(x []float64) []number {
	list := make([]number, len(x))
	for i, v := range x {
		list[i] = number(v)
	}
	return list
}

// MarshalJSON writes what is undefined, and the infinite threshold, as null.
func (p ROCPoint) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Threshold     number `json:"threshold"`
		FalsePositive number `json:"fpr"`
		TruePositive  number `json:"tpr"`
	}{number(p.Threshold), number(p.FalsePositive), number(p.TruePositive)})
}

// MarshalJSON writes an undefined area as null.
func (r *ROC) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Area   number     `json:"area"`
		Points []ROCPoint `json:"points"`
	}{number(r.Area), r.Points})
}

// MarshalJSON writes undefined areas as null.
func (a *Areas) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Class    []number `json:"class"`
		Macro    number   `json:"macro"`
		Weighted number   `json:"weighted"`
	}{numbers(a.Class), number(a.Macro), number(a.Weighted)})
}
