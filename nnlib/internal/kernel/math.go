package kernel

import "math"

// The functions below follow the algorithms of FreeBSD's msun (e_exp.c,
// e_log.c): range reduction and a rational approximation, error under one ulp.
// They stand here because the standard library's versions are assembly on some
// processors, with other roundings.

const (
	ln2Hi = 6.93147180369123816490e-01
	ln2Lo = 1.90821492927058770002e-10
	log2e = 1.44269504088896338700e+00
)

// Exp is e to the x.
func Exp(x float64) float64 {
	switch {
	case x != x:
		return x
	case x > 709.782712893384:
		return math.Inf(1)
	case x < -745.1332191019412:
		return 0
	}
	k := math.Floor(float64(log2e*x) + 0.5)
	hi, lo := x-float64(k*ln2Hi), float64(k*ln2Lo)
	r := hi - lo
	t := float64(r * r)
	p := float64(t*4.13813679705723846039e-08) - 1.65339022054652515390e-06
	p = float64(t*p) + 6.61375632143793436117e-05
	p = float64(t*p) - 2.77777777770155933842e-03
	p = float64(t*p) + 1.66666666666666019037e-01
	c := r - float64(t*p)
	y := 1 - ((lo - float64(r*c)/(2-c)) - hi)
	if k > -1022 && k < 1024 {
		return y * math.Float64frombits(uint64(int64(k)+1023)<<52)
	}
	// Two exact factors where one would not be a normal number.
	half := math.Floor(k / 2)
	return y * math.Float64frombits(uint64(int64(half)+1023)<<52) * math.Float64frombits(uint64(int64(k-half)+1023)<<52)
}

// Log is the natural logarithm of x.
func Log(x float64) float64 {
	switch {
	case x != x || math.IsInf(x, 1):
		return x
	case x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	}
	f, e := math.Frexp(x)
	if f < math.Sqrt2/2 {
		f *= 2
		e--
	}
	f--
	k := float64(e)
	s := f / (2 + f)
	s2 := float64(s * s)
	s4 := float64(s2 * s2)
	a := float64(s4*1.479819860511658591e-01) + 1.818357216161805012e-01
	a = float64(s4*a) + 2.857142874366239149e-01
	a = float64(s4*a) + 6.666666666666735130e-01
	b := float64(s4*1.531383769920937332e-01) + 2.222219843214978396e-01
	b = float64(s4*b) + 3.999999999940941908e-01
	r := float64(s2*a) + float64(s4*b)
	half := float64(float64(0.5*f) * f)
	return float64(k*ln2Hi) - ((half - (float64(s*(half+r)) + float64(k*ln2Lo))) - f)
}

// Sigmoid is 1 / (1 + exp(-x)).
func Sigmoid(x float64) float64 { return 1 / (1 + Exp(-x)) }

// Tanh is the hyperbolic tangent, to 5e-16 absolute.
func Tanh(x float64) float64 { return 1 - 2/(Exp(2*x)+1) }

// Cos is the cosine of x from 0 to pi, to 3e-16 absolute: Taylor's series of
// the sine around pi/2.
func Cos(x float64) float64 {
	y := math.Pi/2 - float64(x) // rounded, should x be a product
	t := float64(y * y)
	s := 0.0
	for k := 27.0; k > 1; k -= 2 {
		s = float64(t*(1-s)) / (k * (k - 1))
	}
	return float64(y * (1 - s))
}
