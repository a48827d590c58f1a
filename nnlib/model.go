package nnlib

import (
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// Model is a topology with weights of its own.
type Model struct {
	Topology Topology
	Weights  []Float // flat; Topology.Spans lists its parts
}

// Hash is the SHA-256 of the weights, as little-endian numbers of their
// precision. Equal hashes mean equal bits.
func (m *Model) Hash() [32]byte {
	b, err := pack(make([]byte, 0, 8*len(m.Weights)), m.Weights)
	if err != nil {
		panic(err)
	}
	return sha256.Sum256(b)
}

// Predictions is what a model says of a dataset, row by row.
type Predictions struct {
	Output Matrix    // of the loss on top: for softmax, probabilities
	Class  []int     // the largest output, the first of equals
	Cost   []float64 // of each row, by the model's loss
	Sum    Sum       // of all rows
}

// Predict runs all rows through the model, on all processors. The bits do not
// depend on their number.
func (m *Model) Predict(ctx context.Context, d Dataset) (*Predictions, error) {
	outputs, err := m.check()
	if err != nil {
		return nil, err
	}
	rows := d.Len()
	p := &Predictions{Output: NewMatrix(rows, outputs), Class: make([]int, rows), Cost: make([]float64, rows)}
	sums := make([]Sum, (rows+Chunk-1)/Chunk)
	err = m.chunks(ctx, d, func(n *net, b *Block, c, first int) {
		top := len(n.layers) - 1
		out, in, delta := n.out[top], n.in(top, &b.Input).Dense(), n.delta[max(top-1, 0)]
		for i := range out.Rows {
			copy(p.Output.Row(first+i), out.Row(i))
			p.Class[first+i] = argmax(out.Row(i))
			s := n.loss.Delta(delta.Top(1), out.part(i, i+1), in.part(i, i+1), b.Targets.part(i, i+1))
			p.Cost[first+i] = s.Cost
			sums[c].add(s)
		}
	})
	if err != nil {
		return nil, err
	}
	for _, s := range sums {
		p.Sum.add(s)
	}
	return p, nil
}

// chunks computes the outputs of all rows, a chunk at a time, on all processors,
// and calls f for chunk c, whose first row is first, with the worker's net.
func (m *Model) chunks(ctx context.Context, d Dataset, f func(n *net, b *Block, c, first int)) error {
	outputs, err := m.check()
	switch {
	case err != nil:
		return err
	case d.Shape().Len() != m.Topology.Input.Len():
		return &ShapeError{"data", fmt.Sprintf("rows of %d values, the model reads %d", d.Shape().Len(), m.Topology.Input.Len())}
	case d.Classes() > outputs:
		return &ShapeError{"data", fmt.Sprintf("%d classes, the model has %d outputs", d.Classes(), outputs)}
	}
	rows := d.Len()
	chunks := (rows + Chunk - 1) / Chunk
	workers := min(runtime.GOMAXPROCS(0), chunks)
	errs := make([]error, workers)
	var next atomic.Int64
	work := func(i int) {
		n, b, list := m.Topology.bind(), &Block{}, make([]int, min(Chunk, rows))
		for errs[i] == nil {
			c := int(next.Add(1)) - 1
			if c >= chunks {
				return
			}
			first := c * Chunk
			pass := Pass{Rows: list[:min(Chunk, rows-first)]}
			for k := range pass.Rows {
				pass.Rows[k] = first + k
			}
			if errs[i] = ctx.Err(); errs[i] == nil {
				errs[i] = n.fill(d, b, pass)
			}
			if errs[i] == nil {
				n.forward(pass, m.Weights, &b.Input)
				f(n, b, c, first)
			}
		}
	}
	var wait sync.WaitGroup
	for i := 1; i < workers; i++ {
		wait.Go(func() { work(i) })
	}
	if workers > 0 {
		work(0)
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
