//go:build !float64

package table

import (
	"testing"

	"digitlab/nnlib"
)

// numpy.savetxt writes float32 pixels like this in the PySpark project.
func TestPixelsOfThePySparkProjectArePacked(t *testing.T) {
	table := good(t, "0.000000000000000000e+00 3.921568859368562698e-03 1.000000000000000000e+00\n",
		"0.000000000000000000e+00 1.000000000000000000e+00\n", Options{})
	equal(t, table, [][]nnlib.Float{levels(0, 1, 255)}, 2, 1)
	same, _ := good(t, "0,1,255\n", "0 1\n", Options{}).Fingerprint()
	if got, _ := table.Fingerprint(); got != same {
		t.Error("another fingerprint than the whole numbers have")
	}
}
