package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"

	"digitlab/nnlib"
)

// most is the number of values that an example may have.
const most = 1<<24 - 1

// Load reads images and labels from two CSV files. See Read.
func Load(images, labels string, o Options) (*Table, error) {
	is, f, err := open(images)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	ls, f, err := open(labels)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(is, ls, o)
}

// Read reads images, a line of values each, and as many labels, a line each:
// the class, a whole number from 0, or a one-hot row. Values stand between
// commas or between blanks, whichever the first line of a file has. Errors in
// the text are of type *ParseError.
func Read(images, labels Source, o Options) (*Table, error) {
	targets, err := readLabels(labels, o)
	if err != nil {
		return nil, err
	}
	r := &rows{lines: newLines(images), columns: o.Shape.Len()}
	if err := r.read(targets.rows(), labels.Name); err != nil {
		return nil, err
	}
	if r.count < targets.rows() {
		return nil, fewer(images.Name, r.count, labels.Name, targets.rows())
	}
	return r.table(images.Name, o, r.imageScale, o.shape(r.columns), targets)
}

// fewer is the error for more labels than images.
func fewer(images string, count int, labels string, want int) error {
	return &ParseError{File: images, Line: count, Msg: fmt.Sprintf(
		"%d images, but %s has %d labels: the files do not belong together, or one is cut short", count, labels, want)}
}

// rows reads lines of equally many numbers.
type rows struct {
	*lines
	values
	separator byte
	columns   int // with the label's; 0 until it is known
	count     int
	labelAt   int    // column of the label, from 1; 0: there is none
	label     []byte // of the last line
}

// read reads all lines, limit of them at most.
func (r *rows) read(limit int, labels string) error {
	for {
		line, err := r.row()
		if err == io.EOF && r.count == 0 {
			return &ParseError{File: r.name, Msg: "the file is empty"}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if r.count == limit {
			return r.wrong(0, "more images than %s has labels (%d): the files do not belong together, or one is cut short", labels, limit)
		}
		if r.count == 0 {
			r.separator = separator(line)
		}
		n, err := r.line(line)
		if err != nil {
			return err
		}
		if r.columns == 0 {
			r.columns = n
		}
		if r.count == 0 && limit < mostExpected/n {
			r.expect = limit * n
		}
		if n != r.columns {
			return r.ragged(n)
		}
		r.count++
		if r.count == 1 {
			if err := r.ahead(limit, nil); err != nil {
				return err
			}
		}
	}
}

// ragged is the error for a line of n values.
func (r *rows) ragged(n int) error {
	if r.count == 0 {
		return r.wrong(0, "the line has %d values, %d are expected: the file is of other data", n, r.columns)
	}
	return r.wrong(0, "the line has %d values, line 1 has %d: each line needs as many", n, r.columns)
}

// line appends the numbers of one line and counts them.
func (r *rows) line(line []byte) (n int, err error) {
	if r.columns > 0 {
		r.grow(r.columns)
	}
	for i := 0; ; {
		if !r.isFloat {
			short := math.MaxInt // values up to the label
			if n < r.labelAt {
				short = r.labelAt - 1 - n
			}
			k, next := r.short(line[i:], r.separator, short)
			n, i = n+k, i+next
		}
		if n+1 == r.labelAt {
			text, next := cut(line, i, r.separator)
			r.label = append(r.label[:0], text...)
			if n++; next < 0 {
				return n, nil
			}
			i = next
			continue
		}
		// One to three digits and a separator, or the end.
		if i < len(line) && line[i]-'0' <= 9 {
			x, j := uint(line[i]-'0'), i+1
			for j < len(line) && j < i+3 && line[j]-'0' <= 9 {
				x = x*10 + uint(line[j]-'0')
				j++
			}
			if x <= 255 && (j == len(line) || line[j] == r.separator) {
				n++
				if r.max < float64(x) {
					r.max = float64(x)
				}
				if r.isFloat {
					r.floats = append(r.floats, nnlib.Float(x))
				} else {
					r.bytes = append(r.bytes, byte(x))
				}
				if j == len(line) {
					return n, nil
				}
				i = j + 1
				continue
			}
		}
		text, next := cut(line, i, r.separator)
		if len(text) == 0 && r.separator == ' ' {
			return n, nil // blanks at the end
		}
		n++
		x, err := number(text)
		if err != nil {
			if c := bytes.IndexByte(text, ';'); c >= 0 && errors.Is(err, errText) {
				return n, r.wrong(n, "values stand between semicolons: replace them by commas")
			}
			return n, r.badNumber(n, text, err)
		}
		r.add(x, r.n, n)
		if n > most {
			return n, r.wrong(n, "more than %d values in a line", most)
		}
		if next < 0 {
			return n, nil
		}
		i = next
	}
}

// short appends values of one to three digits with a separator behind, up to
// most of them and the first that is anything else or near the end of the text.
// It returns their number and the text's.
func (v *values) short(text []byte, separator byte, most int) (n, length int) {
	const ones = 0x01010101
	fours := uint64(separator)*0x0100010001000100 | 0x0030003000300030 // "0,0,0,0,"
	separators, to, top := uint32(separator)*ones, v.bytes, uint32(0)
	i := 0
	for i+8 <= len(text) && n < most {
		w := binary.LittleEndian.Uint64(text[i:])
		if w == fours && n+4 <= most {
			to, i, n = append(to, 0, 0, 0, 0), i+8, n+4
			continue
		}
		// The lowest byte that is 0 here is the first separator.
		s := uint32(w) ^ separators
		digits := bits.TrailingZeros32((s-ones)&^s&(0x80*ones)) / 8
		if digits == 0 || digits == 4 {
			break
		}
		// The values of the digits, in the upper bytes. One that is no digit's is
		// above 9.
		d := (uint32(w) ^ 0x30*ones) << (8 * (4 - digits))
		x := d>>8&0xff*100 + d>>16&0xff*10 + d>>24
		if (d|(d+0x76*ones))&(0x80*ones) != 0 || x > 255 {
			break
		}
		to, top, i, n = append(to, byte(x)), max(top, x), i+digits+1, n+1
	}
	v.bytes, v.max = to, max(v.max, float64(top))
	return n, i
}

// cut is the value that begins at i, without the blanks around it, and where
// the next one begins: -1 after the last.
// Between commas it may stand in double quotes.
func cut(line []byte, i int, separator byte) (text []byte, next int) {
	for i < len(line) && blank(line[i]) {
		i++
	}
	j := i
	if separator == ',' && i < len(line) && line[i] == '"' {
		if text, next, ok := quoted(line, i+1); ok {
			return text, next
		}
	}
	if separator == ',' {
		for j < len(line) && line[j] != ',' {
			j++
		}
	} else {
		for j < len(line) && !blank(line[j]) {
			j++
		}
	}
	next = j + 1
	if j == len(line) {
		next = -1
	}
	return bytes.TrimRight(line[i:j], " \t"), next
}

// quoted is the value that begins at i, after a double quote, where its closing
// quote is the last thing before a comma. Two quotes stand for one.
func quoted(line []byte, i int) (text []byte, next int, ok bool) {
	j := i
	for ; j < len(line); j++ {
		if line[j] != '"' {
			continue
		}
		if j+1 == len(line) || line[j+1] != '"' {
			break
		}
		j++
	}
	if j == len(line) {
		return nil, 0, false
	}
	text = bytes.ReplaceAll(line[i:j], []byte(`""`), []byte(`"`))
	for j++; j < len(line) && blank(line[j]); j++ {
	}
	switch {
	case j == len(line):
		return text, -1, true
	case line[j] == ',':
		return text, j + 1, true
	}
	return nil, 0, false
}
