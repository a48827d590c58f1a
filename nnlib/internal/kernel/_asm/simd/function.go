package simd

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Function begins a function: its name ends in the tier, its comment is the
// loop in Go that it stands for.
func (w Width) Function(name, signature string, doc ...string) {
	TEXT(name+w.Tier, NOSPLIT, signature)
	Doc(doc...)
	Pragma("noescape")
}

// End ends a function. The upper halves of the registers are cleared: code
// without AVX, as Go's compiler writes, is slow while they are in use.
func End() {
	VZEROUPPER()
	RET()
}

// Argument is an argument of the function in a register.
func Argument(name string) reg.GPVirtual {
	return Load(Param(name), GP64()).(reg.GPVirtual)
}

// InMemory is an argument where the caller put it.
func InMemory(name string) Mem {
	a, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return a.Addr
}

// Stride is an argument that counts float32s, in bytes.
func Stride(name string) reg.GPVirtual {
	r := Argument(name)
	SHLQ(Imm(2), r)
	return r
}

// At is the memory that r points at.
func At(r reg.Register) Mem { return Mem{Base: r} }
