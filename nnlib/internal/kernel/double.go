//go:build float64

package kernel

// fma is a*b + c with both roundings: double precision has one tier, and
// agrees with programs that do not fuse.
func fma(a, b, c float64) float64 { return float64(a*b) + c }

// still is added and taken away again by settle.
const still = 0x1p-960

func expOf(x float64) float64     { return Exp(x) }
func sigmoidOf(x float64) float64 { return Sigmoid(x) }
func tanhOf(x float64) float64    { return Tanh(x) }
