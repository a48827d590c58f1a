package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"digitlab/nnlib/modelfile"
	"digitlab/nnlib/spark"
)

// converted runs convert and returns what it wrote on stderr.
func converted(t *testing.T, args ...string) string {
	t.Helper()
	status, stdout, stderr := digitlab(append([]string{"convert"}, args...)...)
	if status != 0 || !regexp.MustCompile(`^\S+: .* of ".*", weights=sha256:[0-9a-f]{64}\n$`).MatchString(stdout) {
		t.Fatalf("convert %v: status %d, %q, %s", args, status, stdout, stderr)
	}
	return stderr
}

// predicted runs predict.
func predicted(t *testing.T, args ...string) string {
	t.Helper()
	status, stdout, stderr := digitlab(append([]string{"predict"}, args...)...)
	if status != 0 || stdout == "" {
		t.Fatalf("predict %v: status %d, %s", args, status, stderr)
	}
	return stdout
}

// TestConvertedModelsPredictTheSame: a run as a model file, as Spark's, and
// back.
func TestConvertedModelsPredictTheSame(t *testing.T) {
	f, dir := halves(t, 200), t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	args := f.args("-rate 1 -steps 5", at("out"))
	args = append(args[:1], append([]string{"-net", "4x4 affine:5 sigmoid affine:2 softmax+cross-entropy"}, args[1:]...)...)
	if status, _, stderr := digitlab(args...); status != 0 {
		t.Fatal(stderr)
	}
	run := at("out/run")
	want := predicted(t, run, f.testImages)
	converted(t, run, at("a.model"))
	converted(t, at("a.model"), at("b.spark"))
	converted(t, at("b.spark"), at("c.model"))
	converted(t, "-to", "spark", at("c.model"), at("d"))
	for _, name := range []string{"a.model", "b.spark", "c.model", "d"} {
		if got := predicted(t, at(name), f.testImages); got != want {
			t.Errorf("%s predicts otherwise than the run", name)
		}
	}
	// The run's scale is in the file: images whose values stay small are read as
	// the run read its own.
	dark := write(t, at("dark.csv"), strings.Repeat("0,1,0,1,", 3)+"0,1,0,1\n")
	if predicted(t, at("a.model"), dark) != predicted(t, run, dark) {
		t.Error("the scale is not kept")
	}
	converted(t, run, at("e.onnx"))
	b, err := os.ReadFile(at("e.onnx"))
	if err != nil || !bytes.Contains(b, []byte("4x4 affine:5 sigmoid affine:2 softmax+cross-entropy")) || !bytes.Contains(b, []byte("scale")) {
		t.Errorf("%d bytes of ONNX, %v", len(b), err)
	}
}

func TestConvertKeepsThresholds(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	c, err := spark.Load("../../spark/testdata/saved_model")
	if err != nil {
		t.Fatal(err)
	}
	c.Thresholds = []float64{0, 0.5, 0.5} // class 0 always
	c.Params = map[string]json.RawMessage{"predictionCol": json.RawMessage(`"class"`)}
	if err := c.Save(at("in.spark")); err != nil {
		t.Fatal(err)
	}
	converted(t, at("in.spark"), at("a.model"))
	converted(t, at("a.model"), at("b.spark"))
	rows := write(t, at("rows.csv"), "-0.222222,0.5,-0.762712,-0.833333\n0.166667,-0.416667,0.457627,0.5\n")
	for _, name := range []string{"in.spark", "a.model", "b.spark"} {
		if got := predicted(t, "-scale", "1", at(name), rows); strings.Count("\n"+got, "\n0,") != 2 {
			t.Errorf("%s: %s", name, got)
		}
	}
	if says := converted(t, at("in.spark"), at("c.onnx")); !strings.Contains(says, "the thresholds are in the metadata alone") {
		t.Errorf("stderr %q", says)
	}
	converted(t, at("in.spark"), at("d.spark"))
	if d, err := spark.Load(at("d.spark")); err != nil || d.UID != c.UID || string(d.Params["predictionCol"]) != `"class"` {
		t.Errorf("Spark to Spark: %+v, %v", d, err)
	}
	status, stdout, stderr := digitlab("summary", at("a.model"))
	if status != 0 || !regexp.MustCompile(`total +64\n`).MatchString(stdout) || !strings.Contains(stdout, "threshold of class 1: 0.5\n") {
		t.Errorf("summary: %s%s", stdout, stderr)
	}
}

func TestConvertTakesWeightsOfOtherPrograms(t *testing.T) {
	const net = "6 affine:5 tanh affine:4 tanh affine:3 softmax+cross-entropy"
	dir := t.TempDir()
	rows := write(t, filepath.Join(dir, "rows.csv"), "0.5,-1,0.25,0,1,-0.5\n")
	want := ""
	for _, name := range []string{"f32.safetensors", "f64.npz", "flat.npy"} {
		in, out := filepath.Join("../../tensors/testdata", name), filepath.Join(dir, name+".model")
		converted(t, "-net", net, in, out)
		got := predicted(t, "-scale", "1", out, rows)
		if want == "" {
			want = got
		}
		if direct := predicted(t, "-scale", "1", "-net", net, in, rows); got != want || direct != want {
			t.Errorf("%s: %q, directly %q, want %q", name, got, direct, want)
		}
	}
	in := "../../tensors/testdata/f32.npz"
	labels := write(t, filepath.Join(dir, "labels.csv"), "2\n")
	if status, text, stderr := digitlab("compare", "-net", net, "-images", rows, "-labels", labels, "-scale", "1", in, filepath.Join(dir, "f64.npz.model")); status != 0 || !strings.Contains(text, "1 examples") {
		t.Errorf("compare: status %d, %s%s", status, text, stderr)
	}
	for want, args := range map[string][]string{
		"say it by -net":                   {in, filepath.Join(dir, "x.model")},
		"topology: layer 1":                {"-net", "6 x", in, filepath.Join(dir, "x.model")},
		"-to csv: use model":               {"-to", "csv", "-net", net, in, filepath.Join(dir, "x")},
		"its ending tells no fo":           {"-net", net, in, filepath.Join(dir, "x")},
		"knows its network":                {"-net", net, filepath.Join(dir, "f64.npz.model"), filepath.Join(dir, "x.model")},
		"too few or too many arguments: 1": {in},
	} {
		if status, _, stderr := digitlab(append([]string{"convert"}, args...)...); status != statusUsage || !strings.Contains(stderr, want) {
			t.Errorf("%v: status %d, %s", args, status, stderr)
		}
	}
	if status, _, stderr := digitlab("convert", "-net", "6 affine:3 softmax+cross-entropy", in, filepath.Join(dir, "x.model")); status != statusInput || !strings.Contains(stderr, "f32.npz: tensors: found 0.weight [5 6], ") || !strings.Contains(stderr, "wanted layer 1 weight [3 6]") {
		t.Errorf("status %d, %s", status, stderr)
	}
}

func TestConvertRefuses(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	const in = "../../spark/testdata/saved_model"
	for _, name := range []string{"m.model", "m.spark", "m.onnx"} {
		converted(t, in, at(name))
		if status, _, stderr := digitlab("convert", in, at(name)); status != statusInput || !strings.Contains(stderr, "file already exists") {
			t.Errorf("%s again: status %d, %s", name, status, stderr)
		}
		converted(t, "-overwrite", in, at(name))
	}
	precious := write(t, at("letter.model"), "Dear Ada")
	for want, args := range map[string][]string{
		"letter.model is not a model file: it stays": {"-overwrite", in, precious},
		"dir.onnx is not a file: it stays":           {"-overwrite", in, at("dir.onnx")},
		"dir.spark is not a saved Spark model":       {"-overwrite", in, at("dir.spark")},
		"letter.model is no model: models are":       {precious, at("x.model")},
		"m.onnx is no model":                         {at("m.onnx"), at("x.model")},
		"dir.spark is no model":                      {at("dir.spark"), at("x.model")},
		"no such file":                               {at("nothing"), at("x.model")},
		"softmax+cross-entropy on top":               {at("tanh.model"), at("x.spark")},
	} {
		for _, d := range []string{"dir.onnx", "dir.spark"} {
			if err := os.MkdirAll(at(d), 0o777); err != nil {
				t.Fatal(err)
			}
		}
		if want == "softmax+cross-entropy on top" {
			converted(t, "-net", "6 affine:5 tanh affine:4 tanh affine:3 softmax+cross-entropy", "../../tensors/testdata/f32.npz", at("tanh.model"))
		}
		if status, _, stderr := digitlab(append([]string{"convert"}, args...)...); status != statusInput || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: status %d, %s, want %s", args, status, stderr, want)
		}
	}
	if b, err := os.ReadFile(precious); string(b) != "Dear Ada" {
		t.Error("a letter was replaced", err)
	}
	if f, err := modelfile.Load(at("m.model")); err != nil || len(f.Model.Weights) != 64 {
		t.Error(err)
	}
}
