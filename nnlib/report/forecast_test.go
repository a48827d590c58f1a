package report

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"digitlab/nnlib"
)

func TestForecastOfAPage(t *testing.T) {
	p := page(t, "softmax+cross-entropy")
	f, err := p.Evaluation.Forecast()
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(f.LogLoss-p.Evaluation.MeanCost()) > 1e-5 || f.Top[0] != p.Evaluation.Confusion.Accuracy() || f.Calibration == nil {
		t.Errorf("log-loss %v and mean cost %v, top-1 %v and accuracy %v", f.LogLoss, p.Evaluation.MeanCost(), f.Top[0], p.Evaluation.Confusion.Accuracy())
	}
	curves, err := p.Evaluation.ROC()
	if err != nil || len(curves) != 4 || curves[2].Area != f.Areas.Class[2] {
		t.Errorf("%d curves, %v", len(curves), err)
	}
	text, err := p.Text()
	if err != nil || !strings.Contains(text, "\ntop-2 accuracy ") || !strings.Contains(text, "\nlog-loss, nats ") {
		t.Errorf("%v\n%s", err, text)
	}
	b, err := p.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Forecast struct {
			Log_loss float64
			Roc_auc  struct{ Macro float64 }
		}
	}
	if err := json.Unmarshal(b, &got); err != nil || got.Forecast.Log_loss != f.LogLoss || got.Forecast.Roc_auc.Macro != f.Areas.Macro {
		t.Errorf("%+v %v", got, err)
	}
	s := html(t, p)
	for _, want := range []string{`id="ranking"`, "<dt>Log-loss, nats</dt>", "<dt>ROC-AUC, digit 3</dt>", "guessing</text>"} {
		if !strings.Contains(s, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestForecastOfScores(t *testing.T) {
	p := page(t, "sigmoid+squared")
	f, err := p.Evaluation.Forecast()
	if err != nil || !math.IsNaN(f.LogLoss) || f.Calibration != nil || math.IsNaN(f.Areas.Macro) {
		t.Fatalf("%+v %v", f, err)
	}
	if s := html(t, p); !has(s, "ranking") || strings.Contains(s, "Log-loss") {
		t.Error("scores have no ranking, or a log-loss")
	}
}

func TestForecastNeedsFiniteOutputs(t *testing.T) {
	p := page(t, "sigmoid+squared")
	out := nnlib.NewMatrix(p.Evaluation.Output.Rows, p.Evaluation.Output.Cols)
	copy(out.Data, p.Evaluation.Output.Data)
	out.Data[3] = nnlib.Float(math.NaN())
	e := *p.Evaluation
	e.Output = out
	if _, err := e.Forecast(); err == nil || !strings.Contains(err.Error(), "output 3 of row 0 is NaN") {
		t.Errorf("%v", err)
	}
	if _, err := e.ROC(); err == nil {
		t.Error("NaN has a curve")
	}
	if s := html(t, Page{Evaluation: &e}); has(s, "ranking") {
		t.Error("NaN is ranked")
	}
}

// y = 2x with a model that says x: errors 1, 2 and 3.
func TestRegression(t *testing.T) {
	d, err := nnlib.NewRegression(nnlib.Units(1), []nnlib.Float{1, 2, 3}, nnlib.Matrix{Rows: 3, Cols: 1, Stride: 1, Data: []nnlib.Float{2, 4, 6}})
	if err != nil {
		t.Fatal(err)
	}
	topology, err := nnlib.ParseTopology("1 affine:1 linear+squared")
	if err != nil {
		t.Fatal(err)
	}
	m := &nnlib.Model{Topology: topology, Weights: []nnlib.Float{1, 0}}
	r, err := Regression(context.Background(), m, d)
	if err != nil || r.Absolute != 2 || math.Abs(r.Squared-14./3) > 1e-12 || math.Abs(r.Explained-(1-14./8)) > 1e-12 {
		t.Errorf("%+v %v", r, err)
	}
	classes, err := nnlib.NewExamples(nnlib.Units(1), 1, []nnlib.Float{1}, []int{0})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Regression(context.Background(), m, classes); err == nil || !strings.Contains(err.Error(), "use Evaluate") {
		t.Errorf("%v", err)
	}
	m.Weights = nil
	if _, err := Regression(context.Background(), m, d); err == nil {
		t.Error("a model without weights predicts")
	}
}
