package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"digitlab/nnlib/figure"
	"digitlab/nnlib/metrics"
)

// comparison is the section that sets a second run beside the first.
type comparison struct {
	Title, Note   string
	First, Second string // names of the two
	Classes       []rivalRow
	Scale         template.HTML
	All           rivalRow
	Counts        []fact // who reads how many images
	Differences   []difference
	Rows          []galleryRow
}

// rivalRow is one class in the table of both runs' F1.
type rivalRow struct {
	Name, Colour              string
	First, Second, Difference string
	Marks                     template.HTML
}

// difference is a line of the recipes that is not the same in both.
type difference struct{ Name, First, Second string }

// names are what the two runs are called; equal and empty names say which is which.
func (p Page) names() (first, second string) {
	first, second = p.Name, p.Other.Name
	if first == "" || first == second {
		first = strings.TrimSpace(first + " (this)")
	}
	if second == "" {
		second = "the other"
	}
	return first, second
}

// mcnemar tests whether one of the two runs reads the rows better.
func (p Page) mcnemar() (*metrics.McNemar, error) {
	right := func(e *Evaluation) (list []bool) {
		for i := range e.True {
			list = append(list, e.Right(i))
		}
		return list
	}
	m, err := metrics.NewMcNemar(right(p.Evaluation), right(p.Other.Evaluation))
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return m, nil
}

// checkOther fails unless the second run was evaluated on the same rows.
func (p Page) checkOther() error {
	if p.Other == nil {
		return nil
	}
	if p.Other.Evaluation == nil || p.Other.Evaluation.Confusion == nil {
		return fmt.Errorf("report: a comparison with a run without an evaluation: make one with Evaluate")
	}
	if !slices.Equal(p.Evaluation.True, p.Other.Evaluation.True) || p.Evaluation.Confusion.Classes() != p.Other.Evaluation.Confusion.Classes() {
		return fmt.Errorf("report: the two runs were evaluated on different rows: they cannot be compared")
	}
	return nil
}

// rival fills the section, where there is a second run.
func (v *view) rival(p Page, a *album) error {
	if p.Other == nil {
		return nil
	}
	m, err := p.mcnemar()
	if err != nil {
		return err
	}
	c := &comparison{}
	c.First, c.Second = p.names()
	c.Title = verdict(c.First, c.Second, m)
	c.Note = chance(m)
	c.scores(p)
	c.Counts = []fact{{Name: "Both right", Value: images(m.Both)}, {Name: "Only " + c.First + " right", Value: images(m.First)},
		{Name: "Only " + c.Second + " right", Value: images(m.Second)}, {Name: "Both wrong", Value: images(m.Neither)}}
	c.Differences = differences(p, *p.Other)
	if p.Images != nil {
		if err := c.pictures(p, a); err != nil {
			return err
		}
	}
	v.Comparison = c
	return nil
}

// verdict is "first reads 12 images more than second".
func verdict(first, second string, m *metrics.McNemar) string {
	switch n := m.First - m.Second; {
	case n > 0:
		return fmt.Sprintf("%s reads %s more than %s", first, images(n), second)
	case n < 0:
		return fmt.Sprintf("%s reads %s fewer than %s", first, images(-n), second)
	}
	return fmt.Sprintf("%s and %s read equally many images", first, second)
}

// chance says what McNemar's test makes of the difference.
func chance(m *metrics.McNemar) string {
	p := "p " + figure.Number(m.P, 3)
	if m.P < 0.001 {
		p = "p < 0.001"
	}
	kind := "McNemar’s test"
	if m.Exact {
		kind = "McNemar’s exact test"
	}
	meaning := "a difference that chance alone often makes"
	if m.P < 0.05 {
		meaning = "a difference that chance alone seldom makes"
	}
	if m.First+m.Second == 0 {
		return "The two answer alike on every image."
	}
	return fmt.Sprintf("%s of the images are read by one of the two alone: %s, %s, %s.", count(m.First+m.Second), kind, p, meaning)
}

// scores fills the table of F1, class by class.
func (c *comparison) scores(p Page) {
	ours, theirs := p.Evaluation.Confusion.Scores(), p.Other.Evaluation.Confusion.Scores()
	least := 100.0
	for k := range ours {
		if ours[k].Support > 0 {
			least = min(least, 100*ours[k].F1, 100*theirs[k].F1)
		}
	}
	axis := scales[len(scales)-1]
	for _, s := range scales {
		if least >= s.low {
			axis = s
			break
		}
	}
	c.Scale = axis.head()
	row := func(name string, a, b float64) rivalRow {
		return rivalRow{Name: name, First: figure.Number(a, 3), Second: figure.Number(b, 3), Difference: signed(a - b), Marks: axis.pair(100*a, 100*b)}
	}
	for k := range ours {
		r := row(p.name(k), ours[k].F1, theirs[k].F1)
		r.Colour = string(figure.Class(k))
		c.Classes = append(c.Classes, r)
	}
	c.All = row("All", p.Evaluation.Confusion.Macro().F1, p.Other.Evaluation.Confusion.Macro().F1)
}

// signed writes a difference of F1 with its sign.
func signed(v float64) string {
	if math.Round(v*1000) == 0 {
		return "0.000"
	}
	s := figure.Number(v, 3)
	if v > 0 {
		s = "+" + s
	}
	return s
}

// pair draws the first run as a dot, the second as a grey ring, and a line
// between them.
func (s scale) pair(first, second float64) template.HTML {
	a, b := s.x(max(first, s.low)), s.x(max(second, s.low))
	return template.HTML(fmt.Sprintf(`<svg class="mk" width="168" height="18" viewBox="0 0 168 18" aria-hidden="true"><path class="gr" d="M8 9H152"/><path class="ax" style="stroke-width:1.5" d="M%.1f 9H%.1f"/>`+
		`<circle class="fp ax" cx="%.1f" cy="9" r="4" stroke-width="1.5"/><circle class="fi" cx="%.1f" cy="9" r="3.25"/></svg>`, min(a, b), max(a, b), b, a))
}

// differences are the lines of two recipes that differ.
func differences(p, q Page) (list []difference) {
	var names []string
	for _, text := range []string{p.Recipe, q.Recipe} {
		for line := range strings.Lines(text) {
			if name, _, ok := strings.Cut(line, ": "); ok && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if p.Recipe != "" && q.Recipe != "" {
		for _, name := range names {
			if a, b := p.field(name), q.field(name); a != b {
				list = append(list, difference{name, or(a, "–"), or(b, "–")})
			}
		}
	}
	if p.Model != nil && q.Model != nil {
		list = append(list, difference{"Steps", count(int64(p.step())), count(int64(q.step()))},
			difference{"Weights, SHA-256", p.hash()[:12] + "…", q.hash()[:12] + "…"})
	}
	return list
}

func or(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

// pictures shows images that one of the two alone reads, its surest answers
// first.
func (c *comparison) pictures(p Page, a *album) error {
	second := *p.Other
	second.Images, second.Classes, second.Set = p.Images, p.Classes, p.Set
	theirs := &album{page: second, word: "output", perRow: a.perRow, probability: second.Evaluation.Probabilities()}
	if theirs.probability {
		theirs.word = "probability"
	}
	for _, side := range []struct {
		winner, loser *Evaluation
		name          string
		album         *album // shows what the loser said
	}{{p.Evaluation, second.Evaluation, c.First, theirs}, {second.Evaluation, p.Evaluation, c.Second, a}} {
		rows := side.loser.sorted(func(i int) bool { return side.winner.Right(i) && !side.loser.Right(i) }, true)
		r := galleryRow{Title: fmt.Sprintf("Only %s reads these %s", side.name, images(int64(len(rows))))}
		if n := min(len(rows), 2*a.perRow); n < len(rows) {
			r.Title += fmt.Sprintf("; the %d that the other was surest of", n)
			rows = rows[:n]
		}
		for _, i := range rows {
			s, err := side.album.image(i, 56)
			if err != nil {
				return err
			}
			r.Images = append(r.Images, galleryImage{s, "read " + p.name(side.loser.Predicted[i]), true})
		}
		if len(r.Images) > 0 {
			c.Rows = append(c.Rows, r)
		}
	}
	return nil
}
