//go:build !float64

package kernel

import "math"

// fma is a*b + c, rounded once. The product is exact in float64; the sum is
// rounded there and again here, which differs from one rounding only where the
// first ended half way between two float32, or where the result is subnormal.
func fma(a, b, c float32) float32 {
	s := float64(float64(a)*float64(b)) + float64(c)
	if bits := math.Float64bits(s); bits&(1<<29-1) == 1<<28 || bits&(0x7ff<<52) < (1023-126)<<52 {
		return carefully(float64(float64(a)*float64(b)), float64(c), s)
	}
	return float32(s)
}

// carefully is p + c rounded once to float32, where s is the sum rounded to
// float64: an inexact s is made odd in its last bit, so that the second
// rounding sees on which side of s the sum lies (Boldo and Melquiond, 2008).
func carefully(p, c, s float64) float32 {
	b := s - p
	e := (p - (s - b)) + (c - b) // Knuth's: p + c is exactly s + e
	if bits := math.Float64bits(s); e != 0 && e == e && bits&1 == 0 {
		if (e > 0) == (s > 0) {
			bits++
		} else {
			bits--
		}
		s = math.Float64frombits(bits)
	}
	return float32(s)
}

// Constants of the functions below. Polynomials and the split of ln 2 are those
// of Moshier's Cephes (expf.c, tanhf.c).
const (
	expMost   = 87       // arguments are cut off here and at its negative: no result is subnormal
	expMagic  = 12582912 // 1.5 * 2^23: adding it rounds to an integer, found in the last bits
	expLog2e  = 1.44269504088896341
	expLn2Hi  = 0.693359375
	expLn2Lo  = -2.12194440e-4
	exp0      = 1.9875691500e-4
	exp1      = 1.3981999507e-3
	exp2      = 8.3334519073e-3
	exp3      = 4.1665795894e-2
	exp4      = 1.6666665459e-1
	exp5      = 5.0000001201e-1
	tanhSmall = 0.625 // below it, by size, tanh is a polynomial
	tanh0     = -5.70498872745e-3
	tanh1     = 2.06390887954e-2
	tanh2     = -5.37397155531e-2
	tanh3     = 1.33314422036e-1
	tanh4     = -3.33332819422e-1
)

// still is added and taken away again by settle: 2^-124 is the smallest step
// left, and numbers from 2^-76 on stay as they are.
const still = 0x1p-100

// expOf is e to the x to 1 unit in the last place, for x cut to +-87.
func expOf(x float32) float32 {
	if x > expMost {
		x = expMost
	}
	if x < -expMost {
		x = -expMost
	}
	t := fma(x, expLog2e, expMagic)
	k := t - expMagic
	r := fma(k, -expLn2Hi, x)
	r = fma(k, -expLn2Lo, r)
	p := fma(exp0, r, exp1)
	p = fma(p, r, exp2)
	p = fma(p, r, exp3)
	p = fma(p, r, exp4)
	p = fma(p, r, exp5)
	p = fma(p, r, 1)
	p = fma(p, r, 1)
	return math.Float32frombits(math.Float32bits(p) + math.Float32bits(t)<<23)
}

// sigmoidOf is 1 / (1 + exp(-x)), to 2.5 units in the last place.
func sigmoidOf(x float32) float32 { return 1 / (1 + expOf(-x)) }

// tanhOf is the hyperbolic tangent: of small x by a polynomial in x*x, of
// others 1 - 2/(exp(2|x|) + 1) with the sign of x. It is right to 1.5 units in
// the last place.
func tanhOf(x float32) float32 {
	size := math.Float32frombits(math.Float32bits(x) &^ (1 << 31))
	if size < tanhSmall {
		z := x * x
		p := fma(tanh0, z, tanh1)
		p = fma(p, z, tanh2)
		p = fma(p, z, tanh3)
		p = fma(p, z, tanh4)
		p *= z
		return fma(p, x, x)
	}
	y := 1 - 2/(expOf(size+size)+1)
	return math.Float32frombits(math.Float32bits(y) | math.Float32bits(x)&(1<<31))
}
