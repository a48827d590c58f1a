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
func pyspark(t *testing.T, given, saved string, g golden) (s struct{ Given, Saved said }) {
	t.Helper()
	interpreter := python.Find(t, "DIGITLAB_SPARK_PYTHON", ".env/spark/bin/python3", "pyspark", "numpy")
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
		err = json.Unmarshal(python.Run(t, interpreter, "testdata/exchange.py", given, saved, rows), &s)
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

// TestExchangeWithTheRealSpark: it loads what is saved here and predicts the
// same, and what it saves loads here and predicts the same. One start of Spark
// serves both.
func TestExchangeWithTheRealSpark(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Spark")
	}
	g, dir := read(t, "thr_base"), t.TempDir()
	given, saved := filepath.Join(dir, "given"), filepath.Join(dir, "saved")
	c := trained(t, g)
	c.UID, c.Thresholds = "MultilayerPerceptronClassifier_0123456789ab", []float64{0.5, 0.3, 1e-5}
	c.Params = map[string]json.RawMessage{"predictionCol": json.RawMessage(`"answer"`), "initialWeights": json.RawMessage(`{"type":1,"values":[0.5,-1.0E-6]}`)}
	if err := c.Save(given); err != nil {
		t.Fatal(err)
	}
	s := pyspark(t, given, saved, g)
	t.Run("given", func(t *testing.T) {
		agree(t, c, g, s.Given)
		if !slices.Equal(s.Given.Layers, g.Layers) || s.Given.PredictionCol != "answer" {
			t.Errorf("Spark read the layers %v and predictionCol %s", s.Given.Layers, s.Given.PredictionCol)
		}
	})
	t.Run("saved", func(t *testing.T) {
		c, err := Load(saved)
		if err != nil {
			t.Fatal(err)
		}
		agree(t, c, g, s.Saved)
		if c.Thresholds == nil || string(c.Params["predictionCol"]) != `"class"` || string(c.Params["seed"]) != "42" || c.Params["layers"] != nil {
			t.Errorf("thresholds %v, parameters %s", c.Thresholds, c.Params)
		}
	})
}
