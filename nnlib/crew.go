package nnlib

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// barrier lets n goroutines wait for each other, any number of times. A waiter
// spins for less than a millisecond, since to be woken takes longer than the
// others usually need, and then sleeps: a shared machine is not kept busy.
type barrier struct {
	n       int32
	spins   int
	arrived atomic.Int32
	_       [60]byte
	round   atomic.Uint32
	_       [60]byte
	sleep   sync.Mutex
	awake   sync.Cond
}

func newBarrier(n int) *barrier {
	b := &barrier{n: int32(n)}
	b.awake.L = &b.sleep
	if n <= runtime.GOMAXPROCS(0) {
		b.spins = 1000000
	}
	return b
}

// wait returns when all n have called it.
func (b *barrier) wait() {
	if b.n == 1 {
		return
	}
	round := b.round.Load()
	if b.arrived.Add(1) == b.n {
		b.arrived.Store(0)
		b.sleep.Lock()
		b.round.Add(1)
		b.sleep.Unlock()
		b.awake.Broadcast()
		return
	}
	for range b.spins {
		if b.round.Load() != round {
			return
		}
	}
	b.sleep.Lock()
	for b.round.Load() == round {
		b.awake.Wait()
	}
	b.sleep.Unlock()
}

// crew is goroutines that do one task together, again and again. The caller is
// one of them.
type crew struct {
	*barrier
	task    func(i int)
	stopped bool
}

// newCrew starts n-1 goroutines, which live until end.
func newCrew(n int) *crew {
	c := &crew{barrier: newBarrier(n)}
	for i := 1; i < n; i++ {
		go func() {
			for c.wait(); !c.stopped; c.wait() {
				c.task(i)
				c.wait()
			}
		}()
	}
	return c
}

// do runs task(i) for i of all, and returns when all are done.
func (c *crew) do(task func(i int)) {
	c.task = task
	c.wait()
	task(0)
	c.wait()
}

// end lets the goroutines go.
func (c *crew) end() {
	c.stopped = true
	c.wait()
}
