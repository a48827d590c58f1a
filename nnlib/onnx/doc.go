// Package onnx writes models in the Open Neural Network Exchange format, which
// ONNX Runtime and many other programs run and Netron draws.
//
// The graph has one input, named "input", of rows of float32 values, and one
// output, named "output", of what the model's loss hands out: probabilities for
// softmax, truth values for sigmoids, values for a linear top. The number of
// rows is free. Weights are float32; in double precision they are rounded.
package onnx
