package comm_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"digitlab/nnlib/comm"
	"digitlab/nnlib/internal/kernel"
)

// leaf is a block of numbers whose sum depends on the order of addition.
func leaf(r *rand.Rand, first, n int) comm.Block {
	b := comm.Block{First: first, Size: 1}
	for i := range b.Head {
		b.Head[i] = r.NormFloat64() * float64(int64(1)<<r.IntN(40))
	}
	for range n {
		b.Data = append(b.Data, kernel.Float(r.NormFloat64()*float64(int64(1)<<r.IntN(20))))
	}
	return b
}

// tree is the definition: the sum over size leaves from first, of those there
// are.
func tree(all []comm.Block, first, size int) comm.Block {
	if size == 1 {
		return clone(all[first])
	}
	a := tree(all, first, size/2)
	if first+size/2 < len(all) {
		b := tree(all, first+size/2, size/2)
		for i, x := range b.Head {
			a.Head[i] += x
		}
		for i, x := range b.Data {
			a.Data[i] += x
		}
	}
	a.Size = size
	return a
}

func clone(b comm.Block) comm.Block {
	b.Data = slices.Clone(b.Data)
	return b
}

func whole(leaves int) (size int) {
	for size = 1; size < leaves; size *= 2 {
	}
	return size
}

// TestJoinKeepsTheOrder cuts leaves into runs for ranks, and those into runs for
// workers, anywhere.
func TestJoinKeepsTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		leaves := rapid.IntRange(1, 70).Draw(t, "leaves")
		n := rapid.SampledFrom([]int{0, 1, 5}).Draw(t, "numbers")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		var all []comm.Block
		for i := range leaves {
			all = append(all, leaf(r, i, n))
		}
		want := tree(all, 0, whole(leaves))
		freed := 0
		free := func([]kernel.Float) { freed++ }
		var root []comm.Block
		for first := 0; first < leaves; {
			rank := rapid.IntRange(first, leaves).Draw(t, "end of a rank")
			var remains []comm.Block
			for first < rank {
				worker := rapid.IntRange(first+1, rank).Draw(t, "end of a worker")
				var own []comm.Block
				for ; first < worker; first++ {
					own = comm.Join(own, clone(all[first]), leaves, free)
				}
				for _, b := range own {
					remains = comm.Join(remains, b, leaves, free)
				}
			}
			for _, b := range remains {
				root = comm.Join(root, b, leaves, free)
			}
		}
		if len(root) != 1 || !reflect.DeepEqual(root[0], want) {
			t.Fatalf("%d blocks, the first %+v, want %+v", len(root), root[0], want)
		}
		if n > 0 && freed != leaves-1 {
			t.Errorf("%d arrays were freed, want %d", freed, leaves-1)
		}
	})
}

func TestShareIsAllLeavesInOrder(t *testing.T) {
	for leaves := range 20 {
		for size := 1; size < 9; size++ {
			at := 0
			for rank := range size {
				first, last := comm.Share(leaves, size, rank)
				if first != at || last < first {
					t.Fatalf("%d leaves, rank %d of %d: %d to %d, want them from %d", leaves, rank, size, first, last, at)
				}
				at = last
			}
			if at != leaves {
				t.Fatalf("%d leaves, %d ranks own %d", leaves, size, at)
			}
		}
	}
}

// each runs f on every rank of a mesh, and returns their errors.
func each(all []comm.Communicator, f func(c comm.Communicator) error) []error {
	errs, done := make([]error, len(all)), make(chan int)
	for i, c := range all {
		go func() {
			errs[i] = f(c)
			done <- i
		}()
	}
	for range all {
		<-done
	}
	return errs
}

func TestMeshSumsToTheSameBits(t *testing.T) {
	for _, leaves := range []int{1, 2, 3, 5, 8, 13, 64} {
		for _, n := range []int{0, 1, 1000} {
			r := rand.New(rand.NewPCG(uint64(leaves), uint64(n)))
			var blocks []comm.Block
			for i := range leaves {
				blocks = append(blocks, leaf(r, i, n))
			}
			want := tree(blocks, 0, whole(leaves))
			for size := 1; size <= 6; size++ {
				mesh := comm.Mesh(size)
				if size == 1 {
					mesh = append(mesh, comm.Alone())
				}
				for _, err := range each(mesh, func(c comm.Communicator) error {
					for range 3 {
						var own []comm.Block
						first, last := comm.Share(leaves, c.Size(), c.Rank())
						for ; first < last; first++ {
							own = comm.Join(own, clone(blocks[first]), leaves, nil)
						}
						root, err := c.SumBlocks(leaves, n, own, nil)
						if err == nil && !reflect.DeepEqual(root, want) {
							err = fmt.Errorf("rank %d of %d: another sum", c.Rank(), c.Size())
						}
						for _, b := range own { // they are this rank's again
							for i := range b.Data {
								b.Data[i] = -1
							}
						}
						if err != nil {
							return err
						}
					}
					return nil
				}) {
					if err != nil {
						t.Errorf("%d leaves, %d numbers: %v", leaves, n, err)
					}
				}
			}
		}
	}
}

func TestMeshAgrees(t *testing.T) {
	for size := 1; size <= 4; size++ {
		for _, err := range each(comm.Mesh(size), func(c comm.Communicator) error {
			for round := range int64(50) {
				most, err := c.AgreeMax(round - int64(c.Rank()))
				if err != nil || most != round {
					return fmt.Errorf("AgreeMax is %d, want %d: %w", most, round, err)
				}
				mine := []byte{byte(round), byte(c.Rank())}
				b, err := c.Broadcast(mine)
				mine[0] = 255
				if err != nil || len(b) != 2 || b[0] != byte(round) || b[1] != 0 {
					return fmt.Errorf("Broadcast gives %v: %w", b, err)
				}
				b[0] = 254 // it is this rank's
				if err := c.Barrier(); err != nil {
					return err
				}
			}
			return nil
		}) {
			if err != nil {
				t.Error(err)
			}
		}
	}
}

var errOwn = errors.New("the disk is full")

func TestFailureOfOneRankIsThatOfAll(t *testing.T) {
	for _, err := range each(comm.Mesh(4), func(c comm.Communicator) error {
		var failed error
		if c.Rank() >= 2 {
			failed = errOwn
		}
		own := []comm.Block{{First: c.Rank(), Size: 1}}
		_, err := c.SumBlocks(4, 0, own, failed)
		if e := (*comm.RankError)(nil); !errors.As(err, &e) || e.Rank != 2 || !errors.Is(err, errOwn) || err.Error() != "rank 2: the disk is full" {
			return fmt.Errorf("SumBlocks says %v", err)
		}
		if err := comm.Agree(c, nil); err != nil {
			return fmt.Errorf("after a failure: %w", err)
		}
		_, err = comm.FromRoot(c, func() ([]byte, error) { return nil, errOwn })
		if err == nil || err.Error() != "rank 0: the disk is full" {
			return fmt.Errorf("FromRoot says %v", err)
		}
		b, err := comm.FromRoot(c, func() ([]byte, error) { return nil, nil })
		if err != nil || len(b) != 0 {
			return fmt.Errorf("FromRoot gives %v: %w", b, err)
		}
		return nil
	}) {
		if err != nil {
			t.Error(err)
		}
	}
}

// TestMeshEndsWhereRanksDoNotStay is ranks that would wait for ever.
func TestMeshEndsWhereRanksDoNotStay(t *testing.T) {
	for name, leave := range map[string]func(c comm.Communicator) error{
		"closes":                func(c comm.Communicator) error { return c.Close() },
		"aborts":                func(c comm.Communicator) error { c.Abort(errOwn); return nil },
		"calls something else":  func(c comm.Communicator) error { c.AgreeMax(1); return nil },
		"sums other leaves":     func(c comm.Communicator) error { c.SumBlocks(7, 0, nil, nil); return nil },
		"brings too few blocks": func(c comm.Communicator) error { c.SumBlocks(3, 0, nil, nil); return nil },
		"brings no number":      func(c comm.Communicator) error { c.SumBlocks(3, 2, []comm.Block{{First: 1, Size: 1}}, nil); return nil },
		"brings the blocks of more": func(c comm.Communicator) error {
			c.SumBlocks(3, 0, []comm.Block{{First: 1, Size: 1}, {First: 2, Size: 1}}, nil)
			return nil
		},
	} {
		for i, err := range each(comm.Mesh(3), func(c comm.Communicator) error {
			if c.Rank() == 1 {
				return leave(c)
			}
			_, err := c.SumBlocks(3, 0, []comm.Block{{First: c.Rank(), Size: 1}}, nil)
			if errors.As(err, new(*comm.RankError)) {
				return fmt.Errorf("a rank that is still there: %w", err)
			}
			if err == nil {
				return errors.New("no error")
			}
			return nil
		}) {
			if err != nil {
				t.Errorf("rank 1 %s: rank %d: %v", name, i, err)
			}
		}
	}
}

func TestGatherHasTheBytesOfAll(t *testing.T) {
	for size := 1; size <= 5; size++ {
		for _, err := range each(comm.Mesh(size), func(c comm.Communicator) error {
			for round := range 3 {
				mine := bytes.Repeat([]byte{byte(200 + c.Rank())}, c.Rank()*round)
				all, err := comm.Gather(c, mine)
				if err != nil || len(all) != size {
					return fmt.Errorf("%d texts: %w", len(all), err)
				}
				for i, b := range all {
					if !bytes.Equal(b, bytes.Repeat([]byte{byte(200 + i)}, i*round)) {
						return fmt.Errorf("rank %d's bytes are %v", i, b)
					}
				}
			}
			return nil
		}) {
			if err != nil {
				t.Errorf("%d ranks: %v", size, err)
			}
		}
	}
}
