package report

import (
	"fmt"
	"html/template"
	"strings"

	"digitlab/nnlib/figure"
	"digitlab/nnlib/metrics"
)

// classRow is one class in the table of scores, or the plain means.
type classRow struct {
	Class                          int
	Name, Colour                   string
	Support, Precision, Recall, F1 string
	Scores, Misses                 template.HTML
	Other                          string // most often mistaken for
	Times                          string
}

// scale is the axis of the marks for precision and recall.
type scale struct {
	low   float64
	ticks []float64
}

// scales begin at a round percentage, the narrowest first.
var scales = []scale{
	{98, []float64{98, 99, 100}}, {96, []float64{96, 98, 100}}, {94, []float64{94, 96, 98, 100}}, {90, []float64{90, 95, 100}},
	{80, []float64{80, 90, 100}}, {50, []float64{50, 75, 100}}, {0, []float64{0, 25, 50, 75, 100}},
}

func (s scale) x(percent float64) float64 { return 8 + 144*(percent-s.low)/(100-s.low) }

// scores fills the table of classes.
func (v *view) scores(p Page) {
	c := p.Evaluation.Confusion
	scores, least, most := c.Scores(), 100.0, int64(1)
	for k, s := range scores {
		if s.Support == 0 {
			continue
		}
		low, _ := metrics.Wilson(c.Counts[k][k], s.Support)
		least = min(least, 100*s.Precision, 100*low)
		most = max(most, s.Support-c.Counts[k][k], c.Predicted(k)-c.Counts[k][k])
	}
	axis := scales[len(scales)-1]
	for _, s := range scales {
		if least >= s.low {
			axis = s
			break
		}
	}
	v.ScaleMark, v.BarsMark = axis.head(), barsHead
	var missed, alarms int64
	for k, s := range scores {
		right := c.Counts[k][k]
		row := classRow{Class: k, Name: p.name(k), Colour: string(figure.Class(k)), Support: count(s.Support),
			Precision: figure.Number(100*s.Precision, 1), Recall: figure.Number(100*s.Recall, 1), F1: figure.Number(s.F1, 3),
			Scores: axis.marks(s, right), Misses: missBars(s.Support-right, c.Predicted(k)-right, most)}
		var often int64
		for r, n := range c.Counts[k] {
			if r != k && n > often {
				often, row.Other, row.Times = n, p.name(r), count(n)
			}
		}
		missed, alarms = missed+s.Support-right, alarms+c.Predicted(k)-right
		v.Classes = append(v.Classes, row)
	}
	m := c.Macro()
	v.All = classRow{Name: count(int64(c.Classes())), Support: count(m.Support), Precision: figure.Number(100*m.Precision, 1), Recall: figure.Number(100*m.Recall, 1),
		F1: figure.Number(m.F1, 3), Misses: template.HTML(fmt.Sprintf(
			`<svg class="mk" width="168" height="18" viewBox="0 0 168 18" aria-hidden="true"><text class="ik" x="77" y="13" text-anchor="end">%s</text><text class="ik" x="89" y="13">%s</text></svg>`, count(missed), count(alarms)))}
	order := byF1(c)
	switch {
	case c.Correct() == c.Total():
		v.Hardest = "Every " + p.noun() + " is read without a mistake"
	case len(order) < 4:
		v.Hardest = fmt.Sprintf("%s is the hardest %s", p.name(order[0]), p.noun())
	default:
		v.Hardest = fmt.Sprintf("%s and %s are the hardest %s", p.name(order[0]), p.name(order[1]), plural(p.noun()))
	}
}

// head is the scale above the marks.
func (s scale) head() template.HTML {
	var b strings.Builder
	b.WriteString(`<svg class="mk" width="168" height="16" viewBox="0 0 168 16" aria-hidden="true">`)
	for _, t := range s.ticks {
		fmt.Fprintf(&b, `<text x="%.1f" y="12" text-anchor="middle">%g</text>`, s.x(t), t)
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// marks draws precision as a hollow diamond, recall as a dot with its 95 %
// interval as a line.
func (s scale) marks(score metrics.Score, right int64) template.HTML {
	var b strings.Builder
	b.WriteString(`<svg class="mk" width="168" height="18" viewBox="0 0 168 18" aria-hidden="true"><path class="gr" d="M8 9H152"/>`)
	if score.Support > 0 {
		low, high := metrics.Wilson(right, score.Support)
		fmt.Fprintf(&b, `<path class="ax" style="stroke-width:1.5" d="M%.1f 9H%.1f"/>`, s.x(100*low), s.x(100*high))
	}
	p := s.x(100 * score.Precision)
	fmt.Fprintf(&b, `<rect class="fp inkl" x="%.1f" y="4.5" width="9" height="9" transform="rotate(45 %.1f 9)" stroke-width="1.5"/>`, p-4.5, p)
	if score.Support > 0 {
		fmt.Fprintf(&b, `<circle class="fi" cx="%.1f" cy="9" r="3.25"/>`, s.x(100*score.Recall))
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

const barsHead template.HTML = `<svg class="mk" width="168" height="32" viewBox="0 0 168 32" aria-hidden="true"><text x="83" y="11" text-anchor="middle">Images</text><text x="77" y="27" text-anchor="end">missed</text><text x="89" y="27">false alarms</text></svg>`

// missBars draws missed images to the left, filled, and false alarms to the
// right, outlined, the longest bar 44 pixels.
func missBars(missed, alarms, most int64) template.HTML {
	l, r := 44*float64(missed)/float64(most), 44*float64(alarms)/float64(most)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="mk" width="168" height="18" viewBox="0 0 168 18" role="img" aria-label="%s missed, %s false alarms">`, count(missed), count(alarms))
	if missed > 0 {
		fmt.Fprintf(&b, `<rect class="fm" x="%.1f" y="3" width="%.1f" height="12"/>`, 82-l, l)
	}
	if alarms > 0 {
		fmt.Fprintf(&b, `<rect x="84.8" y="3.75" width="%.1f" height="10.5" class="miss" fill="none" stroke-width="1.5"/>`, r)
	}
	fmt.Fprintf(&b, `<text class="ik" x="%.1f" y="13" text-anchor="end">%s</text><text class="ik" x="%.1f" y="13">%s</text></svg>`, 77-l, count(missed), 90+r, count(alarms))
	return template.HTML(b.String())
}
