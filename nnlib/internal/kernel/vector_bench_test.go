package kernel

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkVector times the functions of vectors in every tier: nanoseconds
// for 64 values out of 1024, and for softmax a row of 10.
func BenchmarkVector(b *testing.B) {
	const n = 1024
	r := rand.New(rand.NewPCG(1, 2))
	var v [4][]Float
	for i := range v {
		v[i] = make([]Float, n)
		for j := range v[i] {
			v[i][j] = Float(1 + r.Float64()) // nothing decays to subnormal numbers
			if r.IntN(2) == 0 && i != 2 {    // the squares of Adam
				v[i][j] = -v[i][j]
			}
		}
	}
	x, y, z, w := &v[0][0], &v[1][0], &v[2][0], &v[3][0]
	step := AdamStep{0.9, 0.1, 0.999, 0.001, 1, 1, 1e-8, 1e-9}
	for _, f := range []struct {
		name string
		run  func(k *tier)
	}{
		{"axpy", func(k *tier) { k.axpy(w, x, 1e-9, n) }},
		{"add", func(k *tier) { k.add(w, x, n) }},
		{"scale", func(k *tier) { k.scale(w, 1, n) }},
		{"exp", func(k *tier) { k.exp(w, x, 1, n) }},
		{"sigmoid", func(k *tier) { k.sigmoid(w, x, n) }},
		{"tanh", func(k *tier) { k.tanh(w, x, n) }},
		{"leaky", func(k *tier) { k.leaky(w, x, 0.01, n) }},
		{"sigmoidSlope", func(k *tier) { k.sigmoidSlope(w, x, y, n) }},
		{"tanhSlope", func(k *tier) { k.tanhSlope(w, x, y, n) }},
		{"leakySlope", func(k *tier) { k.leakySlope(w, x, y, 0.01, n) }},
		{"momentum", func(k *tier) { k.momentum(w, y, x, 0.9, 1e-9, n) }},
		{"nesterov", func(k *tier) { k.nesterov(w, y, x, 0.9, 1e-9, n) }},
		{"adam", func(k *tier) { k.adam(w, y, z, x, step, n) }},
	} {
		for _, k := range tiersHere {
			b.Run(f.name+"/"+k.name, func(b *testing.B) {
				for b.Loop() {
					f.run(k)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n/64), "ns/64")
			})
		}
	}
	const rows, wide = 64, 10
	for _, k := range tiersHere {
		b.Run("softmax/"+k.name, func(b *testing.B) {
			for b.Loop() {
				k.softmax(rows, wide, x, Lanes, w, wide)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/row")
		})
	}
}
