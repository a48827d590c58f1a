package nnlib

import (
	"context"

	"digitlab/nnlib/comm"
	"digitlab/nnlib/internal/kernel"
)

// Position says where a step stands. It follows from the recipe, the number of
// rows and the step's number.
type Position struct {
	Step, Epoch int  // from 0
	Rows        int  // in this step
	First, Last bool // of the epoch; both: the step is the epoch
	Direct      bool // Descend is defined, and plain descent must use it
	Fixed       bool // same rows and same layers as the step before
}

// Objective is what an optimizer makes smaller: the mean cost of this step's
// rows plus the penalty, as a function of the weights.
type Objective interface {
	At() Position
	// Eval computes the totals at w, and overwrites grad (nil: not wanted) with
	// the gradient of Sum.Mean.
	Eval(ctx context.Context, w, grad []Float) (Sum, error)
	// Descend subtracts rate times the gradient from w as it is found, layer by
	// layer, and returns the totals before that. It needs At().Direct.
	Descend(ctx context.Context, w []Float, rate float64) (Sum, error)
}

// objective is the map over chunks and the reduce over leaves. A step's rows
// are cut into chunks; leaf i of L = min(leaves, chunks) owns the chunks iC/L
// to (i+1)C/L, whose gradients chain into one array; leaves meet in a binary
// tree. Ranks own runs of leaves, and workers runs of those, so no bit depends on
// their numbers. Where a rank has fewer leaves than workers, they share every chunk
// as a team. A step of one leaf is done whole by every rank.
type objective struct {
	data    Dataset
	penalty Penalty
	spans   []Span
	leaves  func(chunks int) int
	workers []*worker
	crew    *crew // nil: nobody has been called yet
	spare   pool
	free    func([]Float) // to spare
	stack   []comm.Block
	ranks   comm.Communicator // nil: this process alone
	team    *team             // of all workers; nil: a chunk is one worker's

	pass Pass // of this step, without its Rows
	rows selection
	next []int // rows of the step after it, where they are known
	at   Position

	// What the crew is called for.
	ctx            context.Context
	work           work
	count, chunks  int  // leaves and chunks
	first, last    int  // leaves of this rank
	share          int  // workers that have a part
	fresh          bool // grad is to be overwritten
	together       bool // workers share every chunk
	runLeaves, one func(i int)
}

type worker struct {
	net   *net
	ins   []Input  // what each layer reads of this worker's rows, in a team
	mine  []*Input // what each layer reads: of ins, or all rows
	block Block
	alone *team // of this worker
	next  []int // rows asked for last
	room  [2][Chunk]int
	stack []comm.Block
	sum   Sum
	err   error
	clock clock
}

func newObjective(t Topology, d Dataset, p Penalty, leaves func(chunks int) int, workers int) *objective {
	o := &objective{data: d, penalty: p, spans: t.Spans(), leaves: leaves}
	o.free = o.spare.put
	for range workers {
		k := &worker{net: t.bind(), ins: make([]Input, len(t.Layers)), mine: make([]*Input, len(t.Layers))}
		k.alone = &team{barrier: newBarrier(1), net: k.net, block: &k.block}
		o.workers = append(o.workers, k)
	}
	o.runLeaves = func(i int) {
		if i < o.share {
			first, last := comm.Share(o.last-o.first, o.share, i)
			o.workers[i].leaves(o, o.first+first, o.first+last)
		}
	}
	o.one = func(i int) {
		k := o.workers[i]
		if n := len(o.work.grad); n > 0 && o.fresh {
			clear(o.work.grad[i*n/len(o.workers) : (i+1)*n/len(o.workers)])
		}
		k.sum = k.chunk(o.team, i, o.work)
	}
	return o
}

// call runs a task on all workers.
func (o *objective) call(task func(i int)) {
	if len(o.workers) == 1 {
		task(0)
		return
	}
	if o.crew == nil {
		o.crew = newCrew(len(o.workers))
		if o.workers[0].net.apart() {
			k := o.workers[0]
			o.team = &team{barrier: newBarrier(len(o.workers)), net: k.net, block: &k.block}
		}
	}
	done := false
	defer func() {
		if !done { // a panic goes on: others of the crew may wait for this goroutine for ever
			o.crew, o.team = nil, nil
		}
	}()
	o.crew.do(task)
	done = true
}

// rest lets the crew go until the next call.
func (o *objective) rest() {
	if o.crew != nil {
		o.crew.end()
		o.crew = nil
	}
}

func (o *objective) At() Position { return o.at }

func (o *objective) Eval(ctx context.Context, w, grad []Float) (Sum, error) {
	sum, err := o.eval(ctx, w, grad)
	if err == nil {
		sum.Penalty = o.penalize(w, grad)
	}
	return sum, err
}

func (o *objective) eval(ctx context.Context, w, grad []Float) (Sum, error) {
	chunks := (o.rows.n + Chunk - 1) / Chunk
	o.ctx, o.work, o.chunks, o.fresh = ctx, work{pass: o.pass, w: w, grad: grad}, chunks, true
	if chunks == 1 {
		o.work.mean, o.work.rate = true, 1
		return o.single()
	}
	o.fresh = false
	o.count, o.first, o.last = o.mine(chunks)
	shared := o.ranks != nil && o.count > 1
	o.share = min(len(o.workers), o.last-o.first)
	if o.share > 0 && o.share < len(o.workers) && o.workers[0].net.apart() { // a team for every chunk
		o.share, o.together = 1, true
		o.workers[0].leaves(o, o.first, o.last)
		o.together = false
	} else if o.share > 0 {
		o.call(o.runLeaves)
	}
	o.stack = o.stack[:0]
	var err error
	for _, k := range o.workers[:o.share] {
		if err == nil {
			err = k.err
		}
		for _, b := range k.stack {
			o.stack = comm.Join(o.stack, b, o.count, o.free)
		}
	}
	defer func() {
		for _, b := range o.stack {
			o.spare.put(b.Data)
		}
	}()
	var root comm.Block
	if shared {
		if root, err = o.ranks.SumBlocks(o.count, len(grad), o.stack, err); err != nil {
			err = common(err)
		}
	} else if err == nil {
		root = o.stack[0]
	}
	if err != nil {
		return Sum{}, err
	}
	sum := sumOf(root.Head)
	if grad != nil {
		copy(grad, root.Data)
		kernel.Scale(grad, sum.scale(1))
	}
	o.workers[0].lap(reducing)
	return sum, nil
}

// mine is the number of leaves for so many chunks, and those of this rank.
func (o *objective) mine(chunks int) (count, first, last int) {
	count = min(o.leaves(chunks), chunks)
	if o.ranks == nil || count <= 1 {
		return count, 0, count
	}
	first, last = comm.Share(count, o.ranks.Size(), o.ranks.Rank())
	return count, first, last
}

// part is the positions of n rows that this rank works on.
func (o *objective) part(n int) (first, last int) {
	chunks := (n + Chunk - 1) / Chunk
	count, first, last := o.mine(chunks)
	if count == 0 {
		return 0, 0
	}
	return first * chunks / count * Chunk, min(last*chunks/count*Chunk, n)
}

// single does o.work on the step's only chunk.
func (o *objective) single() (Sum, error) {
	if err := o.ctx.Err(); err != nil {
		return Sum{}, err
	}
	k := o.workers[0]
	o.work.pass.Rows = o.rows.chunk(0, k.room[0][:])
	if err := k.fill(o.data, o.work.pass, o.next); err != nil {
		return Sum{}, err
	}
	// In a direct update weights stay with their worker; elsewhere one worker
	// reads the whole gradient, which has to be large to be worth it.
	if (!o.fresh || len(o.work.grad) >= 1<<18) && k.net.apart() && o.pays(len(o.work.pass.Rows)) {
		return o.shared(), nil
	}
	if o.fresh {
		clear(o.work.grad)
	}
	return k.chunk(k.alone, 0, o.work), nil
}

// pays says whether so many rows repay that workers wait for each other.
func (o *objective) pays(rows int) bool { return len(o.workers) > 1 && rows >= Chunk/2 }

// shared does o.work on the chunk in the first worker's block, as a team.
func (o *objective) shared() Sum {
	o.call(o.one)
	return o.workers[0].sum
}

// foreseeing is implemented by a dataset in memory: what comes next is asked for
// while these rows are worked on.
type foreseeing interface {
	ahead(b *Block, rows []int)
}

// fill brings a chunk's rows into the worker's block, and notes the next ones.
func (k *worker) fill(d Dataset, p Pass, next []int) error {
	err := k.net.fill(d, &k.block, p)
	if err == nil {
		k.net.rows(k.block.Rows())
	}
	if f, ok := d.(foreseeing); ok && err == nil && k.block.Bytes != nil {
		k.block.Bytes.Asked = len(k.next) > 0 && &k.next[0] == &p.Rows[0]
		f.ahead(&k.block, next[:min(len(next), Chunk)])
		k.next = next
	}
	k.lap(reading)
	return err
}

// penalize adds the penalty's gradient to grad and returns its cost.
func (o *objective) penalize(w, grad []Float) (cost float64) {
	if o.penalty == nil {
		return 0
	}
	at := 0
	for _, s := range o.spans {
		if s.Kind == Weight {
			var g []Float
			if grad != nil {
				g = grad[at : at+s.Len]
			}
			cost += o.penalty.Add(w[at:at+s.Len], g)
		}
		at += s.Len
	}
	return cost
}

// leaves does the leaves first to last.
func (k *worker) leaves(o *objective, first, last int) {
	k.stack, k.err = k.stack[:0], nil
	for leaf := first; leaf < last; leaf++ {
		b, c := comm.Block{First: leaf, Size: 1}, o.work
		var sum Sum
		if c.grad != nil {
			b.Data = o.spare.take(len(c.w))
			c.grad = b.Data
		}
		for i := leaf * o.chunks / o.count; i < (leaf+1)*o.chunks/o.count; i++ {
			c.pass.Rows = o.rows.chunk(i, k.room[i%2][:])
			if k.err = o.ctx.Err(); k.err == nil {
				k.err = k.fill(o.data, c.pass, o.rows.chunk(i+1, k.room[(i+1)%2][:]))
			}
			if k.err != nil {
				o.spare.put(b.Data)
				return
			}
			if o.together && o.pays(len(c.pass.Rows)) {
				o.work = c
				sum.add(o.shared())
			} else {
				sum.add(k.chunk(k.alone, 0, c))
			}
		}
		b.Head = sum.head()
		k.stack = comm.Join(k.stack, b, o.count, o.free)
		k.lap(reducing)
	}
}

func (o *objective) Descend(ctx context.Context, w []Float, rate float64) (Sum, error) {
	if !o.at.Direct {
		panic("nnlib: Descend where Position.Direct is false")
	}
	o.ctx, o.work, o.fresh = ctx, work{pass: o.pass, w: w, grad: w, mean: true, rate: -rate}, false
	return o.single()
}
