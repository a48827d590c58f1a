package kernel

import (
	"math"
	"unsafe"
)

// Lanes is what widths and lengths of a tier's functions are multiples of.
const Lanes = 16

// Group is the number of bytes of a row that are looked at together, and
// Column the length of a column of transposed bytes: the most rows there are.
const (
	Group  = 64
	Column = 128
)

// tier is one implementation of the inner loops. All of them give the same
// bits. Lengths are multiples of Lanes, strides count elements, and a pointer
// with its lengths and strides stays inside of what the caller owns.
type tier struct {
	name string

	// product sets the m x n matrix c = c0 + a b, for n of 16, 32, 48 or 64, and
	// k at least 1. Element (i, l) of a is a[i*ar+l*ac]; those of b, c0 and c are
	// b[l*bs+j], c0[i*c0s+j] and c[i*cs+j]. c may be c0; c0s may be 0.
	product func(m, n, k int, a *Float, ar, ac int, b *Float, bs int, c0 *Float, c0s int, c *Float, cs int)

	// bytesForward sets c[i] = c0[i] + sum over p of level[x(i, p)] w[p], for
	// rows i and n of 16, 32, 48 or 64 columns, where x(i, p) is the byte
	// data[at[i]+p]: p goes from skip up to 64*groups, and bytes of zero are left
	// out. Row p of w is w[(p-skip)*ws]. Only a single group may have a skip. All
	// 64*groups bytes can be read. lines is how many cache lines of a row that
	// comes later are asked for ahead of time.
	bytesForward func(n, rows, groups int, data *byte, at *int, skip int, level, w *Float, ws int, c0 *Float, c0s int, c *Float, cs int, lines int)

	// bytesGradient adds sum over i of level[t[p*Column+i]] d[i] to g[p], for p
	// up to count, i up to Group*groups (1 or 2) and n of 16, 32, 48 or 64 columns. Bytes of zero add nothing:
	// rows of d where all bytes are zero are not read, others and the levels are
	// finite, and level[0] is 0. g has no negative zeros, and gets none: a sum
	// that underflows to one is zero.
	// Meanwhile it may ask for the cache lines of next[at[i]], for i up to asked,
	// a multiple of 4.
	bytesGradient func(n, count, groups int, t *byte, level, d *Float, ds int, g *Float, gs int, next *byte, at *int, asked int)

	// bytesTranspose sets t[p*Column+i] = data[at[i]+p] for Group bytes p and
	// rows i, a multiple of 16.
	bytesTranspose func(t *byte, rows int, data *byte, at *int)

	// pack copies rows of n of 16, 32, 48 or 64 values, that are ss values apart,
	// to dst, where they are adjacent.
	pack func(dst, src *Float, ss, rows, n int)

	// transpose sets dst[j*ds+i] = src[i*ss+j], for rows and cols that are
	// multiples of 8.
	transpose func(dst *Float, ds int, src *Float, ss int, rows, cols int)

	axpy  func(y, x *Float, a Float, n int) // y = fma(a, x, y)
	add   func(y, x *Float, n int)          // y += x
	scale func(x *Float, a Float, n int)    // x *= a

	exp          func(y, x *Float, minus Float, n int)      // y = exp(x - minus)
	sigmoid      func(y, x *Float, n int)                   // y = 1/(1+exp(-x))
	tanh         func(y, x *Float, n int)                   // y = tanh(x)
	leaky        func(y, x *Float, slope Float, n int)      // y = x, or slope*x where x is not above 0
	sigmoidSlope func(dx, dy, y *Float, n int)              // dx = dy*(y*(1-y))
	tanhSlope    func(dx, dy, y *Float, n int)              // dx = dy*(1-y*y), the factor fused
	leakySlope   func(dx, dy, y *Float, slope Float, n int) // dx = dy, or slope*dy where y is not above 0

	// softmax sets p = exp(x-most)/sum for rows of n values, at most 16. 16 values
	// can be read in every row of x, of which the first n count; n values of p are
	// written.
	softmax func(rows, n int, x *Float, xs int, p *Float, ps int)

	// momentum: v = settle(fma(keep, v, g)); w = fma(-rate, v, w).
	momentum func(w, v, g *Float, keep, rate Float, n int)
	// nesterov: v = settle(fma(keep, v, g)); w = fma(-rate, fma(keep, v, g), w).
	nesterov func(w, v, g *Float, keep, rate Float, n int)
	// adam: m = settle(fma(c.Keep1, m, c.New1*g));
	// v = settle(fma(c.Keep2, v, c.New2*(g*g)));
	// w = fma(-c.Rate, (m*c.Full1)/(sqrt(v*c.Full2)+c.Epsilon), w).
	adam func(w, m, v, g *Float, c AdamStep, n int)
}

// AdamStep is the numbers of one of Adam's updates.
type AdamStep struct {
	Keep1, New1   Float // of the mean: kept, and 1 minus that
	Keep2, New2   Float // of the squares
	Full1, Full2  Float // 1/(1-keep^t): what makes up for the start at zero
	Epsilon, Rate Float
}

// defined is the definition of all tiers.
var defined = tier{
	name:           "go",
	product:        product,
	bytesForward:   bytesForward,
	bytesGradient:  bytesGradient,
	bytesTranspose: bytesTranspose,
	pack: func(dst, src *Float, ss, rows, n int) {
		for i := range rows {
			copy(of(past(dst, i*n), n), of(past(src, i*ss), n))
		}
	},
	transpose: transpose,
	axpy:      func(y, x *Float, a Float, n int) { addTimes(of(y, n), a, of(x, n)) },
	add: func(y, x *Float, n int) {
		ys := of(y, n)
		for i, v := range of(x, n) {
			ys[i] += v
		}
	},
	scale: func(x *Float, a Float, n int) {
		xs := of(x, n)
		for i := range xs {
			xs[i] *= a
		}
	},
	exp:     func(y, x *Float, minus Float, n int) { each(y, x, n, func(v Float) Float { return expOf(v - minus) }) },
	sigmoid: func(y, x *Float, n int) { each(y, x, n, sigmoidOf) },
	tanh:    func(y, x *Float, n int) { each(y, x, n, tanhOf) },
	leaky: func(y, x *Float, slope Float, n int) {
		each(y, x, n, func(v Float) Float {
			if v > 0 {
				return v
			}
			return slope * v
		})
	},
	sigmoidSlope: func(dx, dy, y *Float, n int) {
		both(dx, dy, y, n, func(d, y Float) Float { return d * (y * (1 - y)) })
	},
	tanhSlope: func(dx, dy, y *Float, n int) {
		both(dx, dy, y, n, func(d, y Float) Float { return d * fma(-y, y, 1) })
	},
	leakySlope: func(dx, dy, y *Float, slope Float, n int) {
		both(dx, dy, y, n, func(d, y Float) Float {
			if y > 0 {
				return d
			}
			return slope * d
		})
	},
	softmax: softmax,
	momentum: func(w, v, g *Float, keep, rate Float, n int) {
		ws, vs := of(w, n), of(v, n)
		for i, x := range of(g, n) {
			vs[i] = settle(fma(keep, vs[i], x))
			ws[i] = fma(-rate, vs[i], ws[i])
		}
	},
	nesterov: func(w, v, g *Float, keep, rate Float, n int) {
		ws, vs := of(w, n), of(v, n)
		for i, x := range of(g, n) {
			vs[i] = settle(fma(keep, vs[i], x))
			ws[i] = fma(-rate, fma(keep, vs[i], x), ws[i])
		}
	},
	adam: func(w, m, v, g *Float, c AdamStep, n int) {
		ws, ms, vs := of(w, n), of(m, n), of(v, n)
		for i, x := range of(g, n) {
			ms[i] = settle(fma(c.Keep1, ms[i], Float(c.New1*x)))
			vs[i] = settle(fma(c.Keep2, vs[i], Float(c.New2*Float(x*x))))
			d := Float(ms[i]*c.Full1) / (root(Float(vs[i]*c.Full2)) + c.Epsilon)
			ws[i] = fma(-c.Rate, d, ws[i])
		}
	},
}

// of is n elements from p.
func of(p *Float, n int) []Float { return unsafe.Slice(p, n) }

// past is the element i behind p.
func past(p *Float, i int) *Float {
	return (*Float)(unsafe.Add(unsafe.Pointer(p), i*int(unsafe.Sizeof(*p))))
}

func each(y, x *Float, n int, f func(Float) Float) {
	ys := of(y, n)
	for i, v := range of(x, n) {
		ys[i] = f(v)
	}
}

func both(dx, dy, y *Float, n int, f func(d, y Float) Float) {
	to, ys := of(dx, n), of(y, n)
	for i, d := range of(dy, n) {
		to[i] = f(d, ys[i])
	}
}

// settle rounds v to a multiple of a very small number. What decays and gets
// nothing more would stay at a subnormal number for ever, with which processors
// compute a hundred times slower.
func settle(v Float) Float { return (v + still) - still }

func root(x Float) Float { return Float(math.Sqrt(float64(x))) } // the same as one in x's precision

// addTimes is y = fma(a, x, y), four at a time: in double precision it is what
// training spends its time with.
func addTimes(y []Float, a Float, x []Float) {
	x = x[:len(y)]
	for len(y) >= 4 {
		s, t := y[:4:4], x[:4:4]
		s[0] = fma(a, t[0], s[0])
		s[1] = fma(a, t[1], s[1])
		s[2] = fma(a, t[2], s[2])
		s[3] = fma(a, t[3], s[3])
		y, x = y[4:], x[4:]
	}
	for i := range y {
		y[i] = fma(a, x[i], y[i])
	}
}

func product(m, n, k int, a *Float, ar, ac int, b *Float, bs int, c0 *Float, c0s int, c *Float, cs int) {
	for i := range m {
		row := of(past(c, i*cs), n)
		copy(row, of(past(c0, i*c0s), n))
		for l := range k {
			x := *past(a, i*ar+l*ac)
			addTimes(row, x, of(past(b, l*bs), n))
		}
	}
}

func bytesForward(n, rows, groups int, data *byte, at *int, skip int, level, w *Float, ws int, c0 *Float, c0s int, c *Float, cs int, _ int) {
	levels := of(level, 256)
	for i, from := range unsafe.Slice(at, rows) {
		row := of(past(c, i*cs), n)
		copy(row, of(past(c0, i*c0s), n))
		for p, x := range unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(data), from)), groups*Group) {
			if p < skip || x == 0 {
				continue
			}
			addTimes(row, levels[x], of(past(w, (p-skip)*ws), n))
		}
	}
}

func bytesGradient(n, count, groups int, t *byte, level, d *Float, ds int, g *Float, gs int, _ *byte, _ *int, _ int) {
	levels, columns := of(level, 256), unsafe.Slice(t, count*Column)
	for p := range count {
		row := of(past(g, p*gs), n)
		for i, x := range columns[p*Column : p*Column+groups*Group] {
			if x == 0 {
				continue
			}
			addTimes(row, levels[x], of(past(d, i*ds), n))
		}
		for j := range row {
			row[j] += 0
		}
	}
}

func bytesTranspose(t *byte, rows int, data *byte, at *int) {
	to := unsafe.Slice(t, Group*Column)
	for i, from := range unsafe.Slice(at, rows) {
		for p, x := range unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(data), from)), Group) {
			to[p*Column+i] = x
		}
	}
}

func transpose(dst *Float, ds int, src *Float, ss int, rows, cols int) {
	for i := range rows {
		for j, v := range of(past(src, i*ss), cols) {
			*past(dst, j*ds+i) = v
		}
	}
}

func softmax(rows, n int, x *Float, xs int, p *Float, ps int) {
	for i := range rows {
		row := of(past(x, i*xs), n)
		most := largest(row)
		var e [Lanes]Float
		for j, v := range row {
			e[j] = expOf(v - most)
		}
		s := halve(e)
		for j := range n {
			*past(p, i*ps+j) = e[j] / s
		}
	}
}

// halve is the sum of the lanes, each half added to the other.
func halve(e [Lanes]Float) Float {
	for half := Lanes / 2; half > 0; half /= 2 {
		for j := range half {
			e[j] += e[j+half]
		}
	}
	return e[0]
}
