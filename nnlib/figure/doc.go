// Package figure draws: how a run learned, what a network confuses, the images
// and the weights. A figure is a value that is complete when it is made. SVG
// and PNG are drawn by gonum.org/v1/plot with the same code and the same
// colours; in SVG the colours are CSS variables with the light colour as
// fallback, so that a page turns a figure dark. HTML is a fragment that stands
// alone inside a notebook or another page. Equal values give equal bytes.
package figure
