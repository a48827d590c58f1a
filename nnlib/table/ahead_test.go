package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"digitlab/nnlib"
)

// outcome is all that reading gives: of the examples their fingerprint.
type outcome struct {
	Error, Kind string
	Print       [32]byte
	Class       []int
	Table       Table
	Columns     []string
}

func outcomeOf(t *Table, err error) (o outcome) {
	if err != nil {
		return outcome{Error: err.Error(), Kind: fmt.Sprintf("%T", err)}
	}
	o.Class, o.Table, o.Columns = t.Class(), *t, t.Columns
	o.Print, _ = t.Fingerprint()
	o.Table.Examples = nil
	o.Table.options = Options{}
	return o
}

// aheadAndNot reads line by line, and then in blocks of several sizes, which
// must give the same.
func aheadAndNot(t testing.TB, what string, read func() (*Table, error)) outcome {
	t.Helper()
	defer func(n int) { blockSize = n }(blockSize)
	blockSize = 0
	want := outcomeOf(read())
	for _, blockSize = range []int{1, 7, 100, 1000, 1 << 20} {
		if diff := cmp.Diff(want, outcomeOf(read()), cmp.AllowUnexported(Table{}), cmp.Comparer(func(a, b Options) bool { return true })); diff != "" {
			t.Errorf("%s: in blocks of %d bytes (-line by line +blocks):\n%s", what, blockSize, diff)
		}
	}
	return want
}

// manyRows is 300 lines of five values.
func manyRows() []string {
	r := rand.New(rand.NewPCG(7, 7))
	rows := make([]string, 300)
	for i := range rows {
		var fields [5]string
		for k := range fields {
			if r.IntN(3) == 0 {
				fields[k] = fmt.Sprint(r.IntN(256))
			} else {
				fields[k] = "0"
			}
		}
		rows[i] = strings.Join(fields[:], ",")
	}
	return rows
}

// Whatever a text is like, and wherever something is wrong in it, reading ahead
// gives what reading line by line gives: rows, scale, notices and errors.
func TestReadingAheadChangesNothing(t *testing.T) {
	labels := strings.Repeat("0\n1\n2\n", 100)
	change := func(row int, text string) func([]string) string {
		return func(rows []string) string {
			rows[row] = text
			return strings.Join(rows, "\n")
		}
	}
	for what, c := range map[string]struct {
		text func(rows []string) string
		says string
	}{
		"bytes":             {func(rows []string) string { return strings.Join(rows, "\n") }, ""},
		"CRLF":              {func(rows []string) string { return strings.Join(rows, "\r\n") + "\r\n" }, ""},
		"blanks":            {func(rows []string) string { return strings.ReplaceAll(strings.Join(rows, " \n"), ",", " ") }, ""},
		"many blanks":       {func(rows []string) string { return strings.ReplaceAll(strings.Join(rows, "\n"), ",", " \t") }, ""},
		"spaces":            {func(rows []string) string { return strings.ReplaceAll(strings.Join(rows, "\n"), ",", ", ") }, ""},
		"quotes":            {change(200, `"1","2",3,"4",5`), ""},
		"leading zeros":     {change(200, "007,00,0,000,0000"), ""},
		"a number":          {change(200, "1,2,0.5,4,5"), ""},
		"a number first":    {change(0, "1,2,0.5,4,5"), ""},
		"numbers":           {func(rows []string) string { return strings.ReplaceAll(strings.Join(rows, "\n"), ",0", ",0.25") }, ""},
		"empty lines":       {func(rows []string) string { return strings.Join(rows, "\n") + "\n\n \r\n\n" }, ""},
		"many empty lines":  {func(rows []string) string { return strings.Join(rows, "\n") + strings.Repeat("\n", 3000) }, ""},
		"mark":              {func(rows []string) string { return "\ufeff" + strings.Join(rows, "\n") }, ""},
		"mark inside":       {change(200, "\ufeff1,2,3,4,5"), "line 201, column 1"},
		"above 255":         {change(200, "1,2,3,256,5"), "line 201, column 4"},
		"negative":          {change(200, "1,-2,3,4,5"), "line 201, column 2"},
		"two negative":      {func(rows []string) string { rows[100] = "1,2,3,4,-5"; return change(200, "-1,2,3,4,5")(rows) }, "line 101, column 5"},
		"text":              {change(200, "1,2,x,4,5"), "line 201, column 3"},
		"text in two":       {func(rows []string) string { rows[202] = "1,2,3,4,y"; return change(200, "1,2,x,4,5")(rows) }, "line 201, column 3"},
		"missing":           {change(200, "1,2,3,4,"), "line 201, column 5"},
		"few":               {change(200, "1,2,3,4"), "line 201: the line has 4 values"},
		"many":              {change(200, "0,0,0,0,0,0,0,0,0"), "line 201: the line has 9 values"},
		"empty":             {change(200, ""), "line 201: the line is empty"},
		"empty then text":   {func(rows []string) string { rows[201] = "x"; return change(200, " ")(rows) }, "line 201: the line is empty"},
		"empty at the last": {change(298, ""), "line 299: the line is empty"},
		"more":              {func(rows []string) string { return strings.Join(append(rows, "1,2,3,4,5"), "\n") }, "line 301: more images"},
		"more, one wrong":   {func(rows []string) string { return strings.Join(append(rows, "1,2,x,4,5", "x"), "\n") }, "line 301: more images"},
		"fewer":             {func(rows []string) string { return strings.Join(rows[:299], "\n") }, "299 images, but"},
		"long line":         {change(200, strings.Repeat("1,", 400_000)), "line 201"},
		"long row":          {change(200, strings.Repeat(" ", 400_000)+"1,2,3,4,5"), ""},
		"semicolons":        {change(200, "1;2;3;4;5"), "semicolons"},
	} {
		text := c.text(manyRows())
		got := aheadAndNot(t, what, func() (*Table, error) { return read(text, labels, Options{Scale: Scale255}) })
		if !strings.Contains(got.Error, c.says) || (c.says == "") != (got.Error == "") {
			t.Errorf("%s: error %q, want %q", what, got.Error, c.says)
		}
		aheadAndNot(t, what, func() (*Table, error) { return read(text, labels, Options{Scale: Scale1}) })
		aheadAndNot(t, what, func() (*Table, error) {
			return Read(Source{"i", iotest.HalfReader(strings.NewReader(text))}, Source{"l", strings.NewReader(labels)}, Options{})
		})
		aheadAndNot(t, what, func() (*Table, error) { return ReadImages(Source{"i", strings.NewReader(text)}, Options{}) })
		for _, label := range []string{"", First} {
			aheadAndNot(t, what, func() (*Table, error) { return column(text, Options{Label: label}) })
		}
		aheadAndNot(t, what, func() (*Table, error) { return column("a,b,c,d,e\n"+text, Options{Label: "c", Values: true}) })
	}
}

func TestReadingAheadOfLabels(t *testing.T) {
	for what, c := range map[string]struct {
		at   map[int]string
		o    Options
		says string
	}{
		"words":               {map[int]string{}, Options{}, ""},
		"a new word":          {map[int]string{200: "0,0,0,0,bee"}, Options{}, ""},
		"names":               {map[int]string{}, Options{Names: []string{"cat", "dog", "ant"}}, ""},
		"none of the names":   {map[int]string{200: "0,0,0,0,bee"}, Options{Names: []string{"cat", "dog", "ant"}}, "line 201, column 5"},
		"label, then value":   {map[int]string{200: "0,0,0,0,bee", 201: "0,x,0,0,cat"}, Options{Names: []string{"cat", "dog", "ant"}}, "line 201, column 5"},
		"value, then label":   {map[int]string{199: "0,x,0,0,cat", 200: "0,0,0,0,bee"}, Options{Names: []string{"cat", "dog", "ant"}}, "line 200, column 2"},
		"both in a row":       {map[int]string{200: "0,x,0,0,bee"}, Options{Names: []string{"cat", "dog", "ant"}}, "line 201, column 2"},
		"a missing label":     {map[int]string{200: "0,0,0,0,"}, Options{}, "line 201, column 5"},
		"no label":            {map[int]string{200: "0,0,0,0"}, Options{}, "line 201"},
		"value, not a number": {map[int]string{}, Options{Values: true}, "line 1, column 5"},
	} {
		rows := manyRows()
		for i, row := range rows {
			rows[i] = row[:strings.LastIndexByte(row, ',')+1] + []string{"cat", "dog", "ant"}[i%3]
			if other, ok := c.at[i]; ok {
				rows[i] = other
			}
		}
		text := strings.Join(rows, "\n")
		got := aheadAndNot(t, what, func() (*Table, error) { return column(text, c.o) })
		if !strings.Contains(got.Error, c.says) || (c.says == "") != (got.Error == "") {
			t.Errorf("%s: error %q, want %q", what, got.Error, c.says)
		}
	}
}

// A text that breaks off with an error says so, and where.
func TestReadingAheadKeepsAnErrorsCause(t *testing.T) {
	text := strings.Join(manyRows(), "\n") + "\n"
	for _, n := range []int{12, 1500, len(text) - 30, len(text)} {
		got := aheadAndNot(t, fmt.Sprint(n), func() (*Table, error) {
			r := io.MultiReader(strings.NewReader(text[:n]), iotest.ErrReader(os.ErrClosed))
			table, err := ReadImages(Source{"i", r}, Options{})
			if !errors.Is(err, os.ErrClosed) {
				t.Errorf("after %d bytes: %v", n, err)
			}
			return table, err
		})
		if want := fmt.Sprintf("line %d", 1+strings.Count(text[:n], "\n")); !strings.Contains(got.Error, want) {
			t.Errorf("after %d bytes: %s, want %s", n, got.Error, want)
		}
	}
}

func FuzzReadingAhead(f *testing.F) {
	f.Add("1,2\n3,4\n", false)
	f.Add("a,b\n0,0\n0,1\n12,1\n\n\n", true)
	f.Add("0 0 0 0 0\r\n255 1 0 0 0\r\n0 0 0 0 256", false)
	f.Fuzz(func(t *testing.T, text string, labelled bool) {
		aheadAndNot(t, "text", func() (*Table, error) {
			if labelled {
				return column(text, Options{})
			}
			return ReadImages(Source{"i", strings.NewReader(text)}, Options{})
		})
	})
}

// short and the slower way read the same values.
func FuzzShortValues(f *testing.F) {
	f.Add("0,0,0,0,255,7,0,00,12,", 0, true)
	f.Add("0 0 0 0 0 0 0 0 256 1 2 3 4 5 6", 3, false)
	f.Add("0\x8b 00000", 0, false)
	f.Fuzz(func(t *testing.T, text string, label int, comma bool) {
		if strings.ContainsAny(text, "\n") {
			return
		}
		line := func(text string) (r rows, n int, err error) {
			r = rows{lines: &lines{name: "f"}, separator: ' ', labelAt: label}
			if comma {
				r.separator = ','
			}
			n, err = r.line([]byte(text))
			return r, n, err
		}
		got, n, err := line(text)
		// A value above 255 in front makes all values numbers, read one by one.
		if label > 0 {
			label++
		}
		first := "256 "
		if comma {
			first = "256,"
		}
		slow, m, slowErr := line(first + text)
		if (err == nil) != (slowErr == nil) {
			t.Fatalf("%v, one by one %v", err, slowErr)
		}
		if err != nil || n == 0 {
			return
		}
		if n+1 != m || string(got.label) != string(slow.label) {
			t.Errorf("%d values, label %q; one by one %d, %q", n, got.label, m, slow.label)
		}
		floats := got.floats
		for _, b := range got.bytes {
			floats = append(floats, nnlib.Float(b))
		}
		if !slices.Equal(slow.floats[1:], floats) {
			t.Errorf("%v, one by one %v", floats, slow.floats[1:])
		}
	})
}

// As many images of 28x28 as MNIST's test set has, with ink as there.
func BenchmarkRead(b *testing.B) {
	r := rand.New(rand.NewPCG(9, 9))
	var images, labels []byte
	for range 10_000 {
		for k := range 28 * 28 {
			if k%28 > 7 && k%28 < 20 && k/28 > 4 && k/28 < 17 {
				images = append(images, decimals[Plain][r.IntN(256)]...)
			} else {
				images = append(images, '0')
			}
			images = append(images, ',')
		}
		images[len(images)-1] = '\n'
		labels = append(labels, byte('0'+r.IntN(10)), '\n')
	}
	b.SetBytes(int64(len(images)))
	for b.Loop() {
		if _, err := Read(Source{"i", bytes.NewReader(images)}, Source{"l", bytes.NewReader(labels)}, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
