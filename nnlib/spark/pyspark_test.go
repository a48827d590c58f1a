package spark

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"digitlab/nnlib"
	"digitlab/nnlib/internal/python"
)

// said is what exchange.py prints.
type said struct {
	UID           string
	Layers        []int
	Thresholds    []float64
	Weights       []float64
	PredictionCol string `json:"prediction_col"`
	Probability   [][]float64
	Prediction    []float64
}

// pyspark runs exchange.py with the real Spark.
func pyspark(t *testing.T, what, model string, g golden) (s said) {
	t.Helper()
	interpreter := python.Find(t, "DIGITLAB_SPARK_PYTHON", ".env-spark/bin/python", "pyspark", "numpy")
	if _, err := exec.LookPath("java"); err != nil && os.Getenv("JAVA_HOME") == "" {
		if os.Getenv("DIGITLAB_REQUIRE") == "all" {
			t.Fatal("no java: Spark needs Java 17 or newer")
		}
		t.Skip("no java: Spark needs Java 17 or newer")
	}
	rows := filepath.Join(t.TempDir(), "rows.json")
	b, err := json.Marshal(map[string]any{"x": g.X, "y": g.Y})
	if err == nil {
		err = os.WriteFile(rows, b, 0o666)
	}
	if err == nil {
		err = json.Unmarshal(python.Run(t, interpreter, "testdata/exchange.py", what, model, rows), &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// agree compares predictions with Spark's.
func agree(t *testing.T, c *Classifier, g golden, s said) {
	t.Helper()
	p, err := c.Predict(context.Background(), g.data(t))
	if err != nil {
		t.Fatal(err)
	}
	limit := 1e-6 // Float rounds the weights
	if exact {
		limit = 1e-12
	}
	if len(s.Prediction) != len(g.X) {
		t.Fatalf("%d predictions of %d rows", len(s.Prediction), len(g.X))
	}
	for i, class := range p.Class {
		if class != int(s.Prediction[i]) {
			t.Errorf("row %d is %d, Spark's %v", i, class, s.Prediction[i])
		}
		for j, v := range p.Output.Row(i) {
			if d := math.Abs(float64(v) - s.Probability[i][j]); !(d <= limit) {
				t.Errorf("row %d: p[%d] is %v, Spark's %v", i, j, v, s.Probability[i][j])
			}
		}
	}
	for i, w := range c.Model.Weights {
		if w != nnlib.Float(s.Weights[i]) {
			t.Fatalf("weight %d is %v, Spark's %v", i, w, s.Weights[i])
		}
	}
	if !slices.Equal(c.Thresholds, s.Thresholds) || c.UID != s.UID {
		t.Errorf("thresholds %v, uid %s, Spark's %v, %s", c.Thresholds, c.UID, s.Thresholds, s.UID)
	}
}

func TestSparkLoadsWhatIsSavedHere(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Spark")
	}
	g := read(t, "thr_base")
	c := trained(t, g)
	c.UID, c.Thresholds = "MultilayerPerceptronClassifier_0123456789ab", []float64{0.5, 0.3, 1e-5}
	c.Params = map[string]json.RawMessage{"predictionCol": json.RawMessage(`"class"`), "initialWeights": json.RawMessage(`{"type":1,"values":[0.5,-1.0E-6]}`)}
	dir := filepath.Join(t.TempDir(), "model")
	if err := c.Save(dir); err != nil {
		t.Fatal(err)
	}
	s := pyspark(t, "load", dir, g)
	agree(t, c, g, s)
	if !slices.Equal(s.Layers, g.Layers) || s.PredictionCol != "class" {
		t.Errorf("Spark read the layers %v and predictionCol %s", s.Layers, s.PredictionCol)
	}
}

func TestWhatSparkSavesLoadsHere(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Spark")
	}
	g := read(t, "thr_base")
	dir := filepath.Join(t.TempDir(), "model")
	s := pyspark(t, "save", dir, g)
	c, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	agree(t, c, g, s)
	if string(c.Params["predictionCol"]) != `"class"` || string(c.Params["seed"]) != "42" || c.Params["layers"] != nil {
		t.Errorf("parameters %s", c.Params)
	}
}
