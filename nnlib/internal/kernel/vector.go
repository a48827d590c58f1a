package kernel

// Axpy adds a*x to y, element by element. len(x) is at least len(y).
func Axpy(y []Float, a Float, x []Float) {
	x = x[:len(y)]
	for len(y) >= 8 {
		s, t := y[:8:8], x[:8:8]
		s[0] += Float(a * t[0])
		s[1] += Float(a * t[1])
		s[2] += Float(a * t[2])
		s[3] += Float(a * t[3])
		s[4] += Float(a * t[4])
		s[5] += Float(a * t[5])
		s[6] += Float(a * t[6])
		s[7] += Float(a * t[7])
		y, x = y[8:], x[8:]
	}
	for i := range y {
		y[i] += Float(a * x[i])
	}
}

// Dot is the sum of x[i]*y[i] in order. len(y) is at least len(x).
func Dot(x, y []Float) (s Float) {
	y = y[:len(x)]
	for i, v := range x {
		s += Float(v * y[i])
	}
	return s
}

// Dot64 is Dot with products and sum in float64.
func Dot64(x, y []Float) (s float64) {
	y = y[:len(x)]
	for i, v := range x {
		s += float64(float64(v) * float64(y[i]))
	}
	return s
}

// Scale multiplies every element by a.
func Scale(x []Float, a Float) {
	for i := range x {
		x[i] *= a
	}
}

// PackedForward adds to out, of n values, the rows of w that a packed row
// selects: for each entry e the row e>>8 of w, times level[e&255].
func PackedForward(out []Float, entries []uint32, level *[256]Float, w []Float) {
	n := len(out)
	j := 0
	for ; j+8 <= n; j += 8 {
		o := out[j : j+8 : j+8]
		a0, a1, a2, a3, a4, a5, a6, a7 := o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7]
		for _, e := range entries {
			x, at := level[e&255], int(e>>8)*n+j
			r := w[at : at+8 : at+8]
			a0 += Float(x * r[0])
			a1 += Float(x * r[1])
			a2 += Float(x * r[2])
			a3 += Float(x * r[3])
			a4 += Float(x * r[4])
			a5 += Float(x * r[5])
			a6 += Float(x * r[6])
			a7 += Float(x * r[7])
		}
		o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7] = a0, a1, a2, a3, a4, a5, a6, a7
	}
	for ; j < n; j++ {
		a := out[j]
		for _, e := range entries {
			a += Float(level[e&255] * w[int(e>>8)*n+j])
		}
		out[j] = a
	}
}
