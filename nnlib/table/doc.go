// Package table reads examples from text and writes them: CSV, with values
// between commas or blanks, and LIBSVM.
//
// Images in CSV are two files: one line of values an image, and one line with
// the class, or a one-hot row, a label.
//
//	train, err := table.Load("images_train.csv", "labels_train.csv", table.Options{})
//	test, err := table.Load("images_test.csv", "labels_test.csv", train.Options())
//
// Any other CSV is one file, with a label in each line; it may have a header
// line, and labels may be words.
//
//	flowers, err := table.LoadCSV("iris.csv", table.Options{Label: "species"})
//
// Load, LoadCSV and LoadLIBSVM hold all rows in memory. Open, OpenCSV and
// OpenLIBSVM give the same rows, bit for bit, of files larger than memory: they
// keep where rows begin, and read the rows that are asked for.
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
	"digitlab/nnlib/comm"
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
	// Classes is the number of classes, or of target values a row. Zero: the
	// length of a one-hot row, the number of names, or the largest class plus
	// one.
	Classes int
	// Label is the column of ReadCSV's label: its name in the header line, or
	// First or Last. Empty means Last.
	Label string
	// Names is the label of each class in ReadCSV and LIBSVM, from class 0 on.
	// Nil: labels are whole numbers from 0, or in ReadCSV words, whose classes
	// are counted in alphabetical order.
	Names []string
	// Values takes labels as numbers to be learned, in place of classes.
	Values bool
	// Memory is the number of bytes that an Open... function may keep of a
	// file. Zero means 64 MiB.
	Memory int64
	// Ranks share the reading of a fingerprint, of files that Open... functions
	// read while training: each then reads little more than the rows of its own
	// leaves. All ranks call the same. Nil: this process alone.
	Ranks comm.Communicator
}

// Places of a label's column.
const (
	First = "first"
	Last  = "last"
)

// Table is the examples that files held.
type Table struct {
	*nnlib.Examples
	Scale   Scale    // the one that was taken: Scale255 or Scale1
	OneHot  bool     // the labels were one-hot rows
	Names   []string // of the classes, where labels were words
	Columns []string // of a header line, without the label's
	Notices []string // what a user should know, a sentence each

	options Options
}

var _ nnlib.Dataset = (*Table)(nil)

// Options reads another file as this one was read: the same scale, shape,
// label and classes.
func (t *Table) Options() Options {
	return t.options.as(t.Scale, t.Examples, t.Names)
}

// as is the options with what a file has shown.
func (o Options) as(s Scale, d nnlib.Dataset, names []string) Options {
	o.Scale, o.Shape, o.Classes, o.Names = s, d.Shape(), d.Classes(), names
	return o
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
