// Package arm64test runs tests of other packages on an emulated arm64, whose
// results have the same bits as a real one's.
package arm64test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Run compiles the tests of a package, named as for the go command, and runs
// them in its folder with arguments such as -test.run=Golden. It fails where
// they do, or where none was run. Without an emulator the test is skipped; with
// DIGITLAB_REQUIRE=all it fails.
func Run(t *testing.T, pkg string, args ...string) {
	t.Helper()
	qemu := emulator(t)
	program := filepath.Join(t.TempDir(), "arm64.test")
	build := exec.Command("go", "test", "-c", "-o", program, pkg)
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build, err, out)
	}
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", pkg).Output()
	if err != nil {
		t.Fatalf("go list %s: %v", pkg, err)
	}
	run := exec.Command(qemu, append([]string{program}, args...)...)
	run.Dir = strings.TrimSpace(string(dir))
	out, err := run.CombinedOutput()
	if err != nil || strings.Contains(string(out), "no tests to run") {
		t.Fatalf("on arm64, %s %s: %v\n%s", pkg, strings.Join(args, " "), err, out)
	}
}

func emulator(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"qemu-aarch64-static", "qemu-aarch64"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const why = "no qemu-aarch64-static or qemu-aarch64: install qemu-user-static"
	if os.Getenv("DIGITLAB_REQUIRE") == "all" {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}
