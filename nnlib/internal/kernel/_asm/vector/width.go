package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"digitlab/nnlib/internal/kernel/_asm/simd"
)

// width is a width of vector registers, and instructions for 16 values in them.
type width struct{ simd.Width }

// step is the bytes of 16 values, which every turn of a loop does: one register
// of AVX-512, two of AVX2.
const step = 64

// values are 16 values in registers, or operands standing for them.
type values []Op

func (w width) values() (v values) {
	for range step / w.Bytes {
		v = append(v, w.Vector())
	}
	return v
}

// at is 16 values in memory.
func (w width) at(m Mem) (v values) {
	for i := range step / w.Bytes {
		v = append(v, m.Offset(i*w.Bytes))
	}
	return v
}

// do is an instruction for all registers of values: an argument is values or
// one operand for all.
func (w width) do(instruction func(...Op), arguments ...any) {
	for i := range step / w.Bytes {
		var ops []Op
		for _, a := range arguments {
			switch a := a.(type) {
			case values:
				ops = append(ops, a[i])
			default:
				ops = append(ops, a.(Op))
			}
		}
		instruction(ops...)
	}
}

// load is 16 values of the memory in registers.
func (w width) load(m Mem) values {
	v := w.values()
	w.do(VMOVUPS, w.at(m), v)
	return v
}

func (w width) store(v values, m Mem) { w.do(VMOVUPS, v, w.at(m)) }

// and and or are the bitwise operations. Those of AVX-512 for floats ask for
// more than its foundation.
func (w width) and(b, a, to any) {
	if w.Bytes == 64 {
		w.do(VPANDD, b, a, to)
		return
	}
	w.do(VANDPS, b, a, to)
}

func (w width) or(b, a, to any) {
	if w.Bytes == 64 {
		w.do(VPORD, b, a, to)
		return
	}
	w.do(VORPS, b, a, to)
}

// less chooses yes where a < b, else no: quiet, and false for NaN. The result
// stands in no or yes, which are both lost otherwise.
func (w width) less(b, a any, yes, no values) values {
	if w.Bytes == 64 {
		k := K()
		w.do(VCMPPS, Imm(lessThan), b, a, k)
		w.do(VMOVAPS, yes, k, no)
		return no
	}
	m := w.values()
	w.do(VCMPPS, Imm(lessThan), b, a, m)
	w.do(four(VBLENDVPS), m, yes, no, no)
	return no
}

// Predicates of VCMPPS, all quiet.
const (
	equal    = 0x00 // a == b
	lessThan = 0x11 // a < b
)

// three and four make instructions of so many operands fit do.
func three(f func(a, b, c Op)) func(...Op) {
	return func(o ...Op) { f(o[0], o[1], o[2]) }
}

func four(f func(a, b, c, d Op)) func(...Op) {
	return func(o ...Op) { f(o[0], o[1], o[2], o[3]) }
}

// parameter is a number given to the function, in all lanes.
func (w width) parameter(name string) Op {
	b, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	r := w.Vector()
	VBROADCASTSS(b.Addr, r)
	return r
}

// function begins a function whose comment is the Go loop that it is.
func (w width) function(name, arguments string, code ...string) {
	w.Function(name, "func("+arguments+")", comment(name+w.Tier+" is, for i up to n:", code)...)
}

// comment is a sentence and Go code.
func comment(sentence string, code []string) []string {
	lines := []string{sentence, ""}
	for _, line := range code {
		lines = append(lines, "\t"+line)
	}
	return lines
}

// loop does the body for 16 values after 16 of the vectors named, up to n, and
// ends the function.
func (w width) loop(body func(at func(name string) Mem), names ...string) {
	n := simd.Argument("n")
	base := map[string]reg.Register{}
	SHLQ(Imm(2), n)
	JZ(LabelRef("done"))
	for _, name := range names {
		base[name] = simd.Argument(name)
		ADDQ(n, base[name])
	}
	NEGQ(n) // from here up to 0, with pointers to the ends
	Label("loop")
	body(func(name string) Mem { return Mem{Base: base[name], Index: n, Scale: 1} })
	ADDQ(Imm(step), n)
	JNZ(LabelRef("loop"))
	Label("done")
	simd.End()
}
