package notebook

import (
	"bytes"
	"compress/flate"
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"digitlab/nnlib"
	"digitlab/nnlib/figure"
)

// Images is a dataset whose rows are 28 x 28 bytes with a class each, as a
// mnist.Set is.
type Images interface {
	nnlib.Dataset
	Pixels(row int) []byte
	Class() []int
}

// Sample is some rows of a set.
type Sample struct {
	Set  Images
	Rows []int
	Name string // what one of them is called, such as "test image"
}

// Panel is a pad to draw a digit on, with a network that answers while one
// draws: its outputs, its hidden units, and the nearest images among a few that
// it was trained on. Weights, images and the program are in the page, so that
// it works wherever the page is shown, without a kernel and without a network
// connection. Where scripts do not run, a picture of one answer is shown.
//
// Weights are kept as float32: exactly, or rounded in double precision. The
// page computes in float64, so outputs differ from Model.Predict's in the last
// digits of float32.
type Panel struct {
	Names []string // of the classes; nil: numbers from 0

	model     *nnlib.Model
	layers    []pageLayer
	near, try Sample
	right     []bool    // the model reads these rows of try
	example   []float64 // outputs for the first row of try, or of near
}

// What a panel can carry, so that a page stays below 2 MB.
const (
	mostWeights = 250_000
	mostImages  = 2_000
)

// Ask makes the panel of a model that reads 28 x 28 grey values from 0 to 1.
// Near is training images to compare a drawing with, a few hundred; try is
// images to take in place of a drawing, the first of which the panel begins
// with. There is at least one of them. A model with other layers than affine,
// activations, dropout and a loss for classes is an error, and so is one of
// more than 250,000 weights.
func Ask(m *nnlib.Model, near, try Sample) (*Panel, error) {
	p := &Panel{model: m, near: near, try: try}
	var err error
	if p.layers, err = pageLayers(m); err != nil {
		return nil, err
	}
	if n := len(near.Rows) + len(try.Rows); len(try.Rows) == 0 || n > mostImages {
		return nil, fmt.Errorf("notebook: ask: %d images to compare with and %d to take: one or more to take, and %d in all at most", len(near.Rows), len(try.Rows), mostImages)
	}
	for _, s := range []Sample{near, try} {
		for _, row := range s.Rows {
			if row < 0 || row >= s.Set.Len() || len(s.Set.Pixels(row)) != 28*28 {
				return nil, fmt.Errorf("notebook: ask: %s %d is not one of %d images of 28 x 28 bytes", s.Name, row, s.Set.Len())
			}
		}
	}
	outputs, err := p.predict(try, m.Topology, m.Weights)
	if err != nil {
		return nil, err
	}
	for i, row := range try.Rows {
		best := 0
		for k, v := range outputs[i] {
			if v > outputs[i][best] {
				best = k
			}
		}
		p.right = append(p.right, best == try.Set.Class()[row])
	}
	p.example = outputs[0]
	return p, nil
}

// pageLayer is a layer as the page's program knows it.
type pageLayer struct {
	Kind  string  `json:"kind"`
	Units int     `json:"units,omitempty"`
	Slope float64 `json:"slope,omitempty"`
}

// pageLayers translates a topology, or says why it cannot be carried.
func pageLayers(m *nnlib.Model) (list []pageLayer, err error) {
	if in := m.Topology.Input; in != nnlib.Pixels(28, 28) {
		return nil, fmt.Errorf("notebook: ask: the pad gives images of 28x28, the network reads %v: give its topology the input nnlib.Pixels(28, 28)", in)
	}
	units, affine := 0, 0
	for i, l := range m.Topology.Layers {
		switch l := l.(type) {
		case nnlib.Affine:
			list = append(list, pageLayer{Kind: "affine", Units: l.Units})
			units = l.Units
			affine++
		case nnlib.Tanh:
			list = append(list, pageLayer{Kind: "tanh"})
		case nnlib.Sigmoid, nnlib.SigmoidSquaredError, nnlib.SigmoidCrossEntropy:
			list = append(list, pageLayer{Kind: "sigmoid"})
		case nnlib.ReLU:
			list = append(list, pageLayer{Kind: "relu"})
		case nnlib.LeakyReLU:
			list = append(list, pageLayer{Kind: "leaky", Slope: l.Slope})
		case nnlib.SoftmaxCrossEntropy:
			list = append(list, pageLayer{Kind: "softmax"})
		case nnlib.Dropout: // hands on its input
		default:
			return nil, fmt.Errorf("notebook: ask: layer %d (%v) has no counterpart in the page: affine, tanh, sigmoid, relu, leaky-relu, dropout, softmax and sigmoid outputs have", i+1, l)
		}
	}
	need := 0
	for _, s := range m.Topology.Spans() {
		need += s.Len
	}
	switch {
	case affine == 0 || units < 2 || units > 10:
		return nil, fmt.Errorf("notebook: ask: %d outputs: there are colours for 2 to 10 classes", units)
	case need != len(m.Weights):
		return nil, fmt.Errorf("notebook: ask: %d weights for %v, which has %d", len(m.Weights), m.Topology, need)
	case need > mostWeights:
		return nil, fmt.Errorf("notebook: ask: %s weights, a page carries %s: use fewer hidden units", figure.Number(float64(need), 0), figure.Number(mostWeights, 0))
	}
	for i, w := range m.Weights {
		if v := float64(w); math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("notebook: ask: weight %d is %v", i, w)
		}
	}
	return list, nil
}

// predict is the outputs of some layers for the rows of a sample.
func (p *Panel) predict(s Sample, t nnlib.Topology, w []nnlib.Float) ([][]float64, error) {
	x := make([]nnlib.Float, 0, 784*len(s.Rows))
	for _, row := range s.Rows {
		for _, v := range s.Set.Pixels(row) {
			x = append(x, nnlib.Float(v)/255)
		}
	}
	d, err := nnlib.NewExamples(t.Input, 2, x, make([]int, len(s.Rows)))
	if err != nil {
		return nil, fmt.Errorf("notebook: ask: %w", err)
	}
	said, err := (&nnlib.Model{Topology: t, Weights: w}).Predict(context.Background(), d)
	if err != nil {
		return nil, fmt.Errorf("notebook: ask: %w", err)
	}
	rows := make([][]float64, len(s.Rows))
	for i := range rows {
		for _, v := range said.Output.Row(i) {
			rows[i] = append(rows[i], float64(v))
		}
	}
	return rows, nil
}

// level is a hidden layer: how many units, and how far their values go.
type level struct {
	Units  int     `json:"units"`
	Full   float64 `json:"full"` // the largest value; 0: there is none
	Signed bool    `json:"signed"`
}

// hidden lists what each affine layer but the first reads.
func (p *Panel) hidden() (list []level) {
	var now level
	for i, l := range p.layers {
		switch l.Kind {
		case "affine":
			if i > 0 {
				list = append(list, now)
			}
			now = level{Units: l.Units, Signed: true}
		case "tanh":
			now.Full, now.Signed = 1, true
		case "sigmoid":
			now.Full, now.Signed = 1, false
		case "relu":
			now.Full, now.Signed = 0, false
		case "leaky":
			now.Full, now.Signed = 0, true
		}
	}
	return list
}

// probabilities says whether the outputs are chances that add up to one.
func (p *Panel) probabilities() bool { return p.layers[len(p.layers)-1].Kind == "softmax" }

// answers is what the column of outputs is called.
func (p *Panel) answers() string {
	if p.probabilities() {
		return "Probability of each answer, %"
	}
	return "Output for each answer, %"
}

func (p *Panel) name(class int) string {
	if class < len(p.Names) {
		return p.Names[class]
	}
	return strconv.Itoa(class)
}

// pageData is what the page's program reads.
type pageData struct {
	Layers   []pageLayer `json:"layers"`
	Hidden   []level     `json:"hidden"`
	Names    []string    `json:"names"`
	Answers  string      `json:"answers"`
	Sure     bool        `json:"sure"`
	Near     []pageImage `json:"near"`
	Try      []pageImage `json:"try"`
	Weights  string      `json:"weights"`  // float32, little-endian, in base64
	Pictures string      `json:"pictures"` // bytes of near and try, deflated, in base64
}

type pageImage struct {
	Name  string `json:"name,omitempty"`
	Row   int    `json:"row"`
	Label string `json:"label"`
	Right bool   `json:"right"` // the model's answer
}

func (p *Panel) data() (d pageData, err error) {
	d = pageData{Layers: p.layers, Hidden: p.hidden(), Answers: p.answers(), Sure: p.probabilities(), Near: []pageImage{}}
	for k := range p.example {
		d.Names = append(d.Names, p.name(k))
	}
	var pictures bytes.Buffer
	z, err := flate.NewWriter(&pictures, flate.BestCompression)
	if err != nil {
		return d, err
	}
	for _, row := range p.near.Rows {
		d.Near = append(d.Near, pageImage{Row: row, Label: p.name(p.near.Set.Class()[row])})
		z.Write(p.near.Set.Pixels(row))
	}
	for i, row := range p.try.Rows {
		d.Try = append(d.Try, pageImage{p.try.Name, row, p.name(p.try.Set.Class()[row]), p.right[i]})
		z.Write(p.try.Set.Pixels(row))
	}
	if err := z.Close(); err != nil {
		return d, err
	}
	weights := make([]byte, 0, 4*len(p.model.Weights))
	for _, w := range p.model.Weights {
		weights = binary.LittleEndian.AppendUint32(weights, math.Float32bits(float32(w)))
	}
	d.Weights = base64.StdEncoding.EncodeToString(weights)
	d.Pictures = base64.StdEncoding.EncodeToString(pictures.Bytes())
	return d, nil
}

// The panel as the page has it: markup, style, and the program in two parts.
var (
	//go:embed canvas.html
	canvasDesk string
	//go:embed canvas.css
	canvasStyle string
	//go:embed canvas_net.js
	canvasNet string
	//go:embed canvas_pad.js
	canvasPad string
)

// HTML is the panel as a fragment that stands alone. The markup of the pad is
// kept in a script element, so that nothing but the picture is there for
// viewers that run no scripts.
func (p *Panel) HTML() (string, error) {
	d, err := p.data()
	if err != nil {
		return "", fmt.Errorf("notebook: ask: %w", err)
	}
	still, err := p.still()
	if err != nil {
		return "", err
	}
	var s strings.Builder
	s.WriteString("<style>" + canvasStyle + "</style>\n" + `<div class="ask">` + "\n" + still)
	for _, part := range []struct {
		class string
		value any
	}{{"ask-desk", canvasDesk}, {"ask-data", d}} {
		text, err := json.Marshal(part.value) // no < is left in it
		if err != nil {
			return "", fmt.Errorf("notebook: ask: %w", err)
		}
		s.WriteString(`<script type="application/json" class="` + part.class + `">` + string(text) + "</script>\n")
	}
	s.WriteString("</div>\n<script>\n(() => {\n\"use strict\";\n" + canvasNet + canvasPad + "})();\n</script>")
	return figure.Fragment(s.String()), nil
}
