// Package modelfile keeps a model in one file: readable lines, then the
// weights.
//
//	digitlab model 1
//	topology: 28x28 affine:64 tanh affine:10 sigmoid+squared
//	precision: float32
//	weights: 50890
//	sha256: 1f0c...
//	thresholds: 0.5 0.25 1
//	scale: 255
//
// The first line names the format and its version. The next four are always
// there, in this order; thresholds and notes of the writer's own may follow. An
// empty line ends them. The weights follow as little-endian numbers of the
// precision, in the order of the topology's flat vector, and nothing after
// them. The SHA-256 is that of the weights' bytes, as nnlib.Model.Hash.
//
// `head -7 FILE` shows the lines.
package modelfile
