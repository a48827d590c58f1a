package onnx

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"digitlab/nnlib"
	"digitlab/nnlib/internal/python"
)

// network is a model of drawn weights, and rows for it.
func network(t *testing.T, text string) (*nnlib.Model, *nnlib.Examples, [][]nnlib.Float) {
	t.Helper()
	topology, err := nnlib.ParseTopology(text)
	if err != nil {
		t.Fatal(err)
	}
	w, err := topology.Init(5, nnlib.Uniform{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	n := topology.Input.Len()
	x, rows := make([]nnlib.Float, 7*n), make([][]nnlib.Float, 7)
	for i := range x {
		x[i] = nnlib.Float((i*37+11)%101-50) / 25
	}
	for i := range rows {
		rows[i] = x[i*n : (i+1)*n]
	}
	d, err := nnlib.NewExamples(topology.Input, 1, x, make([]int, 7))
	if err != nil {
		t.Fatal(err)
	}
	return &nnlib.Model{Topology: topology, Weights: w}, d, rows
}

// topologies has every layer of nnlib.
var topologies = []string{
	"6 affine:5 sigmoid affine:3 softmax+cross-entropy",
	"2x3 affine:5 tanh affine:3 sigmoid+squared",
	"6 affine:5 relu dropout:0.5 affine:3 sigmoid+cross-entropy",
	"6 affine:5 leaky-relu:0.2 affine:3 linear+squared",
	"6 tanh affine:4 affine:3 softmax+cross-entropy:0.1",
	"28x28 affine:64 relu affine:10 softmax+cross-entropy",
	"3 softmax+cross-entropy",
}

func TestONNXRuntimeAgrees(t *testing.T) {
	interpreter := python.Find(t, "DIGITLAB_PYTHON", ".env/python/bin/python3", "onnx", "onnxruntime")
	for _, text := range topologies {
		t.Run(text, func(t *testing.T) {
			m, d, rows := network(t, text)
			dir := t.TempDir()
			var file bytes.Buffer
			if err := Write(&file, m, Info{Doc: "A network.", Notes: []Note{{"scale", "255"}}}); err != nil {
				t.Fatal(err)
			}
			path, x := filepath.Join(dir, "m.onnx"), filepath.Join(dir, "x.json")
			b, err := json.Marshal(rows)
			if err == nil {
				err = os.WriteFile(path, file.Bytes(), 0o666)
			}
			if err == nil {
				err = os.WriteFile(x, b, 0o666)
			}
			if err != nil {
				t.Fatal(err)
			}
			var said struct {
				Input, Output  string
				InputShape     []any `json:"input_shape"`
				OutputShape    []any `json:"output_shape"`
				Outputs, First [][]float64
				Metadata       map[string]string
				Doc            string
				Operators      []string
			}
			if err := json.Unmarshal(python.Run(t, interpreter, "testdata/run.py", path, x), &said); err != nil {
				t.Fatal(err)
			}
			p, err := m.Predict(context.Background(), d)
			if err != nil {
				t.Fatal(err)
			}
			if len(said.Outputs) != d.Len() || len(said.First) != 1 {
				t.Fatalf("%d and %d rows", len(said.Outputs), len(said.First))
			}
			for i, row := range said.Outputs {
				for j, v := range row {
					if y := float64(p.Output.Row(i)[j]); !(math.Abs(v-y) <= 1e-5*max(1, math.Abs(y))) {
						t.Errorf("row %d: output %d is %v, ours %v", i, j, v, y)
					}
				}
			}
			for want, got := range map[string]any{
				fmt.Sprintf("input [rows %d]", m.Topology.Input.Len()): fmt.Sprint(said.Input, " ", said.InputShape),
				fmt.Sprintf("output [rows %d]", p.Output.Cols):         fmt.Sprint(said.Output, " ", said.OutputShape),
				m.Topology.String():             said.Metadata["topology"],
				nnlib.Precision:                 said.Metadata["precision"],
				fmt.Sprintf("%x", m.Hash()):     said.Metadata["sha256"],
				"255":                           said.Metadata["scale"],
				"A network.":                    said.Doc,
				fmt.Sprint(len(said.Operators)): fmt.Sprint(len(m.Topology.Layers) + 1),
			} {
				if got != want {
					t.Errorf("found %v, want %v", got, want)
				}
			}
		})
	}
}

// TestEveryLayerIsTried: a layer of nnlib that no test above has would be
// written without proof.
func TestEveryLayerIsTried(t *testing.T) {
	tried := strings.Join(topologies, " ")
	_, err := nnlib.ParseTopology("1 none")
	_, list, _ := strings.Cut(err.Error(), "is not one of ")
	names := strings.Split(list, ", ")
	if len(names) < 10 {
		t.Fatalf("layers %q", names)
	}
	for _, name := range names {
		name, _, _ = strings.Cut(name, ":")
		if !strings.Contains(tried+" ", " "+name) {
			t.Errorf("%s is in no topology of this test", name)
		}
	}
}

// double is a layer of somebody else.
type double struct{ nnlib.Tanh }

func (double) String() string { return "tanh" }

func TestWriteRefuses(t *testing.T) {
	m, _, _ := network(t, topologies[0])
	for want, c := range map[string]*nnlib.Model{
		"1 weights, the topology has":      {Topology: m.Topology, Weights: m.Weights[:1]},
		"layer 2: onnx.double has no tran": {Topology: nnlib.Topology{Input: nnlib.Units(1), Layers: []nnlib.Layer{nnlib.Affine{Units: 1}, double{}, nnlib.LinearSquaredError{}}}, Weights: m.Weights[:2]},
		"the network cannot be written":    {Topology: nnlib.Topology{Input: nnlib.Units(1), Layers: []nnlib.Layer{nnlib.Tanh{}}}},
	} {
		var b bytes.Buffer
		if err := Write(&b, c, Info{}); err == nil || !strings.Contains(err.Error(), want) || b.Len() > 0 {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
