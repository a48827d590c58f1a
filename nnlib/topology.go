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
var layerText = []struct {
	name, number string // number: what it is; in brackets, it may be left out
	layer        func(x float64) Layer
}{
	{"affine", "UNITS", func(x float64) Layer { return Affine{int(x)} }},
	{"sigmoid", "", func(float64) Layer { return Sigmoid{} }},
	{"tanh", "", func(float64) Layer { return Tanh{} }},
	{"relu", "", func(float64) Layer { return ReLU{} }},
	{"leaky-relu", "SLOPE", func(x float64) Layer { return LeakyReLU{Slope: x} }},
	{"dropout", "RATE", func(x float64) Layer { return Dropout{Rate: x} }},
	{"softmax+cross-entropy", "[SMOOTHING]", func(x float64) Layer { return SoftmaxCrossEntropy{Smoothing: x} }},
	{"sigmoid+squared", "", func(float64) Layer { return SigmoidSquaredError{} }},
	{"sigmoid+cross-entropy", "", func(float64) Layer { return SigmoidCrossEntropy{} }},
	{"linear+squared", "", func(float64) Layer { return LinearSquaredError{} }},
}

// parseLayer reads one word of a topology's text.
func parseLayer(word string) (Layer, error) {
	name, text, has := strings.Cut(word, ":")
	var names []string
	for _, l := range layerText {
		form := l.name
		if l.number != "" {
			form += ":" + l.number
		}
		names = append(names, form)
		if l.name != name {
			continue
		}
		x, err := strconv.ParseFloat(text, 64)
		switch optional := strings.HasPrefix(l.number, "["); {
		case !has && (l.number == "" || optional):
			return l.layer(0), nil
		case !has || l.number == "" || err != nil || name == "affine" && x != float64(int32(x)):
			return nil, fmt.Errorf("%q: write it as %s", word, form)
		}
		return l.layer(x), nil
	}
	return nil, fmt.Errorf("%q is not one of %s", word, strings.Join(names, ", "))
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
		l, err := parseLayer(word)
		if err != nil {
			return Topology{}, fmt.Errorf("nnlib: topology: layer %d: %w", i+1, err)
		}
		t.Layers = append(t.Layers, l)
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
