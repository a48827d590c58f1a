package mpi

import (
	"fmt"
	"math"
	"unsafe"

	"digitlab/nnlib/comm"
	"digitlab/nnlib/internal/kernel"
)

// carrier is a way for the blocks of all ranks to become the root on each. All
// of them join the same blocks in the same order.
type carrier int

const (
	// gather: every rank gets every block (Allgatherv) and joins them all. One
	// message, the longest one.
	gather carrier = iota
	// segments: every rank joins a part of the numbers (Alltoallv), and the
	// parts are put together (Allgatherv).
	segments
	// tree: blocks go up a binary tree of ranks (Send, Recv), the root comes
	// down (Bcast).
	tree
)

var carriers = []string{"gather", "segments", "tree"}

func (c carrier) String() string { return carriers[c] }

// candidates are the carriers worth a trial for n numbers and so many ranks.
func candidates(n, size int) []carrier {
	switch {
	case n == 0:
		return []carrier{gather}
	case size == 2:
		return []carrier{gather, segments, tree}
	case n*size <= 1<<14:
		return []carrier{gather, tree}
	}
	return []carrier{segments, tree}
}

// A record is what a rank has to say of some blocks, in words of 8 bytes: a
// failure (its rank and 1, the length of its text), the heads, and then n
// numbers of each block.
const (
	failureWords = 2
	headWords    = len(comm.Block{}.Head)
	lineWords    = 8 // what starts on a cache line does so in every record
)

func lines(words int) int { return (words + lineWords - 1) / lineWords * lineWords }

// numberWords is the room for n numbers.
func numberWords(n int) int { return lines((n*int(unsafe.Sizeof(kernel.Float(0))) + 7) / 8) }

func recordWords(blocks, n int) int {
	return lines(failureWords+blocks*headWords) + blocks*numberWords(n)
}

// dataAt is where in a record of so many blocks the numbers of one start.
func dataAt(blocks, n, i int) int {
	return lines(failureWords+blocks*headWords) + i*numberWords(n)
}

// plan is how a rank sums: it follows from the leaves, the count of numbers and
// of ranks, and is the same at every step.
type plan struct {
	carrier carrier
	leaves  int
	n       int
	part    int            // numbers of each block in a record
	blocks  [][]comm.Block // what each rank brings, without Data
	records []record       // gather, segments: of each rank; tree: of each child
	up      record         // tree: of all that this rank and its children bring
	root    record         // tree: the sum
	sent    []int32        // segments: words to each rank
	sentAt  []int32        // and where they are
	got     []int32        // gather, segments: words of each rank
	gotAt   []int32        // and where they come, counted from base
	base    int            // the first word of the records
	result  int            // segments: the first word of the sum
	parts   []int32        // segments: its words from each rank
	partAt  []int32        // and where they come
	words   int            // the room needed
	stack   []comm.Block   // scratch
}

// record is where a record is, and whose.
type record struct {
	rank   int
	at     int // its first word
	words  int
	blocks []comm.Block
}

// runs is the blocks that leaves first to last join to.
func runs(leaves, first, last int) []comm.Block {
	var b []comm.Block
	for leaf := first; leaf < last; leaf++ {
		b = comm.Join(b, comm.Block{First: leaf, Size: 1}, leaves, nil)
	}
	return b
}

// newPlan plans for one rank; fixed is the first word that it may use.
func newPlan(c carrier, leaves, n, size, rank, fixed int) (*plan, error) {
	p := &plan{carrier: c, leaves: leaves, n: n, part: n, base: fixed}
	most := 0
	for r := range size {
		first, last := comm.Share(leaves, size, r)
		p.blocks = append(p.blocks, runs(leaves, first, last))
		most += len(p.blocks[r])
	}
	p.stack = make([]comm.Block, 0, most+1)
	at := fixed
	add := func(r int, blocks []comm.Block) record {
		rec := record{r, at, recordWords(len(blocks), p.part), blocks}
		at += rec.words
		return rec
	}
	switch c {
	case gather, segments:
		if c == segments {
			per := numberWords((n+size-1)/size) * 8 / int(unsafe.Sizeof(kernel.Float(0))) // whole lines
			p.part = per
			for q := range size {
				words := recordWords(len(p.blocks[rank]), per)
				if q == rank {
					words = 0 // stays where it is
				}
				p.sent, p.sentAt = append(p.sent, int32(words)), append(p.sentAt, int32(at-fixed))
				at += words
				p.parts, p.partAt = append(p.parts, int32(numberWords(per))), append(p.partAt, int32(q*numberWords(per)))
			}
			p.base = at
		}
		for r := range size {
			rec := add(r, p.blocks[r])
			if c == segments && r == rank {
				at, rec.words = rec.at, 0
			}
			p.records = append(p.records, rec)
			p.got, p.gotAt = append(p.got, int32(rec.words)), append(p.gotAt, int32(rec.at-p.base))
		}
		if c == segments {
			p.result = at
			at += size * numberWords(p.part)
		}
	case tree:
		first, _ := comm.Share(leaves, size, rank)
		for k := 1; k < size; k *= 2 {
			if rank&k != 0 {
				_, last := comm.Share(leaves, size, min(rank+k, size)-1)
				p.up = add(rank-k, runs(leaves, first, last))
				break
			}
			if rank+k < size {
				from, _ := comm.Share(leaves, size, rank+k)
				_, last := comm.Share(leaves, size, min(rank+2*k, size)-1)
				p.records = append(p.records, add(rank+k, runs(leaves, from, last)))
			}
		}
		p.root = add(0, runs(leaves, 0, leaves))
	}
	p.words = at
	if at-fixed > math.MaxInt32 {
		return nil, fmt.Errorf("mpi: %d numbers are too many for %d ranks to sum at once", n, size)
	}
	return p, nil
}

// fits says what is wrong with the blocks that a rank brings.
func (p *plan) fits(rank int, own []comm.Block) error {
	want := p.blocks[rank]
	ok := len(own) == len(want)
	for i := 0; ok && i < len(own); i++ {
		ok = own[i].First == want[i].First && own[i].Size == want[i].Size && len(own[i].Data) == p.n
	}
	if ok {
		return nil
	}
	first, last := comm.Share(p.leaves, len(p.blocks), rank)
	return fmt.Errorf("mpi: a rank brought other blocks than those of leaves %d to %d of %d with %d numbers each", first, last, p.leaves, p.n)
}
