//go:build !float64

package kernel

import "golang.org/x/sys/cpu"

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
	return &t
}

// avx2 is the tier of 256-bit registers.
func avx2() *tier {
	t := defined
	t.name = "avx2"
	return &t
}
