// Package sweep trains variations of a recipe side by side and tabulates how
// they do: learning rates, grids, random draws, each over several seeds. It
// never picks one. A sweep in a folder goes on where it was interrupted, and
// its numbers depend neither on how many runs go at a time nor on how often it
// was stopped.
package sweep
