package report

import (
	"fmt"
	"math"
	"strings"

	"digitlab/nnlib"
	"digitlab/nnlib/figure"
	"digitlab/nnlib/metrics"
)

// figures is the row of numbers at the top.
func (p Page) figures() []fact {
	e, c := p.Evaluation, p.Evaluation.Confusion
	low, high := metrics.Wilson(c.Correct(), c.Total())
	wrong := c.Total() - c.Correct()
	list := []fact{
		{Name: "Accuracy, " + p.set(), Value: figure.Percent(c.Accuracy(), 2), Note: fmt.Sprintf("95\u202f%% interval %s–\u2060%s", figure.Number(100*low, 1), figure.Number(100*high, 1))},
		{Name: "Mistakes", Value: count(wrong), Note: "of " + count(c.Total()) + " images"},
	}
	f1 := fact{Name: "Mean F1", Value: figure.Number(c.Macro().F1, 3)}
	if order := byF1(c); len(order) > 0 {
		f1.Note = fmt.Sprintf("lowest %s, %s %s", figure.Number(c.Scores()[order[0]].F1, 3), p.noun(), p.name(order[0]))
	}
	list = append(list, f1)
	unit, guessing := p.loss()
	cost := fact{Name: "Cost, " + p.set(), Value: figure.Number(e.MeanCost(), 3), Note: unit}
	if unit != "" {
		cost.Note += "; guessing costs " + figure.Number(guessing, 3)
	}
	list = append(list, cost)
	if cal, err := e.Calibration(); err == nil {
		list = append(list, fact{Name: "Calibration gap", Value: figure.Number(100*cal.Gap, 1) + "\u202fpt", Note: "mean |probability − accuracy|"})
	}
	if p.Times {
		var seconds, images float64
		for _, s := range p.History {
			seconds, images = seconds+s.Seconds, images+float64(s.Examples)
		}
		if seconds > 0 {
			list = append(list, fact{Name: "Training time", Value: figure.Figures(seconds, 3) + "\u202fs", Note: figure.Number(math.Round(images/seconds/1000)*1000, 0) + " images/s"})
		}
	}
	return list
}

// facts is what was run.
func (p Page) facts() (list []fact) {
	for line := range strings.Lines(p.Recipe) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
			list = append(list, fact{Name: name, Value: value})
		}
	}
	if p.Recipe != "" && p.field("Seed") == "" {
		list = append(list, fact{Name: "Seed", Value: "0"})
	}
	for _, d := range p.Data {
		list = append(list, fact{Name: capital(d.Name + " data"), Value: fmt.Sprintf("%s images ", count(int64(d.Rows))), Hash: fmt.Sprintf("%x…", d.Fingerprint[:6])})
	}
	if p.Model != nil {
		text := fmt.Sprintf("%s %s", count(int64(len(p.Model.Weights))), nnlib.Precision)
		if n := p.step(); n > 0 {
			text += fmt.Sprintf(", from step %s", count(int64(n)))
		}
		list = append(list, fact{Name: "Weights", Value: text, Hash: "sha256 " + p.hash()})
	}
	return list
}
