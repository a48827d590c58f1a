//go:build float64

package kernel

// Float is the type of weights, inputs, outputs and gradients: float64, by the
// build tag of that name.
type Float = float64

// Precision names Float in files.
const Precision = "float64"
