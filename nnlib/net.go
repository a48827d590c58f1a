package nnlib

import "fmt"

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
	outputs := n.places[len(n.places)-1].out.Len()
	switch err := b.check(len(p.Rows), n.places[0].in.Len()); {
	case err != nil:
		return err
	case b.Class == nil && b.Value.Cols != outputs:
		return &ShapeError{"data", fmt.Sprintf("%d target values, the topology has %d outputs", b.Value.Cols, outputs)}
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

// rows makes outputs and inputs between the layers as long as a chunk.
func (n *net) rows(rows int) {
	for i := range n.layers {
		n.out[i] = n.out[i].Top(rows)
		if i > 0 {
			n.ins[i].Matrix = n.out[i-1]
		}
	}
}

// forward computes every layer's output for the block and returns the last.
func (n *net) forward(p Pass, w []Float, block *Input) Matrix {
	n.rows(block.Rows())
	for i, l := range n.layers {
		l.Forward(n.pass(p, i), n.part(w, i), n.out[i], n.in(i, block))
	}
	return n.out[len(n.out)-1]
}

// apart says that a chunk can be shared by workers.
func (n *net) apart() bool {
	for _, l := range n.layers {
		if _, ok := l.(apart); !ok {
			return false
		}
	}
	return true
}
