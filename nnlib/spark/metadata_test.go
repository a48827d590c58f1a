package spark

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"digitlab/nnlib"
)

func TestScalaNumbers(t *testing.T) {
	for want, x := range map[string]float64{
		"0.0": 0, "-1.0": -1, "0.03": 0.03, "1.0E-6": 1e-6, "0.001": 0.001, "9.99E-4": 9.99e-4,
		"9999999.0": 9999999, "1.0E7": 1e7, "-1.2345678E10": -12345678000, "1.0E-300": 1e-300,
	} {
		if got := scalaNumber(x); got != want {
			t.Errorf("%v is written %s, want %s", x, got, want)
		}
	}
}

func TestMetadataAreSparksOwn(t *testing.T) {
	name, want, err := part("testdata/saved_model", "metadata", ".txt")
	if err != nil {
		t.Fatal(err)
	}
	m, err := readMetadata(want)
	if err != nil {
		t.Fatal(name, err)
	}
	// Spark's defaults, the seed aside: pyspark draws one for each process.
	defaults := defaultParams()
	defaults["seed"] = m.Defaults["seed"]
	if d := cmp.Diff(m.Defaults, defaults); d != "" {
		t.Errorf("defaults: %s", d)
	}
	if got, err := m.line(); err != nil || string(got) != string(want) {
		t.Errorf("the line of %s is written\n%s(%v)", name, got, err)
	}
}

func FuzzMetadata(f *testing.F) {
	_, b, err := part("testdata/saved_model", "metadata", ".txt")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := readMetadata(b)
		if err != nil {
			return
		}
		if sizes, n, err := m.layers(); err == nil && weights(nnlib.Perceptron(sizes...)) != n {
			t.Errorf("layers %v: %d weights", sizes, n)
		}
		m.thresholds()
	})
}
