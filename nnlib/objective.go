package nnlib

import (
	"context"
	"sync"
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
// tree. Workers own runs of leaves, so no bit depends on their number.
type objective struct {
	data    Dataset
	penalty Penalty
	spans   []Span
	leaves  int
	workers []*worker
	spare   pool
	stack   []block

	pass Pass // of this step; Rows is the step's whole list
	at   Position
}

type worker struct {
	net   *net
	block Block
	stack []block
	err   error
}

func newObjective(t Topology, d Dataset, p Penalty, leaves, workers int) *objective {
	o := &objective{data: d, penalty: p, spans: t.Spans(), leaves: leaves}
	for range workers {
		o.workers = append(o.workers, &worker{net: t.bind()})
	}
	return o
}

func (o *objective) At() Position { return o.at }

func (o *objective) Eval(ctx context.Context, w, grad []Float) (Sum, error) {
	chunks := (len(o.pass.Rows) + Chunk - 1) / Chunk
	leaves := min(o.leaves, chunks)
	n := min(len(o.workers), leaves)
	var wait sync.WaitGroup
	for i, k := range o.workers[:n] {
		run := func() { k.run(ctx, o, w, grad != nil, i*leaves/n, (i+1)*leaves/n, leaves, chunks) }
		if i == n-1 {
			run()
		} else {
			wait.Go(run)
		}
	}
	wait.Wait()
	o.stack = o.stack[:0]
	var err error
	for _, k := range o.workers[:n] {
		if err == nil {
			err = k.err
		}
		for _, b := range k.stack {
			o.stack = join(o.stack, b, leaves, &o.spare)
		}
	}
	defer func() {
		for _, b := range o.stack {
			o.spare.put(b.data)
		}
	}()
	if err != nil {
		return Sum{}, err
	}
	root := o.stack[0]
	if grad != nil {
		scale := root.sum.scale(1)
		for i, g := range root.data {
			grad[i] = g * scale
		}
	}
	sum := root.sum
	sum.Penalty = o.penalize(w, grad)
	return sum, nil
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

// run does the leaves lo to hi.
func (k *worker) run(ctx context.Context, o *objective, w []Float, want bool, lo, hi, leaves, chunks int) {
	k.stack, k.err = k.stack[:0], nil
	for leaf := lo; leaf < hi; leaf++ {
		b := block{first: leaf, size: 1}
		if want {
			b.data = o.spare.take(len(w))
		}
		for c := leaf * chunks / leaves; c < (leaf+1)*chunks/leaves; c++ {
			p := o.pass
			p.Rows = p.Rows[c*Chunk : min((c+1)*Chunk, len(p.Rows))]
			if k.err = ctx.Err(); k.err == nil {
				k.err = k.net.fill(o.data, &k.block, p)
			}
			if k.err != nil {
				o.spare.put(b.data)
				return
			}
			sum, d := k.net.cost(p, w, &k.block)
			b.sum.add(sum)
			if want {
				k.net.gradient(p, w, b.data, 1, d, &k.block)
			}
		}
		k.stack = join(k.stack, b, leaves, &o.spare)
	}
}

func (o *objective) Descend(ctx context.Context, w []Float, rate float64) (Sum, error) {
	if !o.at.Direct {
		panic("nnlib: Descend where Position.Direct is false")
	}
	if err := ctx.Err(); err != nil {
		return Sum{}, err
	}
	k := o.workers[0]
	if err := k.net.fill(o.data, &k.block, o.pass); err != nil {
		return Sum{}, err
	}
	sum, d := k.net.cost(o.pass, w, &k.block)
	k.net.gradient(o.pass, w, w, sum.scale(-rate), d, &k.block)
	return sum, nil
}
