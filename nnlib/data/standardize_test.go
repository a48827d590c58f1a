package data

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"digitlab/nnlib"
	"digitlab/nnlib/internal/python"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The column 1, 3, 5, 7 has the mean 4 and the variance (9+1+1+9)/4 = 5; the
// column of sixes never changes.
func TestStandardizeByHand(t *testing.T) {
	d := must(nnlib.NewExamples(nnlib.Units(2), 1, []nnlib.Float{1, 6, 3, 6, 5, 6, 7, 6}, make([]int, 4)))
	s := must(Standardize(d))
	want := Transform{Mean: []float64{4, 6}, Scale: []float64{math.Sqrt(5), 1}}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Error(diff)
	}
	e := must(s.Apply(d))
	for i, x := range []float64{-3, -1, 1, 3} {
		if got := rows(t, e, i)[0].X; got[0] != nnlib.Float(x/math.Sqrt(5)) || got[1] != 0 {
			t.Errorf("row %d is %v", i, got)
		}
	}
	row := []nnlib.Float{0, 2}
	if s.Inverse(row); row[0] != 4 || row[1] != 8 {
		t.Errorf("inverse %v", row)
	}
}

// table draws rows of very different sizes, one column constant.
func drawTable(rt *rapid.T) (*nnlib.Examples, []float64, int) {
	n, cols := rapid.IntRange(1, 300).Draw(rt, "rows"), rapid.IntRange(1, 5).Draw(rt, "columns")
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
	x, wide := make([]nnlib.Float, n*cols), make([]float64, n*cols)
	for i := range x {
		k := i % cols
		if k != 1 {
			x[i] = nnlib.Float((r.NormFloat64() + float64(k*50)) * math.Pow(10, float64(k-2)))
		} else {
			x[i] = 0.1
		}
		wide[i] = float64(x[i])
	}
	return must(nnlib.NewExamples(nnlib.Units(cols), 1, x, make([]int, n))), wide, cols
}

// Sums go row by row, so that no cut of the rows into chunks shows.
func TestStandardizeIsRowByRow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d, x, cols := drawTable(rt)
		s := must(Standardize(d))
		n := float64(d.Len())
		for k := range cols {
			sum, off, squares := 0.0, 0.0, 0.0
			for i := k; i < len(x); i += cols {
				sum += x[i]
			}
			mean := sum / n
			for i := k; i < len(x); i += cols {
				e := x[i] - mean
				off += e
				squares += float64(e * e)
			}
			variance := (squares - float64(off*off)/n) / n
			if s.Mean[k] != mean || s.Scale[k] != math.Sqrt(variance) && s.Scale[k] != 1 {
				rt.Fatalf("column %d: %v and %v, want %v and %v", k, s.Mean[k], s.Scale[k], mean, math.Sqrt(variance))
			}
			if k == 1 && s.Scale[k] != 1 {
				rt.Fatalf("constant column: scale %v", s.Scale[k])
			}
		}
	})
}

func TestInverseUndoesForward(t *testing.T) {
	eps := 1e-5
	if nnlib.Precision == "float64" {
		eps = 1e-13
	}
	rapid.Check(t, func(rt *rapid.T) {
		d, _, _ := drawTable(rt)
		s := must(Standardize(d))
		for _, e := range all(t, d) {
			row := slices.Clone(e.X)
			s.Forward(row)
			s.Inverse(row)
			for k, v := range row {
				// The rounding of z counts in units of the scale, that of the sum in units of x.
				if off := math.Abs(float64(v - e.X[k])); off > eps*(math.Abs(float64(e.X[k]))+s.Scale[k]*10) {
					rt.Fatalf("%v comes back as %v", e.X[k], v)
				}
			}
		}
	})
}

func TestTransformInAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "transform.json")
	want := Transform{Mean: []float64{0.1, -1e-300, math.Pi}, Scale: []float64{1, 1e22, 1.0 / 3}}
	if err := want.Save(path); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, must(LoadTransform(path))); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	for says, text := range map[string]string{
		"1 means and 2 scales":     `{"mean": [1], "scale": [1, 2]}`,
		"0 means":                  `{}`,
		"the scale must be above":  `{"mean": [1], "scale": [-1]}`,
		`unknown field "variance"`: `{"mean": [1], "scale": [1], "variance": [1]}`,
		"unexpected end":           `{"mean": [1]`,
	} {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		_, err := LoadTransform(path)
		fails(t, err, says)
		fails(t, err, path)
	}
	fails(t, Transform{}.Save(path), "0 means")
}

// A network learns from values of a thousand and of a thousandth alike only
// once they are standardised.
func TestStandardisedDataIsLearned(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	x, class := make([]nnlib.Float, 400*2), make([]int, 400)
	for i := range class {
		a, b := r.NormFloat64(), r.NormFloat64()
		x[2*i], x[2*i+1] = nnlib.Float(5000+1000*a), nnlib.Float(0.001*b)
		if a+b > 0 {
			class[i] = 1
		}
	}
	d := must(nnlib.NewExamples(nnlib.Units(2), 2, x, class))
	recipe := nnlib.Recipe{Topology: nnlib.Perceptron(2, 2), Optimizer: nnlib.GradientDescent{Rate: 1}, Seed: 1}
	_, step := train(t, recipe, must(must(Standardize(d)).Apply(d)), 60, 0)
	if step.Accuracy < 0.97 {
		t.Errorf("accuracy %v", step.Accuracy)
	}
	if _, raw := train(t, recipe, d, 60, 0); raw.Accuracy > 0.9 {
		t.Errorf("accuracy %v without standardising: the test shows nothing", raw.Accuracy)
	}
}

func TestScikitLearnAgrees(t *testing.T) {
	interpreter := python.Find(t, "DIGITLAB_PYTHON", ".env/python/bin/python3", "sklearn")
	r := rand.New(rand.NewPCG(3, 4))
	const n, cols = 500, 6
	x, class := make([]nnlib.Float, n*cols), make([]int, n)
	var text, labels strings.Builder
	for i := range n {
		class[i] = r.IntN(4) * r.IntN(2)
		fmt.Fprintln(&labels, class[i])
		for k := range cols {
			v := (r.NormFloat64() + float64(k*k)*3) * math.Pow(10, float64(2*k-5))
			if k == 4 {
				v = 0.1 // rounding makes its variance more than 0
			}
			x[i*cols+k] = nnlib.Float(v)
			fmt.Fprintf(&text, "%.17g%c", float64(x[i*cols+k]), ",\n"[(k+1)/cols])
		}
	}
	dir := t.TempDir()
	for name, s := range map[string]string{"x.csv": text.String(), "c.csv": labels.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(s), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var want struct {
		Mean, Scale, Weights []float64
		Rows                 [][]float64
	}
	out := python.Run(t, interpreter, filepath.Join("testdata", "reference.py"), filepath.Join(dir, "x.csv"), filepath.Join(dir, "c.csv"))
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	d := must(nnlib.NewExamples(nnlib.Units(cols), 4, x, class))
	s := must(Standardize(d))
	near := func(what string, got, want, eps float64) {
		if math.Abs(got-want) > eps*max(1, math.Abs(want)) {
			t.Errorf("%s is %v, scikit-learn has %v", what, got, want)
		}
	}
	for k := range cols {
		near("mean", s.Mean[k]/s.Scale[k], want.Mean[k]/want.Scale[k], 1e-12)
		near("scale", s.Scale[k]/want.Scale[k], 1, 1e-12)
	}
	eps := 1e-6
	if nnlib.Precision == "float64" {
		eps = 1e-12
	}
	for i, e := range all(t, must(s.Apply(d))) {
		for k, v := range e.X {
			near("value", float64(v), want.Rows[i][k], eps)
		}
	}
	for c, w := range must(Balanced(d)) {
		near("class weight", w, want.Weights[c], 1e-15)
	}
}
