//go:build !float64

package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exactly is a*b + c in numbers of any length, rounded once.
func exactly(a, b, c float32) float32 {
	x, y, z := float64(a), float64(b), float64(c)
	if s := x*y + z; math.IsNaN(s) || math.IsInf(s, 0) {
		return float32(s) // an infinity or NaN among them: float64 does not overflow here
	}
	number := func(x float64) *big.Float { return new(big.Float).SetPrec(1000).SetFloat64(x) }
	sum := number(0).Mul(number(x), number(y))
	f, _ := sum.Add(sum, number(z)).Float32()
	return f
}

func checkFma(t testing.TB, a, b, c float32) {
	got, want := fma(a, b, c), exactly(a, b, c)
	if !same(got, want) {
		t.Fatalf("fma(%x, %x, %x) = %x, want %x", a, b, c, got, want)
	}
}

func TestFmaOfSpecialNumbers(t *testing.T) {
	inf := float32(math.Inf(1))
	numbers := []float32{0, 1, 3, 1.5, 1e-20, 1e20, math.SmallestNonzeroFloat32, 3 * math.SmallestNonzeroFloat32, 0x1p-126, 0x1.fffffep-127, 0x1p-75, 0x1.000002p-75,
		0x1p-24, 0x1.fffffep0, 0x1.000002p0, 0x1p23, 0x1p24, 0x1.000002p24, 0x1p127, math.MaxFloat32, inf, float32(math.NaN())}
	for _, x := range numbers {
		numbers = append(numbers, -x)
	}
	for _, a := range numbers {
		for _, b := range numbers {
			for _, c := range numbers {
				checkFma(t, a, b, c)
			}
		}
	}
}

func TestFmaRoundsOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	bits := func() float32 { return math.Float32frombits(r.Uint32()) }
	near := func(x float32) float32 { // x or a number a few steps away
		return math.Float32frombits(math.Float32bits(x) + uint32(r.IntN(7)) - 3)
	}
	power := func(low, high int) float32 { return float32(math.Ldexp(1, low+r.IntN(high-low+1))) }
	sign := func(x float32) float32 { return math.Float32frombits(math.Float32bits(x) ^ r.Uint32()&(1<<31)) }
	kinds := map[string]func() (a, b, c float32){
		"any bits": func() (a, b, c float32) { return bits(), bits(), bits() },
		"ordinary": func() (a, b, c float32) {
			return float32(r.NormFloat64()), float32(r.NormFloat64()), float32(r.NormFloat64())
		},
		// A product near half of c's last place: double precision rounds the sum
		// to half way.
		"half way": func() (a, b, c float32) {
			c = sign(float32(1+r.Float64()) * power(-100, 100))
			step := math.Nextafter32(c, float32(math.Copysign(math.Inf(1), float64(c)))) - c
			p := power(-8, 8)
			return near(step * p), near(sign(0.5) / p), c
		},
		// The other way about: a product half way between two numbers, and a
		// little that decides.
		"decided by c": func() (a, b, c float32) {
			return float32(1<<12 + r.IntN(1<<12)), float32(1<<12+r.IntN(1<<12)) + 0.5, sign(power(-149, -20))
		},
		"cancelled": func() (a, b, c float32) {
			a, b = float32(r.NormFloat64()), float32(r.NormFloat64())*power(-60, 60)
			return a, b, near(-(a * b))
		},
		"subnormal": func() (a, b, c float32) {
			a, b = float32(1+r.Float64())*power(-80, -60), sign(float32(1+r.Float64())*power(-90, -60))
			return a, b, sign(math.Float32frombits(r.Uint32N(1 << 24)))
		},
		"subnormal half way": func() (a, b, c float32) {
			p, d := power(-8, 8), float32(r.IntN(1<<r.IntN(14)))*0x1p-23
			return 0x1p-75 * p * (1 + d), 0x1p-75 / p * (1 - d), sign(math.Float32frombits(r.Uint32N(1 << 24)))
		},
		"overflowing": func() (a, b, c float32) {
			return near(power(60, 66)), near(power(60, 66)), sign(near(0x1p103 * power(-3, 24)))
		},
	}
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			for range 50000 {
				a, b, c := kind()
				checkFma(t, a, b, c)
			}
		})
	}
}

func FuzzFma(f *testing.F) {
	f.Add(uint32(0x3f800001), uint32(0x33800000), uint32(0x3f800000))
	f.Fuzz(func(t *testing.T, a, b, c uint32) {
		checkFma(t, math.Float32frombits(a), math.Float32frombits(b), math.Float32frombits(c))
	})
}
