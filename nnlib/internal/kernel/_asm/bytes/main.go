// Command bytes writes the kernels of the first layer over rows of bytes that
// are mostly zero: forward, the gradient, and the transpose that brings bytes
// into columns for it.
//
// Forward and the gradient are the same work. A row of bytes has a chain of
// sums in registers; every byte that is not zero adds a multiple of a row of
// floats to it. The bytes are found as bits of a mask, 64 at a time. Two things
// cost more than the arithmetic: a chain waits for its own additions, so two
// rows are added in turns; and how many bits there are is guessed wrong once a
// row, so the masks of a block of rows are made before.
package main

import (
	"digitlab/nnlib/internal/kernel/_asm/simd"

	. "github.com/mmcloughlin/avo/build"
)

const (
	group  = 64  // bytes that are looked at together
	column = 128 // bytes of a column of transposed bytes
)

func main() {
	ConstraintExpr("!float64")
	for _, w := range simd.Widths {
		forward(w)
		gradient(w)
	}
	transpose()
	Generate()
}
