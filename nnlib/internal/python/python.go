// Package python finds interpreters for tests that compare with other people's
// libraries.
package python

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Find is a Python that can import modules: the one that the environment
// variable names, or where that is not set the one at path below the
// repository's root. Where there is none the test is skipped; with
// DIGITLAB_REQUIRE=all it fails.
func Find(t testing.TB, variable, path string, modules ...string) string {
	t.Helper()
	interpreter := os.Getenv(variable)
	if interpreter == "" {
		interpreter = filepath.Join(root(t), filepath.FromSlash(path))
	}
	err := exec.Command(interpreter, "-c", "import "+strings.Join(modules, ", ")).Run()
	if err == nil {
		return interpreter
	}
	why := "no Python that imports " + strings.Join(modules, ", ") + ": set " + variable + ", or make " + path
	if os.Getenv("DIGITLAB_REQUIRE") == "all" {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}

// root is the folder of go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = filepath.Dir(dir)
	}
}

// Run runs a script with arguments and returns what it printed.
func Run(t testing.TB, interpreter, script string, args ...string) []byte {
	t.Helper()
	c := exec.Command(interpreter, append([]string{script}, args...)...)
	var says strings.Builder
	c.Stderr = &says
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, says.String())
	}
	return out
}
