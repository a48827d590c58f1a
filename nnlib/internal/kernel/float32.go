//go:build !float64

package kernel

// Float is the type of weights, inputs, outputs and gradients: float32, or
// float64 with -tags float64.
type Float = float32

// Precision names Float in files.
const Precision = "float32"
