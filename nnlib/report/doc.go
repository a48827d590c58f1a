// Package report makes the per-digit report of a network: scores, confusions,
// mistakes as images, calibration, learning curves and first-layer weights, as
// text in scikit-learn's layout, as JSON and as one HTML page that loads
// nothing from elsewhere. Every number and every heading is computed from the
// evaluation.
package report
