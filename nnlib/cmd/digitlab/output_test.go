package main

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestDecimalIsPythons(t *testing.T) {
	for want, x := range map[string]float64{
		"0.0": 0, "1.0": 1, "-2.5": -2.5, "0.1": 0.1, "1.8010366573726742": 1.8010366573726742,
		"0.0001": 1e-4, "9.9e-05": 9.9e-5, "1e-07": 1e-7, "1000000000000000.0": 1e15, "1e+16": 1e16, "1.5e+300": 1.5e300,
		"inf": math.Inf(1), "-inf": math.Inf(-1), "nan": math.NaN(),
	} {
		if got := decimal(x); got != want {
			t.Errorf("decimal(%v) = %s, want %s", x, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64().Draw(t, "x")
		if y, err := strconv.ParseFloat(decimal(x), 64); err != nil || y != x {
			t.Fatalf("%v reads back as %v", x, y)
		}
	})
}
