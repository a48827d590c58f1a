package notebook

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDoctorSaysWhatToMend(t *testing.T) {
	s, r, status, words := lab()
	err := s.doctor([]finding{
		{"Kernel", "GoNB v1", good, ""}, {"gopls", "not there", less, "gopls: run <setup>"}, {"MNIST", "gone", bad, "MNIST: fetch it"},
	})
	holds(t, r.last(t), "To mend before a notebook runs: MNIST, gopls", "✕ not healthy", `role="alert"`, "✕\u00a0missing", "!\u00a0less", "✓\u00a0good",
		"<li>gopls: run &lt;setup&gt;</li>", "<li>MNIST: fetch it</li>")
	lacks(t, r.last(t), "progressbar")
	blocks := len(r.updates)
	s.check(err)
	if *status != 1 || len(r.updates) != blocks || !strings.Contains(words.String(), "to mend: MNIST") {
		t.Errorf("status %d, %d more blocks, words %q", *status, len(r.updates)-blocks, words)
	}
}

func TestDoctorIsContentWithLess(t *testing.T) {
	s, r, _, _ := lab()
	if err := s.doctor([]finding{{"Go", "go1.26", good, ""}, {"gopls", "not there", less, "gopls: make setup"}}); err != nil {
		t.Fatal(err)
	}
	holds(t, r.last(t), "Notebooks run; better with: gopls", "✓ healthy", "<li>gopls: make setup</li>", "go1.26")
	s.still = true
	if err := s.doctor([]finding{{"Go", "go1.26", good, ""}}); err != nil {
		t.Fatal(err)
	}
	holds(t, r.last(t), "All that a notebook needs is here")
	lacks(t, r.last(t), "go1.26", "What to do")
}

func TestFindings(t *testing.T) {
	t.Setenv("GONB_PIPE", "")
	if f := kernelFound(); f.State != less || f.Mend == "" {
		t.Errorf("outside a notebook: %+v", f)
	}
	t.Setenv("GONB_PIPE", "x")
	t.Setenv("GONB_VERSION", "v9")
	path := os.Getenv("PATH")
	t.Setenv("PATH", t.TempDir())
	if f := kernelFound(); f.State != good || f.Found != "GoNB v9" {
		t.Errorf("in a notebook: %+v", f)
	}
	t.Setenv("PATH", path)
	if f := goFound(context.Background()); f.State != good || !strings.HasPrefix(f.Found, "go") && !strings.HasPrefix(f.Found, "devel") {
		t.Errorf("%+v", f)
	}
	t.Setenv("GOFLAGS", "-mod=mod")
	if f := goFound(context.Background()); f.State != bad || !strings.Contains(f.Mend, "GOFLAGS") {
		t.Errorf("-mod=mod: %+v", f)
	}
	if f := dataFound(t.TempDir()); f.State != bad || !strings.Contains(f.Found, "train-images") || !strings.Contains(f.Mend, "mnist.Fetch") {
		t.Errorf("no data: %+v", f)
	}
	if f := cacheFound(context.Background()); f.State == bad {
		t.Errorf("%+v", f)
	}
	if f := processorFound(); f.State == bad || !strings.Contains(f.Found, " instructions, ") {
		t.Errorf("%+v", f)
	}
	t.Setenv("PATH", t.TempDir())
	if f := toolFound("gopls", "why", less); f.State != less || !strings.Contains(f.Mend, "make setup") {
		t.Errorf("%+v", f)
	}
	if f := goFound(context.Background()); f.State != bad {
		t.Errorf("no go command: %+v", f)
	}
}

// What the doctor tries to write is gone afterwards, and a folder that is not
// there yet is judged by the one that it would be made in.
func TestFoldersAreLeftAsTheyWere(t *testing.T) {
	dir := t.TempDir()
	if f := runsFound(filepath.Join(dir, "a", "runs")); f.State == bad {
		t.Errorf("%+v", f)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("%v %v", left, err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if f := runsFound(file); f.State != bad || !strings.Contains(f.Mend, "writable") {
		t.Errorf("a file in place of the folder: %+v", f)
	}
}
