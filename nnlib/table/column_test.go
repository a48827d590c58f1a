package table

import (
	"strings"
	"testing"

	"digitlab/nnlib"

	"github.com/google/go-cmp/cmp"
)

// column is ReadCSV of a text named c.csv.
func column(text string, o Options) (*Table, error) {
	return ReadCSV(Source{"c.csv", strings.NewReader(text)}, o)
}

const iris = `sepal,petal,species
5.1,1.4,setosa
7,4.7,virginica
6.4,4.5,versicolor
5,1.4,setosa
`

var irisRows = [][]nnlib.Float{{5.1, 1.4}, {7, 4.7}, {6.4, 4.5}, {5, 1.4}}

func TestCSVWithLabelColumn(t *testing.T) {
	for what, c := range map[string]struct {
		text string
		o    Options
	}{
		"last":       {iris, Options{}},
		"by name":    {iris, Options{Label: "species"}},
		"no header":  {iris[strings.Index(iris, "\n")+1:], Options{Label: Last}},
		"first":      {"species,sepal,petal\nsetosa,5.1,1.4\nvirginica,7,4.7\nversicolor,6.4,4.5\nsetosa,5,1.4\n", Options{Label: First}},
		"middle":     {"sepal,species,petal\n5.1,setosa,1.4\n7,virginica,4.7\n6.4,versicolor,4.5\n5,setosa,1.4\n", Options{Label: "species"}},
		"blanks":     {strings.ReplaceAll(iris, ",", "  "), Options{}},
		"quotes":     {"\"sepal\",\"petal\",\"species\"\n5.1,\"1.4\",\"setosa\"\n\"7\" ,4.7,virginica\n6.4,4.5, \"versicolor\" \n5,1.4,setosa", Options{Label: "species"}},
		"CRLF":       {"\ufeff" + strings.ReplaceAll(iris, "\n", "\r\n"), Options{}},
		"with names": {iris, Options{Names: []string{"setosa", "versicolor", "virginica"}}},
	} {
		t.Run(what, func(t *testing.T) {
			table, err := column(c.text, c.o)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, table, irisRows, 3, 0, 2, 1, 0)
			if diff := cmp.Diff([]string{"setosa", "versicolor", "virginica"}, table.Names); diff != "" || table.Scale != Scale1 {
				t.Errorf("scale %v, names %s", table.Scale, diff)
			}
			if what != "no header" && !cmp.Equal(table.Columns, []string{"sepal", "petal"}) {
				t.Errorf("columns %q", table.Columns)
			}
		})
	}
}

// A test file without one of the classes, in other order, is read as its
// training file was.
func TestCSVWithOptionsOfTheTrainingFile(t *testing.T) {
	train, err := column(iris, Options{Label: "species"})
	if err != nil {
		t.Fatal(err)
	}
	test, err := column("sepal,petal,species\n1,2,virginica\n0,1,setosa\n", train.Options())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, test, [][]nnlib.Float{{1, 2}, {0, 1}}, 3, 2, 0)
	_, err = column("sepal,petal,species\n1,2,iris\n", train.Options())
	wrong(t, err, "c.csv", 2, 3, `"iris" is none of the classes setosa, versicolor, virginica`)
	_, err = column("sepal,petal,kind\n1,2,setosa\n", train.Options())
	wrong(t, err, "c.csv", 1, 0, `no column "species" in the first line (sepal, petal, kind)`)
	_, err = column("sepal,species\n1,setosa\n", train.Options())
	wrong(t, err, "c.csv", 1, 0, "1 values beside the label, 2 are expected")
}

func TestCSVLabelsThatAreNumbers(t *testing.T) {
	table, err := column("1.5,2,3\n0,0,1.0\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, table, [][]nnlib.Float{{1.5, 2}, {0, 0}}, 4, 3, 1)
	if table.Names != nil {
		t.Errorf("names %q", table.Names)
	}
	table, err = column("1.5,2,-1\n0,0,+1\n3,4,1\n", Options{Names: []string{"-1", "1"}})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, table, [][]nnlib.Float{{1.5, 2}, {0, 0}, {3, 4}}, 2, 0, 1, 1)
	for text, says := range map[string]string{"-1": "negative", "0.5": "not a whole number", "7": "out of range: classes go from 0 to 2"} {
		_, err := column("1,2,0\n1,2,1\n1,2,"+text+"\n", Options{Classes: 3})
		wrong(t, err, "c.csv", 3, 3, says)
	}
	_, err = column("1,a\n1,b\n1,c\n", Options{Classes: 2})
	wrong(t, err, "c.csv", 0, 0, "3 classes (a, b, c): there are 2 classes")
}

func TestCSVTargetValues(t *testing.T) {
	table, err := column("rooms,price\n3,1.5\n4,-2\n", Options{Values: true})
	if err != nil {
		t.Fatal(err)
	}
	if y := table.Values(); y.Cols != 1 || y.Data[0] != 1.5 || y.Data[1] != -2 || table.Class() != nil || table.Classes() != 1 {
		t.Errorf("values %+v", y)
	}
	table, err = read("1\n2\n", "0.5 2\n-1 3\n", Options{Values: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(nnlib.Matrix{Rows: 2, Cols: 2, Stride: 2, Data: []nnlib.Float{0.5, 2, -1, 3}}, table.Values()); diff != "" || table.Classes() != 2 {
		t.Error(diff)
	}
	_, err = read("1\n2\n", "1\n2\n", table.Options())
	wrong(t, err, "l.csv", 1, 0, "a row of 1 values: there are 2")
	table, err = libsvm("-0.5 1:3\n2.25 2:1\n", Options{Values: true})
	if err != nil || !cmp.Equal(table.Values().Data, []nnlib.Float{-0.5, 2.25}) {
		t.Errorf("LIBSVM: %v", err)
	}
	_, err = column("1,2\n3,x\n", Options{Values: true})
	wrong(t, err, "c.csv", 2, 2, `"x" is no number`)
}

func TestCSVWithLabelColumnIsRefused(t *testing.T) {
	for _, c := range []struct {
		text         string
		o            Options
		line, column int
		says         string
	}{
		{"", Options{}, 0, 0, "empty"},
		{"a,b,c\n", Options{}, 0, 0, "a header line and no rows"},
		{"1\n2\n", Options{}, 1, 0, "1 column: a label and one value"},
		{"1,2,0\n1,2\n", Options{}, 2, 0, "the line has 2 columns, the first line has 3"},
		{"a,b,c\n1,2,0\n1,2,3,0\n", Options{}, 3, 0, "the line has 4 columns"},
		{"a,b,c\n1,2,0\n1,,0\n", Options{}, 3, 2, "a value is missing"},
		{"1,2,0\n1,NA,0\n", Options{}, 2, 2, `"NA" stands for a missing value`},
		{"1,2,0\n?,2,0\n", Options{}, 2, 1, `"?" stands for a missing value`},
		{"1,2,0\n1,2,\n", Options{}, 2, 3, "a value is missing"},
		{"1,2,a\n1,2,NaN\n", Options{}, 2, 3, "no value to learn from"},
		{"1,2,0\n1,inf,0\n", Options{}, 2, 2, "no value to learn from"},
		{"1,2,0\n1,x,0\n", Options{}, 2, 2, `"x" is no number`},
		{"1,2,0\n1,\"2,0\n", Options{}, 2, 2, "is no number"},
		{"1;2;0\n1;2;0\n", Options{}, 1, 0, "1 column"},
		{"a,b\n1,0\n", Options{Label: "price"}, 1, 0, `no column "price"`},
	} {
		_, err := column(c.text, c.o)
		wrong(t, err, "c.csv", c.line, c.column, c.says)
	}
}

// Whole numbers from 0 to 255 are bytes; anything else is taken as it is.
func TestScaleOfPlainNumbers(t *testing.T) {
	for text, want := range map[string]Scale{"0,200,1\n3,4,1\n": Scale255, "0,1,1\n": Scale1, "0.5,200,1\n": Scale1, "-1,200,0\n": Scale1, "300,1,0\n": Scale1} {
		table, err := column(text, Options{})
		if err != nil || table.Scale != want {
			t.Errorf("%q: scale %v, %v", text, table.Scale, err)
		}
	}
}

func TestLIBSVMClassNames(t *testing.T) {
	table, err := libsvm("+1 1:0.5\n-1 2:1\n1 1:2\n", Options{Names: []string{"-1", "+1"}})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, table, [][]nnlib.Float{{0.5, 0}, {0, 1}, {2, 0}}, 2, 1, 0, 1)
	_, err = libsvm("+1 1:0.5\n0 2:1\n", Options{Names: []string{"-1", "+1"}})
	wrong(t, err, "s.libsvm", 2, 1, `"0" is none of the classes -1, +1`)
}

func TestWeightsOfAFile(t *testing.T) {
	dir := t.TempDir()
	got, err := LoadWeights(file(t, dir, "1\n0\n2.5\n"))
	if err != nil || !cmp.Equal(got, []float64{1, 0, 2.5}) {
		t.Errorf("%v, %v", got, err)
	}
	for text, c := range map[string]struct {
		line, column int
		says         string
	}{
		"1\n-1\n": {2, 1, "negative"}, "1\nx\n": {2, 1, "no number"}, "nan\n": {1, 1, "no value"}, "": {0, 0, "empty"}, "0\n0\n": {0, 0, "all weights are 0"}, "1\n\n2\n": {2, 0, "empty"}, "1 2\n": {1, 1, "no number"},
	} {
		name := file(t, dir, text)
		_, err := LoadWeights(name)
		wrong(t, err, name, c.line, c.column, c.says)
	}
}
