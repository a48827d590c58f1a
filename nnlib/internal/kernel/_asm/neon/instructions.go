package main

// Instructions on four float32 at once, in the order of Arm's manuals: the
// result comes first.

// three writes an instruction of two operands.
func (a *assembler) three(name string, code uint32, d, n, m vec) {
	a.word(code|uint32(m)<<16|uint32(n)<<5|uint32(d), "%s v%d.4s, v%d.4s, v%d.4s", name, d, n, m)
}

// two writes an instruction of one operand.
func (a *assembler) two(name string, code uint32, d, n vec) {
	a.word(code|uint32(n)<<5|uint32(d), "%s v%d.4s, v%d.4s", name, d, n)
}

// element writes an instruction whose second operand is one number of m.
func (a *assembler) element(name string, code uint32, d, n, m vec, i int) {
	code |= uint32(i&1)<<21 | uint32(i>>1)<<11 | uint32(m)<<16 | uint32(n)<<5 | uint32(d)
	a.word(code, "%s v%d.4s, v%d.4s, v%d.s[%d]", name, d, n, m, i)
}

func (a *assembler) fadd(d, n, m vec) { a.three("fadd", 0x4e20d400, d, n, m) }
func (a *assembler) fsub(d, n, m vec) { a.three("fsub", 0x4ea0d400, d, n, m) }
func (a *assembler) fmul(d, n, m vec) { a.three("fmul", 0x6e20dc00, d, n, m) }
func (a *assembler) fdiv(d, n, m vec) { a.three("fdiv", 0x6e20fc00, d, n, m) }
func (a *assembler) fmax(d, n, m vec) { a.three("fmax", 0x4e20f400, d, n, m) } // of a number and NaN: NaN
func (a *assembler) fmin(d, n, m vec) { a.three("fmin", 0x4ea0f400, d, n, m) }

func (a *assembler) fcmgt(d, n, m vec) { a.three("fcmgt", 0x6ea0e400, d, n, m) }
func (a *assembler) fcmeq(d, n, m vec) { a.three("fcmeq", 0x4e20e400, d, n, m) }
func (a *assembler) positive(d, n vec) {
	a.word(0x4ea0c800|uint32(n)<<5|uint32(d), "fcmgt v%d.4s, v%d.4s, #0.0", d, n)
}

func (a *assembler) fneg(d, n vec)  { a.two("fneg", 0x6ea0f800, d, n) }
func (a *assembler) fabs(d, n vec)  { a.two("fabs", 0x4ea0f800, d, n) }
func (a *assembler) fsqrt(d, n vec) { a.two("fsqrt", 0x6ea1f800, d, n) }

// fmla is d += n*m and fmls d -= n*m, rounded once.
func (a *assembler) fmla(d, n, m vec) { a.op("VFMLA %s, %s, %s", m.s4(), n.s4(), d.s4()) }
func (a *assembler) fmls(d, n, m vec) { a.op("VFMLS %s, %s, %s", m.s4(), n.s4(), d.s4()) }

func (a *assembler) fmlaBy(d, n, m vec, i int) { a.element("fmla", 0x4f801000, d, n, m, i) }
func (a *assembler) fmlsBy(d, n, m vec, i int) { a.element("fmls", 0x4f805000, d, n, m, i) }
func (a *assembler) fmulBy(d, n, m vec, i int) { a.element("fmul", 0x4f809000, d, n, m, i) }

// largest is the largest of the four numbers of n.
func (a *assembler) largest(d, n vec) {
	a.word(0x6e30f800|uint32(n)<<5|uint32(d), "fmaxv s%d, v%d.4s", d, n)
}

// pair is the sum of the first two numbers of n.
func (a *assembler) pair(d, n vec) {
	a.word(0x7e30d800|uint32(n)<<5|uint32(d), "faddp s%d, v%d.2s", d, n)
}

// dup is four times the first number of n.
func (a *assembler) dup(d, n vec) { a.op("VDUP %v.S[0], %s", n, d.s4()) }

func (a *assembler) and(d, n, m vec) { a.op("VAND %s, %s, %s", m.b16(), n.b16(), d.b16()) }
func (a *assembler) or(d, n, m vec)  { a.op("VORR %s, %s, %s", m.b16(), n.b16(), d.b16()) }
func (a *assembler) copy(d, n vec)   { a.op("VMOV %s, %s", n.b16(), d.b16()) }

// insert puts n into d where the mask is set; choose is n where d, a mask, is
// set, and m elsewhere.
func (a *assembler) insert(d, n, mask vec) { a.op("VBIT %s, %s, %s", mask.b16(), n.b16(), d.b16()) }
func (a *assembler) choose(d, n, m vec)    { a.op("VBSL %s, %s, %s", m.b16(), n.b16(), d.b16()) }

// load and store move 16 numbers, loadNext and storeNext go on behind them.
func (a *assembler) load(q quad, from reg) {
	a.op("FLDPQ (%v), (%s, %s)", from, q[0].f(), q[1].f())
	a.op("FLDPQ 32(%v), (%s, %s)", from, q[2].f(), q[3].f())
}

func (a *assembler) store(q quad, to reg) {
	a.op("FSTPQ (%s, %s), (%v)", q[0].f(), q[1].f(), to)
	a.op("FSTPQ (%s, %s), 32(%v)", q[2].f(), q[3].f(), to)
}

func (a *assembler) loadNext(q quad, from reg) {
	a.op("FLDPQ.P 32(%v), (%s, %s)", from, q[0].f(), q[1].f())
	a.op("FLDPQ.P 32(%v), (%s, %s)", from, q[2].f(), q[3].f())
}

func (a *assembler) storeNext(q quad, to reg) {
	a.op("FSTPQ.P (%s, %s), 32(%v)", q[0].f(), q[1].f(), to)
	a.op("FSTPQ.P (%s, %s), 32(%v)", q[2].f(), q[3].f(), to)
}
