//go:build !float64

package kernel

// assembly is the tiers in assembly that run here, the best one first: every
// arm64 has NEON.
func assembly() []*tier { return []*tier{&neon} }

var neon = tier{
	name:         "neon",
	product:      neonProduct,
	bytesForward: neonBytesForward,
	bytesGradient: func(n, count, groups int, t *byte, level, d *Float, ds int, g *Float, gs int, _ *byte, _ *int, _ int) {
		neonBytesGradient(n, count, groups, t, level, d, ds, g, gs)
	},
	bytesTranspose: neonBytesTranspose,
	pack:           defined.pack,
	transpose:      neonTranspose,
	axpy:           neonAxpy,
	add:            neonAdd,
	scale:          neonScale,
	exp:            neonExp,
	sigmoid:        neonSigmoid,
	tanh:           neonTanh,
	leaky:          neonLeaky,
	sigmoidSlope:   neonSigmoidSlope,
	tanhSlope:      neonTanhSlope,
	leakySlope:     neonLeakySlope,
	softmax:        neonSoftmax,
	momentum:       neonMomentum,
	nesterov:       neonNesterov,
	adam:           func(w, m, v, g *Float, c AdamStep, n int) { neonAdam(w, m, v, g, &c, n) },
}
