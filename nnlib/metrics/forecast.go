package metrics

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
)

// Forecast judges the outputs behind the answers: how far up the true class
// stands, and what the probabilities are worth.
type Forecast struct {
	Rows, Classes int
	Top           []float64 // TopK for k = 1, 2, ... up to 5 and below Classes
	Areas         *Areas
	// LogLoss (nats a row), Brier and Calibration are of probabilities; NaN
	// and nil where the outputs are none.
	LogLoss, Brier float64
	Calibration    *Calibration // of the largest outputs, in ten bins
}

// NewForecast computes everything. Output is row-major with classes values a
// row; probabilities says whether the values of a row are the chances of the
// classes, and makes values outside of 0 to 1 an error. It fails as TopK does.
func NewForecast[F float](classes int, truth []int, output []F, probabilities bool) (*Forecast, error) {
	areas, err := OneVsRest(classes, truth, output)
	if err != nil {
		return nil, err
	}
	f := &Forecast{Rows: len(truth), Classes: classes, Areas: areas, LogLoss: math.NaN(), Brier: math.NaN()}
	for k := 1; k <= 5 && (k == 1 || k < classes); k++ {
		share, err := TopK(classes, truth, output, k)
		if err != nil {
			return nil, err
		}
		f.Top = append(f.Top, share)
	}
	if !probabilities {
		return f, nil
	}
	if f.LogLoss, err = LogLoss(classes, truth, output); err != nil {
		return nil, err
	}
	if f.Brier, err = Brier(classes, truth, output); err != nil {
		return nil, err
	}
	sure, right := make([]float64, len(truth)), make([]bool, len(truth))
	for i, t := range truth {
		best := 0
		row := output[i*classes : (i+1)*classes]
		for c, v := range row {
			if v > row[best] {
				best = c
			}
		}
		sure[i], right[i] = float64(row[best]), best == t
	}
	f.Calibration, err = Calibrate(sure, right, 10)
	return f, err
}

// Text is a line a value; names as in Confusion.Text.
func (f *Forecast) Text(names []string) (string, error) {
	names, err := classNames(names, f.Classes)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	line := func(name string, x float64) { fmt.Fprintf(&b, "%-22s %s\n", name, decimals(x, 4)) }
	for k, share := range f.Top {
		line(fmt.Sprintf("top-%d accuracy", k+1), share)
	}
	if f.Calibration != nil {
		line("log-loss, nats", f.LogLoss)
		line("Brier score", f.Brier)
		line("calibration error", f.Calibration.Gap)
	}
	line("ROC-AUC, macro", f.Areas.Macro)
	line("ROC-AUC, weighted", f.Areas.Weighted)
	for k, a := range f.Areas.Class {
		line("ROC-AUC of "+names[k], a)
	}
	return b.String(), nil
}

// MarshalJSON writes undefined values as null.
func (f *Forecast) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Rows        int          `json:"rows"`
		Classes     int          `json:"classes"`
		Top         []float64    `json:"top_k_accuracy"` // k from 1
		LogLoss     number       `json:"log_loss"`
		Brier       number       `json:"brier"`
		Areas       *Areas       `json:"roc_auc"`
		Calibration *Calibration `json:"calibration,omitempty"`
	}{f.Rows, f.Classes, f.Top, number(f.LogLoss), number(f.Brier), f.Areas, f.Calibration})
}
