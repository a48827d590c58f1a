// Package simd has what the generators of assembly share: a width of vector
// registers, and instructions that both widths have.
package simd

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Width is a width of vector registers. A generator that takes one writes its
// function for every tier.
type Width struct {
	Tier  string // ends the names of functions
	Lanes int    // float32s in a register
	Bytes int
	All   int // registers there are
}

var (
	AVX512 = Width{Tier: "AVX512", Lanes: 16, Bytes: 64, All: 32}
	AVX2   = Width{Tier: "AVX2", Lanes: 8, Bytes: 32, All: 16}
)

// Widths are the widths that there are functions for.
var Widths = []Width{AVX512, AVX2}

// Vector is a new register.
func (w Width) Vector() reg.VecVirtual {
	if w.Lanes == 16 {
		return ZMM()
	}
	return YMM()
}

// Vectors is n new registers.
func (w Width) Vectors(n int) (v []reg.VecVirtual) {
	for range n {
		v = append(v, w.Vector())
	}
	return v
}

// Load sets adjacent vectors from memory that starts at m.
func (w Width) Load(m Mem, v []reg.VecVirtual) {
	for i, x := range v {
		VMOVUPS(m.Offset(i*w.Bytes), x)
	}
}

// Store writes vectors to memory that starts at m.
func (w Width) Store(v []reg.VecVirtual, m Mem) {
	for i, x := range v {
		VMOVUPS(x, m.Offset(i*w.Bytes))
	}
}

// MulAdd adds to each sum the product of x and the vector in memory: those of
// adjacent sums are adjacent, from m on.
func (w Width) MulAdd(sums []reg.VecVirtual, x reg.VecVirtual, m Mem) {
	for i, s := range sums {
		VFMADD231PS(m.Offset(i*w.Bytes), x, s)
	}
}
