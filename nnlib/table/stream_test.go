package table

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"digitlab/nnlib"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// file writes a text to a file of its own.
func file(t testing.TB, dir, text string) string {
	t.Helper()
	f, err := os.CreateTemp(dir, "*.txt")
	if err == nil {
		_, err = f.WriteString(text)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return f.Name()
}

// forms is every kind of file, from memory and from its place.
var forms = []struct {
	name string
	load func(files [2]string, o Options) (*Table, error)
	open func(files [2]string, o Options) (*Stream, error)
}{
	{"images", func(f [2]string, o Options) (*Table, error) { return Load(f[0], f[1], o) }, func(f [2]string, o Options) (*Stream, error) { return Open(f[0], f[1], o) }},
	{"csv", func(f [2]string, o Options) (*Table, error) { return LoadCSV(f[0], o) }, func(f [2]string, o Options) (*Stream, error) { return OpenCSV(f[0], o) }},
	{"libsvm", func(f [2]string, o Options) (*Table, error) { return LoadLIBSVM(f[0], o) }, func(f [2]string, o Options) (*Stream, error) { return OpenLIBSVM(f[0], o) }},
}

// draw makes a file of each form, of several pages.
func draw(rt *rapid.T, form string) (texts [2]string, o Options) {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
	n, cols := rapid.IntRange(1, 300).Draw(rt, "rows"), rapid.IntRange(1, 30).Draw(rt, "columns")
	kind := rapid.SampledFrom([]string{"bytes", "bits", "fractions", "grey", "mixed"}).Draw(rt, "values")
	filled := rapid.SampledFrom([]int{1, 3, 10}).Draw(rt, "filled")
	end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(rt, "line end")
	words, one, values := rapid.Bool().Draw(rt, "words") && form == "csv", rapid.Bool().Draw(rt, "one-hot"), rapid.Bool().Draw(rt, "target values")
	o.Values = values
	var x, y strings.Builder
	if form == "csv" && rapid.Bool().Draw(rt, "header") {
		for k := range cols {
			fmt.Fprintf(&x, "feature %d,", k)
		}
		x.WriteString("label" + end)
	}
	for i := range n {
		label := fmt.Sprint(r.IntN(3))
		switch {
		case values:
			label = fmt.Sprint(r.NormFloat64())
		case words:
			label = []string{"zebra", "ant", "7"}[r.IntN(3)]
		case form == "images" && one:
			label = []string{"1 0 0", "0 1 0", "0 0 1"}[r.IntN(3)]
		}
		y.WriteString(label + end)
		if form == "libsvm" {
			if r.IntN(9) == 0 {
				x.WriteString("# a comment" + end + end)
			}
			x.WriteString(label)
		}
		for k := range cols {
			v := "0"
			if r.IntN(10) < filled {
				switch b := r.IntN(256); {
				case kind == "bits":
					v = fmt.Sprint(r.IntN(2))
				case kind == "grey":
					v = fmt.Sprint(float64(b) / 255)
				case kind == "fractions" || kind == "mixed" && i > n/2:
					v = fmt.Sprint(r.NormFloat64())
				default:
					v = fmt.Sprint(b)
				}
			}
			switch {
			case form == "libsvm" && v != "0":
				fmt.Fprintf(&x, " %d:%s", k+1, v)
			case form == "images" && k > 0:
				x.WriteString("," + v)
			case form == "images":
				x.WriteString(v)
			case form == "csv":
				x.WriteString(v + ",")
			}
		}
		if form == "csv" {
			x.WriteString(label)
		}
		x.WriteString(end)
	}
	if rapid.Bool().Draw(rt, "last line end") {
		return [2]string{strings.TrimSuffix(x.String(), end), y.String()}, o
	}
	return [2]string{x.String(), y.String()}, o
}

// What is read from its place is what is read into memory: rows, sizes, scale,
// names, notices; and what one refuses the other does, in the same words.
func TestStreamIsTheTable(t *testing.T) {
	dir := t.TempDir()
	for _, form := range forms {
		t.Run(form.name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				texts, o := draw(rt, form.name)
				o.Memory = rapid.SampledFrom([]int64{1, 3000, 0}).Draw(rt, "memory")
				files := [2]string{filepath.Join(dir, "x"), filepath.Join(dir, "y")}
				for i, text := range texts {
					if err := os.WriteFile(files[i], []byte(text), 0o666); err != nil {
						rt.Fatal(err)
					}
				}
				want, err := form.load(files, o)
				s, serr := form.open(files, o)
				if err != nil || serr != nil {
					if fmt.Sprint(err) != fmt.Sprint(serr) {
						rt.Fatalf("in memory: %v; from its place: %v", err, serr)
					}
					return
				}
				defer s.Close()
				for range 2 { // the second time some pages are cached
					rows := rapid.SliceOfN(rapid.IntRange(0, s.Len()-1), 1, nnlib.Chunk).Draw(rt, "rows")
					var a, b nnlib.Block
					if err := errors.Join(want.Fill(&a, nnlib.Pass{Rows: rows}), s.Fill(&b, nnlib.Pass{Rows: rows})); err != nil {
						rt.Fatal(err)
					}
					if !cmp.Equal(a.Dense(), b.Dense()) || !cmp.Equal(a.Targets, b.Targets) {
						rt.Fatalf("rows %d differ:\n%v\n%v", rows, a.Targets, b.Targets)
					}
				}
				if s.Level() != nil {
					sameBytes(rt, want, s)
				}
				same(rt, want, s)
				a, b := want.Options(), s.Options()
				if diff := cmp.Diff(a, b); diff != "" || !cmp.Equal(want.Notices, s.Notices) || want.OneHot != s.OneHot || !cmp.Equal(want.Columns, s.Columns) || !cmp.Equal(want.Names, s.Names) {
					rt.Fatalf("facts: %s%q %q", diff, want.Notices, s.Notices)
				}
			})
		})
	}
}

// sameBytes compares a run of rows as bytes with those in memory.
func sameBytes(rt *rapid.T, want nnlib.Dataset, s *Stream) {
	first := rapid.IntRange(0, s.Len()-1).Draw(rt, "first")
	class := make([]int32, rapid.IntRange(1, min(nnlib.Chunk, s.Len()-first)).Draw(rt, "rows"))
	cols := s.Shape().Len()
	bytes, rows := make([]byte, len(class)*cols), make([]int, len(class))
	bytes[0] = 99 // of another row, before
	for i := range rows {
		rows[i] = first + i
	}
	var b nnlib.Block
	if err := errors.Join(want.Fill(&b, nnlib.Pass{Rows: rows}), s.ReadRows(first, bytes, class)); err != nil {
		rt.Fatal(err)
	}
	for i := range rows {
		if int(class[i]) != b.Class[i] {
			rt.Fatalf("row %d has the class %d", rows[i], class[i])
		}
		for j, x := range b.Dense().Row(i) {
			if got := s.Level()[bytes[i*cols+j]]; got != x {
				rt.Fatalf("row %d, value %d: %v, not %v", rows[i], j, got, x)
			}
		}
	}
}

// What is wrong in a file is told in the same words.
func TestStreamRefusesWhatTheTableRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		form string
		x, y string
		o    Options
	}{
		{"images", "1,2\n1,2,3\n", "0\n0\n", Options{}}, {"images", "1,2\n1,x\n", "0\n0\n", Options{}}, {"images", "1,2\n", "0\n0\n", Options{}}, {"images", "1,2\n3,4\n", "0\n", Options{}},
		{"images", "", "0\n", Options{}}, {"images", "1,2\n", "a\n", Options{}}, {"images", "1,2,3\n", "0\n", Options{Shape: nnlib.Units(2)}}, {"images", "1,2\n\n3,4\n", "0\n0\n", Options{}},
		{"images", "1,-2\n", "0\n", Options{Scale: Scale255}}, {"images", "1,nan\n", "0\n", Options{}}, {"images", "1,2\n", "2\n", Options{Classes: 2}}, {"images", "1\n", "1\n", Options{Values: true, Classes: 2}},
		{"csv", "1,2\n1,2,3\n", "", Options{}}, {"csv", "a,b\n", "", Options{}}, {"csv", "a,b\n1,2\n3,\n", "", Options{}}, {"csv", "1,-1\n", "", Options{}}, {"csv", "", "", Options{}},
		{"csv", "1,2\n", "", Options{Label: "c"}}, {"csv", "1,a\n2,b\n", "", Options{Classes: 1}}, {"csv", "1,a\n2,b\n", "", Options{Names: []string{"a"}}}, {"csv", "1,a\n2,b\n", "", Options{Values: true}}, {"csv", "1\n", "", Options{}},
		{"libsvm", "1 1:1\n1 0:1\n", "", Options{}}, {"libsvm", "1 2:1 1:1\n", "", Options{}}, {"libsvm", "-1 2:1\n", "", Options{}}, {"libsvm", "# no rows\n", "", Options{}}, {"libsvm", "1 5:1\n", "", Options{Shape: nnlib.Units(4)}},
		{"libsvm", "1 1:inf\n", "", Options{}}, {"libsvm", "1 1:300\n", "", Options{Scale: Scale255}}, {"libsvm", "3 1:1\n", "", Options{Classes: 3}}, {"libsvm", "x 1:1\n", "", Options{Values: true}},
	} {
		for _, form := range forms {
			if form.name != c.form {
				continue
			}
			files := [2]string{file(t, dir, c.x), file(t, dir, c.y)}
			_, err := form.load(files, c.o)
			s, serr := form.open(files, c.o)
			if err == nil || serr == nil || err.Error() != serr.Error() || s != nil || !errors.As(serr, new(*ParseError)) {
				t.Errorf("%q, %q: in memory %v, from its place %v", c.x, c.y, err, serr)
			}
		}
	}
	if _, err := OpenCSV(dir, Options{}); err == nil || !strings.Contains(err.Error(), "load it into memory") {
		t.Errorf("a folder: error %v", err)
	}
	if _, err := OpenLIBSVM(filepath.Join(dir, "none"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: error %v", err)
	}
}

func FuzzOpenCSV(f *testing.F) {
	f.Add("a,b,c\n1,2.5,x\n\"3\",4,\"y\"\n", "c")
	f.Add("\ufeff1 2\r\n\r\n", "")
	f.Fuzz(func(t *testing.T, text, label string) {
		o := Options{Label: label}
		name := file(t, t.TempDir(), text)
		table, err := LoadCSV(name, o)
		s, serr := OpenCSV(name, o)
		if err != nil || serr != nil {
			if fmt.Sprint(err) != fmt.Sprint(serr) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("in memory: %v; from its place: %v", err, serr)
			}
			return
		}
		defer s.Close()
		a, _ := table.Fingerprint()
		if b, err := s.Fingerprint(); err != nil || a != b {
			t.Fatalf("other rows: %v", err)
		}
	})
}
