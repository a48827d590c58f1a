package kernel

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestGeneratedFiles runs the generators in _asm for amd64 and compares what
// they write with what is here. The first line holds the command, with paths.
func TestGeneratedFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs the generators")
	}
	modules := exec.Command("go", "mod", "download")
	modules.Dir = "_asm"
	if out, err := modules.CombinedOutput(); err != nil {
		if os.Getenv("DIGITLAB_REQUIRE") == "all" {
			t.Fatalf("the modules of the generators: %v: %s", err, out)
		}
		t.Skip("the modules of the generators cannot be downloaded")
	}
	for _, name := range []string{"bytes", "product", "vector"} {
		t.Run(name, func(t *testing.T) {
			assembly, stubs := name+"_amd64.s", name+"_amd64.go"
			dir := t.TempDir()
			run := exec.Command("go", "run", ".", "-pkg", "kernel", "-out", filepath.Join(dir, assembly), "-stubs", filepath.Join(dir, stubs))
			run.Dir = filepath.Join("_asm", name)
			if out, err := run.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			for _, file := range []string{assembly, stubs} {
				want, got := body(t, filepath.Join(dir, file)), body(t, file)
				if !bytes.Equal(want, got) {
					t.Errorf("%s is not what _asm/%s writes: run go generate here", file, name)
				}
			}
		})
	}
}

// body is a file without its first line.
func body(t *testing.T, name string) []byte {
	t.Helper()
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(file, []byte("\n"))
	return rest
}

// TestRegistersOfAVX2 looks for registers that AVX2 does not have: they would
// be assembled, and fail on another processor.
func TestRegistersOfAVX2(t *testing.T) {
	files, err := filepath.Glob("*_amd64.s")
	if err != nil || len(files) == 0 {
		t.Fatal("no assembly: ", err)
	}
	functions := regexp.MustCompile(`(?m)^TEXT ·(\w+)\(SB\)`)
	wide := regexp.MustCompile(`\b(Z\d+|[XY](1[6-9]|2\d|3[01])|K[0-7])\b`)
	seen := 0
	for _, file := range files {
		text := body(t, file)
		starts := functions.FindAllSubmatchIndex(text, -1)
		for i, s := range starts {
			end := len(text)
			if i+1 < len(starts) {
				end = starts[i+1][0]
			}
			name, code := text[s[2]:s[3]], text[s[1]:end]
			if !bytes.HasSuffix(name, []byte("AVX2")) {
				continue
			}
			seen++
			if r := wide.Find(code); r != nil {
				t.Errorf("%s: %s uses %s", file, name, r)
			}
			if bytes.Contains(code, []byte("\tRET")) && !bytes.Contains(code, []byte("\tVZEROUPPER\n\tRET")) {
				t.Errorf("%s: %s does not end with VZEROUPPER", file, name)
			}
		}
	}
	if seen < 5 {
		t.Errorf("only %d functions", seen)
	}
}
