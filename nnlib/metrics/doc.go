// Package metrics says how well predictions agree with the truth: the
// confusion matrix and its precision, recall and F1, the tallies of outputs
// that are rounded one by one, the ranking of classes (top-k, ROC), what
// probabilities are worth (log-loss, Brier, calibration), the errors of
// predicted numbers, and whether one model is better than another on the same
// examples. It uses the standard library alone.
package metrics
