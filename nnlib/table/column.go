package table

import (
	"errors"
	"io"
	"math"
	"slices"

	"digitlab/nnlib"
)

// LoadCSV reads a CSV file with a label in each line. See ReadCSV.
func LoadCSV(path string, o Options) (*Table, error) {
	s, f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadCSV(s, o)
}

// ReadCSV reads lines of values and a label, which Options.Label finds. Values
// stand between commas, double quotes around them or not, or between blanks. A
// first line in which a value is no number is a header line. Labels are whole
// numbers from 0, or words, which Table.Names lists. Errors in the text are of
// type *ParseError.
func ReadCSV(s Source, o Options) (*Table, error) {
	r, k := &rows{lines: newLines(s)}, newLabels(o, true)
	var t targets
	var columns []string
	target := func(label []byte) error {
		place, value, err := k.add(r.lines, r.labelAt, label)
		switch {
		case err != nil:
			return err
		case o.Values:
			t.values, t.width = append(t.values, nnlib.Float(value)), 1
		default:
			t.class = append(t.class, place)
		}
		return nil
	}
	for {
		line, err := r.row()
		if err == io.EOF && r.count > 0 {
			break
		}
		if err == nil && r.columns == 0 {
			if columns, line, err = r.header(line, o); err == nil && line == nil {
				continue
			}
		}
		switch {
		case err == io.EOF:
			return nil, r.none()
		case err != nil:
			return nil, err
		}
		if err := r.labelled(line); err != nil {
			return nil, err
		}
		if err := target(r.label); err != nil {
			return nil, err
		}
		r.count++
		if r.count == 1 {
			if err := r.ahead(math.MaxInt, target); err != nil {
				return nil, err
			}
		}
	}
	var err error
	if t.classes, t.names, err = k.close(s.Name); err != nil {
		return nil, err
	}
	for i, c := range t.class {
		t.class[i] = k.of(c)
	}
	table, err := r.table(s.Name, o, r.plainScale, o.shape(r.columns-1), t)
	if err == nil {
		table.Columns = columns
	}
	return table, err
}

// none is the error for a text without rows.
func (r *rows) none() error {
	if r.columns > 0 {
		return &ParseError{File: r.name, Msg: "the file has a header line and no rows"}
	}
	return &ParseError{File: r.name, Msg: "the file is empty"}
}

// labelled reads a line with a label.
func (r *rows) labelled(line []byte) error {
	n, err := r.line(line)
	if err == nil && n != r.columns {
		err = r.wrong(0, "the line has %d columns, the first line has %d: each line needs as many", n, r.columns)
	}
	return err
}

// header looks at the first line: it finds the columns and the label's, and
// returns the names of the others and no line where it is a header line.
func (r *rows) header(line []byte, o Options) (names []string, row []byte, err error) {
	r.separator = separator(line)
	var fields []string
	isNumber := true
	for i := 0; i >= 0; {
		text, next := cut(line, i, r.separator)
		if len(text) == 0 && r.separator == ' ' {
			break
		}
		fields, i = append(fields, string(text)), next
	}
	r.columns = len(fields)
	switch at := slices.Index(fields, o.Label) + 1; {
	case o.Label != "" && at > 0:
		r.labelAt, isNumber = at, false
	case o.Label == "" || o.Label == Last:
		r.labelAt = r.columns
	case o.Label == First:
		r.labelAt = 1
	default:
		return nil, nil, r.wrong(0, "there is no column %q in the first line (%s): name another one, or first or last", o.Label, list(fields))
	}
	if r.columns < 2 {
		return nil, nil, r.wrong(0, "the line has %d column: a label and one value at least are needed", r.columns)
	}
	if want := o.Shape.Len(); want > 0 && want != r.columns-1 {
		return nil, nil, r.wrong(0, "the line has %d values beside the label, %d are expected: the file is of other data", r.columns-1, want)
	}
	for i, f := range fields {
		if _, err := number([]byte(f)); i+1 != r.labelAt && errors.Is(err, errText) {
			isNumber = false
		}
	}
	if isNumber {
		return nil, line, nil
	}
	return slices.Delete(fields, r.labelAt-1, r.labelAt), nil, nil
}
