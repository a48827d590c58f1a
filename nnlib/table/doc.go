// Package table reads examples from text and writes them: CSV, with values
// between commas or blanks, and LIBSVM.
//
// In CSV there are two files: one line of values an image, and one line with
// the class, or a one-hot row, a label.
//
//	train, err := table.Load("images_train.csv", "labels_train.csv", table.Options{})
//	test, err := table.Load("images_test.csv", "labels_test.csv", train.Options())
//
// Whatever is wrong in a file is a *ParseError, which names file, line, column
// and what to do.
package table

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"digitlab/nnlib"
)

// ParseError says what is wrong in a file, and where.
type ParseError struct {
	File   string
	Line   int    // from 1; 0: the whole file
	Column int    // number of the value or field in its line, from 1; 0: the whole line
	Msg    string // what is wrong, and what to do
}

func (e *ParseError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ": line %d", e.Line)
	}
	if e.Column > 0 {
		fmt.Fprintf(&b, ", column %d", e.Column)
	}
	return b.String() + ": " + e.Msg
}

// Scale says what the values in a file mean.
type Scale int

const (
	ScaleAuto Scale = iota // Scale255 where a value is above 1, else Scale1
	Scale255               // 0 to 255: each value is divided by 255
	Scale1                 // values are taken as they are
)

// String is "auto", "255" or "1".
func (s Scale) String() string {
	switch s {
	case ScaleAuto:
		return "auto"
	case Scale255:
		return "255"
	case Scale1:
		return "1"
	}
	return fmt.Sprintf("scale %d", int(s))
}

// MarshalText is String, for flag.TextVar.
func (s Scale) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText sets the scale from "auto", "255" or "1".
func (s *Scale) UnmarshalText(text []byte) error {
	for _, v := range []Scale{ScaleAuto, Scale255, Scale1} {
		if v.String() == string(text) {
			*s = v
			return nil
		}
	}
	return fmt.Errorf("scale %q: choose auto, 255 or 1", text)
}

// Options say how files are read. The zero value takes everything from the
// files.
type Options struct {
	Scale Scale
	// Shape is the size of one example. Zero: as many values as a line has, as
	// a square image where that is a square number from 8x8, else as a vector.
	Shape nnlib.Shape
	// Classes is the number of classes. Zero: the length of a one-hot row, or
	// the largest class plus one.
	Classes int
}

// Table is the examples that files held.
type Table struct {
	*nnlib.Examples
	Scale   Scale    // the one that was taken: Scale255 or Scale1
	OneHot  bool     // the labels were one-hot rows
	Notices []string // what a user should know, a sentence each
}

var _ nnlib.Dataset = (*Table)(nil)

// Options reads another file as this one was read: the same scale, shape and
// classes.
func (t *Table) Options() Options {
	return Options{Scale: t.Scale, Shape: t.Shape(), Classes: t.Classes()}
}

// Source is text with the name that errors call it by.
type Source struct {
	Name string
	io.Reader
}

// open is the file as a Source.
func open(path string) (Source, *os.File, error) {
	f, err := os.Open(path)
	return Source{path, f}, f, err
}

// shape is the size of an example of n values.
func (o Options) shape(n int) nnlib.Shape {
	if o.Shape != (nnlib.Shape{}) {
		return o.Shape
	}
	if side := int(math.Sqrt(float64(n))); side >= 8 && side*side == n {
		return nnlib.Pixels(side, side)
	}
	return nnlib.Units(n)
}

// classes is the number of classes where the largest one is known.
func (o Options) classes(largest int) int {
	if o.Classes > 0 {
		return o.Classes
	}
	return largest + 1
}
