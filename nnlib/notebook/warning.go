package notebook

import (
	"html"

	"digitlab/nnlib/figure"
)

// Warning is a loud line that Show shows: something is missing, and the cells do
// without.
type Warning string

// HTML is the line with its style.
func (w Warning) HTML() (string, error) {
	return figure.Fragment(`<section class="live halt" role="alert" style="font-weight:600;font-size:16px">` + html.EscapeString(string(w)) + `</section>`), nil
}
