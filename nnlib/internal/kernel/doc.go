// Package kernel holds the arithmetic of nnlib: the loops over weights and the
// functions of one number. Each is written so that it gives the same bits on
// every processor: a product is rounded before it is added, because a compiler
// may otherwise fuse the two on some machines and not on others.
package kernel
