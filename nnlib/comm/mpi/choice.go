//go:build (linux || darwin) && (amd64 || arm64) && !nompi

package mpi

import (
	"math"
	"time"

	"digitlab/nnlib/comm"
)

// trials is how often each carrier is timed before one is chosen.
const trials = 5

// choice finds out which carrier is the fastest between these hosts: the first
// sums are timed, and then the ranks agree. What a sum is does not depend on it.
type choice struct {
	plans  []*plan
	best   []time.Duration // of each plan, on this rank
	calls  int
	chosen *plan // nil: not yet
}

func newChoice(ways []carrier, leaves, n, size, rank int) (*choice, error) {
	h := &choice{}
	for _, way := range ways {
		p, err := newPlan(way, leaves, n, size, rank, fixedWords)
		if err != nil {
			return nil, err
		}
		h.plans, h.best = append(h.plans, p), append(h.best, math.MaxInt64)
	}
	if len(h.plans) == 1 {
		h.chosen = h.plans[0]
	}
	return h, nil
}

// carry sums by the chosen carrier, or tries one. Without an error the failure
// says whether the block is there.
func (c *ranks) carry(h *choice, own []comm.Block, f failure) (b comm.Block, _ failure, err error) {
	if h.chosen != nil {
		return c.by(h.chosen, own, f)
	}
	i := h.calls % len(h.plans)
	if err := c.mpi.call(&c.mpi.barrier, c.mpi.world); err != nil { // who lags is not the carrier's fault
		return b, f, err
	}
	began := time.Now()
	b, f, err = c.by(h.plans[i], own, f)
	if err != nil {
		return b, f, err
	}
	if f.rank == 0 {
		h.best[i] = min(h.best[i], time.Since(began))
	}
	if h.calls++; h.calls < trials*len(h.plans) {
		return b, f, nil
	}
	// The slowest rank counts.
	for i, d := range h.best {
		*c.integer(i) = int64(d)
	}
	err = c.mpi.call(&c.mpi.allreduce, c.mpi.inPlace, c.arena.at(0), uintptr(len(h.best)), c.mpi.integer, c.mpi.most, c.mpi.world)
	fastest := 0
	for i := range h.best {
		if *c.integer(i) < *c.integer(fastest) {
			fastest = i
		}
	}
	h.chosen = h.plans[fastest]
	return b, f, err
}

func (c *ranks) by(p *plan, own []comm.Block, f failure) (comm.Block, failure, error) {
	if err := c.arena.room(p.words); err != nil {
		return comm.Block{}, f, err
	}
	switch p.carrier {
	case gather:
		return c.gather(p, own, f)
	case segments:
		return c.segments(p, own, f)
	}
	return c.tree(p, own, f)
}
