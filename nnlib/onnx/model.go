package onnx

import (
	"fmt"
	"io"

	"digitlab/nnlib"
)

// Versions of the format: those that ONNX 1.12 (2022) and newer read.
const (
	irVersion = 8
	opset     = 17
)

// Info is what a file says of the model beside its graph. The zero value will
// do.
type Info struct {
	Doc   string // a sentence about the model
	Notes []Note // added to the metadata, after the topology and the weights' hash
}

// Note is one entry of a file's metadata.
type Note struct{ Name, Value string }

// Write writes a model whose layers are nnlib's own. Dropout is written as what
// it is after training: it hands on its input.
//
// The metadata have the topology's text as "topology", the precision in which
// the model was computed as "precision", and the SHA-256 of its weights, as
// Model.Hash, as "sha256".
func Write(w io.Writer, m *nnlib.Model, info Info) error {
	g, err := newGraph(m)
	if err != nil {
		return err
	}
	var f message
	f.int(1, irVersion)
	f.string(2, "digitlab")
	f.string(6, info.Doc)
	f.message(7, g.marshal(m.Topology, info.Doc))
	f.message(8, new(message).int(2, opset))
	notes := append([]Note{
		{"topology", m.Topology.String()},
		{"precision", nnlib.Precision},
		{"sha256", fmt.Sprintf("%x", m.Hash())},
	}, info.Notes...)
	for _, n := range notes {
		f.message(14, new(message).string(1, n.Name).string(2, n.Value))
	}
	_, err = w.Write(f.b)
	return err
}

// graph gathers a model's nodes and weights. Every value is named for the
// layer, from 1, that makes it.
type graph struct {
	nodes, weights []*message
	value          string // the last one
}

// newGraph translates a model, layer by layer.
func newGraph(m *nnlib.Model) (*graph, error) {
	want := 0
	for _, s := range m.Topology.Spans() {
		want += s.Len
	}
	switch _, err := nnlib.ParseTopology(m.Topology.String()); {
	case err != nil:
		return nil, fmt.Errorf("onnx: the network cannot be written: %w", err)
	case want != len(m.Weights):
		return nil, fmt.Errorf("onnx: %d weights, the topology has %d", len(m.Weights), want)
	}
	g, shape, w := &graph{value: "input"}, m.Topology.Input, m.Weights
	for i, l := range m.Topology.Layers {
		name := fmt.Sprintf("layer%d", i+1)
		n := 0
		for _, s := range l.Weights(shape) {
			n += s.Len
		}
		if err := g.layer(name, l, shape.Len(), w[:n]); err != nil {
			return nil, fmt.Errorf("onnx: layer %d: %w", i+1, err)
		}
		w = w[n:]
		shape, _ = l.Out(shape)
	}
	return g, nil
}

// layer adds the nodes of one layer with its part of the weights.
func (g *graph) layer(name string, l nnlib.Layer, in int, w []nnlib.Float) error {
	switch l := l.(type) {
	case nnlib.Affine:
		// Gemm is input*weight + bias; weight has a row for each input, as in nnlib.
		g.tensor(name+".weight", w[:in*l.Units], in, l.Units)
		g.tensor(name+".bias", w[in*l.Units:], l.Units)
		g.node("Gemm", name, []string{g.value, name + ".weight", name + ".bias"})
	case nnlib.Sigmoid, nnlib.SigmoidSquaredError, nnlib.SigmoidCrossEntropy:
		g.node("Sigmoid", name, []string{g.value})
	case nnlib.Tanh:
		g.node("Tanh", name, []string{g.value})
	case nnlib.ReLU:
		g.node("Relu", name, []string{g.value})
	case nnlib.LeakyReLU:
		g.node("LeakyRelu", name, []string{g.value}, new(message).string(1, "alpha").float(2, float32(l.Slope)).int(20, 1))
	case nnlib.Dropout:
		g.tensor(name+".rate", []nnlib.Float{nnlib.Float(l.Rate)})
		g.node("Dropout", name, []string{g.value, name + ".rate"})
	case nnlib.SoftmaxCrossEntropy:
		g.node("Softmax", name, []string{g.value}, new(message).string(1, "axis").int(3, 1).int(20, 2))
	case nnlib.LinearSquaredError:
		g.node("Identity", name, []string{g.value})
	default:
		return fmt.Errorf("%T has no translation", l)
	}
	return nil
}

// node adds a NodeProto with one output, which becomes the last value.
func (g *graph) node(op, name string, inputs []string, attributes ...*message) {
	n := new(message)
	for _, in := range inputs {
		n.string(1, in)
	}
	n.string(2, name)
	n.string(3, name+"."+op)
	n.string(4, op)
	for _, a := range attributes {
		n.message(5, a)
	}
	g.nodes, g.value = append(g.nodes, n), name
}

// tensor adds a TensorProto of float32 numbers.
func (g *graph) tensor(name string, x []nnlib.Float, dims ...int) {
	t := new(message)
	for _, d := range dims {
		t.int(1, int64(d))
	}
	t.int(2, typeFloat)
	t.string(8, name)
	t.floats(9, x)
	g.weights = append(g.weights, t)
}

// marshal is the GraphProto.
func (g *graph) marshal(t nnlib.Topology, doc string) *message {
	m := new(message)
	for _, n := range g.nodes {
		m.message(1, n)
	}
	m.message(1, new(message).string(1, g.value).string(2, "output").string(3, "output").string(4, "Identity"))
	m.string(2, "network")
	for _, w := range g.weights {
		m.message(5, w)
	}
	m.string(10, doc)
	out := t.Input
	for _, l := range t.Layers {
		out, _ = l.Out(out)
	}
	m.message(11, rows("input", t.Input.Len()))
	m.message(12, rows("output", out.Len()))
	return m
}

// rows is the ValueInfoProto of any number of rows of n values.
func rows(name string, n int) *message {
	shape := new(message).
		message(1, new(message).string(2, "rows")).
		message(1, new(message).int(1, int64(n)))
	tensor := new(message).int(1, typeFloat).message(2, shape)
	return new(message).string(1, name).message(2, new(message).message(1, tensor))
}
