package table

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"testing"

	"digitlab/nnlib"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// examples draws rows of bytes with classes.
func examples(t *rapid.T) (width int, pixels []byte, classes int, class []int) {
	width = rapid.IntRange(1, 70).Draw(t, "width")
	rows := rapid.IntRange(1, 9).Draw(t, "rows")
	classes = rapid.IntRange(2, 12).Draw(t, "classes")
	pixels = rapid.SliceOfN(rapid.Byte(), width*rows, width*rows).Draw(t, "pixels")
	class = rapid.SliceOfN(rapid.IntRange(0, classes-1), rows, rows).Draw(t, "class")
	return width, pixels, classes, class
}

// What is written reads back as the same examples, in every layout.
func TestWrittenFilesReadBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		width, pixels, classes, class := examples(rt)
		o := Options{Scale: Scale255, Shape: nnlib.Units(width), Classes: classes}
		want, err := nnlib.PackExamples(o.Shape, classes, &grey, pixels, class)
		if err != nil {
			rt.Fatal(err)
		}
		for _, c := range []struct {
			layout Layout
			scale  Scale
		}{{Plain, Scale255}, {Seed, Scale1}, {Seed, ScaleAuto}} {
			var images, labels bytes.Buffer
			o.Scale = c.scale
			if err := WriteImages(&images, c.layout, width, pixels); err != nil {
				rt.Fatal(err)
			}
			if err := WriteLabels(&labels, c.layout, classes, class); err != nil {
				rt.Fatal(err)
			}
			got, err := read(images.String(), labels.String(), o)
			if err != nil {
				rt.Fatal(err)
			}
			same(rt, want, got)
		}
		var b bytes.Buffer
		if err := WriteLIBSVM(&b, width, pixels, class); err != nil {
			rt.Fatal(err)
		}
		o.Scale = Scale255
		got, err := libsvm(b.String(), o)
		if err != nil {
			rt.Fatal(err)
		}
		same(rt, want, got)
	})
}

// same compares fingerprints: sizes, classes and values.
func same(t *rapid.T, want, got nnlib.Dataset) {
	t.Helper()
	a, _ := want.Fingerprint()
	if b, _ := got.Fingerprint(); a != b {
		t.Fatal("other examples than were written")
	}
}

func TestWrittenText(t *testing.T) {
	pixels, class := []byte{0, 1, 51, 255, 0, 0}, []int{2, 0}
	var b strings.Builder
	for _, l := range []Layout{Plain, Seed} {
		if err := WriteImages(&b, l, 3, pixels); err != nil {
			t.Fatal(err)
		}
		if err := WriteLabels(&b, l, 3, class); err != nil {
			t.Fatal(err)
		}
	}
	if err := WriteLIBSVM(&b, 3, pixels, class); err != nil {
		t.Fatal(err)
	}
	want := "0,1,51\n255,0,0\n" + "2\n0\n" +
		"0 0.00392156862745098 0.2\n1 0 0\n" + "0 0 1\n1 0 0\n" +
		"2 2:1 3:51\n0 1:255\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

func TestWritersRefuseWrongSizes(t *testing.T) {
	for what, err := range map[string]error{
		"width":           WriteImages(&strings.Builder{}, Plain, 3, make([]byte, 4)),
		"no width":        WriteImages(&strings.Builder{}, Plain, 0, make([]byte, 4)),
		"class":           WriteLabels(&strings.Builder{}, Seed, 3, []int{3}),
		"negative class":  WriteLabels(&strings.Builder{}, Plain, 3, []int{-1}),
		"LIBSVM rows":     WriteLIBSVM(&strings.Builder{}, 2, make([]byte, 4), []int{0}),
		"LIBSVM negative": WriteLIBSVM(&strings.Builder{}, 2, make([]byte, 2), []int{-1}),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

// The seed layout holds the float64 nearest to b/255, in the fewest digits.
func TestSeedDecimalsAreExact(t *testing.T) {
	for b, text := range decimals[Seed] {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || x != float64(b)/255 {
			t.Errorf("%d: %q is %v", b, text, x)
		}
		// Read in double precision it rounds to the same input as b does.
		if nnlib.Float(x) != grey[b] {
			t.Errorf("%d: %q is the input %v, want %v", b, text, nnlib.Float(x), grey[b])
		}
	}
}

// number agrees with strconv on every decimal number.
func TestNumberIsCorrectlyRounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[+-]?([0-9]{1,25}|[0-9]{0,20}\.[0-9]{1,25}|[0-9]{1,5}\.)([eE][+-]?[0-9]{1,2})?`).Draw(t, "text")
		checkNumber(t, text)
	})
	for _, text := range []string{"9007199254740993", "9007199254740992", "0.1", "1e22", "1e23", "1e-22", "123456789012345678901234567890e-30", "00000000000000000000000012", "0.00000000000000000000000000000000000001", "5e-324", "0e999999999999", "-0.0"} {
		checkNumber(t, text)
	}
}

type fatal interface{ Fatalf(string, ...any) }

func checkNumber(t fatal, text string) {
	want, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(float64(nnlib.Float(want)), 0) {
		want, err = 0, errLarge
	}
	got, gotErr := number([]byte(text))
	if gotErr != err || math.Float64bits(got) != math.Float64bits(want) {
		t.Fatalf("%q is %v, %v; want %v, %v", text, got, gotErr, want, err)
	}
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"12", "-1.5e-3", "1e400", ".5", "5.", "NaN", "0x1p-2", "1_0", "3.921568859368562698e-03"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		decimal := strings.Trim(s, "+-.0123456789eE") == ""
		_, err := strconv.ParseFloat(s, 64)
		syntax := err != nil && err.(*strconv.NumError).Err == strconv.ErrSyntax
		if !decimal || syntax {
			if x, err := number([]byte(s)); err == nil {
				t.Fatalf("%q is taken for %v", s, x)
			}
			return
		}
		checkNumber(t, s)
	})
}

func FuzzRead(f *testing.F) {
	f.Add("0,51,255\n7,0,0\n", "1\n0\n")
	f.Add("0 0.2 1\n0.027450980392156862 0 0\n", "0 1\n1 0\n")
	f.Add("1,2\r\n\r\n", "\ufeff3")
	f.Fuzz(func(t *testing.T, images, labels string) {
		table, err := read(images, labels, Options{})
		if err != nil {
			checkError(t, err)
			return
		}
		checkTable(t, table)
	})
}

func FuzzReadLIBSVM(f *testing.F) {
	f.Add("1 2:51 3:255\n0 1:7 # a comment\n")
	f.Add("2 qid:4 1:0.5 3:-0.25\n0\n1.0 2:1")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := libsvm(text, Options{Shape: nnlib.Units(300)})
		if err != nil {
			checkError(t, err)
			return
		}
		checkTable(t, table)
	})
}

// checkError demands one line that names the file.
func checkError(t *testing.T, err error) {
	if s := err.Error(); strings.Contains(s, "\n") || !strings.Contains(s, ".csv") && !strings.Contains(s, ".libsvm") {
		t.Fatalf("error %q", s)
	}
}

// checkTable writes what was read, as numbers, and reads it again.
func checkTable(t *testing.T, table *Table) {
	var images, labels strings.Builder
	for i, row := range inputs(t, table) {
		for k, x := range row {
			if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
				t.Fatalf("row %d, value %d is %v", i, k, x)
			}
			if k > 0 {
				images.WriteByte(',')
			}
			images.WriteString(strconv.FormatFloat(float64(x), 'g', -1, 64))
		}
		images.WriteByte('\n')
	}
	if err := WriteLabels(&labels, Plain, table.Classes(), table.Class()); err != nil {
		t.Fatal(err)
	}
	o := table.Options()
	o.Scale = Scale1
	again, err := read(images.String(), labels.String(), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(inputs(t, table), inputs(t, again)); diff != "" {
		t.Fatalf("read again (-first +second):\n%s", diff)
	}
}
