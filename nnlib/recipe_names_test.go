package nnlib_test

import (
	"testing"

	"digitlab/nnlib"
)

// L2 has the name and field of the package's own.
type L2 struct{ Rate float64 }

func (L2) Add(_, _ []nnlib.Float) float64 { return 0 }

func TestRecipeTextHasThePackageOfATypeFromElsewhere(t *testing.T) {
	for want, p := range map[string]nnlib.Penalty{
		"Penalty: L2{Rate: 0.5}\n":            nnlib.L2{Rate: 0.5},
		"Penalty: nnlib_test.L2{Rate: 0.5}\n": L2{0.5},
	} {
		if got := (nnlib.Recipe{Penalty: p}).String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
