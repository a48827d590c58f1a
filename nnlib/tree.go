package nnlib

import "sync"

// head is the totals as they ride with a block of the tree. Counts are exact up
// to 2^53.
func (s Sum) head() [5]float64 {
	return [5]float64{s.Cost, s.Weight, s.Penalty, float64(s.Examples), float64(s.Correct)}
}

// sumOf is the totals of a head.
func sumOf(h [5]float64) Sum { return Sum{h[0], h[1], h[2], int64(h[3]), int64(h[4])} }

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
