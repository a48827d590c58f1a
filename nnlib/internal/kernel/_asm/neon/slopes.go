package main

func (a *assembler) leaky() {
	a.function("Leaky", "neonLeaky is y = x, or slope*x where x is not above 0.", "y, x *Float, slope Float, n int")
	p := a.args("y", "x", "n")
	a.number("slope", 16)
	x, y, above := block(0), block(4), block(8)
	a.each(p[2], func() {
		a.loadNext(x, p[1])
		for i := range 4 {
			a.positive(above[i], x[i])
			a.fmul(y[i], x[i], 16)
			a.insert(y[i], x[i], above[i])
		}
		a.storeNext(y, p[0])
	})
	a.end()
}

func (a *assembler) leakySlope() {
	a.function("LeakySlope", "neonLeakySlope is dx = dy, or slope*dy where y is not above 0.", "dx, dy, y *Float, slope Float, n int")
	p := a.args("dx", "dy", "y", "n")
	a.number("slope", 16)
	dx, dy, y := block(0), block(4), block(8)
	a.each(p[3], func() {
		a.loadNext(dy, p[1])
		a.loadNext(y, p[2])
		for i := range 4 {
			a.positive(y[i], y[i])
			a.fmul(dx[i], dy[i], 16)
			a.insert(dx[i], dy[i], y[i])
		}
		a.storeNext(dx, p[0])
	})
	a.end()
}

func (a *assembler) sigmoidSlope() {
	a.function("SigmoidSlope", "neonSigmoidSlope is dx = dy*(y*(1-y)).", "dx, dy, y *Float, n int")
	p := a.args("dx", "dy", "y", "n")
	a.op("FMOVS $1.0, F16")
	a.dup(16, 16)
	dx, dy, y := block(0), block(4), block(8)
	a.each(p[3], func() {
		a.loadNext(dy, p[1])
		a.loadNext(y, p[2])
		for i := range 4 {
			a.fsub(dx[i], 16, y[i])
			a.fmul(dx[i], y[i], dx[i])
			a.fmul(dx[i], dy[i], dx[i])
		}
		a.storeNext(dx, p[0])
	})
	a.end()
}

func (a *assembler) tanhSlope() {
	a.function("TanhSlope", "neonTanhSlope is dx = dy*(1-y*y), the factor fused.", "dx, dy, y *Float, n int")
	p := a.args("dx", "dy", "y", "n")
	a.op("FMOVS $1.0, F16")
	a.dup(16, 16)
	dx, dy, y := block(0), block(4), block(8)
	a.each(p[3], func() {
		a.loadNext(dy, p[1])
		a.loadNext(y, p[2])
		for i := range 4 {
			a.copy(dx[i], 16)
			a.fmls(dx[i], y[i], y[i])
			a.fmul(dx[i], dy[i], dx[i])
		}
		a.storeNext(dx, p[0])
	})
	a.end()
}
