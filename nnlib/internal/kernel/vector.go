package kernel

// The functions of this file work element by element. Whole Lanes go to the
// tier, the rest to the definition.

// split is the number of elements in whole Lanes, and whether there are others.
func split(n int) (lanes int, rest bool) {
	lanes = n &^ (Lanes - 1)
	return lanes, lanes < n
}

// Axpy adds a*x to y. len(x) is at least len(y).
func Axpy(y []Float, a Float, x []Float) {
	x = x[:len(y)]
	n, rest := split(len(y))
	if n > 0 {
		now.axpy(&y[0], &x[0], a, n)
	}
	if rest {
		defined.axpy(&y[n], &x[n], a, len(y)-n)
	}
}

// Add adds x to y. len(x) is at least len(y).
func Add(y, x []Float) {
	x = x[:len(y)]
	n, rest := split(len(y))
	if n > 0 {
		now.add(&y[0], &x[0], n)
	}
	if rest {
		defined.add(&y[n], &x[n], len(y)-n)
	}
}

// Scale multiplies x by a.
func Scale(x []Float, a Float) {
	n, rest := split(len(x))
	if n > 0 {
		now.scale(&x[0], a, n)
	}
	if rest {
		defined.scale(&x[n], a, len(x)-n)
	}
}

// VectorExp sets y = exp(x - minus).
func VectorExp(y, x []Float, minus Float) {
	x = x[:len(y)]
	n, rest := split(len(y))
	if n > 0 {
		now.exp(&y[0], &x[0], minus, n)
	}
	if rest {
		defined.exp(&y[n], &x[n], minus, len(y)-n)
	}
}

// VectorSigmoid sets y = 1/(1+exp(-x)).
func VectorSigmoid(y, x []Float) {
	x = x[:len(y)]
	n, rest := split(len(y))
	if n > 0 {
		now.sigmoid(&y[0], &x[0], n)
	}
	if rest {
		defined.sigmoid(&y[n], &x[n], len(y)-n)
	}
}

// VectorTanh sets y = tanh(x).
func VectorTanh(y, x []Float) {
	x = x[:len(y)]
	n, rest := split(len(y))
	if n > 0 {
		now.tanh(&y[0], &x[0], n)
	}
	if rest {
		defined.tanh(&y[n], &x[n], len(y)-n)
	}
}

// Leaky sets y = x, or slope*x where x is not above 0.
func Leaky(y, x []Float, slope Float) {
	x = x[:len(y)]
	n, rest := split(len(y))
	if n > 0 {
		now.leaky(&y[0], &x[0], slope, n)
	}
	if rest {
		defined.leaky(&y[n], &x[n], slope, len(y)-n)
	}
}

// SigmoidSlope sets dx = dy*(y*(1-y)).
func SigmoidSlope(dx, dy, y []Float) {
	dy = dy[:len(dx)]
	y = y[:len(dx)]
	n, rest := split(len(dx))
	if n > 0 {
		now.sigmoidSlope(&dx[0], &dy[0], &y[0], n)
	}
	if rest {
		defined.sigmoidSlope(&dx[n], &dy[n], &y[n], len(dx)-n)
	}
}

// TanhSlope sets dx = dy*(1-y*y).
func TanhSlope(dx, dy, y []Float) {
	dy = dy[:len(dx)]
	y = y[:len(dx)]
	n, rest := split(len(dx))
	if n > 0 {
		now.tanhSlope(&dx[0], &dy[0], &y[0], n)
	}
	if rest {
		defined.tanhSlope(&dx[n], &dy[n], &y[n], len(dx)-n)
	}
}

// LeakySlope sets dx = dy, or slope*dy where y is not above 0.
func LeakySlope(dx, dy, y []Float, slope Float) {
	dy = dy[:len(dx)]
	y = y[:len(dx)]
	n, rest := split(len(dx))
	if n > 0 {
		now.leakySlope(&dx[0], &dy[0], &y[0], slope, n)
	}
	if rest {
		defined.leakySlope(&dx[n], &dy[n], &y[n], slope, len(dx)-n)
	}
}

// Momentum is one update of the weights w: v = keep*v + g, w = w - rate*v.
func Momentum(w, v, g []Float, keep, rate Float) {
	v = v[:len(w)]
	g = g[:len(w)]
	n, rest := split(len(w))
	if n > 0 {
		now.momentum(&w[0], &v[0], &g[0], keep, rate, n)
	}
	if rest {
		defined.momentum(&w[n], &v[n], &g[n], keep, rate, len(w)-n)
	}
}

// Nesterov is one update of the weights w: v = keep*v + g, w = w - rate*(keep*v + g).
func Nesterov(w, v, g []Float, keep, rate Float) {
	v = v[:len(w)]
	g = g[:len(w)]
	n, rest := split(len(w))
	if n > 0 {
		now.nesterov(&w[0], &v[0], &g[0], keep, rate, n)
	}
	if rest {
		defined.nesterov(&w[n], &v[n], &g[n], keep, rate, len(w)-n)
	}
}

// Adam is one update of the weights w: m = keep1*m + new1*g,
// v = keep2*v + new2*g*g, w = w - rate * (m*full1)/(sqrt(v*full2)+epsilon).
func Adam(w, m, v, g []Float, c AdamStep) {
	m = m[:len(w)]
	v = v[:len(w)]
	g = g[:len(w)]
	n, rest := split(len(w))
	if n > 0 {
		now.adam(&w[0], &m[0], &v[0], &g[0], c, n)
	}
	if rest {
		defined.adam(&w[n], &m[n], &v[n], &g[n], c, len(w)-n)
	}
}

// Dot64 is the sum of x[i]*y[i], in float64: eight chains, of the indices with
// the same remainder by 8, added up by halves. len(y) is at least len(x).
func Dot64(x, y []Float) float64 {
	var s [8]float64
	y = y[:len(x)]
	for len(x) >= 8 {
		a, b := x[:8:8], y[:8:8]
		s[0] += float64(float64(a[0]) * float64(b[0]))
		s[1] += float64(float64(a[1]) * float64(b[1]))
		s[2] += float64(float64(a[2]) * float64(b[2]))
		s[3] += float64(float64(a[3]) * float64(b[3]))
		s[4] += float64(float64(a[4]) * float64(b[4]))
		s[5] += float64(float64(a[5]) * float64(b[5]))
		s[6] += float64(float64(a[6]) * float64(b[6]))
		s[7] += float64(float64(a[7]) * float64(b[7]))
		x, y = x[8:], y[8:]
	}
	for i, v := range x {
		s[i] += float64(float64(v) * float64(y[i]))
	}
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}
