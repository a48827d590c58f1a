package nnlib

import (
	"fmt"

	"digitlab/nnlib/internal/kernel"
)

// net is a topology bound for one worker: layer models, and outputs and deltas
// of one chunk.
type net struct {
	places []place
	layers []LayerModel
	loss   Loss
	ins    []Input  // ins[i] is what layer i reads; the lowest reads the block
	out    []Matrix // of each layer
	delta  []Matrix // the cost's derivative by each layer's output
	lowest int      // the lowest layer with weights: Backward stops above it
}

// bind allocates a net. The topology has been checked.
func (t Topology) bind() *net {
	places, _, err := t.places()
	if err != nil {
		panic(err)
	}
	k := len(places)
	n := &net{places: places, loss: t.Layers[k-1].(Loss), ins: make([]Input, k), lowest: k}
	for i, p := range places {
		n.layers = append(n.layers, t.Layers[i].Bind(p.in))
		n.out = append(n.out, NewMatrix(Chunk, p.out.Len()))
		n.delta = append(n.delta, NewMatrix(Chunk, p.out.Len()))
		if n.lowest == k && p.n > 0 {
			n.lowest = i
		}
	}
	return n
}

// fill brings rows into b, and checks that the data is as the topology reads it.
func (n *net) fill(d Dataset, b *Block, p Pass) error {
	if err := d.Fill(b, p); err != nil {
		return err
	}
	rows, cols, outputs := b.Input.Rows(), b.Input.Cols(), n.places[len(n.places)-1].out.Len()
	switch t := b.Targets; {
	case rows != len(p.Rows) || cols != n.places[0].in.Len():
		return &ShapeError{"data", fmt.Sprintf("%d rows of %d values, %d of %d are read", rows, cols, len(p.Rows), n.places[0].in.Len())}
	case t.Class == nil && (t.Value.Rows != rows || t.Value.Cols != outputs):
		return &ShapeError{"data", fmt.Sprintf("%d target values, the topology has %d outputs", t.Value.Cols, outputs)}
	case t.Class != nil && len(t.Class) != rows || t.Weight != nil && len(t.Weight) != rows:
		return &ShapeError{"data", fmt.Sprintf("%d classes and %d weights for %d rows", len(t.Class), len(t.Weight), rows)}
	}
	for i, c := range b.Class {
		if c < 0 || c >= outputs {
			return &ShapeError{"data", fmt.Sprintf("row %d: class %d, the topology has %d outputs", p.Rows[i], c, outputs)}
		}
	}
	return nil
}

// pass is p with a seed of the layer's own.
func (n *net) pass(p Pass, i int) Pass {
	p.Seed = draw(p.Seed, forLayer, uint64(i))
	return p
}

// part is layer i's part of a flat vector.
func (n *net) part(w []Float, i int) []Float {
	p := n.places[i]
	return w[p.at : p.at+p.n]
}

// in is what layer i reads.
func (n *net) in(i int, block *Input) *Input {
	if i == 0 {
		return block
	}
	return &n.ins[i]
}

// forward computes every layer's output for the block and returns the last.
func (n *net) forward(p Pass, w []Float, block *Input) Matrix {
	rows := block.Rows()
	for i, l := range n.layers {
		n.out[i] = n.out[i].Top(rows)
		if i > 0 {
			n.ins[i] = Input{Matrix: n.out[i-1]}
		}
		l.Forward(n.pass(p, i), n.part(w, i), n.out[i], n.in(i, block))
	}
	return n.out[len(n.out)-1]
}

// cost computes the block's totals, and the cost's derivative by the loss's
// input for what follows.
func (n *net) cost(p Pass, w []Float, b *Block) (Sum, Matrix) {
	out := n.forward(p, w, &b.Input)
	top := len(n.layers) - 1
	d := n.delta[max(top-1, 0)].Top(out.Rows)
	return n.loss.Delta(d, out, n.in(top, &b.Input).Dense(), b.Targets), d
}

// gradient adds the block's gradient, times scale, to grad, from the delta d
// that cost left. With grad the weights themselves and scale -rate/weight it is
// the direct update: a layer hands its delta down before its weights change.
func (n *net) gradient(p Pass, w, grad []Float, scale Float, d Matrix, b *Block) {
	if scale != 1 {
		for i := range d.Rows {
			kernel.Scale(d.Row(i), scale)
		}
	}
	for i := len(n.layers) - 2; i >= n.lowest; i-- {
		pass, in, dOut := n.pass(p, i), n.in(i, &b.Input), n.delta[i].Top(d.Rows)
		if i > n.lowest {
			n.layers[i].Backward(pass, n.part(w, i), n.delta[i-1].Top(d.Rows), dOut, n.out[i], in)
		}
		n.layers[i].Gradient(pass, n.part(grad, i), dOut, in)
	}
}
