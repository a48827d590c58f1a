package figure

import (
	"context"
	"fmt"

	"digitlab/nnlib"
)

// probe runs rows through a model by the layers' own calls, so that what each
// layer says can be seen.
type probe struct {
	model  *nnlib.Model
	layers []nnlib.LayerModel
	parts  [][2]int // of the flat vector: from, to
	lowest int      // the lowest layer with weights
	values []nnlib.Matrix
	deltas []nnlib.Matrix
}

func newProbe(m *nnlib.Model) (*probe, error) {
	p := &probe{model: m, lowest: -1}
	shape, at := m.Topology.Input, 0
	for i, l := range m.Topology.Layers {
		out, err := l.Out(shape)
		if err != nil {
			return nil, fmt.Errorf("figure: layer %d: %w", i+1, err)
		}
		n := 0
		for _, s := range l.Weights(shape) {
			n += s.Len
		}
		if n > 0 && p.lowest < 0 {
			p.lowest = i
		}
		p.layers, p.parts = append(p.layers, l.Bind(shape)), append(p.parts, [2]int{at, at + n})
		p.values = append(p.values, nnlib.NewMatrix(nnlib.Chunk, out.Len()))
		p.deltas = append(p.deltas, nnlib.NewMatrix(nnlib.Chunk, out.Len()))
		shape, at = out, at+n
	}
	if len(p.layers) == 0 || at != len(m.Weights) {
		return nil, fmt.Errorf("figure: %d weights do not fit %v, which has %d", len(m.Weights), m.Topology, at)
	}
	return p, nil
}

// part is layer i's part of a flat vector.
func (p *probe) part(w []nnlib.Float, i int) []nnlib.Float { return w[p.parts[i][0]:p.parts[i][1]] }

// forward is the output of every layer for the rows of in, at most a chunk. It
// holds until the next call.
func (p *probe) forward(in *nnlib.Input) []nnlib.Matrix {
	for i, l := range p.layers {
		p.values[i] = p.values[i].Top(in.Rows())
		l.Forward(nnlib.Pass{}, p.part(p.model.Weights, i), p.values[i], p.in(i, in))
	}
	return p.values
}

// in is what layer i reads.
func (p *probe) in(i int, lowest *nnlib.Input) *nnlib.Input {
	if i == 0 {
		return lowest
	}
	return &nnlib.Input{Matrix: p.values[i-1]}
}

// each calls yield with the outputs of all layers for the rows of d, a chunk at
// a time.
func (p *probe) each(ctx context.Context, d nnlib.Dataset, yield func(b *nnlib.Block, values []nnlib.Matrix)) error {
	if d.Shape().Len() != p.model.Topology.Input.Len() {
		return fmt.Errorf("figure: rows of %d values, the model reads %d", d.Shape().Len(), p.model.Topology.Input.Len())
	}
	var b nnlib.Block
	for first := 0; first < d.Len(); first += nnlib.Chunk {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows := make([]int, 0, nnlib.Chunk)
		for i := first; i < min(d.Len(), first+nnlib.Chunk); i++ {
			rows = append(rows, i)
		}
		if err := d.Fill(&b, nnlib.Pass{Rows: rows}); err != nil {
			return fmt.Errorf("figure: rows %d to %d: %w", first, first+len(rows)-1, err)
		}
		yield(&b, p.forward(&b.Input))
	}
	return nil
}

// gradient is the derivative of the mean cost of d's rows by every weight,
// without penalty and with nothing dropped out.
func (p *probe) gradient(ctx context.Context, d nnlib.Dataset) ([]nnlib.Float, error) {
	grad := make([]nnlib.Float, len(p.model.Weights))
	top := len(p.layers) - 1
	loss, ok := p.model.Topology.Layers[top].(nnlib.Loss)
	if !ok {
		return nil, fmt.Errorf("figure: %v: the last layer must be a loss", p.model.Topology)
	}
	var sum nnlib.Sum
	err := p.each(ctx, d, func(b *nnlib.Block, values []nnlib.Matrix) {
		delta := p.deltas[max(top-1, 0)].Top(values[top].Rows)
		s := loss.Delta(delta, values[top], p.in(top, &b.Input).Dense(), b.Targets)
		sum.Weight += s.Weight
		for i := top - 1; i >= p.lowest && p.lowest >= 0; i-- {
			out := p.deltas[i].Top(delta.Rows)
			if i > p.lowest {
				p.layers[i].Backward(nnlib.Pass{}, p.part(p.model.Weights, i), p.deltas[i-1].Top(delta.Rows), out, values[i], p.in(i, &b.Input))
			}
			p.layers[i].Gradient(nnlib.Pass{}, p.part(grad, i), out, p.in(i, &b.Input))
		}
	})
	if err != nil {
		return nil, err
	}
	for i := range grad {
		grad[i] = nnlib.Float(float64(grad[i]) / sum.Weight)
	}
	return grad, nil
}
