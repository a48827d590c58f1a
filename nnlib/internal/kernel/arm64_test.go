//go:build linux && amd64 && !float64

package kernel

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"digitlab/nnlib/internal/arm64test"
)

// The tests of this package compare all tiers: those of arm64 are neon and go.
func TestOnArm64(t *testing.T) { arm64test.Run(t, ".") }

func TestNeonIsWhatItsGeneratorWrites(t *testing.T) {
	dir := t.TempDir()
	names := []string{"neon_arm64.s", "neon_arm64.go"}
	run := exec.Command("go", "run", ".", "-out", filepath.Join(dir, names[0]), "-stubs", filepath.Join(dir, names[1]))
	run.Dir = filepath.FromSlash("_asm/neon")
	run.Env = append(os.Environ(), "GO111MODULE=off") // it needs the standard library alone
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range names {
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generator writes (error %v): in _asm, go run ./neon", name, err)
		}
	}
}
