package figure

import (
	"fmt"
	"html"
	"strings"

	"digitlab/nnlib"
	"digitlab/nnlib/metrics"
)

// Table is words and numbers in rows.
type Table struct {
	Title, Note string
	Head        []string // of each column, with the unit
	Rows        [][]string
	Foot        []string // a last row below a line; nil: none
	Words       int      // columns from the left that hold words; the others hold numbers
	Chips       bool     // the first column has the colour of its class: row k is class k
}

// Figure is the table as an HTML figure element, for a page that has Style.
func (t Table) Figure() (string, error) {
	for i, row := range append(t.Rows[:len(t.Rows):len(t.Rows)], t.Foot) {
		if row != nil && len(row) != len(t.Head) {
			return "", fmt.Errorf("figure: table: row %d has %d cells, the head has %d", i+1, len(row), len(t.Head))
		}
	}
	var b strings.Builder
	row := func(cells []string, head string, class int) {
		b.WriteString("<tr>")
		for k, text := range cells {
			tag, scope, left := "td", "", ""
			if head == "col" || k == 0 {
				tag = "th"
				scope = fmt.Sprintf(` scope="%s"`, head)
			}
			if k < t.Words {
				left = ` class="l"`
			}
			text = html.EscapeString(text)
			if t.Chips && k == 0 && class >= 0 {
				text = fmt.Sprintf(`<span class="chip" style="--c:%s"><i></i>%s</span>`, Class(class).CSS(), text)
			}
			fmt.Fprintf(&b, "<%s%s%s>%s</%s>", tag, scope, left, text, tag)
		}
		b.WriteString("</tr>")
	}
	b.WriteString(`<div class="wrap" tabindex="0" role="group" aria-label="table"><table><thead>`)
	row(t.Head, "col", -1)
	b.WriteString("</thead><tbody>")
	for k, cells := range t.Rows {
		row(cells, "row", k)
	}
	b.WriteString("</tbody>")
	if t.Foot != nil {
		b.WriteString("<tfoot>")
		row(t.Foot, "row", -1)
		b.WriteString("</tfoot>")
	}
	b.WriteString("</table></div>")
	return full(figureElement(t.Title, t.Note, b.String())), nil
}

// HTML is a fragment that brings its own style.
func (t Table) HTML() (string, error) { return fragment(t.Figure()) }

// Scores is the table of precision, recall and F1 of each class, with plain
// means below. Nil names number the classes from 0.
func Scores(c *metrics.Confusion, names []string) Table {
	t := Table{
		Words: 1, Chips: true, Head: []string{"Class", "Precision, %", "Recall, %", "F1", "Images"},
		Note: "Precision: of the images read as this class, the share that are. Recall: of the images of this class, the share read as it. F1: their harmonic mean. Last row: plain means.",
	}
	line := func(name string, s metrics.Score) []string {
		return []string{name, Number(100*s.Precision, 1), Number(100*s.Recall, 1), Number(s.F1, 3), Number(float64(s.Support), 0)}
	}
	hardest := -1
	scores := c.Scores()
	for k, s := range scores {
		t.Rows = append(t.Rows, line(name(names, k), s))
		if s.Support > 0 && (hardest < 0 || s.F1 < scores[hardest].F1) {
			hardest = k
		}
	}
	t.Foot = line("All", c.Macro())
	t.Foot[4] = Number(float64(c.Total()), 0)
	if hardest >= 0 {
		t.Title = fmt.Sprintf("%s of %s read correctly; hardest is %s, F1 %s", Number(float64(c.Correct()), 0), Number(float64(c.Total()), 0), name(names, hardest), Number(scores[hardest].F1, 3))
	}
	return t
}

// Summary is the table of a network's layers: what each reads and gives, and
// how many weights it has.
func Summary(topology nnlib.Topology) (Table, error) {
	t := Table{Words: 3, Head: []string{"Layer", "Kind", "Output", "Weights", "Biases", "Together"}}
	shape, total := topology.Input, 0
	t.Rows = append(t.Rows, []string{"0", "input", shape.String(), "–", "–", "–"})
	for i, l := range topology.Layers {
		out, err := l.Out(shape)
		if err != nil {
			return Table{}, fmt.Errorf("figure: layer %d: %w", i+1, err)
		}
		var weights, biases int
		for _, s := range l.Weights(shape) {
			if s.Kind == nnlib.Bias {
				biases += s.Len
			} else {
				weights += s.Len
			}
		}
		count := func(n int) string {
			if n == 0 {
				return "–"
			}
			return Number(float64(n), 0)
		}
		t.Rows = append(t.Rows, []string{fmt.Sprint(i + 1), layerName(l), out.String(), count(weights), count(biases), count(weights + biases)})
		total += weights + biases
		shape = out
	}
	t.Foot = []string{"All", "", "", "", "", Number(float64(total), 0)}
	t.Title = fmt.Sprintf("%s numbers to learn in %d layers", Number(float64(total), 0), len(topology.Layers))
	bytes := Number(float64(total*size), 0) + " bytes"
	if total*size >= 10_000 {
		bytes = Number(float64(total*size)/1000, 0) + " kB"
	}
	t.Note = fmt.Sprintf("%s; %s, %s", topology, nnlib.Precision, bytes)
	return t, nil
}

// size is the bytes of one weight.
var size = map[string]int{"float32": 4, "float64": 8}[nnlib.Precision]

// layerName is a layer as topologies write it.
func layerName(l nnlib.Layer) string {
	if s, ok := l.(fmt.Stringer); ok {
		return s.String()
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", l), "nnlib.")
}
