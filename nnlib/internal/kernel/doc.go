// Package kernel holds the arithmetic of nnlib: products of matrices, the first
// layer over images that are mostly zero, and functions of vectors.
//
// # One definition
//
// Every sum is one chain of fused multiply-adds in the order of its inputs,
// starting from what is there: a = fma(x[k], w[k], a) for k = 0, 1, 2 and so on.
// The lanes of a vector instruction are different outputs, never parts of one
// sum, so their number does not show in the result. An input of zero leaves a
// finite chain as it is, but for the sign of a zero: rows stored with and without their zeros agree, and so
// do a gradient summed row by row and one summed weight by weight.
//
// Sums across the lanes of one row, which softmax needs, add up 16 lanes and
// then halve them, 16-8-4-2-1. Functions are polynomials in the same fused
// operations with one rounding each; no instruction is used whose rounding
// differs between processors.
//
// # Tiers
//
// The loops in define.go are the definition and run everywhere: in single
// precision their fma is exact, by way of double precision. Assembly does the
// same work faster: AVX-512 and AVX2 on amd64, NEON on arm64. The best tier of
// the processor is chosen at start; the environment variable DIGITLAB_SIMD
// names another: avx512, avx2, neon or go. In double precision (build tag
// float64) there are the loops alone, and a product is rounded before it is
// added.
package kernel
