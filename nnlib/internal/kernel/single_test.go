//go:build !float64

package kernel

import (
	"math"
	"testing"
)

// off is the distance of got from want in units of want's last place.
func off(got float32, want float64) float64 {
	_, e := math.Frexp(want)
	return math.Abs(float64(got)-want) / math.Ldexp(1, max(e, -125)-24)
}

// TestFunctionsAreAccurate holds the bounds that single.go states, at numbers
// of all sizes.
func TestFunctionsAreAccurate(t *testing.T) {
	for _, c := range []struct {
		name  string
		f     func(float32) float32
		exact func(float64) float64
		most  float32 // by size
		bound float64
	}{
		{"exp", expOf, math.Exp, expMost, 1},
		{"sigmoid", sigmoidOf, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, expMost, 2.5},
		{"tanh", tanhOf, math.Tanh, math.MaxFloat32, 1.5},
	} {
		worst, at := 0.0, float32(0)
		for bits := uint32(0); bits <= math.Float32bits(c.most); bits += 4999 {
			for _, x := range []float32{math.Float32frombits(bits), -math.Float32frombits(bits)} {
				if d := off(c.f(x), c.exact(float64(x))); d > worst {
					worst, at = d, x
				}
			}
		}
		t.Logf("%s: up to %.2f units in the last place, at %v", c.name, worst, at)
		if worst > c.bound {
			t.Errorf("%s(%v) = %v is %.2f units off, the bound is %v", c.name, at, c.f(at), worst, c.bound)
		}
	}
}

// checkFunctions compares the activations of every tier with the definition, in
// all lanes.
func checkFunctions(t testing.TB, x float32) {
	const n = 2 * Lanes
	var in, exp, sigmoid, tanh [n]float32
	for i := range in {
		in[i] = x
	}
	e, s, h := expOf(x-1), sigmoidOf(x), tanhOf(x)
	for _, k := range tiersHere {
		k.exp(&exp[0], &in[0], 1, n)
		k.sigmoid(&sigmoid[0], &in[0], n)
		k.tanh(&tanh[0], &in[0], n)
		for i := range n {
			if !same(exp[i], e) || !same(sigmoid[i], s) || !same(tanh[i], h) {
				t.Fatalf("%s: of %x (%#x), lane %d: %x, %x, %x, want %x, %x, %x", k.name, x, math.Float32bits(x), i, exp[i], sigmoid[i], tanh[i], e, s, h)
			}
		}
	}
}

// same is whether two numbers have the same bits. All NaNs are the same.
func same(x, y float32) bool {
	return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y
}

func TestFunctionsOfAllSizes(t *testing.T) {
	for bits := uint32(0); bits < 1<<32-200003; bits += 200003 {
		if x := math.Float32frombits(bits); x == x {
			checkFunctions(t, x)
		}
	}
	for _, x := range special {
		checkFunctions(t, x)
	}
}

// FuzzFunctions tries any number. A NaN is the usual one: its last bits are no
// part of the definition.
func FuzzFunctions(f *testing.F) {
	for _, x := range special {
		f.Add(math.Float32bits(x))
	}
	f.Fuzz(func(t *testing.T, bits uint32) {
		x := math.Float32frombits(bits)
		if x != x {
			x = float32(math.NaN())
		}
		checkFunctions(t, x)
	})
}
