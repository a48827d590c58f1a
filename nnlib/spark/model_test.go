package spark

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"digitlab/nnlib"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// trained is a golden run's result.
func trained(t *testing.T, g golden) *Classifier {
	t.Helper()
	m := &nnlib.Model{Topology: nnlib.Perceptron(g.Layers...)}
	for _, w := range g.Final {
		m.Weights = append(m.Weights, nnlib.Float(w))
	}
	return &Classifier{Model: m}
}

func TestLoadASavedModelOfSpark(t *testing.T) {
	g := read(t, "thr_base")
	c, err := Load("testdata/saved_model")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(trained(t, g).Model, c.Model); d != "" {
		t.Error(d)
	}
	if c.UID != "MultilayerPerceptronClassifier_0e833e15d315" || c.Thresholds != nil || string(c.Params["maxIter"]) != "15" {
		t.Errorf("uid %s, thresholds %v, parameters %s", c.UID, c.Thresholds, c.Params)
	}
}

func TestThresholdsAreSparks(t *testing.T) {
	g := read(t, "thr_base")
	b, err := os.ReadFile("testdata/thresholds.json")
	var cases struct{ Predictions map[string][]float64 }
	if err == nil {
		err = json.Unmarshal(b, &cases)
	}
	if err != nil || len(cases.Predictions) < 4 {
		t.Fatal(len(cases.Predictions), err)
	}
	for text, want := range cases.Predictions {
		c := trained(t, g)
		if err := json.Unmarshal([]byte(text), &c.Thresholds); err != nil {
			t.Fatal(err)
		}
		p, err := c.Predict(context.Background(), g.data(t))
		if err != nil {
			t.Fatal(err)
		}
		correct := int64(0)
		for i, class := range p.Class {
			if class != int(want[i]) {
				t.Errorf("%s: row %d is %d, Spark's %v", text, i, class, want[i])
			}
			if class == int(g.Y[i]) {
				correct++
			}
		}
		if p.Sum.Correct != correct {
			t.Errorf("%s: %d counted correct, %d are", text, p.Sum.Correct, correct)
		}
	}
}

func TestThresholdZero(t *testing.T) {
	c := Classifier{Thresholds: []float64{0.5, 0}}
	for want, p := range [][]nnlib.Float{{1, 0}, {0.999, 0.001}} {
		if got := c.Class(p); got != want {
			t.Errorf("%v: class %d, want %d", p, got, want)
		}
	}
}

func TestWrongThresholds(t *testing.T) {
	g := read(t, "thr_base")
	for want, thresholds := range map[string][]float64{
		"2 thresholds for 3 classes": {0.5, 0.5},
		"threshold 1 is -0.5":        {0.5, -0.5, 1},
		"threshold 2 is NaN":         {0.5, 0.5, math.NaN()},
		"2 thresholds are 0":         {0, 0, 1},
	} {
		c := trained(t, g)
		c.Thresholds = thresholds
		_, err := c.Predict(context.Background(), g.data(t))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Predict: error %v, want %s", err, want)
		}
		dir := filepath.Join(t.TempDir(), "m")
		if err := c.Save(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Save: error %v, want %s", err, want)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Error("something was saved")
		}
	}
}

func TestSavedModelsLoadBack(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.IntRange(1, 9), 2, 5).Draw(t, "layers")
		m := &nnlib.Model{Topology: nnlib.Perceptron(sizes...)}
		for range weights(m.Topology) {
			m.Weights = append(m.Weights, nnlib.Float(rapid.Float32Range(-1e6, 1e6).Draw(t, "w")))
		}
		c := &Classifier{Model: m, UID: "mlpc_1", Params: map[string]json.RawMessage{"tol": json.RawMessage("1.0E-4")}}
		if rapid.Bool().Draw(t, "thresholds") {
			for range sizes[len(sizes)-1] {
				c.Thresholds = append(c.Thresholds, rapid.Float64Range(1e-300, 1e300).Draw(t, "t"))
			}
		}
		n++
		path := filepath.Join(dir, strings.Repeat("m", 1+n%100))
		if err := c.Save(path, Overwrite); err != nil {
			t.Fatal(err)
		}
		back, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c, back); d != "" {
			t.Fatal(d)
		}
	})
}

func weights(t nnlib.Topology) (n int) {
	for _, s := range t.Spans() {
		n += s.Len
	}
	return n
}

func TestSaveRefusesAnExistingPath(t *testing.T) {
	c, dir := trained(t, read(t, "thr_base")), t.TempDir()
	path := filepath.Join(dir, "deep", "model")
	if err := c.Save(path); err != nil {
		t.Fatal(err)
	}
	c.Model.Weights[0] = 7
	if err := c.Save(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v", err)
	}
	if back, err := Load(path); err != nil || back.Model.Weights[0] == 7 {
		t.Errorf("the model was replaced, or %v", err)
	}
	if err := c.Save(path, Overwrite); err != nil {
		t.Fatal(err)
	}
	if back, err := Load(path); err != nil || back.Model.Weights[0] != 7 {
		t.Errorf("the model was not replaced, or %v", err)
	}
	precious := filepath.Join(dir, "precious")
	if err := os.WriteFile(precious, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{precious, dir} {
		if err := c.Save(other, Overwrite); err == nil || !strings.Contains(err.Error(), "not a saved Spark model, and stays") {
			t.Errorf("error %v", err)
		}
	}
	if b, err := os.ReadFile(precious); string(b) != "mine" {
		t.Error("a file was replaced", err)
	}
	for _, d := range []string{dir, filepath.Dir(path)} {
		if left, _ := filepath.Glob(filepath.Join(d, ".*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func TestOnlyPerceptronsAreSaved(t *testing.T) {
	for text, ok := range map[string]bool{
		"4 affine:5 sigmoid affine:3 softmax+cross-entropy":                    true,
		"4 affine:3 softmax+cross-entropy":                                     true,
		"2x2 affine:5 sigmoid dropout:0.5 affine:3 softmax+cross-entropy:1e-1": true,
		"4 affine:5 tanh affine:3 softmax+cross-entropy":                       false,
		"4 affine:5 affine:3 softmax+cross-entropy":                            false,
		"4 affine:5 sigmoid affine:3 sigmoid+squared":                          false,
		"4 affine:5 sigmoid sigmoid affine:3 softmax+cross-entropy":            false,
		"4 softmax+cross-entropy":                                              false,
	} {
		topology, err := nnlib.ParseTopology(text)
		if err != nil {
			t.Fatal(err)
		}
		c := &Classifier{Model: &nnlib.Model{Topology: topology, Weights: make([]nnlib.Float, weights(topology))}}
		err = c.Save(filepath.Join(t.TempDir(), "m"))
		if ok && err != nil || !ok && (err == nil || !strings.Contains(err.Error(), "is another network")) {
			t.Errorf("%s: error %v", text, err)
		}
	}
}

func TestSaveRefusesParametersThatSparkWouldNot(t *testing.T) {
	for want, params := range map[string]map[string]json.RawMessage{
		`parameter "momentum" is not one of blockSize, `: {"momentum": json.RawMessage("0.9")},
		`parameter maxIter: "many" is not a value`:       {"maxIter": json.RawMessage(`"many"`)},
	} {
		c := trained(t, read(t, "thr_base"))
		c.Params = params
		if err := c.Save(filepath.Join(t.TempDir(), "m")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestLoadNamesWhatIsWrong(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good")
	if err := trained(t, read(t, "thr_base")).Save(good); err != nil {
		t.Fatal(err)
	}
	_, line, err := part(good, "metadata", ".txt")
	if err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string][2]string{
		"not Spark's metadata":              {`"class"`, `class`},
		"it is an estimator":                {"ClassificationModel", "Classifier"},
		"it is a org.apache.spark.ml.Other": {modelClass, "org.apache.spark.ml.Other"},
		"no layers: Spark 4.3.0":            {`"layers":[4,5,4,3]`, `"seed":1`},
		"layers [4]":                        {"[4,5,4,3]", "[4]"},
		"layers [4,0,3]":                    {"[4,5,4,3]", "[4,0,3]"},
		"more than 2147483647 weights":      {"[4,5,4,3]", "[2147483647,2147483647,2147483647]"},
		"64 weights, the layers have 55":    {"[4,5,4,3]", "[4,5,5]"},
		"64 weights, the layers have 67":    {"[4,5,4,3]", "[4,8,3]"},
		"2 thresholds for 3 classes":        {`"paramMap":{`, `"paramMap":{"thresholds":[1,2],`},
	} {
		dir := filepath.Join(t.TempDir(), "bad")
		if err := os.CopyFS(dir, os.DirFS(good)); err != nil {
			t.Fatal(err)
		}
		name, _, err := part(dir, "metadata", ".txt")
		if err == nil {
			err = os.WriteFile(name, []byte(strings.Replace(string(line), change[0], change[1], 1)), 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err = Load(dir); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "part-00000-") {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	if _, err := Load(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is not a saved model: metadata/ has 0 files") {
		t.Errorf("an empty directory: error %v", err)
	}
}
