package report

import (
	"fmt"
	"html/template"

	"digitlab/nnlib"
	"digitlab/nnlib/figure"
)

// album hands out images as HTML elements.
type album struct {
	page        Page
	word        string // what an output is called
	perRow      int    // images in a row of a gallery
	probability bool
}

// budget is the size that the galleries' images may have together, in bytes.
const budget = 1_100_000

// widest is the side to which larger images are shrunk.
const widest = 96

func newAlbum(p Page) *album {
	a := &album{page: p, word: "output", perRow: 7, probability: p.Evaluation.Probabilities()}
	if a.probability {
		a.word = "probability"
	}
	if p.Images == nil {
		return a
	}
	// The size of an image is guessed from the first few.
	size, n := 0, min(16, len(p.Evaluation.True))
	for i := range n {
		if e, err := a.image(i, 56); err == nil {
			size += len(e)
		}
	}
	if size > 0 {
		rows := 3*p.Evaluation.Confusion.Classes() + 8
		if p.Other != nil {
			rows += 4
		}
		a.perRow = max(1, min(7, budget/(rows*size/n)))
	}
	return a
}

// image is the image of a row, about so many pixels wide; empty without
// images.
func (a *album) image(row, width int) (template.HTML, error) {
	p := a.page
	if p.Images == nil {
		return "", nil
	}
	e := p.Evaluation
	shape, pixels := shrink(p.Images.Shape(), p.Images.Pixels(row))
	s, err := figure.Image{Shape: shape, Pixels: pixels, Alt: fmt.Sprintf("%s image %d: %s read as %s with %s %s",
		p.set(), row, article(p.name(e.True[row])), p.name(e.Predicted[row]), a.word, figure.Number(e.Sure(row), 3))}.Element(width)
	if err != nil {
		return "", fmt.Errorf("report: image %d: %w", row, err)
	}
	return template.HTML(s), nil
}

// shrink is an image of at most widest pixels a side, by area: each pixel is
// the mean of the block of pixels it stands for.
func shrink(s nnlib.Shape, pixels []byte) (nnlib.Shape, []byte) {
	by := (max(s.Height, s.Width) + widest - 1) / widest
	if by <= 1 || len(pixels) != s.Len() {
		return s, pixels
	}
	small := nnlib.Shape{Height: (s.Height + by - 1) / by, Width: (s.Width + by - 1) / by, Channels: s.Channels}
	out := make([]byte, 0, small.Len())
	for y := range small.Height {
		for x := range small.Width {
			for c := range s.Channels {
				sum, n := 0, 0
				for j := y * by; j < min(s.Height, (y+1)*by); j++ {
					for i := x * by; i < min(s.Width, (x+1)*by); i++ {
						sum, n = sum+int(pixels[(j*s.Width+i)*s.Channels+c]), n+1
					}
				}
				out = append(out, byte((sum+n/2)/n))
			}
		}
	}
	return small, out
}

// said is "p 0.996" or the bare output.
func (a *album) said(row, decimals int) string {
	s := figure.Number(a.page.Evaluation.Sure(row), decimals)
	if a.probability {
		return "p " + s
	}
	return s
}

// pair is one way of being wrong.
type pair struct {
	Name, Count string
	Images      []template.HTML
}

var numerals = []string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"}

func numeral(n int) string {
	if n < len(numerals) {
		return numerals[n]
	}
	return count(int64(n))
}

// pairs lists the commonest mistakes with up to six images each.
func (v *view) pairs(p Page, a *album) error {
	e := p.Evaluation
	wrong := e.Mistakes()
	for _, m := range e.Confusion.Mistakes(8) {
		k := pair{Name: p.name(m.True) + " → " + p.name(m.Read), Count: images(m.Count)}
		for _, i := range wrong {
			if p.Images != nil && e.True[i] == m.True && e.Predicted[i] == m.Read && len(k.Images) < min(6, a.perRow) {
				s, err := a.image(i, 28)
				if err != nil {
					return err
				}
				k.Images = append(k.Images, s)
			}
		}
		v.Pairs = append(v.Pairs, k)
	}
	v.PairsTitle = numeral(len(v.Pairs)) + " commonest confusions"
	if len(v.Pairs) == 1 {
		v.PairsTitle = "The only confusion"
	}
	return nil
}

func images(n int64) string {
	if n == 1 {
		return "1 image"
	}
	return count(n) + " images"
}

type wallImage struct {
	Image      template.HTML
	True, Read string
	Sure, Cost string
	Row        int
}

// wall shows the mistakes that were answered surest.
func (v *view) wall(p Page, a *album) error {
	e := p.Evaluation
	rows := e.Mistakes()
	rows = rows[:min(len(rows), surest*a.perRow/7+1, surest)]
	for _, i := range rows {
		s, err := a.image(i, 84)
		if err != nil {
			return err
		}
		sure := a.said(i, 3)
		if !a.probability {
			sure = "output " + sure
		}
		v.Wall = append(v.Wall, wallImage{s, p.name(e.True[i]), p.name(e.Predicted[i]), sure, figure.Figures(e.Cost[i], 2), i})
	}
	v.WallTitle = fmt.Sprintf("The %d mistakes it was surest of", len(rows))
	switch {
	case len(rows) == 1:
		v.WallTitle = "Its only mistake"
	case len(rows) == len(e.Mistakes()):
		v.WallTitle = fmt.Sprintf("Its %d mistakes, surest first", len(rows))
	}
	unit, _ := p.loss()
	v.WallNote = "true → read, the output of its wrong answer, and the cost"
	if a.probability {
		v.WallNote = "true → read, the probability it gave to its wrong answer, and the cost"
	}
	switch unit {
	case "nats per image":
		v.WallNote += " −ln p(true) in nats"
	case "":
	default:
		v.WallNote += ", half the squared error"
	}
	v.WallNote += fmt.Sprintf(". # is the row of the %s data, from 0.", p.set())
	return nil
}

type gallery struct {
	Class               int
	Name, Colour, Facts string
	Rows                []galleryRow
}

type galleryRow struct {
	Title  string
	Images []galleryImage
}

type galleryImage struct {
	Image   template.HTML
	Caption string
	Bad     bool
}

// galleries shows the best and the worst of each class.
func (v *view) galleries(p Page, a *album) error {
	if p.Images == nil {
		return nil
	}
	e, c := p.Evaluation, p.Evaluation.Confusion
	scores := c.Scores()
	for k, s := range scores {
		if s.Support == 0 {
			continue
		}
		g := gallery{Class: k, Name: p.name(k), Colour: string(figure.Class(k)),
			Facts: fmt.Sprintf("%s, %s missed, F1 %s", images(s.Support), count(s.Support-c.Counts[k][k]), figure.Number(s.F1, 3))}
		right := e.sorted(func(i int) bool { return e.True[i] == k && e.Right(i) }, true)
		barely := e.sorted(func(i int) bool { return e.True[i] == k && e.Right(i) }, false)
		wrong := e.sorted(func(i int) bool { return e.True[i] == k && !e.Right(i) }, true)
		right, barely, wrong = right[:min(a.perRow, len(right))], barely[:min(a.perRow, len(barely))], wrong[:min(a.perRow, len(wrong))]
		title, caption := "Right and surest", func(i int) string { return a.said(i, 2) }
		plain := caption
		if n := len(right); n > 0 && e.Sure(right[n-1]) > 0.999 {
			title = "Right and surest, all above " + a.above()
			caption = func(int) string { return "" }
		}
		for _, row := range []struct {
			title   string
			rows    []int
			caption func(int) string
			bad     bool
		}{
			{title, right, caption, false}, {"Right, but barely", barely, plain, false},
			{"Wrong and surest", wrong, func(i int) string { return "read " + p.name(e.Predicted[i]) }, true},
		} {
			r := galleryRow{Title: row.title}
			for _, i := range row.rows {
				s, err := a.image(i, 56)
				if err != nil {
					return err
				}
				r.Images = append(r.Images, galleryImage{s, row.caption(i), row.bad})
			}
			if len(r.Images) > 0 {
				g.Rows = append(g.Rows, r)
			}
		}
		v.Gallery = append(v.Gallery, g)
	}
	v.GalleryTitle = fmt.Sprintf("%s %s, best and worst", numeral(len(v.Gallery)), plural(p.noun()))
	v.GalleryNote = "The number is the output of the answer given, from 0 to 1."
	if a.probability {
		v.GalleryNote = "p is the probability of the answer given."
	}
	return nil
}

func (a *album) above() string {
	if a.probability {
		return "p 0.999"
	}
	return "0.999"
}
