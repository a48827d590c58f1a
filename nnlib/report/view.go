package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"digitlab/nnlib"
	"digitlab/nnlib/figure"
	"digitlab/nnlib/metrics"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// HTML is the report as one page that loads nothing from elsewhere, below 2 MB
// whatever the images.
func (p Page) HTML() (string, error) {
	if err := p.check(); err != nil {
		return "", err
	}
	v, err := p.view()
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, v); err != nil {
		return "", fmt.Errorf("report: page: %w", err)
	}
	return b.String(), nil
}

// view is the page's template filled in.
type view struct {
	Style                     template.CSS
	Name, Headline, Lead      string
	Noun, Noun1               string
	Sections                  []section
	Figures, Facts            []fact
	Commands, Short           string
	Hardest, Mixup            string
	ScaleMark, BarsMark       template.HTML
	Classes                   []classRow
	All                       classRow
	Confusion                 template.HTML
	PairsTitle                string
	Pairs                     []pair
	Pictures                  bool
	WallTitle, WallNote       string
	Wall                      []wallImage
	Learning, Trust, Ranking  []template.HTML
	RankTitle                 string
	Ranks, Areas              []fact
	GalleryTitle, GalleryNote string
	Gallery                   []gallery
	Comparison                *comparison
	TilesTitle                string
	TilesNote, Tiles          template.HTML
}

type section struct{ ID, Name string }

type fact struct{ Name, Value, Note, Hash string }

// Wide says whether a hash stands on a line of its own.
func (view) Wide(hash string) bool { return len(hash) > 40 }

// Parts cuts a long hash in two where a line may break.
func (view) Parts(hash string) []string {
	if len(hash) < 40 {
		return []string{hash}
	}
	return []string{hash[:len(hash)-32], hash[len(hash)-32:]}
}

func (p Page) view() (*view, error) {
	c := p.Evaluation.Confusion
	v := &view{
		Style: template.CSS(figure.Style() + pageCSS), Name: p.Name, Headline: p.headline(), Lead: p.lead(),
		Noun: p.noun(), Commands: strings.Join(p.Commands, "\n"), Mixup: figure.Mixup(c, p.Classes),
	}
	v.Noun1 = capital(v.Noun)
	if h := p.hash(); h != "" {
		v.Short = h[:12]
	}
	v.Confusion = template.HTML(figure.ConfusionMatrix{Confusion: c, Names: p.Classes}.Table())
	v.scores(p)
	a := newAlbum(p)
	for _, add := range []func(*album) error{
		func(a *album) error { return v.pairs(p, a) },
		func(a *album) error { return v.wall(p, a) },
		func(a *album) error { return v.galleries(p, a) },
		func(*album) error { return v.learning(p) },
		func(*album) error { return v.trust(p) },
		func(*album) error { return v.ranking(p) },
		func(*album) error { return v.tiles(p) },
		func(a *album) error { return v.rival(p, a) },
	} {
		if err := add(a); err != nil {
			return nil, err
		}
	}
	v.Figures, v.Facts = p.figures(), p.facts()
	for _, s := range []struct {
		section
		has bool
	}{
		{section{"repeat", "What was run"}, true}, {section{"classes", v.Noun1 + " by " + v.Noun}, true}, {section{"confusion", "Confusions"}, true},
		{section{"mistakes", "Surest mistakes"}, v.Wall != nil}, {section{"learning", "Learning"}, v.Learning != nil},
		{section{"trust", "Calibration"}, v.Trust != nil}, {section{"ranking", "Ranking"}, v.Ranking != nil},
		{section{"gallery", "Galleries"}, v.Gallery != nil}, {section{"weights", "Weights"}, v.Tiles != ""},
		{section{"comparison", "Comparison"}, v.Comparison != nil},
	} {
		if s.has {
			v.Sections = append(v.Sections, s.section)
		}
	}
	v.Pictures = p.Images != nil
	return v, nil
}

// lead is what the evaluation shows in two sentences.
func (p Page) lead() string {
	c := p.Evaluation.Confusion
	var s []string
	if p.Model != nil {
		t := "A " + units(p.Model.Topology) + " network"
		if n := p.step(); n > 0 {
			t += fmt.Sprintf(" after %s steps of training", count(int64(n)))
		}
		s = append(s, t+".")
	}
	order := byF1(c)
	if len(order) > 1 {
		t := fmt.Sprintf("It reads %s best and %s worst", p.name(order[len(order)-1]), p.name(order[0]))
		if m := c.Mixups(1); len(m) > 0 {
			wrong := c.Total() - c.Correct()
			m, one := figure.OneWay(c, m[0])
			a, b := article(p.name(m.True)), article(p.name(m.Read))
			if one {
				t += fmt.Sprintf("; %s of its %s are %s read as %s", count(m.Count), mistakes(wrong), a, p.name(m.Read))
			} else {
				t += fmt.Sprintf("; %s of its %s are %s and %s taken for each other", count(m.Count), mistakes(wrong), a, b)
			}
		}
		s = append(s, t+".")
	}
	return strings.Join(s, " ")
}

// article is "a 4", "an 8" or "an owl".
func article(name string) string {
	switch {
	case name == "":
		return name
	case name == "11" || name == "18" || strings.ContainsRune("8aeioAEIO", rune(name[0])):
		return "an " + name
	}
	return "a " + name
}

func mistakes(n int64) string {
	if n == 1 {
		return "1 mistake"
	}
	return count(n) + " mistakes"
}

// units is "784–64–10".
func units(t nnlib.Topology) string {
	s := strconv.Itoa(t.Input.Len())
	shape := t.Input
	for _, l := range t.Layers {
		out, err := l.Out(shape)
		if err != nil {
			break
		}
		if out.Len() != shape.Len() || len(l.Weights(shape)) > 0 {
			s += "–" + strconv.Itoa(out.Len())
		}
		shape = out
	}
	return s
}

// byF1 is the classes, hardest first; equal ones in order. Classes that are
// absent from truth and answers are left out.
func byF1(c *metrics.Confusion) (order []int) {
	scores := c.Scores()
	for k := range scores {
		if c.Support(k)+c.Predicted(k) > 0 {
			order = append(order, k)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case scores[a].F1 < scores[b].F1:
			return -1
		case scores[a].F1 > scores[b].F1:
			return 1
		}
		return 0
	})
	return order
}

// guess is the cost of giving every class the same probability.
func guess(m *nnlib.Model, classes int) float64 {
	k := float64(classes)
	switch top(m).(type) {
	case nnlib.SoftmaxCrossEntropy:
		return math.Log(k)
	case nnlib.SigmoidSquaredError:
		return (1 - 1/k) / 2
	}
	return math.NaN()
}

// capital is s with a capital first letter.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
