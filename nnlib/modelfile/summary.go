package modelfile

import (
	"fmt"
	"strings"

	"digitlab/nnlib"
)

// Summary is a table of a network: a line a layer with its number, its text,
// the shape of its output and its number of weights, biases included; then the
// sum. For a topology with an error it is the error's text.
func Summary(t nnlib.Topology) string {
	rows := [][4]string{{"", "layer", "output", "weights"}, {"", "input", t.Input.String(), ""}}
	shape, total := t.Input, 0
	for i, l := range t.Layers {
		n, text, weights := 0, fmt.Sprintf("%T", l), ""
		if s, ok := l.(fmt.Stringer); ok {
			text = s.String()
		}
		for _, s := range l.Weights(shape) {
			n += s.Len
		}
		out, err := l.Out(shape)
		if err != nil {
			return fmt.Sprintf("layer %d: %v\n", i+1, err)
		}
		if n > 0 {
			weights = fmt.Sprint(n)
		}
		rows = append(rows, [4]string{fmt.Sprint(i + 1), text, out.String(), weights})
		shape, total = out, total+n
	}
	rows = append(rows, [4]string{"", "total", "", fmt.Sprint(total)})
	var width [4]int
	for _, row := range rows {
		for k, cell := range row {
			width[k] = max(width[k], len(cell))
		}
	}
	var b strings.Builder
	for _, r := range rows {
		line := fmt.Sprintf("%*s  %-*s  %*s  %*s", width[0], r[0], width[1], r[1], width[2], r[2], width[3], r[3])
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}
