package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// guarded is a slice of n random numbers between NaNs: a read or write beyond
// its ends shows.
func guarded(r *rand.Rand, n int) (x, all []Float) {
	all = make([]Float, n+16)
	for i := range all {
		all[i] = Float(math.NaN())
	}
	x = all[8 : 8+n : 8+n]
	for i := range x {
		x[i] = Float(r.NormFloat64())
	}
	return x, all
}

func intact(all []Float) bool {
	for i := range 8 {
		if all[i] == all[i] || all[len(all)-1-i] == all[len(all)-1-i] {
			return false
		}
	}
	return true
}

func TestVectorsAtAllLengths(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 131 {
		x, _ := guarded(r, n)
		y, all := guarded(r, n)
		want := append([]Float(nil), y...)
		var dot Float
		for i := range want {
			dot += Float(x[i] * y[i])
			want[i] += Float(1.5 * x[i])
		}
		if got := Dot(x, y); got != dot {
			t.Errorf("Dot of %d: %v, want %v", n, got, dot)
		}
		Axpy(y, 1.5, x)
		for i := range want {
			if y[i] != want[i] {
				t.Fatalf("Axpy of %d: [%d] = %v, want %v", n, i, y[i], want[i])
			}
		}
		if !intact(all) {
			t.Errorf("Axpy of %d wrote outside", n)
		}
	}
}

func TestPackedForwardIsAxpyPerEntry(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var level [256]Float
	for i := range level {
		level[i] = Float(i) / 255
	}
	for _, units := range []int{1, 2, 7, 8, 9, 10, 15, 16, 17, 64, 65} {
		t.Run(fmt.Sprint(units), func(t *testing.T) {
			w, _ := guarded(r, 20*units)
			out, all := guarded(r, units)
			want := append([]Float(nil), out...)
			var entries []uint32
			for k := range 20 {
				if b := r.IntN(256); b%3 != 0 {
					entries = append(entries, uint32(k)<<8|uint32(b))
					Axpy(want, level[b], w[k*units:(k+1)*units])
				}
			}
			PackedForward(out, entries, &level, w)
			for j := range out {
				if out[j] != want[j] {
					t.Fatalf("unit %d: %v, want %v", j, out[j], want[j])
				}
			}
			if !intact(all) {
				t.Error("wrote outside")
			}
		})
	}
}
