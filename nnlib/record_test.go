package nnlib

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadRunNeedsNoRecipe(t *testing.T) {
	d := blobs(t, 600)
	for _, name := range []string{"seed", "stop", "direct"} {
		dir := t.TempDir()
		r := must(OpenRun(dir, recipes()[name]))
		steps := drain(t, r, d, 9)
		got := must(ReadRun(dir))
		if hash(got.Model) != hash(r.Model()) || len(got.History) != 9 || got.History[8].Cost != steps[8].Cost {
			t.Errorf("%s: model %s with %d steps, want %s with 9", name, hash(got.Model), len(got.History), hash(r.Model()))
		}
		if got.Field("Seed") != "11" || got.Field("Nothing") != "" {
			t.Errorf("%s: seed %q", name, got.Field("Seed"))
		}
	}
}

func TestReadRunErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadRun(dir); err == nil || !strings.Contains(err.Error(), "not a run directory") {
		t.Errorf("empty folder: %v", err)
	}
	name := filepath.Join(dir, "recipe.txt")
	for want, text := range map[string]string{
		"topology: empty":      "Seed: 1\n",
		"this program":         "Topology: 2 affine:1 sigmoid+squared\nPrecision: float16\n",
		"has no step yet":      "Topology: 2 affine:1 sigmoid+squared\nPrecision: " + Precision + "\n",
		"layer 1: \"Topology{": "Topology: 2 Topology{}\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		// As train's OUTPUT does, the folder above holds a run.
		if _, err := ReadRun(filepath.Dir(dir)); err == nil || !strings.Contains(err.Error(), "but "+dir+" has") {
			t.Errorf("the folder above: %v", err)
		}
		if _, err := ReadRun(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
