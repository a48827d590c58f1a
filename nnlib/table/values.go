package table

import (
	"fmt"
	"slices"

	"digitlab/nnlib"
)

// values is the numbers of a file, kept as bytes as long as all are whole
// numbers from 0 to 255.
type values struct {
	bytes   []byte
	floats  []nnlib.Float // instead of bytes, once one is none
	isFloat bool
	expect  int // number of values that are expected, 0: unknown
	max     float64
	outside place // of the first value that is not from 0 to 255
}

// mostExpected bounds the memory taken for values that are only expected.
const mostExpected = 1 << 28

// place is where a value stands.
type place struct {
	line, column int
	value        float64
}

// isByte is true for a whole number from 0 to 255.
func isByte(x float64) bool { return x >= 0 && x <= 255 && x == float64(uint8(x)) }

// add appends a number.
func (v *values) add(x float64, line, column int) {
	v.note(x, line, column)
	if !v.isFloat && isByte(x) {
		v.bytes = append(v.bytes, uint8(x))
		return
	}
	if !v.isFloat {
		v.spill()
	}
	v.floats = append(v.floats, nnlib.Float(x))
}

// note keeps what decides the scale.
func (v *values) note(x float64, line, column int) {
	v.max = max(v.max, x)
	if (x < 0 || x > 255) && v.outside.line == 0 {
		v.outside = place{line, column, x}
	}
}

// join appends the numbers of the text after so many lines.
func (v *values) join(w *values, lines int) {
	v.max = max(v.max, w.max)
	if v.outside.line == 0 && w.outside.line > 0 {
		v.outside = w.outside
		v.outside.line += lines
	}
	if w.isFloat && !v.isFloat {
		v.spill()
	}
	v.grow(len(w.bytes) + len(w.floats))
	v.floats = append(v.floats, w.floats...)
	if !v.isFloat {
		v.bytes = append(v.bytes, w.bytes...)
		return
	}
	for _, b := range w.bytes {
		v.floats = append(v.floats, nnlib.Float(b))
	}
}

// spill turns the bytes into numbers.
func (v *values) spill() {
	v.isFloat = true
	v.grow(len(v.bytes) + 64)
	v.floats = v.floats[:len(v.bytes)]
	for i, b := range v.bytes {
		v.floats[i] = nnlib.Float(b)
	}
	v.bytes = nil
}

// grow makes room for n more.
func (v *values) grow(n int) {
	switch {
	case v.isFloat && cap(v.floats)-len(v.floats) < n:
		v.floats = slices.Grow(v.floats, v.more(n, len(v.floats)))
	case !v.isFloat && cap(v.bytes)-len(v.bytes) < n:
		v.bytes = slices.Grow(v.bytes, v.more(n, len(v.bytes)))
	}
}

// more is the number of values to make room for, where there are have and n
// are about to come.
func (v *values) more(n, have int) int { return max(n, have, min(v.expect, mostExpected)-have) }

// grey and plain are the inputs that a byte can stand for.
var grey, plain = func() (grey, plain [256]nnlib.Float) {
	for b := range grey {
		grey[b], plain[b] = nnlib.Float(b)/255, nnlib.Float(b)
	}
	return grey, plain
}()

// imageScale is the scale of images: a value above 1 tells bytes.
func (v *values) imageScale() Scale {
	if v.max > 1 {
		return Scale255
	}
	return Scale1
}

// plainScale is the scale of numbers that may be anything: they are taken for
// bytes where all are whole and from 0 to 255.
func (v *values) plainScale() Scale {
	if v.max > 1 && !v.isFloat {
		return Scale255
	}
	return Scale1
}

// scale is the scale that options ask for, or else the one guessed. A notice
// tells of a guess, and of a scale asked for that the values do not look like:
// training and test data may be of two layouts.
func (v *values) scale(file string, o Options, guess func() Scale) (s Scale, notices []string, err error) {
	s = o.Scale
	but := ""
	switch {
	case s == ScaleAuto:
		s = guess()
	case s == Scale255 && v.max <= 1:
		but = ", as asked for or as in the training data, but look like scale 1"
	case s == Scale1 && v.plainScale() == Scale255:
		but = ", as asked for or as in the training data, but look like scale 255"
	}
	if o.Scale == ScaleAuto || but != "" {
		how := "are taken as they are (scale 1)"
		if s == Scale255 {
			how = "are divided by 255 (scale 255)"
		}
		notices = append(notices, fmt.Sprintf("%s: values up to %.4g %s%s", file, v.max, how, but))
	}
	if p := v.outside; s == Scale255 && p.line > 0 {
		return s, nil, &ParseError{File: file, Line: p.line, Column: p.column,
			Msg: fmt.Sprintf("%v is not from 0 to 255; choose the scale 1 to take values as they are", p.value)}
	}
	return s, notices, nil
}

// table makes examples of the values. Whatever the text looked like, equal
// pixels give equal examples: numbers that are bytes divided by 255, to the
// precision of Float, are kept as the bytes are.
func (v *values) table(file string, o Options, guess func() Scale, shape nnlib.Shape, t targets) (*Table, error) {
	scale, notices, err := v.scale(file, o, guess)
	if err != nil {
		return nil, err
	}
	level, bytes := &grey, v.bytes
	switch {
	case v.isFloat:
		if scale == Scale255 {
			for i := range v.floats {
				v.floats[i] /= 255
			}
		}
		bytes = packed(v.floats)
	case scale == Scale1 && v.max <= 1:
		for i := range bytes {
			bytes[i] *= 255 // 0 and 1 are paper and ink
		}
	case scale == Scale1:
		level = &plain
	}
	classes, class := t.forInputs()
	var e *nnlib.Examples
	if bytes != nil {
		e, err = nnlib.PackExamples(shape, classes, level, bytes, class)
	} else {
		e, err = nnlib.NewExamples(shape, classes, v.floats, class)
	}
	return t.table(file, o, e, err, scale, notices)
}

// packed is the bytes whose grey levels x are, or nil where one is none.
func packed(x []nnlib.Float) []byte {
	bytes := make([]byte, len(x))
	for i, f := range x {
		b := f*255 + 0.5
		if !(b >= 0 && b < 256) || grey[uint8(b)] != f {
			return nil
		}
		bytes[i] = uint8(b)
	}
	return bytes
}
