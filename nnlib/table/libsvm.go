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
// indices that begin at 1 and ascend; what is left out is 0, and takes no
// memory. The rest of a line after # is a comment. A field qid:N is ignored,
// with a notice. Without Options.Shape an example has as many values as the
// largest index says: read a test set with the Options of its training set.
// Errors in the text are of type *ParseError.
func ReadLIBSVM(s Source, o Options) (*Table, error) {
	e := newEntries(newLines(s), o, newLabels(o, false))
	start := []int{0}
	var t targets
	for {
		line, err := e.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		row, err := e.line(line)
		if err != nil {
			return nil, err
		}
		if !row {
			continue
		}
		start = append(start, len(e.index))
		if o.Values {
			t.values, t.width = append(t.values, nnlib.Float(e.target)), 1
		} else {
			t.class = append(t.class, e.class)
		}
	}
	if t.rows() == 0 {
		return nil, &ParseError{File: s.Name, Msg: "the file is empty"}
	}
	scale, notices, err := e.scale(s.Name, o, e.plainScale)
	if err != nil {
		return nil, err
	}
	if scale == Scale255 {
		for i := range e.value {
			e.value[i] /= 255
		}
	}
	if t.classes, t.names, err = e.labels.close(s.Name); err != nil {
		return nil, err
	}
	classes, class := t.forInputs()
	x, err := nnlib.NewSparseExamples(o.shape(max(1, e.largest)), classes, start, e.index, e.value, class)
	return t.table(s.Name, o, x, err, scale, e.notices(notices))
}

// entries reads the rows of a LIBSVM file.
type entries struct {
	*lines
	values // for the scale
	labels *labels
	index  []int32 // from 0
	value  []nnlib.Float
	class  int // of the last row
	target float64

	limit, largest int // of an index from 1
	queries        int
}

func newEntries(l *lines, o Options, k *labels) *entries {
	e := &entries{lines: l, labels: k, limit: most}
	if o.Shape != (nnlib.Shape{}) {
		e.limit = o.Shape.Len()
	}
	return e
}

// notices adds what the file's rows give rise to.
func (e *entries) notices(list []string) []string {
	if e.queries > 0 {
		list = append(list, fmt.Sprintf("%s: %d fields qid:N are ignored: rows are examples of their own", e.name, e.queries))
	}
	return list
}

// line appends the entries of one line; one that is empty or a comment is no
// row.
func (e *entries) line(line []byte) (row bool, err error) {
	if c := bytes.IndexByte(line, '#'); c >= 0 {
		line = line[:c]
	}
	field, next := cut(line, 0, ' ')
	if len(field) == 0 {
		return false, nil
	}
	if bytes.IndexByte(field, ':') >= 0 {
		return false, e.wrong(1, "the label is missing: a line begins with its class")
	}
	if e.class, e.target, err = e.labels.add(e.lines, 1, field); err != nil {
		return false, err
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
			return false, e.wrong(column, "%s is no index:value", quote(field))
		case string(field[:colon]) == "qid":
			e.queries++
			continue
		}
		k, ok := whole(field[:colon])
		switch {
		case !ok:
			return false, e.wrong(column, "the index %s is no whole number", quote(field[:colon]))
		case k == 0:
			return false, e.wrong(column, "the index is 0: indices begin at 1; add 1 to every index of the file (scikit-learn: dump_svmlight_file(..., zero_based=False))")
		case k == last:
			return false, e.wrong(column, "the index %d stands twice in the line", k)
		case k < last:
			return false, e.wrong(column, "the index %d follows %d: indices ascend", k, last)
		case k > e.limit:
			return false, e.wrong(column, "the index %d is above %d, the number of values of an example", k, e.limit)
		}
		x, err := number(field[colon+1:])
		if err != nil {
			return false, e.badNumber(column, field[colon+1:], err)
		}
		e.note(x, e.n, column)
		e.isFloat = e.isFloat || !isByte(x)
		if last = k; x != 0 {
			e.index, e.value = append(e.index, int32(k-1)), append(e.value, nnlib.Float(x))
		}
	}
	e.largest = max(e.largest, last)
	return true, nil
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
