package figure

import (
	"fmt"
	"html"
	"strings"

	"digitlab/nnlib/metrics"
	"digitlab/nnlib/sweep"
)

// Values is a list of names and values.
type Values struct {
	Title string // the finding, above the list
	Note  string // below the title
	List  []Value
}

// Value is one line of a list.
type Value struct{ Name, Text string }

// Figure is the list as an HTML figure element, for a page that has Style.
func (v Values) Figure() (string, error) {
	var b strings.Builder
	b.WriteString(`<div class="facts">`) // no dl: JupyterLab has a style of its own for it
	for _, l := range v.List {
		b.WriteString(`<span><span class="mute">` + html.EscapeString(l.Name) + "</span> <b>" + html.EscapeString(l.Text) + "</b></span>")
	}
	b.WriteString("</div>")
	return figureElement(v.Title, v.Note, b.String()), nil
}

// HTML is a fragment that brings its own style.
func (v Values) HTML() (string, error) { return fragment(v.Figure()) }

// Regression lists the errors of predicted numbers.
func Regression(r *metrics.Regression) Values {
	return Values{
		Title: "R² " + Number(r.Explained, 4) + " over " + Number(float64(r.Rows), 0) + " rows",
		List:  []Value{{"MSE", Figures(r.Squared, 4)}, {"RMSE", Figures(r.Root(), 4)}, {"MAE", Figures(r.Absolute, 4)}, {"R²", Number(r.Explained, 4)}},
	}
}

// Forecast lists what outputs are worth. Nil names number the classes from 0.
func Forecast(f *metrics.Forecast, names []string) Values {
	v := Values{Title: "The true class stands first in " + Percent(f.Top[0], 2), Note: Number(float64(f.Rows), 0) + " rows"}
	for k, share := range f.Top {
		v.List = append(v.List, Value{fmt.Sprintf("top-%d", k+1), Percent(share, 2)})
	}
	if f.Calibration != nil {
		v.List = append(v.List, Value{"log-loss, nats", Number(f.LogLoss, 4)}, Value{"Brier score", Number(f.Brier, 4)}, Value{"calibration error", Number(f.Calibration.Gap, 4)})
	}
	v.List = append(v.List, Value{"ROC-AUC, macro", Number(f.Areas.Macro, 4)}, Value{"ROC-AUC, weighted", Number(f.Areas.Weighted, 4)})
	ticks := classTicks(names, len(f.Areas.Class))
	for k, a := range f.Areas.Class {
		v.List = append(v.List, Value{"ROC-AUC of " + ticks[k].Text, Number(a, 4)})
	}
	return v
}

// McNemar lists how two models differ on the same examples, and whether chance
// may be all there is to it.
func McNemar(m *metrics.McNemar, first, second string) Values {
	whole := func(n int64) string { return Number(float64(n), 0) }
	return Values{
		Title: fmt.Sprintf("%s reads %s alone, %s reads %s alone: p = %s", first, whole(m.First), second, whole(m.Second), Figures(m.P, 3)),
		Note:  m.Test(),
		List: []Value{
			{"examples", whole(m.Examples())}, {"both right", whole(m.Both)}, {first + " alone", whole(m.First)}, {second + " alone", whole(m.Second)},
			{"both wrong", whole(m.Neither)}, {"difference in accuracy, points", Number(100*m.Difference(), 2)}, {"statistic", Figures(m.Statistic, 4)}, {"p", Figures(m.P, 3)},
		},
	}
}

// SweepTable is a sweep's table as HTML.
type SweepTable struct{ Result *sweep.Result }

// Figure is the table as an HTML figure element, for a page that has Style.
func (t SweepTable) Figure() (string, error) { return t.table().Figure() }

func (t SweepTable) table() Table {
	table := Table{
		Title: "After " + length(t.Result), Words: 1,
		Head: []string{"Variation", "Runs", "Diverged", "Steps", "Cost", "Accuracy, %", "Validation cost", "Validation accuracy, %", "Seconds"},
	}
	if several(t.Result) {
		table.Note = "mean ± standard deviation over the seeds"
	}
	spread := func(s sweep.Spread, decimals int, times float64) string {
		text := Number(times*s.Mean, decimals)
		if finite(s.Deviation) {
			text += " ± " + Number(times*s.Deviation, decimals)
		}
		return text
	}
	for _, v := range t.Result.Rows {
		table.Rows = append(table.Rows, []string{v.Name, fmt.Sprint(v.Runs), fmt.Sprint(v.Diverged), Number(v.Steps.Mean, 0), spread(v.Cost, 4, 1), spread(v.Accuracy, 2, 100),
			spread(v.Validation, 4, 1), spread(v.ValidationAccuracy, 2, 100), spread(v.Seconds, 1, 1)})
	}
	return table
}

// HTML is a fragment that brings its own style.
func (t SweepTable) HTML() (string, error) { return fragment(t.Figure()) }
