//go:build !float64

package kernel

import "golang.org/x/sys/cpu"

//go:generate go -C _asm/bytes run . -out ../../bytes_amd64.s -stubs ../../bytes_amd64.go -pkg kernel
//go:generate go -C _asm/product run . -out ../../product_amd64.s -stubs ../../product_amd64.go -pkg kernel

// assembly is the tiers in assembly that run here, the best one first.
func assembly() (tiers []*tier) {
	x := &cpu.X86
	wide := x.HasAVX2 && x.HasFMA && x.HasBMI1 && x.HasBMI2
	if wide && x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512BW && x.HasAVX512VL {
		tiers = append(tiers, avx512())
	}
	if wide {
		tiers = append(tiers, avx2())
	}
	return tiers
}

// avx512 is the tier of 512-bit registers.
func avx512() *tier {
	t := defined
	t.name = "avx512"
	t.product, t.pack, t.transpose = productAVX512, packAVX512, transposeAVX2
	t.bytesForward, t.bytesGradient, t.bytesTranspose = bytesForwardAVX512, bytesGradientAVX512, bytesTransposeAVX2
	t.axpy, t.add, t.scale = axpyAVX512, addAVX512, scaleAVX512
	t.exp, t.sigmoid, t.tanh, t.leaky = expAVX512, sigmoidAVX512, tanhAVX512, leakyAVX512
	t.sigmoidSlope, t.tanhSlope, t.leakySlope = sigmoidSlopeAVX512, tanhSlopeAVX512, leakySlopeAVX512
	t.softmax = softmaxAVX512
	t.momentum, t.nesterov = momentumAVX512, nesterovAVX512
	t.adam = func(w, m, v, g *Float, c AdamStep, n int) { adamAVX512(w, m, v, g, &c.Keep1, n) }
	return &t
}

// avx2 is the tier of 256-bit registers.
func avx2() *tier {
	t := defined
	t.name = "avx2"
	t.product, t.pack, t.transpose = productAVX2, packAVX2, transposeAVX2
	t.bytesForward, t.bytesGradient, t.bytesTranspose = bytesForwardAVX2, bytesGradientAVX2, bytesTransposeAVX2
	t.axpy, t.add, t.scale = axpyAVX2, addAVX2, scaleAVX2
	t.exp, t.sigmoid, t.tanh, t.leaky = expAVX2, sigmoidAVX2, tanhAVX2, leakyAVX2
	t.sigmoidSlope, t.tanhSlope, t.leakySlope = sigmoidSlopeAVX2, tanhSlopeAVX2, leakySlopeAVX2
	t.softmax = softmaxAVX2
	t.momentum, t.nesterov = momentumAVX2, nesterovAVX2
	t.adam = func(w, m, v, g *Float, c AdamStep, n int) { adamAVX2(w, m, v, g, &c.Keep1, n) }
	return &t
}
