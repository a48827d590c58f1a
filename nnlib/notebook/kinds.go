package notebook

import (
	"strings"

	"digitlab/nnlib"
	"digitlab/nnlib/figure"
	"digitlab/nnlib/metrics"
	"digitlab/nnlib/report"
)

// figures is the figures of a value that has any.
func figures(v any) (list []Figure, err error) {
	switch v := v.(type) {
	case *metrics.Confusion:
		return []Figure{figure.Confusion(v)}, nil
	case *report.Evaluation:
		return []Figure{figure.Scores(v.Confusion, nil), figure.Confusion(v.Confusion)}, nil
	case *metrics.Calibration:
		return []Figure{figure.Reliability(v)}, nil
	case *metrics.Regression:
		return []Figure{figure.Regression(v)}, nil
	case *metrics.Forecast:
		return []Figure{figure.Forecast(v, nil)}, nil
	case []nnlib.Step:
		return []Figure{steps{figure.History{Steps: v}}}, nil
	case *nnlib.Run:
		t := v.Recipe().Topology
		h := figure.History{Steps: v.History(), Unit: unit(t), Rows: rowName(t)}
		return []Figure{steps{h}}, nil
	case nnlib.Topology:
		t, err := figure.Summary(v)
		return []Figure{t}, err
	case *nnlib.Model:
		t, err := figure.Summary(v.Topology)
		return []Figure{t}, err
	case nnlib.Recipe:
		return []Figure{fields(v)}, nil
	case [][]string:
		return []Figure{tableOf(v)}, nil
	}
	return nil, nil
}

// joined is figures with one style.
func joined(list []Figure, err error) (string, error) {
	var parts []string
	for _, f := range list {
		if err == nil {
			var one string
			one, err = f.Figure()
			parts = append(parts, one)
		}
	}
	if err != nil {
		return "", err
	}
	return figure.Fragment(parts...), nil
}

// steps is a history as one figure.
type steps struct{ figure.History }

func (s steps) Figure() (string, error) { return s.Figures() }

// fields is a recipe's text as a table.
func fields(r nnlib.Recipe) figure.Table {
	t := figure.Table{Title: "Recipe", Head: []string{"Field", "Value"}, Words: 2}
	for line := range strings.Lines(r.String()) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		t.Rows = append(t.Rows, []string{name, strings.ReplaceAll(value, "nnlib.", "")})
	}
	return t
}

// tableOf is a table whose columns hold words where they do not look like numbers.
func tableOf(list [][]string) (t figure.Table) {
	if len(list) == 0 {
		return t
	}
	t.Head, t.Rows = list[0], list[1:]
	for k := range t.Head {
		for _, row := range t.Rows {
			if k < len(row) && strings.Trim(row[k], "0123456789.,−-+±%–e \u00a0\u202f") != "" {
				t.Words = k + 1
			}
		}
	}
	return t
}
