// Package nnlib trains feed-forward networks by map and reduce, to the same
// bits for any number of workers, ranks, instructions, interruptions and
// resumptions.
//
// # Descriptions make workers
//
// A Layer, Topology, Optimizer or Recipe is a plain value: it can be printed,
// compared and declared at package level. A LayerModel, Model, Stepper or Run
// is made from it and owns memory. A Recipe says what is trained; a Machine says
// where, and changes no bit.
//
// # One flat vector
//
// All weights stand in one vector, layer after layer; for an affine layer the
// matrix, one row of units for each input value, then the bias. Layers are views
// into it. A step computes one gradient of the same form, and one Sum of cost,
// correct answers and examples beside it.
//
// # The determinism rule
//
// The same recipe and data give the same bits on every machine, whatever its
// instructions, with any number of workers and ranks, interrupted or not, and whether rows
// are stored with their zeros or without. This follows from four rules.
//
// Inside a chunk of 128 rows, every output, every delta and every weight's
// gradient is a sum of its own: one chain of fused multiply-adds, rounded once
// each, in the order of its inputs, units or rows. Vector lanes and workers share
// out sums, never the terms of one. A zero leaves a chain as it is.
//
// Over chunks, Recipe.Leaves runs of chunks (where it is zero, one for each 1,024
// rows, 1 to 64) are the leaves of a binary tree: the chunks of a leaf go on with
// the chains of one array, one chunk after the other, and finished siblings are
// added together. Ranks own runs of leaves, and workers runs of those. A step of one chunk has its deltas
// divided by the rows' weight first; under plain gradient descent without penalty
// or clipping it is by definition the direct update: the chains start from the
// weights, and the deltas are scaled by the rate.
//
// Totals of a chunk, in float64, are the sums of 16 rows each, added in order.
// Softmax sums its exponentials by 16 lanes and then by halves, 16-8-4-2-1.
//
// Randomness is a function of (seed, step or epoch, row), with nothing to save.
// exp, log, sigmoid and tanh are the package's own; outside the kernels a product
// is rounded before it is added.
//
// TestGoldenHashes holds runs of five kinds to committed hashes, on every set of
// instructions. With the build tag float64 everything runs in double precision,
// to other bits, the same for any workers.
//
// # Runs
//
// OpenRun opens a directory; Run.To goes to a step, computing only what the
// directory lacks. recipe.txt says what is trained, history.csv has a line a
// step, checkpoint is the furthest step, snapshots/ the steps asked for.
//
// # Ranks
//
// With a Machine.Comm several processes, or goroutines of one, are one training:
// all make the same calls, and get the same steps and the same error. A step of one
// leaf, such as a small mini-batch, is done whole by each. Steps over all rows, or
// a Sample of them, ask a rank for the rows of its own leaves alone; mini-batches
// ask for any rows, and with Shuffle: Blocks{} for neighbours.
package nnlib
