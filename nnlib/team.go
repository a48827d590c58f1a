package nnlib

import "digitlab/nnlib/internal/kernel"

// A chunk can be worked on by several workers, its team, to the same bits as by
// one: every output, and every weight's gradient, is a sum of its own, and the
// totals are summed by bands of rows.
//
//	forward    large affine layers by units, everything else by rows
//	delta      by rows
//	backward   by rows
//	gradient   by weights: large affine layers by units, others by inputs
//
// A worker keeps its units from step to step, so that their weights stay in its
// processor's cache.

// band is the rows whose totals are one term of a chunk's totals.
const band = 16

// large is the number of weights from which an affine layer is shared by units.
const large = 8192

// apart marks the package's own layers, whose rows do not depend on each other
// and which remember nothing from Forward to Gradient.
type apart interface{ apart() }

func (*affine) apart()    {}
func (activation) apart() {}
func (dropout) apart()    {}
func (*softmax) apart()   {}
func (linear) apart()     {}

// team is the workers of one chunk.
type team struct {
	*barrier
	net   *net   // has the outputs and deltas
	block *Block // the rows
	sums  [Chunk / band]Sum
}

// portion is part i of n of count things, in pieces of whole units.
func portion(count, unit, i, n int) (first, last int) {
	pieces := (count + unit - 1) / unit
	return min(i*pieces/n*unit, count), min((i+1)*pieces/n*unit, count)
}

// share is the units that worker i of n works on, in whole vectors.
func (l *affine) share(i, n int) (first, last int) {
	if n == 1 {
		return 0, l.units
	}
	return portion(l.units, kernel.Lanes, i, n)
}

// large says that workers share the layer by units.
func (l *affine) large() bool { return l.in*l.units >= large }

// gradientInputs is Gradient for the weights of the inputs first to last of
// dense rows, with the bias where first is 0.
func (l *affine) gradientInputs(grad []Float, dOut Matrix, in *Input, first, last int) {
	if first == last {
		return
	}
	n, d := l.units, kernel.Rows(dOut.Data, dOut.Stride)
	g, x := kernel.Rows(grad[first*n:], n), kernel.Transposed(in.Matrix.Data[first:], in.Matrix.Stride)
	l.scratch.Product(g, g, x, d, last-first, n, dOut.Rows)
	if first == 0 {
		bias := kernel.Rows(grad[l.in*n:], n)
		l.scratch.Product(bias, bias, one, d, 1, n, dOut.Rows)
	}
}

// work is what is wanted of a chunk.
type work struct {
	pass Pass
	w    []Float
	grad []Float // to add to; nil: totals alone
	mean bool    // deltas are divided by the rows' weight and multiplied by
	rate float64
}

// chunk is worker i's part of a chunk: outputs, totals, gradient. grad may be
// the weights. All members return the chunk's totals.
func (k *worker) chunk(t *team, i int, c work) (sum Sum) {
	n, size, rows := t.net, int(t.n), t.block.Rows()
	first, last := portion(rows, band, i, size)
	mine := c.pass
	mine.Rows = mine.Rows[first:last]
	top := len(n.layers) - 1
	for j, l := range k.net.layers {
		in := &t.block.Input
		if j > 0 {
			in = &n.ins[j]
		}
		if k.mine[j] = in; size > 1 {
			k.ins[j].view(in, first, last)
			k.mine[j] = &k.ins[j]
		}
		if a, ok := l.(*affine); ok && a.large() {
			if j > 0 {
				t.wait()
			}
			if from, to := a.share(i, size); from < to {
				a.forwardUnits(n.part(c.w, j), n.out[j].Top(rows), in, from, to)
			}
			t.wait()
		} else if first < last {
			l.Forward(n.pass(mine, j), n.part(c.w, j), n.out[j].part(first, last), k.mine[j])
		}
	}
	k.lap(forward)
	d := n.delta[max(top-1, 0)]
	for r := first; r < last; r += band {
		end := min(r+band, last)
		in := k.mine[top].Dense().part(r-first, end-first)
		t.sums[r/band] = n.loss.Delta(d.part(r, end), n.out[top].part(r, end), in, t.block.Targets.part(r, end))
	}
	t.wait()
	for _, s := range t.sums[:(rows+band-1)/band] {
		sum.add(s)
	}
	if c.grad == nil {
		return sum
	}
	if c.mean {
		scale, d := sum.scale(c.rate), d.part(first, last)
		for r := range d.Rows {
			kernel.Scale(d.Row(r), scale)
		}
	}
	for j := top - 1; j > n.lowest && first < last; j-- {
		k.net.layers[j].Backward(n.pass(mine, j), n.part(c.w, j), n.delta[j-1].part(first, last), n.delta[j].part(first, last), n.out[j].part(first, last), k.mine[j])
	}
	t.wait()
	for j := top - 1; j >= n.lowest; j-- {
		in, d, grad := n.in(j, &t.block.Input), n.delta[j].Top(rows), n.part(c.grad, j)
		if a, ok := k.net.layers[j].(*affine); !ok {
			if i == 0 {
				k.net.layers[j].Gradient(n.pass(c.pass, j), grad, d, in)
			}
		} else if a.large() || in.Listed() {
			from, to := a.share(i, size)
			a.gradientUnits(grad, d, in, from, to)
		} else {
			from, to := portion(a.in, kernel.Lanes, i, size)
			a.gradientInputs(grad, d, in, from, to)
		}
	}
	k.lap(backward)
	return sum
}
