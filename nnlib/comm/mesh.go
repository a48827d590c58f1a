package comm

import (
	"errors"
	"fmt"
	"sync"

	"digitlab/nnlib/internal/kernel"
)

// Mesh is n ranks in one process: each belongs to a goroutine of its own. Their
// sums are those of any other communicator. A rank that closes, or aborts,
// while others wait for it makes their calls fail.
func Mesh(n int) []Communicator {
	h := &hub{ranks: make([]call, n)}
	h.done.L = &h.mu
	all := make([]Communicator, n)
	for i := range all {
		all[i] = &meshRank{h, i}
	}
	return all
}

// hub is where the ranks of a mesh meet. The last one to come does the work.
type hub struct {
	mu    sync.Mutex
	done  sync.Cond
	ranks []call
	come  int
	round int
	ended error // nothing more is agreed on

	stack []Block
	data  []kernel.Float // the root's
	root  Block
	most  int64
	text  []byte
	err   error
}

// call is what a rank brings.
type call struct {
	name      string
	leaves, n int
	own       []Block
	failed    error
	x         int64
	text      []byte
}

type meshRank struct {
	hub  *hub
	rank int
}

// errLeft ends a mesh whose ranks do not all stay.
var errLeft = errors.New("comm: a rank of the mesh has closed, and others go on")

// meet waits until all ranks have made the call, and leaves its results in the
// hub, which hold until all have made the next one.
func (r *meshRank) meet(c call) error {
	h := r.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended != nil {
		return h.ended
	}
	h.ranks[r.rank] = c
	h.come++
	round := h.round
	if h.come == len(h.ranks) {
		h.come = 0
		h.round++
		h.err = h.work()
		h.done.Broadcast()
	}
	for h.round == round && h.ended == nil {
		h.done.Wait()
	}
	if h.round == round {
		return h.ended
	}
	return h.err
}

// work does what all ranks have called for.
func (h *hub) work() error {
	first := h.ranks[0]
	for i, c := range h.ranks {
		if c.name != first.name || c.leaves != first.leaves || c.n != first.n {
			h.ended = fmt.Errorf("comm: rank 0 calls %s(%d, %d), rank %d calls %s(%d, %d)",
				first.name, first.leaves, first.n, i, c.name, c.leaves, c.n)
			return h.ended
		}
	}
	h.most, h.text = first.x, append(h.text[:0], first.text...)
	for i, c := range h.ranks {
		if c.failed != nil {
			return &RankError{i, c.failed}
		}
		h.most = max(h.most, c.x)
	}
	if first.name != "SumBlocks" {
		return nil
	}
	h.stack = h.stack[:0]
	at := 0
	for i, c := range h.ranks {
		for _, b := range c.own {
			if b.First != at || b.Size < 1 || len(b.Data) != first.n {
				h.ended = fmt.Errorf("comm: rank %d brings %d numbers over %d leaves from %d, next are %d numbers over those from %d",
					i, len(b.Data), b.Size, b.First, first.n, at)
				return h.ended
			}
			at += b.Size
			h.stack = Join(h.stack, b, first.leaves, nil)
		}
	}
	if h.root, h.ended = root(first.leaves, h.stack); h.root.Data != nil {
		// A copy, since the rank that the array belongs to may go on before
		// the others have read it.
		h.data = append(h.data[:0], h.root.Data...)
		h.root.Data = h.data
	}
	return h.ended
}

func (h *hub) end(cause error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended == nil {
		h.ended = cause
	}
	h.done.Broadcast()
}

func (r *meshRank) Rank() int { return r.rank }

func (r *meshRank) Size() int { return len(r.hub.ranks) }

func (r *meshRank) SumBlocks(leaves, n int, own []Block, failed error) (Block, error) {
	if err := r.meet(call{name: "SumBlocks", leaves: leaves, n: n, own: own, failed: failed}); err != nil {
		return Block{}, err
	}
	return r.hub.root, nil
}

func (r *meshRank) AgreeMax(x int64) (int64, error) {
	err := r.meet(call{name: "AgreeMax", x: x})
	return r.hub.most, err
}

func (r *meshRank) Broadcast(b []byte) ([]byte, error) {
	if err := r.meet(call{name: "Broadcast", text: b}); err != nil {
		return nil, err
	}
	return append([]byte(nil), r.hub.text...), nil
}

func (r *meshRank) Barrier() error { return r.meet(call{name: "Barrier"}) }

func (r *meshRank) Abort(cause error) {
	r.hub.end(fmt.Errorf("comm: rank %d aborted: %w", r.rank, cause))
}

func (r *meshRank) Close() error {
	r.hub.end(errLeft)
	return nil
}
