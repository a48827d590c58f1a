package nnlib

import (
	"sync"

	"digitlab/nnlib/internal/kernel"
)

// block is the finished sum over the leaves first to first+size of a fixed
// binary tree. data is nil where only the totals are wanted.
type block struct {
	first, size int
	sum         Sum
	data        []Float
}

// join puts b behind the blocks on the stack and adds up siblings as soon as
// both are finished. Which blocks meet depends on the leaves alone; so workers,
// and what workers leave over, are summed in one order, to the same bits.
// Arrays no longer needed go to the pool.
func join(stack []block, b block, leaves int, spare *pool) []block {
	for len(stack) > 0 {
		a := stack[len(stack)-1]
		edge := b.size < a.size && b.first+b.size >= leaves // nothing will come to the right of b
		if a.first%(2*a.size) != 0 || b.size != a.size && !edge {
			break
		}
		a.sum.add(b.sum)
		kernel.Add(a.data[:len(b.data)], b.data)
		spare.put(b.data)
		a.size *= 2
		b, stack = a, stack[:len(stack)-1]
	}
	return append(stack, b)
}

// pool keeps gradient arrays of one length.
type pool struct {
	mu   sync.Mutex
	free [][]Float
}

// take is an array of n zeros.
func (p *pool) take(n int) []Float {
	p.mu.Lock()
	var x []Float
	if k := len(p.free); k > 0 {
		x, p.free = p.free[k-1], p.free[:k-1]
	}
	p.mu.Unlock()
	if x == nil {
		return make([]Float, n)
	}
	clear(x)
	return x
}

func (p *pool) put(x []Float) {
	if x == nil {
		return
	}
	p.mu.Lock()
	p.free = append(p.free, x)
	p.mu.Unlock()
}
