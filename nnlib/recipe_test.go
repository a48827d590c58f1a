package nnlib

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTopologyTextBothWays(t *testing.T) {
	for _, text := range []string{
		"28x28 affine:64 tanh affine:10 sigmoid+squared",
		"784 affine:64 sigmoid affine:10 softmax+cross-entropy",
		"8x8x3 affine:5 relu affine:2 softmax+cross-entropy",
		"3 affine:2 sigmoid+squared",
		"3 affine:2 leaky-relu:0.01 dropout:0.5 affine:2 softmax+cross-entropy:0.1",
		"3 affine:2 sigmoid+cross-entropy",
		"3 affine:1 linear+squared",
	} {
		topology, err := ParseTopology(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := topology.String(); got != text {
			t.Errorf("%q comes back as %q", text, got)
		}
	}
	if got, want := Perceptron(784, 64, 10).String(), "784 affine:64 sigmoid affine:10 softmax+cross-entropy"; got != want {
		t.Errorf("Perceptron is %q, want %q", got, want)
	}
}

func TestTopologyTextErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                           "empty",
		"28x28":                                      "no layers",
		"28y28 affine:3":                             `input "28y28"`,
		"0 affine:3 sigmoid+squared":                 `input "0"`,
		"1x2x3x4 affine:3":                           `input "1x2x3x4"`,
		"4 affine sigmoid+squared":                   `layer 1: "affine": write it as affine:UNITS`,
		"4 affine:x sigmoid+squared":                 `layer 1: "affine:x"`,
		"4 affine:0 sigmoid+squared":                 "layer 1: affine: 0 units",
		"4 affine:2147483647 sigmoid+squared":        "layer 1: affine: 2147483647 units of 4 inputs: a layer has at most",
		"4 affine:2 tanh:3":                          `layer 2: "tanh:3"`,
		"4 affine:2.5 sigmoid+squared":               `"affine:2.5"`,
		"4 affine:2 dropout:1 sigmoid+squared":       "layer 2: dropout: rate 1",
		"4 affine:2 leaky-relu:-1 sigmoid+squared":   "layer 2: leaky-relu: slope -1",
		"4 affine:2 softmax+cross-entropy:1":         "layer 2: softmax+cross-entropy: smoothing 1",
		"4 affine:2 swish":                           `layer 2: "swish" is not one of`,
		"4 affine:2 tanh":                            "layer 2: the last layer must be a loss",
		"4 sigmoid+squared affine:2 sigmoid+squared": "layer 1: a loss must be the last layer",
	} {
		if _, err := ParseTopology(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func FuzzParseTopology(f *testing.F) {
	f.Add("28x28 affine:64 tanh affine:10 sigmoid+squared")
	f.Add("3x3x3 relu softmax+cross-entropy")
	f.Fuzz(func(t *testing.T, text string) {
		topology, err := ParseTopology(text)
		if err != nil {
			return
		}
		again, err := ParseTopology(topology.String())
		if err != nil || again.String() != topology.String() {
			t.Errorf("%q reads as %q, and that as %q: %v", text, topology, again, err)
		}
	})
}

func TestRecipeText(t *testing.T) {
	r := recipes()["seed"]
	r.Weights = []Float{1}
	got := r.String()
	want := "Topology: 6x5 affine:9 tanh affine:4 sigmoid+squared\n" +
		"Optimizer: GradientDescent{Rate: 0.5, Schedule: BoldDriver{}}\n" +
		"Init: Uniform{Limit: 0.5}\nSample: 0.7\nSeed: 11\n"
	line := got[strings.Index(got, "Weights"):]
	if d := cmp.Diff(want, got[:len(got)-len(line)]); d != "" {
		t.Error(d)
	}
	if !strings.HasPrefix(line, "Weights: 1 numbers, sha256:") {
		t.Error(line)
	}
}

func TestRecipeTextOfAnOwnLayer(t *testing.T) {
	got := Recipe{Topology: small(SoftmaxCrossEntropy{}, twisted{})}.String()
	want := "Topology: Topology{Input: Shape{Height: 6, Width: 5, Channels: 1}, Layers: [Affine{Units: 9}, twisted{}, Affine{Units: 4}, SoftmaxCrossEntropy{}]}\n"
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// labelled is a layer with text, and Data one with a name that recipe.txt has too.
type labelled struct {
	Tanh
	A, B string
}

type Data struct {
	Tanh
	Data int
}

// share and half are penalties that are numbers.
type share float64

type half float64

func (share) Add(_, _ []Float) float64 { return 0 }
func (half) Add(_, _ []Float) float64  { return 0 }
func (half) String() string            { return "half" }

func TestRecipeTextTellsRecipesApart(t *testing.T) {
	layer := func(l Layer) Recipe { return Recipe{Topology: small(SoftmaxCrossEntropy{}, l)} }
	seen := map[string]bool{}
	for _, r := range []Recipe{
		layer(labelled{A: "x", B: "y"}), layer(labelled{A: "x, B: y"}), layer(labelled{A: "x\nSeed: 3"}),
		{Penalty: share(0.5)}, {Penalty: half(0.5)}, {Penalty: half(0.25)}, {Penalty: L2{0.5}},
	} {
		if text := r.String(); seen[text] || strings.Count(text, "\n") != 1 {
			t.Errorf("two recipes, or two lines: %s", text)
		} else {
			seen[text] = true
		}
	}
	dir, r := t.TempDir(), layer(Data{Data: 5})
	r.Optimizer = GradientDescent{Rate: 0.1}
	drain(t, must(OpenRun(dir, r)), blobs(t, 200), 2)
	if _, err := OpenRun(dir, r); err != nil {
		t.Error(err)
	}
}

type pointer struct {
	Plain
	P *int
}

func (pointer) Bind(Shape) LayerModel { return linear{} }

type hidden struct {
	Plain
	n int
}

func (hidden) Bind(Shape) LayerModel { return linear{} }

func TestRecipeErrorsNameTheField(t *testing.T) {
	top, plain := small(SoftmaxCrossEntropy{}), GradientDescent{Rate: 0.1}
	n := 0
	for want, r := range map[string]Recipe{
		"layer 1":                            {Topology: Topology{Input: Units(3), Layers: []Layer{Affine{}, SigmoidSquaredError{}}}, Optimizer: plain},
		"layer 2: nil":                       {Topology: Topology{Input: Units(3), Layers: []Layer{Affine{1}, nil}}, Optimizer: plain},
		"input":                              {Topology: Topology{Layers: []Layer{Affine{1}, SigmoidSquaredError{}}}, Optimizer: plain},
		"Optimizer: none":                    {Topology: top},
		"Optimizer.Rate":                     {Topology: top, Optimizer: GradientDescent{Rate: -1}},
		"Optimizer.Clip":                     {Topology: top, Optimizer: GradientDescent{Rate: 1, Clip: -1}},
		"Optimizer.Rule.Keep":                {Topology: top, Optimizer: GradientDescent{Rate: 1, Rule: Momentum{1}}},
		"Optimizer.Schedule.Undo":            {Topology: top, Optimizer: GradientDescent{Rate: 1, Schedule: BoldDriver{Undo: true}}, Batch: 3},
		"Batch: must not":                    {Topology: top, Optimizer: plain, Batch: -1},
		"Batch: cannot be used together":     {Topology: top, Optimizer: plain, Batch: 1, Sample: 0.5},
		"Sample":                             {Topology: top, Optimizer: plain, Sample: 1.5},
		"Holdout":                            {Topology: top, Optimizer: plain, Holdout: 1},
		"Shuffle":                            {Topology: top, Optimizer: plain, Shuffle: Blocks{}},
		"Shuffle.Rows":                       {Topology: top, Optimizer: plain, Batch: 9, Shuffle: Blocks{-1}},
		"Patience: must not":                 {Topology: top, Optimizer: plain, Patience: -1},
		"Leaves":                             {Topology: top, Optimizer: plain, Leaves: -1},
		"Weights: 2 given, the topology has": {Topology: top, Optimizer: plain, Weights: []Float{1, 2}},
		"cannot hold a *int":                 {Topology: small(SoftmaxCrossEntropy{}, pointer{P: &n}), Optimizer: plain},
		"hidden field n":                     {Topology: small(SoftmaxCrossEntropy{}, hidden{n: 1}), Optimizer: plain},
	} {
		_, err := NewRun(r)
		var recipe *RecipeError
		var shape *ShapeError
		if err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, &recipe) && !errors.As(err, &shape) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
