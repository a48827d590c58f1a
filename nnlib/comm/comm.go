// Package comm lets the ranks of one training add up their sums in one order:
// the same bits for any number of ranks.
//
// The sums of a step are the leaves of a fixed binary tree over the data. Each
// rank owns a run of leaves, joins what it can, and brings the rest:
//
//	first, last := comm.Share(leaves, c.Size(), c.Rank())
//	for leaf := first; leaf < last; leaf++ {
//		own = comm.Join(own, sumOf(leaf), leaves, nil)
//	}
//	root, err := c.SumBlocks(leaves, n, own, err)
//
// Alone is the communicator of an ordinary process, Mesh one of several ranks
// in one process, for tests and for teaching. The package mpi below this one
// has those of a cluster.
package comm

import (
	"fmt"

	"digitlab/nnlib/internal/kernel"
)

// Block is the finished sum over the leaves First to First+Size of a fixed
// binary tree of so many leaves; at its right edge Size counts leaves that are
// not there, as if they were zero.
type Block struct {
	First, Size int
	Head        [5]float64     // cost, weight, penalty, examples, correct ones
	Data        []kernel.Float // nil: the head alone is wanted
}

// Join puts b behind the blocks on the stack and adds up siblings as soon as
// both are finished. Which blocks meet depends on the leaves alone; so workers,
// what workers leave over, and ranks are summed in one order, to the same bits.
// Sums go into the arrays of blocks on the stack; free (nil: nothing) is called
// with arrays no longer needed. Without Data it tells which blocks a run of
// leaves joins to.
func Join(stack []Block, b Block, leaves int, free func([]kernel.Float)) []Block {
	for len(stack) > 0 {
		a := stack[len(stack)-1]
		edge := b.Size < a.Size && b.First+b.Size >= leaves // nothing will come to the right of b
		if a.First%(2*a.Size) != 0 || b.Size != a.Size && !edge {
			break
		}
		for i, x := range b.Head {
			a.Head[i] += x
		}
		kernel.Add(a.Data[:len(b.Data)], b.Data)
		if b.Data != nil && free != nil {
			free(b.Data)
		}
		a.Size *= 2
		b, stack = a, stack[:len(stack)-1]
	}
	return append(stack, b)
}

// Share is the leaves first to last that a rank owns: a run, in the order of
// the ranks. Where there are fewer leaves than ranks, some own none.
func Share(leaves, size, rank int) (first, last int) {
	return rank * leaves / size, (rank + 1) * leaves / size
}

// Communicator joins the ranks of one training. All methods but Rank, Size,
// Abort and Close are collective: every rank calls the same ones in the same
// order, and a call returns when all have made it. One goroutine of a rank uses
// it at a time. An error of SumBlocks that is no *RankError, and any error of
// another method, means that the ranks have lost each other: nothing but Abort
// and Close may follow.
type Communicator interface {
	Rank() int // from 0
	Size() int
	// SumBlocks joins the blocks of all ranks and hands each the root. A rank
	// brings what its Share joins to, in order, with n numbers in each Data, or
	// none where it owns no leaf. It may change the blocks' arrays. The root's
	// Data must not be changed and is valid until this rank's next call. Where
	// failed is not nil, own is not looked at, and every rank gets the failure
	// of the lowest rank that has one, as a *RankError; ranks may go on after
	// that. With zero leaves there is nothing to sum but failures.
	SumBlocks(leaves, n int, own []Block, failed error) (Block, error)
	// AgreeMax is the largest x of any rank.
	AgreeMax(x int64) (int64, error)
	// Broadcast hands rank 0's bytes to all; those of others are not looked at.
	// They are the caller's.
	Broadcast(b []byte) ([]byte, error)
	// Barrier returns when all ranks have called it.
	Barrier() error
	// Abort ends the training on all ranks because of a cause that cannot be
	// agreed on. Where ranks are processes of their own, it does not return.
	Abort(cause error)
	// Close takes leave, after the last collective call.
	Close() error
}

// RankError is the failure of one rank, as every rank gets it.
type RankError struct {
	Rank int
	Err  error // on that rank; on others it may be its text alone
}

func (e *RankError) Error() string { return fmt.Sprintf("rank %d: %v", e.Rank, e.Err) }

func (e *RankError) Unwrap() error { return e.Err }

// Agree is nil where no rank failed; otherwise every rank gets the failure of
// the lowest one that did, as a *RankError. It is collective.
func Agree(c Communicator, failed error) error {
	if c.Size() == 1 {
		return failed
	}
	_, err := c.SumBlocks(0, 0, nil, failed)
	return err
}

// FromRoot hands all ranks what f returns on rank 0, where alone it is called;
// an error too, as a *RankError. It is collective.
func FromRoot(c Communicator, f func() ([]byte, error)) ([]byte, error) {
	if c.Size() == 1 {
		return f()
	}
	var b []byte
	var failed error
	if c.Rank() == 0 {
		if b, failed = f(); failed != nil {
			b = append([]byte{1}, failed.Error()...)
		} else {
			b = append([]byte{0}, b...)
		}
	}
	b, err := c.Broadcast(b)
	switch {
	case err != nil:
		return nil, err
	case failed != nil:
		return nil, &RankError{0, failed}
	case len(b) == 0:
		return nil, fmt.Errorf("comm: rank %d got nothing from rank 0", c.Rank())
	case b[0] != 0:
		return nil, &RankError{0, fmt.Errorf("%s", b[1:])}
	}
	return b[1:], nil
}

// Gather hands every rank the bytes of all. It is collective, and for short
// messages: each byte travels as a number.
func Gather(c Communicator, mine []byte) ([][]byte, error) {
	size := c.Size()
	if size == 1 {
		return [][]byte{mine}, nil
	}
	lengths := make([]int, size)
	most := 0
	for i := range lengths { // one after the other: AgreeMax is all that is needed
		var n int64
		if i == c.Rank() {
			n = int64(len(mine))
		}
		n, err := c.AgreeMax(n)
		if err != nil {
			return nil, err
		}
		lengths[i] = int(n)
		most += int(n)
	}
	if most == 0 {
		return make([][]byte, size), nil
	}
	b := Block{First: c.Rank(), Size: 1, Data: make([]kernel.Float, most)}
	at := 0
	for _, n := range lengths[:c.Rank()] {
		at += n
	}
	for i, x := range mine {
		b.Data[at+i] = kernel.Float(x) // others add zero
	}
	root, err := c.SumBlocks(size, most, []Block{b}, nil)
	if err != nil {
		return nil, err
	}
	all := make([][]byte, size)
	at = 0
	for i, n := range lengths {
		for _, x := range root.Data[at : at+n] {
			all[i] = append(all[i], byte(x))
		}
		at += n
	}
	return all, nil
}
