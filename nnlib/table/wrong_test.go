package table

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"digitlab/nnlib"
)

func TestRaggedRows(t *testing.T) {
	_, err := read("1,2,3\n1,2,3\n1,2\n", "0\n0\n0\n", Options{})
	wrong(t, err, "i.csv", 3, 0, "the line has 2 values, line 1 has 3")
	_, err = read("1 2 3\n1 2 3 4\n", "0\n0\n", Options{})
	wrong(t, err, "i.csv", 2, 0, "the line has 4 values, line 1 has 3")
	_, err = read("1\n1\n", "0 1\n1\n", Options{})
	wrong(t, err, "l.csv", 2, 0, "the line has 1 values, line 1 has 2")
}

func TestTextInNumber(t *testing.T) {
	for _, text := range []string{"x", "1x", "1.2.3", "0x10", "1_000", "--1", "1e", "1e+", ".", "+", "e5", "12 3", "1e5.0", "१"} {
		_, err := read("1,2,3\n4,"+text+",6\n", "0\n0\n", Options{})
		wrong(t, err, "i.csv", 2, 2, "is no number")
	}
	_, err := read("1 2 3\n4 5 six\n", "0\n0\n", Options{})
	wrong(t, err, "i.csv", 2, 3, `"six" is no number`)
	_, err = read("1,2\n", "zero\n", Options{})
	wrong(t, err, "l.csv", 1, 1, `"zero" is no number`)
	_, err = read(strings.Repeat("y", 100)+"\n", "1\n", Options{})
	wrong(t, err, "i.csv", 1, 1, "...")
}

func TestHeaderLine(t *testing.T) {
	_, err := read("pixel0,pixel1\n1,2\n", "0\n", Options{})
	wrong(t, err, "i.csv", 1, 1, "no header line")
}

func TestSemicolons(t *testing.T) {
	_, err := read("1;2;3\n", "0\n", Options{})
	wrong(t, err, "i.csv", 1, 1, "semicolons")
}

func TestMissingValue(t *testing.T) {
	for text, column := range map[string]int{"1,,3": 2, ",2,3": 1, "1,2,": 3, "1, ,3": 2} {
		_, err := read("1,2,3\n"+text+"\n", "0\n0\n", Options{})
		wrong(t, err, "i.csv", 2, column, "missing")
	}
}

func TestNaNAndInfinity(t *testing.T) {
	for _, text := range []string{"NaN", "nan", "Inf", "-inf", "+Infinity"} {
		_, err := read("1,2,3\n4,5,"+text+"\n", "0\n0\n", Options{})
		wrong(t, err, "i.csv", 2, 3, "no value to learn from")
	}
}

func TestNumberTooLarge(t *testing.T) {
	_, err := read("1e999\n", "0\n", Options{})
	wrong(t, err, "i.csv", 1, 1, "too large")
	if nnlib.Precision == "float32" {
		_, err = read("1e39\n", "0\n", Options{})
		wrong(t, err, "i.csv", 1, 1, "too large a number for float32")
	}
}

func TestPixelOutsideItsScale(t *testing.T) {
	_, err := read("0,1\n9,256\n", "0\n0\n", Options{})
	wrong(t, err, "i.csv", 2, 2, "256 is not from 0 to 255")
	_, err = read("0,-1\n9,25\n", "0\n0\n", Options{})
	wrong(t, err, "i.csv", 1, 2, "-1 is not from 0 to 255")
	_, err = read("0,-0.5\n", "0\n", Options{Scale: Scale255})
	wrong(t, err, "i.csv", 1, 2, "-0.5 is not from 0 to 255")
}

func TestImagesAndLabelsOfDifferentLength(t *testing.T) {
	_, err := read("1\n2\n3\n", "0\n0\n", Options{})
	wrong(t, err, "i.csv", 3, 0, "more images than l.csv has labels (2)")
	_, err = read("1\n2\n", "0\n0\n0\n", Options{})
	wrong(t, err, "i.csv", 2, 0, "2 images, but l.csv has 3 labels")
}

func TestLabelOutOfRange(t *testing.T) {
	_, err := read("1\n2\n", "9\n10\n", Options{Classes: 10})
	wrong(t, err, "l.csv", 2, 1, "10 is out of range: classes go from 0 to 9")
	_, err = read("1\n2\n", "0\n65536\n", Options{})
	wrong(t, err, "l.csv", 2, 1, "out of range")
	_, err = read("1\n", "1e30\n", Options{})
	wrong(t, err, "l.csv", 1, 1, "out of range")
}

func TestLabelNegative(t *testing.T) {
	_, err := read("1\n", "-1\n", Options{})
	wrong(t, err, "l.csv", 1, 1, "negative")
}

func TestLabelFractional(t *testing.T) {
	_, err := read("1\n2\n", "0\n2.5\n", Options{})
	wrong(t, err, "l.csv", 2, 1, "2.5 is not a whole number")
}

func TestOneHotRows(t *testing.T) {
	_, err := read("1\n2\n", "0 1 0\n0 0 0\n", Options{})
	wrong(t, err, "l.csv", 2, 0, "no 1")
	_, err = read("1\n2\n", "0 1 0\n1 0 1\n", Options{})
	wrong(t, err, "l.csv", 2, 3, "second 1")
	_, err = read("1\n2\n", "0 1 0\n0 0.5 0.5\n", Options{})
	wrong(t, err, "l.csv", 2, 2, "0.5 in a one-hot row")
}

func TestEmptyFile(t *testing.T) {
	for _, text := range []string{"", "\n", "\r\n \n"} {
		_, err := read(text, "0\n", Options{})
		wrong(t, err, "i.csv", 0, 0, "empty")
		_, err = read("1\n", text, Options{})
		wrong(t, err, "l.csv", 0, 0, "empty")
		_, err = libsvm(text, Options{})
		wrong(t, err, "s.libsvm", 0, 0, "empty")
	}
}

func TestEmptyLineBetweenOthers(t *testing.T) {
	_, err := read("1\n\n \n2\n", "0\n0\n", Options{})
	wrong(t, err, "i.csv", 2, 0, "empty")
	_, err = read("1\n2\n", "0\n\n0\n", Options{})
	wrong(t, err, "l.csv", 2, 0, "empty")
}

func TestMissingFile(t *testing.T) {
	there := t.TempDir() + "/there.csv"
	if err := os.WriteFile(there, []byte("1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if table, err := Load(there, there, Options{}); err != nil || table.Len() != 1 {
		t.Errorf("a file that is there: %v", err)
	}
	for _, files := range [][2]string{{there, "none.csv"}, {"none.csv", there}} {
		if _, err := Load(files[0], files[1], Options{}); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "none.csv") {
			t.Errorf("error %v", err)
		}
	}
	if _, err := LoadLIBSVM("none.libsvm", Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestReadErrorKeepsItsCause(t *testing.T) {
	bad := Source{"bad", iotest.ErrReader(os.ErrClosed)}
	if _, err := Read(bad, Source{"l", strings.NewReader("1\n")}, Options{}); !errors.Is(err, os.ErrClosed) || !strings.Contains(err.Error(), "bad: line 1") {
		t.Errorf("error %v", err)
	}
}

func TestParseErrorText(t *testing.T) {
	for want, e := range map[string]ParseError{
		"f.csv: empty":                       {File: "f.csv", Msg: "empty"},
		"f.csv: line 17: too short":          {File: "f.csv", Line: 17, Msg: "too short"},
		"f.csv: line 17, column 4: no digit": {File: "f.csv", Line: 17, Column: 4, Msg: "no digit"},
	} {
		if got := e.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
