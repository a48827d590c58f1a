// Package metrics says how well predictions agree with the truth: the
// confusion matrix and its precision, recall and F1, the tallies of outputs
// that are rounded one by one, and how far probabilities can be trusted. It
// uses the standard library alone.
package metrics
