package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// The constants of single.go: the bits of tanh, exp and sigmoid depend on them,
// and the package's tests compare those.
const (
	expMost  = 87
	expMagic = 12582912
	expLog2e = 1.44269504088896341
	expLn2Hi = 0.693359375
	expLn2Lo = -2.12194440e-4
)

// constants are the names and values of the block of constants: each stands
// there 8 times, an operand in memory for AVX2.
var constants = []struct {
	name  string
	value float32
}{
	{"one", 1},
	{"two", 2},
	{"still", 0x1p-100},
	{"expMost", expMost},
	{"expLeast", -expMost},
	{"expMagic", expMagic},
	{"expLog2e", expLog2e},
	{"-expLn2Hi", -expLn2Hi},
	{"-expLn2Lo", -expLn2Lo},
	{"exp0", 1.9875691500e-4},
	{"exp1", 1.3981999507e-3},
	{"exp2", 8.3334519073e-3},
	{"exp3", 4.1665795894e-2},
	{"exp4", 1.6666665459e-1},
	{"exp5", 5.0000001201e-1},
	{"tanhSmall", 0.625},
	{"tanh0", -5.70498872745e-3},
	{"tanh1", 2.06390887954e-2},
	{"tanh2", -5.37397155531e-2},
	{"tanh3", 1.33314422036e-1},
	{"tanh4", -3.33332819422e-1},
	{"sign", float32(math.Copysign(0, -1))},
	{"size", math.Float32frombits(1<<31 - 1)}, // all bits but the sign
	{"-infinity", float32(math.Inf(-1))},
}

var block, lanes Mem

// define writes the constants, and the masks of lanes: 16 that are set, then 16
// that are not.
func define() {
	block = GLOBL("vectorConstants", RODATA|NOPTR)
	for i, c := range constants {
		for j := range 8 {
			DATA(4*(8*i+j), U32(math.Float32bits(c.value)))
		}
	}
	lanes = GLOBL("vectorLanes", RODATA|NOPTR)
	for i := range 32 {
		var set uint32
		if i < 16 {
			set = math.MaxUint32
		}
		DATA(4*i, U32(set))
	}
}

func place(name string) Mem {
	for i, c := range constants {
		if c.name == name {
			return block.Offset(4 * 8 * i)
		}
	}
	panic("no constant " + name)
}

// pool hands out constants to one function: of AVX-512 in registers, of which
// it has enough, and of AVX2 in memory.
type pool struct {
	w    width
	held map[string]Op
}

// constant is the last factor or term of an instruction: a register or memory.
func (p pool) constant(name string) Op {
	if r, ok := p.held[name]; ok {
		return r
	}
	return place(name)
}

// pool loads constants for a function: all for AVX-512, and for AVX2 those that
// must be in registers.
func (w width) pool(must []string, may ...string) pool {
	p := pool{w, map[string]Op{}}
	if w.Bytes == 64 {
		must = append(must, may...)
	}
	for _, name := range must {
		if p.held[name] != nil {
			continue
		}
		r := w.Vector()
		VBROADCASTSS(place(name), r)
		p.held[name] = r
	}
	return p
}
