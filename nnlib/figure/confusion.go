package figure

import (
	"fmt"
	"html"
	"io"
	"math"
	"strconv"
	"strings"

	"digitlab/nnlib/metrics"
)

// ConfusionMatrix is a confusion matrix with counts and row percentages: an
// HTML table, or a drawing for viewers without HTML. Only mistakes are tinted,
// by the percentage that is printed.
type ConfusionMatrix struct {
	Confusion *metrics.Confusion
	Names     []string // of the classes; nil: numbers from 0
	Title     string   // empty: the pair that is most often mixed up
	Note      string   // empty: how to read the table
}

// Confusion is the figure of a confusion matrix of digits.
func Confusion(c *metrics.Confusion) ConfusionMatrix { return ConfusionMatrix{Confusion: c} }

// Mixup says which two classes are most often taken for each other:
// "4 and 9 are taken for each other most often, 24 times". Where nine tenths go
// one way it says so: "8 is taken for 5 most often, 230 times".
func Mixup(c *metrics.Confusion, names []string) string {
	pairs := c.Mixups(2)
	if len(pairs) == 0 {
		return "No class is taken for another"
	}
	m, one := OneWay(c, pairs[0])
	times := Number(float64(m.Count), 0) + " times"
	switch m.Count {
	case 1:
		times = "once"
	case 2:
		times = "twice"
	}
	a, b := name(names, m.True), name(names, m.Read)
	switch {
	case len(pairs) > 1 && pairs[1].Count == pairs[0].Count:
		return fmt.Sprintf("No two are mixed up more often than %s and %s, %s", a, b, times)
	case one:
		return fmt.Sprintf("%s is taken for %s most often, %s", a, b, times)
	}
	return fmt.Sprintf("%s and %s are taken for each other most often, %s", a, b, times)
}

// OneWay turns a pair of Confusion.Mixups into the mistake that makes up nine
// tenths of it or more, where there is one.
func OneWay(c *metrics.Confusion, m metrics.Mistake) (metrics.Mistake, bool) {
	for _, way := range []metrics.Mistake{
		{True: m.True, Read: m.Read, Count: c.Counts[m.True][m.Read]}, {True: m.Read, Read: m.True, Count: c.Counts[m.Read][m.True]},
	} {
		if 10*way.Count >= 9*m.Count {
			return way, true
		}
	}
	return m, false
}

func name(names []string, k int) string {
	if k < len(names) {
		return names[k]
	}
	return strconv.Itoa(k)
}

const confusionNote = "Rows are true classes, columns what the network read. Each cell: how many, and below it the share of the row in %. Outlined: right. Shaded: wrong."

func (m ConfusionMatrix) caption() (title, note string) {
	title, note = m.Title, m.Note
	if title == "" {
		title = Mixup(m.Confusion, m.Names)
	}
	if note == "" {
		note = confusionNote
	}
	return title, note
}

// Figure is the table as an HTML figure element, for a page that has Style.
func (m ConfusionMatrix) Figure() (string, error) {
	title, note := m.caption()
	return full(figureElement(title, note, m.Table())), nil
}

// HTML is the table with its style.
func (m ConfusionMatrix) HTML() (string, error) { return fragment(m.Figure()) }

// tint is the class of a mistake's share by the percentage as printed: 0 is
// none, 1 to 4 from 0.1, 0.3, 0.6 and 1.0 %.
func tint(share float64) int {
	switch printed := math.Round(1000*share) / 10; {
	case printed >= 1:
		return 4
	case printed >= 0.6:
		return 3
	case printed >= 0.3:
		return 2
	case printed >= 0.1:
		return 1
	}
	return 0
}

// Table is the matrix as an HTML table with its key, for a page that has
// Style.
func (m ConfusionMatrix) Table() string {
	c, n := m.Confusion, m.Confusion.Classes()
	var b strings.Builder
	heads := min(max(30, int(m.longest(words{size: 14, bold: true}))+4), 150)
	fmt.Fprintf(&b, `<div class="wrap"><table class="cm"><thead><tr><td class="ax" style="width:%dpx"></td><th class="ax" colspan="%d" scope="colgroup">read as</th><td style="width:48px"></td></tr>`, heads, n)
	b.WriteString(`<tr class="hd"><th class="ax" scope="col" style="font-weight:400">true</th>`)
	for k := range n {
		fmt.Fprintf(&b, `<th scope="col">%s</th>`, html.EscapeString(name(m.Names, k)))
	}
	b.WriteString(`<th class="tot" scope="col" style="font-weight:400">all</th></tr></thead><tbody>`)
	for t, row := range c.Counts {
		fmt.Fprintf(&b, `<tr><th scope="row">%s</th>`, html.EscapeString(name(m.Names, t)))
		support := c.Support(t)
		for p, k := range row {
			share := float64(k) / float64(max(support, 1))
			count := Number(float64(k), 0)
			if t == p {
				count = strings.ReplaceAll(count, ",", `<span class="opt">,</span>`)
			}
			switch {
			case t == p:
				fmt.Fprintf(&b, `<td class="d">%s<small>%s</small></td>`, count, Number(100*share, 1))
			case k == 0:
				b.WriteString(`<td class="z">·</td>`)
			case tint(share) == 0:
				fmt.Fprintf(&b, `<td>%s<small>%s</small></td>`, count, Number(100*share, 1))
			default:
				fmt.Fprintf(&b, `<td class="m%d">%s<small>%s</small></td>`, tint(share), count, Number(100*share, 1))
			}
		}
		fmt.Fprintf(&b, `<td class="tot">%s</td></tr>`, Number(float64(support), 0))
	}
	b.WriteString(`</tbody><tfoot><tr><th scope="row" class="tot" style="font-weight:400">all</th>`)
	for k := range n {
		fmt.Fprintf(&b, `<td class="tot">%s</td>`, Number(float64(c.Predicted(k)), 0))
	}
	fmt.Fprintf(&b, `<td class="tot">%s</td></tr></tfoot></table></div>`, Number(float64(c.Total()), 0))
	b.WriteString(`<ul class="key" aria-label="Shading, share of the row"><li><i class="m1"></i>0.1–0.2` + "\u202f" + `%</li><li><i class="m2"></i>0.3–0.5` + "\u202f" +
		`%</li><li><i class="m3"></i>0.6–0.9` + "\u202f" + `%</li><li><i class="m4"></i>1.0` + "\u202f" + `% and over</li><li>· none</li></ul>`)
	return b.String()
}

// longest is the room that the longest name takes.
func (m ConfusionMatrix) longest(w words) (most float64) {
	for k := range m.Confusion.Classes() {
		most = max(most, w.room(name(m.Names, k)))
	}
	return most
}

// SVG is the matrix as a document of its own.
func (m ConfusionMatrix) SVG() (string, error) { return m.drawing().svg() }

// PNG writes the matrix on light paper, two pixels to one.
func (m ConfusionMatrix) PNG(w io.Writer) error { return m.drawing().png(w) }

func (m ConfusionMatrix) drawing() drawing {
	const high, head = 36.0, 44.0
	n, bold := m.Confusion.Classes(), words{colour: Ink, anchor: middle, bold: true}
	longest := m.longest(bold)
	cell, left := min(max(52, longest+8), 96), min(max(44, longest+8), 140)
	width, height := left+cell*float64(n)+60, head+high*float64(n)+24
	title, _ := m.caption()
	d := drawing{width: width, height: height, label: "Confusion matrix, rows true, columns read. " + title + "."}
	d.draw = func(p *pen) {
		mute, ink := words{colour: Mute, anchor: middle}, words{colour: Ink, anchor: middle}
		p.text(left+cell*float64(n)/2, 14, mute, "read as")
		p.text(left/2, head-10, mute, "true")
		p.text(left+cell*float64(n)+30, head-10, mute, "all")
		for t, row := range m.Confusion.Counts {
			y := head + high*float64(t)
			p.text(left+cell*(float64(t)+0.5), head-10, bold, bold.cut(name(m.Names, t), cell-4))
			p.text(left/2, y+high/2+4, bold, bold.cut(name(m.Names, t), left-4))
			support := m.Confusion.Support(t)
			for k, count := range row {
				x := left + cell*float64(k)
				share := float64(count) / float64(max(support, 1))
				number, percent := ink, words{colour: Ink, size: 11, anchor: middle}
				switch step := tint(share); {
				case t == k:
					number = bold
					p.stroke(Edge, 1.5, nil, x+1.75, y+1.75, x+cell-1.75, y+1.75, x+cell-1.75, y+high-1.75, x+1.75, y+high-1.75, x+1.75, y+1.75, x+cell-1.75, y+1.75)
				case count == 0:
					p.text(x+cell/2, y+high/2+4, words{colour: Edge, anchor: middle}, "·")
					continue
				case step > 0:
					p.bar(Colour("m"+strconv.Itoa(step)), x+1, y+1, cell-2, high-2)
					if step == 4 {
						number.colour, percent.colour = Paper, Paper
					}
				}
				p.text(x+cell/2, y+15, number, Number(float64(count), 0))
				p.text(x+cell/2, y+29, percent, Number(100*share, 1))
			}
			p.text(left+cell*float64(n)+30, y+high/2+4, mute, Number(float64(support), 0))
			p.text(left+cell*(float64(t)+0.5), height-8, mute, Number(float64(m.Confusion.Predicted(t)), 0))
		}
		p.text(left/2, height-8, mute, "all")
		p.text(left+cell*float64(n)+30, height-8, mute, Number(float64(m.Confusion.Total()), 0))
	}
	return d
}
