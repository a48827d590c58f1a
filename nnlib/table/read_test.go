package table

import (
	"errors"
	"strings"
	"testing"

	"digitlab/nnlib"
	"github.com/google/go-cmp/cmp"
)

// read is Read of texts named i.csv and l.csv.
func read(images, labels string, o Options) (*Table, error) {
	return Read(Source{"i.csv", strings.NewReader(images)}, Source{"l.csv", strings.NewReader(labels)}, o)
}

// good is read of texts that must be right.
func good(t *testing.T, images, labels string, o Options) *Table {
	t.Helper()
	table, err := read(images, labels, o)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// inputs is the rows of a dataset as the network sees them.
func inputs(t testing.TB, d nnlib.Dataset) (rows [][]nnlib.Float) {
	t.Helper()
	for i := range d.Len() {
		var b nnlib.Block
		if err := d.Fill(&b, nnlib.Pass{Rows: []int{i}}); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, b.Dense().Row(0))
	}
	return rows
}

// equal checks inputs, classes and their number.
func equal(t *testing.T, table *Table, rows [][]nnlib.Float, classes int, class ...int) {
	t.Helper()
	if diff := cmp.Diff(rows, inputs(t, table)); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(class, table.Class()); diff != "" || table.Classes() != classes {
		t.Errorf("%d classes (want %d), labels (-want +got):\n%s", table.Classes(), classes, diff)
	}
}

// wrong checks that an error is a ParseError at a place, in one line.
func wrong(t *testing.T, err error, file string, line, column int, says string) {
	t.Helper()
	var p *ParseError
	if !errors.As(err, &p) {
		t.Fatalf("error %v, want a ParseError", err)
	}
	if p.File != file || p.Line != line || p.Column != column || !strings.Contains(p.Msg, says) || strings.Contains(p.Error(), "\n") {
		t.Errorf("error %q, want %s, line %d, column %d, %q", p, file, line, column, says)
	}
}

// levels is bytes as grey levels.
func levels(bytes ...byte) (x []nnlib.Float) {
	for _, b := range bytes {
		x = append(x, nnlib.Float(b)/255)
	}
	return x
}

var twoRows = [][]nnlib.Float{levels(0, 51, 255), levels(7, 0, 0)}

func TestEachLayoutGivesTheSameExamples(t *testing.T) {
	first := good(t, "0,51,255\n7,0,0\n", "1\n0\n", Options{})
	equal(t, first, twoRows, 2, 1, 0)
	print, _ := first.Fingerprint()
	for what, text := range map[string][2]string{
		"no newline at the end": {"0,51,255\n7,0,0", "1\n0"},
		"CRLF":                  {"0,51,255\r\n7,0,0\r\n", "1\r\n0\r\n"},
		"empty lines at end":    {"0,51,255\n7,0,0\n\n\r\n", "1\n0\n\n"},
		"spaces":                {"0 51 255\n7 0 0\n", "1\n0\n"},
		"many blanks":           {"  0\t51   255 \n\t7 0 0\t\n", " 1\n0 \n"},
		"commas and blanks":     {"0, 51, 255\n7 ,0\t,0 \n", "1\n0\n"},
		"byte order mark":       {"\ufeff0,51,255\n7,0,0\n", "\ufeff1\n0\n"},
		"decimals":              {"0.0,51.0,2.55e2\n+7,-0,0e9\n", "1.0\n0e0\n"},
		"one-hot":               {"0,51,255\n7,0,0\n", "0 1\n1 0\n"},
		"one-hot with commas":   {"0,51,255\n7,0,0\n", "0,1\n1,0\n"},
		"seed":                  {"0 0.2 1\n0.027450980392156862 0 0\n", "0 1\n1 0\n"},
	} {
		t.Run(what, func(t *testing.T) {
			table := good(t, text[0], text[1], Options{})
			equal(t, table, twoRows, 2, 1, 0)
			if got, _ := table.Fingerprint(); got != print {
				t.Error("another fingerprint")
			}
		})
	}
}

func TestScale(t *testing.T) {
	for _, c := range []struct {
		images string
		take   Scale
		took   Scale
		rows   [][]nnlib.Float
		notice string
	}{
		{"0,1\n1,0\n", ScaleAuto, Scale1, [][]nnlib.Float{{0, 1}, {1, 0}}, "taken as they are"},
		{"0,1\n2,0\n", ScaleAuto, Scale255, [][]nnlib.Float{levels(0, 1), levels(2, 0)}, "divided by 255"},
		{"0,1\n1,0\n", Scale255, Scale255, [][]nnlib.Float{levels(0, 1), levels(1, 0)}, "look like scale 1"},
		{"0,1\n2,0\n", Scale255, Scale255, [][]nnlib.Float{levels(0, 1), levels(2, 0)}, ""},
		{"0,1\n1,0\n", Scale1, Scale1, [][]nnlib.Float{{0, 1}, {1, 0}}, ""},
		{"0,1\n2,0\n", Scale1, Scale1, [][]nnlib.Float{{0, 1}, {2, 0}}, "look like scale 255"},
		{"0.5,-1\n-3,0\n", ScaleAuto, Scale1, [][]nnlib.Float{{0.5, -1}, {-3, 0}}, "taken as they are"},
		{"0.5,1\n254.5,0\n", ScaleAuto, Scale255, [][]nnlib.Float{{0.5 / nnlib.Float(255), 1 / nnlib.Float(255)}, {254.5 / nnlib.Float(255), 0}}, "divided by 255"},
		{"300,-2.5\n1,0\n", Scale1, Scale1, [][]nnlib.Float{{300, -2.5}, {1, 0}}, ""},
	} {
		table := good(t, c.images, "0\n1\n", Options{Scale: c.take})
		equal(t, table, c.rows, 2, 0, 1)
		if table.Scale != c.took {
			t.Errorf("%q, scale %v: took %v, want %v", c.images, c.take, table.Scale, c.took)
		}
		if c.notice == "" && table.Notices != nil || c.notice != "" && (len(table.Notices) != 1 || !strings.Contains(table.Notices[0], c.notice)) {
			t.Errorf("%q, scale %v: notices %q", c.images, c.take, table.Notices)
		}
	}
}

func TestScaleAsText(t *testing.T) {
	for _, s := range []Scale{ScaleAuto, Scale255, Scale1} {
		text, _ := s.MarshalText()
		var got Scale
		if err := got.UnmarshalText(text); err != nil || got != s {
			t.Errorf("%q reads as %v, %v", text, got, err)
		}
	}
	if err := new(Scale).UnmarshalText([]byte("2")); err == nil || !strings.Contains(err.Error(), "auto, 255 or 1") {
		t.Errorf("2: %v", err)
	}
}

// A test set whose values are all 0 or 1, or which lacks the last class, is
// read as its training set was.
func TestOptionsOfTheTrainingSet(t *testing.T) {
	train := good(t, "0,200\n1,0\n", "0\n2\n", Options{})
	test := good(t, "1,0\n", "1\n", train.Options())
	equal(t, test, [][]nnlib.Float{levels(1, 0)}, 3, 1)
	_, err := read("1,0,3\n", "1\n", train.Options())
	wrong(t, err, "i.csv", 1, 0, "3 values, 2 are expected")
	_, err = read("1,0\n", "3\n", train.Options())
	wrong(t, err, "l.csv", 1, 1, "0 to 2")
	_, err = read("1,0\n", "0,0,0,1\n", train.Options())
	wrong(t, err, "l.csv", 1, 0, "4 values: there are 3 classes")
}

func TestShapeOfAnExample(t *testing.T) {
	row := func(n int) string { return strings.Repeat("1,", n-1) + "1\n" }
	for n, want := range map[int]string{784: "28x28", 64: "8x8", 49: "49", 65: "65"} {
		if got := good(t, row(n), "0\n", Options{}).Shape().String(); got != want {
			t.Errorf("%d values: %s, want %s", n, got, want)
		}
	}
	if got := good(t, row(64), "0\n", Options{Shape: nnlib.Pixels(4, 16)}).Shape().String(); got != "4x16" {
		t.Errorf("4x16 reads as %s", got)
	}
}

func TestLineLongerThanTheBuffer(t *testing.T) {
	const n = 300_000
	table := good(t, strings.Repeat("12,", n-1)+"200\n"+strings.Repeat("0,", n-1)+"3\n", "0\n1\n", Options{})
	rows := inputs(t, table)
	if table.Shape().Len() != n || rows[0][n-1] != levels(200)[0] || rows[1][n-1] != levels(3)[0] || rows[0][100_000] != levels(12)[0] {
		t.Errorf("shape %v", table.Shape())
	}
}
