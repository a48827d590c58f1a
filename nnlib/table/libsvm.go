package table

import (
	"bytes"
	"fmt"
	"io"

	"digitlab/nnlib"
)

// LoadLIBSVM reads a LIBSVM file. See ReadLIBSVM.
func LoadLIBSVM(path string, o Options) (*Table, error) {
	s, f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadLIBSVM(s, o)
}

// ReadLIBSVM reads lines of the form "class index:value index:value ...", with
// indices that begin at 1 and ascend; what is left out is 0. The rest of a
// line after # is a comment. A field qid:N is ignored, with a notice. Without
// Options.Shape an example has as many values as the largest index says: read
// a test set with the Options of its training set. Errors in the text are of
// type *ParseError.
func ReadLIBSVM(s Source, o Options) (*Table, error) {
	e := &entries{lines: newLines(s), start: []int{0}, limit: most}
	if o.Shape != (nnlib.Shape{}) {
		e.limit = o.Shape.Len()
	}
	if err := e.read(o.Classes); err != nil {
		return nil, err
	}
	shape := o.shape(max(1, e.largest))
	if err := e.expand(shape.Len()); err != nil {
		return nil, err
	}
	largest := 0
	for _, c := range e.class {
		largest = max(largest, c)
	}
	t, err := e.table(s.Name, o, shape, o.classes(largest), e.class)
	if err != nil {
		return nil, err
	}
	if e.queries > 0 {
		t.Notices = append(t.Notices, fmt.Sprintf("%s: %d fields qid:N are ignored: rows are examples of their own", s.Name, e.queries))
	}
	return t, nil
}

// entries is what a LIBSVM file lists.
type entries struct {
	*lines
	values         // for the scale; filled by expand
	index  []int32 // from 0
	value  []nnlib.Float
	start  []int // entries of row i: start[i] to start[i+1]
	class  []int

	limit, largest int // of an index from 1
	queries        int
}

func (e *entries) read(classes int) error {
	for {
		line, err := e.next()
		if err == io.EOF && len(e.class) == 0 {
			return &ParseError{File: e.name, Msg: "the file is empty"}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if c := bytes.IndexByte(line, '#'); c >= 0 {
			line = line[:c]
		}
		if err := e.line(line, classes); err != nil {
			return err
		}
	}
}

// line takes one line; one that is empty or a comment is no row.
func (e *entries) line(line []byte, classes int) error {
	field, next := cut(line, 0, ' ')
	if len(field) == 0 {
		return nil
	}
	x, err := number(field)
	if err != nil {
		if bytes.IndexByte(field, ':') >= 0 {
			return e.wrong(1, "the label is missing: a line begins with its class")
		}
		return e.badNumber(1, field, err)
	}
	c, err := e.lines.class(x, 1, classes)
	if err != nil {
		return err
	}
	last := 0
	for column := 2; next >= 0; column++ {
		field, next = cut(line, next, ' ')
		if len(field) == 0 {
			break
		}
		colon := bytes.IndexByte(field, ':')
		switch {
		case colon < 0:
			return e.wrong(column, "%s is no index:value", quote(field))
		case string(field[:colon]) == "qid":
			e.queries++
			continue
		}
		k, ok := whole(field[:colon])
		switch {
		case !ok:
			return e.wrong(column, "the index %s is no whole number", quote(field[:colon]))
		case k == 0:
			return e.wrong(column, "the index is 0: indices begin at 1")
		case k == last:
			return e.wrong(column, "the index %d stands twice in the line", k)
		case k < last:
			return e.wrong(column, "the index %d follows %d: indices ascend", k, last)
		case k > e.limit:
			return e.wrong(column, "the index %d is above %d, the number of values of an example", k, e.limit)
		}
		x, err := number(field[colon+1:])
		if err != nil {
			return e.badNumber(column, field[colon+1:], err)
		}
		e.note(x, e.n, column)
		e.isFloat = e.isFloat || !isByte(x)
		e.index, e.value, last = append(e.index, int32(k-1)), append(e.value, nnlib.Float(x)), k
	}
	e.largest = max(e.largest, last)
	e.class, e.start = append(e.class, c), append(e.start, len(e.index))
	return nil
}

// whole reads digits.
func whole(text []byte) (n int, ok bool) {
	for _, c := range text {
		if c-'0' > 9 {
			return 0, false
		}
		n = min(n*10+int(c-'0'), 1<<30)
	}
	return n, len(text) > 0
}

// mostValues bounds the memory that expanded rows take.
const mostValues = 1 << 32

// expand writes the rows with their zeros.
func (e *entries) expand(columns int) error {
	n := len(e.class)
	if n > mostValues/columns {
		return &ParseError{File: e.name, Msg: fmt.Sprintf("%d rows of %d values, zeros included, are too many to hold: choose fewer rows or columns", n, columns)}
	}
	if e.isFloat {
		e.floats = make([]nnlib.Float, n*columns)
	} else {
		e.bytes = make([]byte, n*columns)
	}
	for i := range n {
		for k := e.start[i]; k < e.start[i+1]; k++ {
			at := i*columns + int(e.index[k])
			if e.isFloat {
				e.floats[at] = e.value[k]
			} else {
				e.bytes[at] = byte(e.value[k])
			}
		}
	}
	return nil
}
