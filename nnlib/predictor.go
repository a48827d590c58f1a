package nnlib

import (
	"context"
	"fmt"

	"digitlab/nnlib/internal/kernel"
)

// Predictor runs a few examples at a time through a model, again and again,
// without allocating: for a program that answers questions as they come. One
// goroutine uses it at a time. Its answers have the bits of Model.Predict.
type Predictor struct {
	net     *net
	weights []Float
	level   *[256]Float
	block   Block
	rows    []int
}

// Predictor is a Predictor of m, which must not change while it is in use. Byte
// b of an example stands for level[b], and level[0] is 0; nil means b/255.
func (m *Model) Predictor(level *[256]Float) (*Predictor, error) {
	if _, err := m.check(); err != nil {
		return nil, err
	}
	if level == nil {
		level = new([256]Float)
		for b := range level {
			level[b] = Float(b) / 255
		}
	}
	if level[0] != 0 {
		return nil, fmt.Errorf("nnlib: predictor: the value of byte 0 is %v, not 0", level[0])
	}
	return &Predictor{net: m.Topology.bind(), weights: m.Weights, level: level, rows: make([]int, Chunk)}, nil
}

// Bytes is the outputs for so many examples of bytes, which lie behind each
// other, at most Chunk of them: a row each, valid until the next call.
func (p *Predictor) Bytes(examples []byte) (Matrix, error) {
	cols := p.net.places[0].in.Len()
	n := len(examples) / cols
	if n < 1 || n > Chunk || n*cols != len(examples) {
		return Matrix{}, &ShapeError{"data", fmt.Sprintf("%d bytes: the model reads 1 to %d examples of %d", len(examples), Chunk, cols)}
	}
	b := p.block.ByteRows(n, cols)
	b.Data, b.Level = examples, p.level
	for i := range b.At {
		b.At[i] = i * cols
	}
	return p.net.forward(Pass{Rows: p.rows[:n]}, p.weights, &p.block.Input), nil
}

// Class is the class of one example of bytes: the place of the largest output,
// the first of equals.
func (p *Predictor) Class(example []byte) (int, error) {
	out, err := p.Bytes(example)
	if err != nil {
		return 0, err
	}
	return argmax(out.Row(0)), nil
}

// check says whether topology and weights belong together, and the number of
// outputs.
func (m *Model) check() (outputs int, err error) {
	if _, err := kernel.Tier(); err != nil {
		return 0, fmt.Errorf("nnlib: %w", err)
	}
	places, n, err := m.Topology.places()
	switch {
	case err != nil:
		return 0, err
	case n != len(m.Weights):
		return 0, &ShapeError{"model", fmt.Sprintf("%d weights, the topology has %d", len(m.Weights), n)}
	}
	return places[len(places)-1].out.Len(), nil
}

// Classify is the class of every row: Predict without outputs and costs.
func (m *Model) Classify(ctx context.Context, d Dataset) ([]int, error) {
	class := make([]int, d.Len())
	err := m.chunks(ctx, d, func(n *net, b *Block, _, first int) {
		out := n.out[len(n.out)-1]
		for i := range out.Rows {
			class[first+i] = argmax(out.Row(i))
		}
	})
	return class, err
}

// Tier names the instructions in use: "avx512", "avx2", "neon" or "go". No bit
// of a result depends on it. DIGITLAB_SIMD in the environment names another;
// runs and predictions refuse one that is not there.
func Tier() string {
	name, _ := kernel.Tier()
	return name
}
