package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"digitlab/nnlib/figure"
	"digitlab/nnlib/metrics"
)

// learning draws the history.
func (v *view) learning(p Page) error {
	if len(p.History) < 2 {
		return nil
	}
	first := p.History[0]
	h := figure.History{Steps: p.History, Unit: Unit(p.Model), Epochs: true}
	h.Log = h.Steep()
	if o := p.Other; o != nil && Unit(o.Model) == h.Unit {
		h.Earlier = o.History
	}
	charts := []figure.Chart{h.Cost(), h.Accuracy()}
	for _, s := range p.History {
		if s.Rate != first.Rate {
			charts = append(charts, h.Rate())
			break
		}
	}
	return v.charts(&v.Learning, charts...)
}

func (v *view) charts(list *[]template.HTML, charts ...figure.Chart) error {
	for _, c := range charts {
		f, err := c.Figure()
		if err != nil {
			return err
		}
		*list = append(*list, template.HTML(f))
	}
	return nil
}

// trust draws how far probabilities can be trusted, where there are any.
func (v *view) trust(p Page) error {
	e := p.Evaluation
	cal, err := e.Calibration()
	if err != nil {
		return nil // outputs are no probabilities
	}
	sure, right := e.answers()
	left, err := metrics.Abstain(sure, right)
	if err != nil {
		return err
	}
	certain := figure.Certainty(cal)
	over, wrong := int64(0), int64(0)
	for i, s := range sure {
		if s > 0.99 {
			over++
			if !right[i] {
				wrong++
			}
		}
	}
	if over > 0 {
		certain.Title = fmt.Sprintf("%s answers were over %s sure; %s of them were wrong", count(over), figure.Percent(0.99, 0), count(wrong))
	}
	return v.charts(&v.Trust, figure.Reliability(cal), certain, figure.Withheld(left, fifth(1-e.Confusion.Accuracy())))
}

// fifth is about a fifth of a share, with one significant figure.
func fifth(share float64) float64 {
	if share <= 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(share/5)))
	return math.Round(share/5/unit) * unit
}

// mostTiles is the number of weight tiles that a page shows.
const mostTiles = 128

// tiles shows the first layer's weights, where the model begins with an affine
// layer on grey images.
func (v *view) tiles(p Page) error {
	if p.Model == nil || p.Model.Topology.Input.Height < 2 {
		return nil
	}
	t, err := figure.Weights(p.Model)
	if err != nil {
		return nil // another kind of first layer
	}
	t.Names = p.Classes
	more := ""
	if n := len(t.In); n > mostTiles {
		t.In = t.In[:mostTiles]
		if t.Out != nil {
			t.Out = t.Out[:mostTiles]
		}
		more = fmt.Sprintf(" The first %d of %s units are shown.", mostTiles, count(int64(n)))
	}
	list, err := t.List()
	if err != nil {
		return err
	}
	title, note := t.Facts()
	v.TilesTitle = title
	note = template.HTMLEscapeString(note + more)
	note = strings.Replace(note, "Green", `<b class="pos">Green</b>`, 1)
	note = strings.Replace(note, "purple", `<b class="neg">purple</b>`, 1)
	v.TilesNote, v.Tiles = template.HTML(note), template.HTML(list)
	return nil
}
