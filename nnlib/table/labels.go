package table

import (
	"bytes"
	"fmt"
	"io"
	"math"

	"digitlab/nnlib"
)

// mostClasses bounds the number of classes, so that a wrong label does not ask
// for a network of any size.
const mostClasses = 1 << 16

// targets is what rows are to be learned as: classes, or values.
type targets struct {
	classes int
	class   []int
	names   []string
	values  []nnlib.Float // instead of classes: width of them a row
	width   int
	oneHot  bool
}

func (t *targets) rows() int {
	if t.width > 0 {
		return len(t.values) / t.width
	}
	return len(t.class)
}

// forInputs is the classes that inputs are read with: all 0 where there are
// values.
func (t *targets) forInputs() (classes int, class []int) {
	if t.width > 0 {
		return 1, make([]int, t.rows())
	}
	return t.classes, t.class
}

// table finishes a table of inputs.
func (t *targets) table(file string, o Options, e *nnlib.Examples, err error, s Scale, notices []string) (*Table, error) {
	if err == nil && t.width > 0 {
		e, err = e.Regression(nnlib.Matrix{Rows: t.rows(), Cols: t.width, Stride: t.width, Data: t.values})
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &Table{Examples: e, Scale: s, OneHot: t.oneHot, Names: t.names, Notices: notices, options: o}, nil
}

// readLabels reads one class a line, or one-hot rows; with Options.Values, a
// row of target values a line.
func readLabels(s Source, o Options) (t targets, err error) {
	l, width, count, largest := newLines(s), 0, 0, 0
	var comma byte
	var row []float64
	for ; ; count++ {
		line, err := l.row()
		switch {
		case err == io.EOF && count == 0:
			return t, &ParseError{File: s.Name, Msg: "the file is empty"}
		case err == io.EOF && o.Values:
			return t, nil
		case err == io.EOF && width > 1:
			t.classes, t.oneHot = width, true
			return t, nil
		case err == io.EOF:
			t.classes = o.classes(largest)
			return t, nil
		case err != nil:
			return t, err
		}
		if count == 0 {
			comma = separator(line)
		}
		if row, err = l.numbers(row[:0], line, comma); err != nil {
			return t, err
		}
		switch {
		case count == 0:
			width = len(row)
			if o.Classes > 0 && (width > 1 || o.Values) && width != o.Classes {
				return t, l.wrong(0, "a row of %d values: there are %d classes", width, o.Classes)
			}
		case len(row) != width:
			return t, l.wrong(0, "the line has %d values, line 1 has %d: each line needs one class, or one value a class", len(row), width)
		}
		if o.Values {
			t.width = width
			for _, x := range row {
				t.values = append(t.values, nnlib.Float(x))
			}
			continue
		}
		var c int
		if width > 1 {
			c, err = l.hot(row)
		} else {
			c, err = l.class(row[0], 1, o.Classes)
		}
		if err != nil {
			return t, err
		}
		t.class, largest = append(t.class, c), max(largest, c)
	}
}

// LoadWeights reads a weight of each example, a number from 0 up a line.
func LoadWeights(path string) ([]float64, error) {
	s, f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	l, positive := newLines(s), false
	var all []float64
	for {
		line, err := l.row()
		switch {
		case err == io.EOF && len(all) == 0:
			return nil, &ParseError{File: path, Msg: "the file is empty"}
		case err == io.EOF && !positive:
			return nil, &ParseError{File: path, Msg: "all weights are 0: nothing is left to learn from"}
		case err == io.EOF:
			return all, nil
		case err != nil:
			return nil, err
		}
		text := bytes.TrimSpace(line)
		x, err := number(text)
		if err != nil {
			return nil, l.badNumber(1, text, err)
		}
		if x < 0 {
			return nil, l.wrong(1, "the weight %v is negative", x)
		}
		all, positive = append(all, x), positive || x > 0
	}
}

// numbers appends the numbers of a line to row.
func (l *lines) numbers(row []float64, line []byte, separator byte) ([]float64, error) {
	for i := 0; i >= 0; {
		text, next := cut(line, i, separator)
		if len(text) == 0 && separator == ' ' {
			break
		}
		x, err := number(text)
		if err != nil {
			return nil, l.badNumber(len(row)+1, text, err)
		}
		if row = append(row, x); len(row) > mostClasses {
			return nil, l.wrong(len(row), "more than %d values: this is no file of labels", mostClasses)
		}
		i = next
	}
	return row, nil
}

// class is a label as a class. Zero classes: any up to mostClasses.
func (l *lines) class(x float64, column, classes int) (int, error) {
	switch {
	case x != math.Trunc(x):
		return 0, l.wrong(column, "the label %v is not a whole number: labels are classes, counted from 0", x)
	case x < 0:
		return 0, l.wrong(column, "the label %v is negative: labels are classes, counted from 0", x)
	case classes > 0 && x >= float64(classes):
		return 0, l.wrong(column, "the label %v is out of range: classes go from 0 to %d", x, classes-1)
	case x >= mostClasses:
		return 0, l.wrong(column, "the label %v is out of range: classes go from 0 to %d at most", x, mostClasses-1)
	}
	return int(x), nil
}

// hot is the place of the only 1 in a row of zeros.
func (l *lines) hot(row []float64) (int, error) {
	place := -1
	for i, x := range row {
		switch {
		case x == 1 && place >= 0:
			return 0, l.wrong(i+1, "a second 1 in a one-hot row (the first is in column %d)", place+1)
		case x == 1:
			place = i
		case x != 0:
			return 0, l.wrong(i+1, "%v in a one-hot row: its values are 0 and a single 1", x)
		}
	}
	if place < 0 {
		return 0, l.wrong(0, "no 1 in a one-hot row")
	}
	return place, nil
}
