package nnlib

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Topology describes a network: what it reads, and its layers from the bottom
// up. The last layer is a Loss.
type Topology struct {
	Input  Shape
	Layers []Layer
}

// Perceptron is Spark ML's multilayer perceptron: affine layers of the given
// sizes, the first of which is the input's, with a sigmoid after each but the
// last, and softmax with cross-entropy on top.
func Perceptron(units ...int) Topology {
	var t Topology
	for i, n := range units {
		switch {
		case i == 0:
			t.Input = Units(n)
			continue
		case i > 1:
			t.Layers = append(t.Layers, Sigmoid{})
		}
		t.Layers = append(t.Layers, Affine{n})
	}
	t.Layers = append(t.Layers, SoftmaxCrossEntropy{})
	return t
}

// layerText is how each layer of this package is written in a topology's text:
// a name, and after a colon a number where the layer has one.
var layerText = map[string]func(n int) Layer{
	"affine":                func(n int) Layer { return Affine{n} },
	"sigmoid":               func(int) Layer { return Sigmoid{} },
	"tanh":                  func(int) Layer { return Tanh{} },
	"relu":                  func(int) Layer { return ReLU{} },
	"sigmoid+squared":       func(int) Layer { return SigmoidSquaredError{} },
	"softmax+cross-entropy": func(int) Layer { return SoftmaxCrossEntropy{} },
}

// String is the text that ParseTopology reads, such as
// "28x28 affine:64 tanh affine:10 sigmoid+squared". A layer of another package
// is written by its own String method, or by its type's name.
func (t Topology) String() string {
	words := []string{t.Input.String()}
	for _, l := range t.Layers {
		if s, ok := l.(fmt.Stringer); ok {
			words = append(words, s.String())
		} else {
			words = append(words, fmt.Sprintf("%T", l))
		}
	}
	return strings.Join(words, " ")
}

// ParseTopology reads a topology's text: the input's shape (784, 28x28 or
// 28x28x1), then the layers.
func ParseTopology(text string) (Topology, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return Topology{}, errors.New("nnlib: topology: empty; write it as 28x28 affine:64 tanh affine:10 sigmoid+squared")
	}
	t := Topology{}
	var sizes []int
	for _, s := range strings.Split(words[0], "x") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || len(sizes) == 3 {
			return Topology{}, fmt.Errorf("nnlib: topology: input %q: write it as 784, 28x28 or 28x28x1", words[0])
		}
		sizes = append(sizes, n)
	}
	switch len(sizes) {
	case 1:
		t.Input = Units(sizes[0])
	case 2:
		t.Input = Pixels(sizes[0], sizes[1])
	case 3:
		t.Input = Shape{sizes[0], sizes[1], sizes[2]}
	}
	for i, word := range words[1:] {
		name, number, has := strings.Cut(word, ":")
		layer, known := layerText[name]
		n, err := 0, error(nil)
		if has {
			n, err = strconv.Atoi(number)
		}
		switch {
		case !known:
			return Topology{}, fmt.Errorf("nnlib: topology: layer %d: %q is not one of affine:UNITS, sigmoid, tanh, relu, sigmoid+squared, softmax+cross-entropy", i+1, word)
		case err != nil || has != (name == "affine"):
			return Topology{}, fmt.Errorf("nnlib: topology: layer %d: %q: only affine has a number, its units, as in affine:64", i+1, word)
		}
		t.Layers = append(t.Layers, layer(n))
	}
	_, _, err := t.places()
	return t, err
}

// place is where a layer stands: its shapes, and its weights in the flat
// vector.
type place struct {
	in, out Shape
	at, n   int
}

// places finds every layer's place and the length of the flat vector.
func (t Topology) places() ([]place, int, error) {
	if t.Input.Len() < 1 {
		return nil, 0, &ShapeError{"input", fmt.Sprintf("%v has no values", t.Input)}
	}
	if len(t.Layers) == 0 {
		return nil, 0, &ShapeError{"topology", "no layers: the last one must be a loss, such as softmax+cross-entropy"}
	}
	var places []place
	shape, at := t.Input, 0
	for i, l := range t.Layers {
		name := fmt.Sprintf("layer %d", i+1)
		if l == nil {
			return nil, 0, &ShapeError{name, "nil"}
		}
		out, err := l.Out(shape)
		if err != nil {
			return nil, 0, &ShapeError{name, err.Error()}
		}
		_, isLoss := l.(Loss)
		switch last := i == len(t.Layers)-1; {
		case last && !isLoss:
			return nil, 0, &ShapeError{name, "the last layer must be a loss, such as softmax+cross-entropy"}
		case !last && isLoss:
			return nil, 0, &ShapeError{name, "a loss must be the last layer"}
		}
		p := place{in: shape, out: out, at: at}
		for _, s := range l.Weights(shape) {
			p.n += s.Len
		}
		at += p.n
		shape = out
		places = append(places, p)
	}
	return places, at, nil
}

// ShapeError says which part of a topology, or of the data for it, does not
// fit.
type ShapeError struct{ Part, Reason string }

func (e *ShapeError) Error() string { return "nnlib: " + e.Part + ": " + e.Reason }

// Spans lists the flat weight vector from the front, layer by layer. It is
// empty for a topology with an error.
func (t Topology) Spans() (spans []Span) {
	places, _, _ := t.places()
	for i, p := range places {
		spans = append(spans, t.Layers[i].Weights(p.in)...)
	}
	return spans
}

// Init makes a flat weight vector to start from, by init or, where init is nil,
// by each layer's own rule.
func (t Topology) Init(seed uint64, init Initializer) ([]Float, error) {
	places, n, err := t.places()
	if err != nil {
		return nil, err
	}
	w := make([]Float, n)
	for i, p := range places {
		part, rng := w[p.at:p.at+p.n], &Random{seed: seed, layer: uint64(i)}
		if init == nil {
			t.Layers[i].Init(part, p.in, rng)
			continue
		}
		for _, s := range t.Layers[i].Weights(p.in) {
			init.Init(part[:s.Len], s, p.in.Len(), p.out.Len(), rng)
			part = part[s.Len:]
		}
	}
	return w, nil
}

// Initializer replaces the layers' own way to draw weights to start from.
type Initializer interface {
	// Init overwrites w, the weights of span s in a layer of so many input and
	// output values.
	Init(w []Float, s Span, in, out int, rng *Random)
}

// Uniform draws every weight and bias uniformly from [-Limit, Limit). The
// PySpark project's is Uniform{0.5}.
type Uniform struct{ Limit float64 }

// Init draws one number for each weight.
func (u Uniform) Init(w []Float, _ Span, _, _ int, rng *Random) {
	for i := range w {
		w[i] = Float(float64(2*rng.Float64()-1) * u.Limit)
	}
}
