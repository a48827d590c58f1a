package table

import (
	"io"
	"math"
)

// mostClasses bounds the number of classes, so that a wrong label does not ask
// for a network of any size.
const mostClasses = 1 << 16

// readLabels reads one class a line, or one-hot rows.
func readLabels(s Source, o Options) (class []int, classes int, oneHot bool, err error) {
	l, width, largest := newLines(s), 0, 0
	var comma byte
	var row []float64
	for {
		line, err := l.row()
		if err == io.EOF && len(class) == 0 {
			return nil, 0, false, &ParseError{File: s.Name, Msg: "the file is empty"}
		}
		if err == io.EOF && width > 1 {
			return class, width, true, nil
		}
		if err == io.EOF {
			return class, o.classes(largest), false, nil
		}
		if err != nil {
			return nil, 0, false, err
		}
		if len(class) == 0 {
			comma = separator(line)
		}
		if row, err = l.numbers(row[:0], line, comma); err != nil {
			return nil, 0, false, err
		}
		switch {
		case len(class) == 0:
			width = len(row)
			if o.Classes > 0 && width > 1 && width != o.Classes {
				return nil, 0, false, l.wrong(0, "a one-hot row of %d values: there are %d classes", width, o.Classes)
			}
		case len(row) != width:
			return nil, 0, false, l.wrong(0, "the line has %d values, line 1 has %d: each line needs one class, or one value a class", len(row), width)
		}
		var c int
		if width > 1 {
			c, err = l.hot(row)
		} else {
			c, err = l.class(row[0], 1, o.Classes)
		}
		if err != nil {
			return nil, 0, false, err
		}
		class, largest = append(class, c), max(largest, c)
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
