package nnlib

import (
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// TestNoFusedProducts reads the assembly for arm64, whose compiler may fuse a
// product and a sum into one rounding where another processor has two.
func TestNoFusedProducts(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the packages for arm64")
	}
	c := exec.Command("go", "build", "-gcflags=digitlab/nnlib/...=-S", "digitlab/nnlib", "digitlab/nnlib/internal/kernel", "digitlab/nnlib/spark")
	c.Env = append(os.Environ(), "GOARCH=arm64", "CGO_ENABLED=0")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %.2000s", err, out)
	}
	if len(out) < 100000 {
		t.Fatalf("only %d bytes of assembly", len(out))
	}
	for _, line := range regexp.MustCompile(`(?m)^.*\tFN?M(ADD|SUB)[SD]\t.*$`).FindAll(out, 20) {
		t.Errorf("fused: %s", line)
	}
}
