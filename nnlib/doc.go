// Package nnlib trains feed-forward networks by map and reduce, to the same
// bits for any number of workers, interruptions and resumptions.
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
// A step's rows are cut into chunks of 128. Recipe.Leaves runs of chunks (64
// where it is zero) are the leaves of a binary tree: the chunks of a leaf add
// into one array, one after the other, and finished siblings are added together.
// Workers own runs of leaves. So the order of every addition follows from the
// rows, and never from the worker that does it. A step of one chunk under plain
// gradient descent without penalty or clipping is by definition the direct
// update: the scaled gradient is added to the weights as it is found.
//
// Randomness is a function of (seed, step or epoch, row), with nothing to save.
// Products are rounded before they are added, exp and log are the package's own,
// and a zero input changes no sum, so sparse and dense rows agree.
//
// # Runs
//
// OpenRun opens a directory; Run.To goes to a step, computing only what the
// directory lacks. recipe.txt says what is trained, history.csv has a line a
// step, checkpoint is the furthest step, snapshots/ the steps asked for.
package nnlib
