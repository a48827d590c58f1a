package kernel

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestExpLogAgreeWithStandardLibrary(t *testing.T) {
	near := func(t *rapid.T, name string, x, got, want float64) {
		if got == want || math.IsNaN(got) && math.IsNaN(want) {
			return
		}
		if math.Abs(got-want) > 4e-16*math.Abs(want)+5e-324 {
			t.Fatalf("%s(%v) = %v, want %v", name, x, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-760, 720).Draw(t, "x")
		near(t, "Exp", x, Exp(x), math.Exp(x))
		y := rapid.Float64Range(2.3e-308, math.MaxFloat64).Draw(t, "y")
		near(t, "Log", y, Log(y), math.Log(y))
		z := rapid.Float64Range(0.5, 2).Draw(t, "z")
		near(t, "Log", z, Log(z), math.Log(z))
	})
}

func TestExpLogAtTheEdges(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"Exp(0)", Exp(0), 1}, {"Exp(-Inf)", Exp(-inf), 0}, {"Exp(Inf)", Exp(inf), inf},
		{"Exp(1000)", Exp(1000), inf}, {"Exp(-1000)", Exp(-1000), 0}, {"Exp(-745)", Exp(-745), 5e-324},
		{"Log(1)", Log(1), 0}, {"Log(0)", Log(0), -inf}, {"Log(Inf)", Log(inf), inf}, {"Log(5e-324)", Log(5e-324), -744.4400719213812},
		{"Sigmoid(0)", Sigmoid(0), 0.5}, {"Sigmoid(-1000)", Sigmoid(-1000), 0}, {"Sigmoid(1000)", Sigmoid(1000), 1},
		{"Tanh(0)", Tanh(0), 0}, {"Tanh(-1000)", Tanh(-1000), -1}, {"Tanh(1000)", Tanh(1000), 1},
	} {
		if c.got != c.want {
			t.Errorf("%s = %v, want %v", c.name, c.got, c.want)
		}
	}
	if !math.IsNaN(Exp(math.NaN())) || !math.IsNaN(Log(math.NaN())) || !math.IsNaN(Log(-1)) {
		t.Error("NaN is lost")
	}
}

func TestTanhAgreesWithStandardLibrary(t *testing.T) {
	for x := -20.0; x < 20; x += 0.0371 {
		if d := math.Abs(Tanh(x) - math.Tanh(x)); d > 5e-16 {
			t.Errorf("Tanh(%v) is off by %v", x, d)
		}
	}
}

func TestCosAgreesWithStandardLibrary(t *testing.T) {
	for x := 0.0; x <= math.Pi; x += 0.00123 {
		if d := math.Abs(Cos(x) - math.Cos(x)); d > 3e-16 {
			t.Errorf("Cos(%v) is off by %v", x, d)
		}
	}
}
