//go:build float64 || (!amd64 && !arm64)

package kernel

// assembly is the tiers in assembly that run here.
func assembly() []*tier { return nil }
