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
	places, n, err := m.Topology.places()
	switch {
	case err != nil:
		return nil, err
	case n != len(m.Weights):
		return nil, &ShapeError{"model", fmt.Sprintf("%d weights, the topology has %d", len(m.Weights), n)}
	case d.Shape().Len() != m.Topology.Input.Len():
		return nil, &ShapeError{"data", fmt.Sprintf("rows of %d values, the model reads %d", d.Shape().Len(), m.Topology.Input.Len())}
	}
	outputs := places[len(places)-1].out.Len()
	if d.Classes() > outputs {
		return nil, &ShapeError{"data", fmt.Sprintf("%d classes, the model has %d outputs", d.Classes(), outputs)}
	}
	rows := d.Len()
	p := &Predictions{Output: NewMatrix(rows, outputs), Class: make([]int, rows), Cost: make([]float64, rows)}
	chunks := (rows + Chunk - 1) / Chunk
	sums, workers := make([]Sum, chunks), min(runtime.GOMAXPROCS(0), chunks)
	errs := make([]error, workers)
	var next atomic.Int64
	var wait sync.WaitGroup
	for i := range workers {
		wait.Go(func() {
			net, b := m.Topology.bind(), &Block{}
			for errs[i] == nil {
				c := int(next.Add(1)) - 1
				if c >= chunks {
					return
				}
				if errs[i] = ctx.Err(); errs[i] == nil {
					sums[c], errs[i] = p.chunk(net, m.Weights, d, b, c*Chunk, min((c+1)*Chunk, rows))
				}
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	for _, s := range sums {
		p.Sum.add(s)
	}
	return p, nil
}

// chunk does the rows first to last.
func (p *Predictions) chunk(n *net, w []Float, d Dataset, b *Block, first, last int) (sum Sum, err error) {
	pass := Pass{Rows: make([]int, last-first)}
	for i := range pass.Rows {
		pass.Rows[i] = first + i
	}
	if err := n.fill(d, b, pass); err != nil {
		return sum, err
	}
	out := n.forward(pass, w, &b.Input)
	top := len(n.layers) - 1
	in, delta := n.in(top, &b.Input).Dense(), n.delta[max(top-1, 0)]
	for i := range pass.Rows {
		copy(p.Output.Row(first+i), out.Row(i))
		p.Class[first+i] = argmax(out.Row(i))
		s := n.loss.Delta(delta.Top(1), out.part(i, i+1), in.part(i, i+1), b.Targets.part(i, i+1))
		p.Cost[first+i] = s.Cost
		sum.add(s)
	}
	return sum, nil
}
