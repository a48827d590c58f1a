package comm

import "fmt"

// Alone is the one rank of an ordinary process. Its Abort panics.
func Alone() Communicator { return alone{} }

type alone struct{}

func (alone) Rank() int                          { return 0 }
func (alone) Size() int                          { return 1 }
func (alone) AgreeMax(x int64) (int64, error)    { return x, nil }
func (alone) Broadcast(b []byte) ([]byte, error) { return b, nil }
func (alone) Barrier() error                     { return nil }
func (alone) Close() error                       { return nil }
func (alone) Abort(cause error)                  { panic(fmt.Sprintf("comm: aborted: %v", cause)) }

func (alone) SumBlocks(leaves, n int, own []Block, failed error) (Block, error) {
	if failed != nil {
		return Block{}, &RankError{0, failed}
	}
	return root(leaves, own)
}

// root is the only block that the sum over all leaves leaves on a stack.
func root(leaves int, stack []Block) (Block, error) {
	switch {
	case leaves == 0 && len(stack) == 0:
		return Block{}, nil
	case len(stack) == 1 && stack[0].First == 0 && stack[0].Size >= leaves && leaves > 0:
		return stack[0], nil
	}
	return Block{}, fmt.Errorf("comm: the ranks brought other blocks than those of %d leaves", leaves)
}
