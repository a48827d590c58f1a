// Command vector writes vector_amd64.s: the elementwise functions of a tier and
// softmax, in AVX-512 and AVX2. Each does the operations of the Go function
// with the same roundings in the same order.
package main

import (
	. "github.com/mmcloughlin/avo/build"

	"digitlab/nnlib/internal/kernel/_asm/simd"
)

//go:generate go run . -out ../../vector_amd64.s -stubs ../../vector_amd64.go -pkg kernel

func main() {
	ConstraintExpr("!float64")
	define()
	for _, simd := range simd.Widths {
		w := width{simd}
		w.simple()
		w.activations()
		w.slopes()
		w.updates()
		w.softmax()
	}
	Generate()
}
