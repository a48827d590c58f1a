package report

import (
	"context"
	"fmt"
	"math"

	"digitlab/nnlib"
	"digitlab/nnlib/data"
	"digitlab/nnlib/figure"
	"digitlab/nnlib/metrics"
)

// Forecast judges the outputs behind the answers: top-k accuracy and the areas
// under the ROC curves, and for probabilities log-loss, Brier score and
// calibration. It fails without rows and on outputs that are not finite.
func (e *Evaluation) Forecast() (*metrics.Forecast, error) {
	f, err := metrics.NewForecast(e.Output.Cols, e.True, e.flat(), e.Probabilities())
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return f, nil
}

// ROC is the curve of each class against all others. It fails as Forecast does.
func (e *Evaluation) ROC() ([]*metrics.ROC, error) {
	flat, list := e.flat(), make([]*metrics.ROC, e.Output.Cols)
	for k := range list {
		r, err := metrics.ClassROC(k, e.Output.Cols, e.True, flat)
		if err != nil {
			return nil, fmt.Errorf("report: %w", err)
		}
		list[k] = r
	}
	return list, nil
}

// flat is the outputs without gaps; probabilities that rounding lifts above 1
// are 1.
func (e *Evaluation) flat() []nnlib.Float {
	limit := nnlib.Float(math.Inf(1))
	if e.Probabilities() {
		limit = 1
	}
	flat := make([]nnlib.Float, 0, e.Output.Rows*e.Output.Cols)
	for i := range e.Output.Rows {
		for _, v := range e.Output.Row(i) {
			flat = append(flat, min(v, limit))
		}
	}
	return flat
}

// Regression compares a model's outputs with the target values of a dataset. It
// fails where the rows have classes in place of values, where model and data do
// not fit, when a file of the data cannot be read, or with ctx.
func Regression(ctx context.Context, m *nnlib.Model, d nnlib.Dataset) (*metrics.Regression, error) {
	targets, err := data.Targets(d)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	if targets.Class != nil {
		return nil, fmt.Errorf("report: regression: the rows have classes, no target values: use Evaluate")
	}
	p, err := m.Predict(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	if p.Output.Cols != targets.Value.Cols {
		return nil, fmt.Errorf("report: regression: %d outputs for %d target values a row", p.Output.Cols, targets.Value.Cols)
	}
	r, err := metrics.NewRegression(p.Output.Cols, targets.Value.Data, (&Evaluation{Output: p.Output}).flat())
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return r, nil
}

// ranking fills the section of how far up the true class stands, where outputs
// have an order.
func (v *view) ranking(p Page) error {
	f, err := p.Evaluation.Forecast()
	if err != nil {
		return nil // outputs that are not finite
	}
	curves, err := p.Evaluation.ROC()
	if err != nil {
		return err
	}
	for k, share := range f.Top {
		v.Ranks = append(v.Ranks, fact{Name: fmt.Sprintf("Top-%d accuracy", k+1), Value: figure.Percent(share, 2)})
	}
	if f.Calibration != nil {
		v.Ranks = append(v.Ranks, fact{Name: "Log-loss, nats", Value: figure.Number(f.LogLoss, 4)}, fact{Name: "Brier score", Value: figure.Number(f.Brier, 4)})
	}
	v.Ranks = append(v.Ranks, fact{Name: "ROC-AUC, mean of classes", Value: figure.Number(f.Areas.Macro, 4)},
		fact{Name: "ROC-AUC, weighted by images", Value: figure.Number(f.Areas.Weighted, 4)})
	for k, a := range f.Areas.Class {
		v.Areas = append(v.Areas, fact{Name: p.name(k), Value: figure.Number(a, 4)})
	}
	v.RankTitle = "How far up the true " + p.noun() + " stands"
	if len(f.Top) > 1 {
		v.RankTitle = fmt.Sprintf("The true %s is among the first two in %s", p.noun(), figure.Percent(f.Top[1], 2))
	}
	return v.charts(&v.Ranking, figure.ROC(curves, p.Classes))
}
