//go:build (linux || darwin) && (amd64 || arm64) && !nompi

package mpi

import (
	"errors"
	"unsafe"

	"digitlab/nnlib/comm"
)

// longestFailure is how much of a failure's text travels, in bytes.
const longestFailure = 4096

// fixedWords is the room at the front of the arena, for what is not a record.
const fixedWords = longestFailure / 8

// mostSums is how many kinds of sums are remembered: a run has few.
const mostSums = 256

// sumKind is what the way of a sum depends on.
type sumKind struct{ leaves, n int }

// failure is the failed rank and 1, or 0, and the length of what it says.
type failure struct{ rank, text int }

// first is the failure of the lower rank.
func (f failure) first(g failure) failure {
	if f.rank == 0 || g.rank != 0 && g.rank < f.rank {
		return g
	}
	return f
}

func (c *ranks) SumBlocks(leaves, n int, own []comm.Block, failed error) (comm.Block, error) {
	if err := c.begin(&nameSum); err != nil {
		return comm.Block{}, err
	}
	b, err := c.sum(leaves, n, own, failed)
	if _, of := err.(*comm.RankError); !of {
		c.lost = err
	}
	c.end()
	return b, err
}

func (c *ranks) sum(leaves, n int, own []comm.Block, failed error) (comm.Block, error) {
	h := c.sums[sumKind{leaves, n}]
	if h == nil {
		var err error
		if h, err = newChoice(c.ways(n, c.size), leaves, n, c.size, c.rank); err != nil {
			return comm.Block{}, err
		}
		if len(c.sums) == mostSums {
			clear(c.sums)
		}
		c.sums[sumKind{leaves, n}] = h
	}
	if failed == nil {
		failed = h.plans[0].fits(c.rank, own)
	}
	var f failure
	if failed != nil {
		f = failure{c.rank + 1, min(len(failed.Error()), longestFailure)}
		own = nil
	}
	b, f, err := c.carry(h, own, f)
	if err != nil {
		return comm.Block{}, err
	}
	if f.rank != 0 {
		return comm.Block{}, c.failure(f, failed)
	}
	return b, nil
}

// put writes a record: numbers from to to of blocks that a rank brings, or only
// that it failed.
func (c *ranks) put(r record, part int, own []comm.Block, from, to int, f failure) {
	w := c.arena.words[r.at : r.at+r.words]
	w[0], w[1] = float64(f.rank), float64(f.text)
	for i := range own {
		copy(w[failureWords+i*headWords:], own[i].Head[:])
		if from < to {
			copy(c.arena.floats(r.at+dataAt(len(r.blocks), part, i), to-from), own[i].Data[from:to])
		}
	}
}

// failed is what a record says of a failure.
func (c *ranks) failed(r record) failure {
	return failure{int(c.arena.words[r.at]), int(c.arena.words[r.at+1])}
}

// join joins the first n numbers of a record's blocks behind the stack.
func (c *ranks) join(p *plan, stack []comm.Block, r record, n int) []comm.Block {
	w := c.arena.words[r.at : r.at+r.words]
	for i, b := range r.blocks {
		copy(b.Head[:], w[failureWords+i*headWords:])
		b.Data = c.arena.floats(r.at+dataAt(len(r.blocks), p.part, i), n)
		stack = comm.Join(stack, b, p.leaves, nil)
	}
	return stack
}

// joinOwn does it with numbers from to to of this rank's own blocks.
func joinOwn(p *plan, stack, own []comm.Block, from, to int) []comm.Block {
	for _, b := range own {
		if b.Data != nil {
			b.Data = b.Data[from:to]
		}
		stack = comm.Join(stack, b, p.leaves, nil)
	}
	return stack
}

func (c *ranks) gather(p *plan, own []comm.Block, f failure) (b comm.Block, _ failure, err error) {
	c.put(p.records[c.rank], p.part, own, 0, p.n, f)
	err = c.mpi.call(&c.mpi.allgatherv, c.mpi.inPlace, 0, c.mpi.word,
		c.arena.at(p.base), first(p.got), first(p.gotAt), c.mpi.word, c.mpi.world)
	if err != nil {
		return b, f, err
	}
	for _, r := range p.records {
		f = f.first(c.failed(r))
	}
	if f.rank != 0 || p.leaves == 0 {
		return b, f, nil
	}
	stack := p.stack[:0]
	for _, r := range p.records {
		if r.rank == c.rank {
			stack = joinOwn(p, stack, own, 0, p.n)
		} else {
			stack = c.join(p, stack, r, p.n)
		}
	}
	return stack[0], f, nil
}

func (c *ranks) segments(p *plan, own []comm.Block, f failure) (b comm.Block, _ failure, err error) {
	span := func(q int) (from, to int) { return min(q*p.part, p.n), min((q+1)*p.part, p.n) }
	for q := range c.size {
		if q != c.rank {
			from, to := span(q)
			c.put(record{q, fixedWords + int(p.sentAt[q]), int(p.sent[q]), p.blocks[c.rank]}, p.part, own, from, to, f)
		}
	}
	err = c.mpi.call(&c.mpi.alltoallv, c.arena.at(fixedWords), first(p.sent), first(p.sentAt), c.mpi.word,
		c.arena.at(p.base), first(p.got), first(p.gotAt), c.mpi.word, c.mpi.world)
	if err != nil {
		return b, f, err
	}
	for _, r := range p.records {
		if r.rank != c.rank {
			f = f.first(c.failed(r))
		}
	}
	if f.rank != 0 || p.leaves == 0 {
		return b, f, nil
	}
	from, to := span(c.rank)
	stack := p.stack[:0]
	for _, r := range p.records {
		if r.rank == c.rank {
			stack = joinOwn(p, stack, own, from, to)
		} else {
			stack = c.join(p, stack, r, to-from)
		}
	}
	copy(c.arena.floats(p.result+int(p.partAt[c.rank]), to-from), stack[0].Data)
	err = c.mpi.call(&c.mpi.allgatherv, c.mpi.inPlace, 0, c.mpi.word,
		c.arena.at(p.result), first(p.parts), first(p.partAt), c.mpi.word, c.mpi.world)
	b = stack[0]
	b.Data = c.arena.floats(p.result, p.n)
	return b, f, err
}

func (c *ranks) tree(p *plan, own []comm.Block, f failure) (b comm.Block, _ failure, err error) {
	stack := joinOwn(p, p.stack[:0], own, 0, p.n)
	for _, r := range p.records {
		err = c.mpi.call(&c.mpi.recv, c.arena.at(r.at), uintptr(r.words), c.mpi.word, uintptr(r.rank), tagTree, c.mpi.world, c.mpi.noStatus)
		if err != nil {
			return b, f, err
		}
		if f = f.first(c.failed(r)); f.rank == 0 {
			stack = c.join(p, stack, r, p.n)
		}
	}
	if f.rank != 0 {
		stack = stack[:0]
	}
	if r := p.up; r.words > 0 {
		c.put(r, p.part, stack, 0, p.n, f)
		err = c.mpi.call(&c.mpi.send, c.arena.at(r.at), uintptr(r.words), c.mpi.word, uintptr(r.rank), tagTree, c.mpi.world)
		if err != nil {
			return b, f, err
		}
	} else {
		c.put(p.root, p.part, stack, 0, p.n, f)
	}
	err = c.mpi.call(&c.mpi.bcast, c.arena.at(p.root.at), uintptr(p.root.words), c.mpi.word, 0, c.mpi.world)
	if err != nil {
		return b, f, err
	}
	if f = c.failed(p.root); f.rank != 0 || p.leaves == 0 {
		return b, f, nil
	}
	return c.join(p, p.stack[:0], p.root, p.n)[0], f, nil
}

// tagTree marks the messages that go up the tree.
const tagTree = 7

// first is the address of a list of a plan, which is kept.
func first(x []int32) uintptr { return uintptr(unsafe.Pointer(&x[0])) }

// failure hands out what the failed rank says.
func (c *ranks) failure(f failure, own error) error {
	root := f.rank - 1
	text := c.arena.bytes(0, f.text)
	if root == c.rank {
		copy(text, own.Error())
	}
	if f.text > 0 {
		err := c.mpi.call(&c.mpi.bcast, c.arena.at(0), uintptr((f.text+7)/8), c.mpi.word, uintptr(root), c.mpi.world)
		if err != nil {
			return err
		}
	}
	if root != c.rank {
		own = errors.New(string(text))
	}
	return &comm.RankError{Rank: root, Err: own}
}
