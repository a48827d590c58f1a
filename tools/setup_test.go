// Package tools holds what sets the checkout up and checks it; see the Makefile.
package tools

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A machine that lacks something is told all of it at once, a line each with the commands that help, and is left alone.
func TestSetupSaysWhatTheMachineLacks(t *testing.T) {
	const (
		goodGo     = "echo go1.26.3"
		oldGo      = "echo go1.24.1"
		goodPython = `case "$2" in *version_info*) echo "3.12.4 True";; esac`
		oldPython  = `case "$2" in *version_info*) echo "3.9.2 False";; esac`
		noVenv     = `case "$2" in *version_info*) echo "3.11.2 True";; *ensurepip*) exit 1;; esac`
	)
	for _, test := range []struct {
		name, goes, python string // scripts; empty: no such program
		want               []string
	}{
		{"old Go", oldGo, goodPython, []string{"Go 1.26 or newer is needed, here is go1.24.1"}},
		{"no Go", "", goodPython, []string{"Go 1.26 or newer is needed, here is no Go"}},
		{"old Python", goodGo, oldPython, []string{"Python 3.11 or newer is needed, here is 3.9.2"}},
		{"no Python", goodGo, "", []string{"Python 3.11 or newer is needed, here is none"}},
		{"no venv", goodGo, noVenv, []string{"Python's venv module is needed"}},
		{"both", oldGo, oldPython, []string{"Go 1.26 or newer", "Python 3.11 or newer"}},
	} {
		// One at a time: a script just written cannot be executed while a process that another test starts has it open.
		t.Run(test.name, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "a checkout")
			programs := filepath.Join(t.TempDir(), "bin")
			for _, dir := range []string{filepath.Join(root, "tools"), programs} {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			script, err := os.ReadFile("setup")
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(root, "tools", "setup"), script, 0o755); err != nil {
				t.Fatal(err)
			}
			for name, body := range map[string]string{"go": test.goes, "python3": test.python} {
				if body == "" {
					continue
				}
				if err := os.WriteFile(filepath.Join(programs, name), []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for _, needed := range []string{"dirname", "uname", "sh"} {
				path, err := exec.LookPath(needed)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(path, filepath.Join(programs, needed)); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command(filepath.Join(root, "tools", "setup"))
			cmd.Env = []string{"PATH=" + programs, "HOME=" + root}
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1 {
				t.Errorf("ended with %v, want status 1", err)
			}
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			if len(lines) != len(test.want) {
				t.Fatalf("%d lines, want %d:\n%s", len(lines), len(test.want), out)
			}
			for i, want := range test.want {
				for _, part := range []string{want, "Debian: ", "Fedora: sudo dnf install", "macOS: brew install", "Windows: WSL"} {
					if !strings.Contains(lines[i], part) {
						t.Errorf("%q is not in %q", part, lines[i])
					}
				}
			}
			if _, err := os.Stat(filepath.Join(root, ".env")); err == nil {
				t.Error("a machine that lacks something got an .env all the same")
			}
		})
	}
}

// The kernel's changes fit the version that go.mod pins, and what they make compiles.
func TestKernelSources(t *testing.T) {
	to := filepath.Join(t.TempDir(), "a folder")
	for _, args := range [][]string{
		{filepath.Join("gonb", "apply"), to},
		{"go", "build", "-modfile", filepath.Join(to, "go.mod"), "-o", filepath.Join(to, "gonb"), "github.com/janpfeifer/gonb"},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil || len(out) > 0 {
			t.Fatalf("%s: %v\n%s", args[0], err, out)
		}
	}
}

// Compiling the Go tools takes minutes on a busy machine: each has a line of its own when its turn comes. One that does
// not compile ends the set-up, and the next one tries again.
func TestSetupTellsOfEachGoTool(t *testing.T) {
	root, programs := t.TempDir(), t.TempDir()
	script, err := os.ReadFile("setup")
	if err != nil {
		t.Fatal(err)
	}
	const goes = `#!/bin/sh
case $1 in
	env) if [ "$2" = GOVERSION ]; then echo go1.26.3; else echo /nowhere; fi ;;
	list) printf '%s\n' example.com/gonb example.com/x/cmd/goimports example.com/x/gopls ;;
	install) [ "$2" != example.com/x/gopls ] || [ -z "$BROKEN" ] || exit 1; : >"$GOBIN/${2##*/}"; chmod +x "$GOBIN/${2##*/}" ;;
esac
`
	if err := os.MkdirAll(filepath.Join(root, "tools"), 0o755); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{filepath.Join(root, "tools", "setup"): string(script), filepath.Join(programs, "go"): goes,
		filepath.Join(root, "go.mod"): "module example.com/m\n", filepath.Join(root, "go.sum"): ""} {
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(root, ".env", "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		broken, want string
	}{
		{"yes", "Go tools into .env/bin|  fetching Go modules|  compiling gonb|  compiling goimports|  compiling gopls"},
		{"", "Go tools into .env/bin|  fetching Go modules|  compiling gonb|  compiling goimports|  compiling gopls|ready"},
		{"", ""},
	} {
		cmd := exec.Command(filepath.Join(root, "tools", "setup"), "-only", "go")
		cmd.Env = []string{"PATH=" + programs + ":/usr/bin:/bin", "HOME=" + root, "BROKEN=" + test.broken}
		out, err := cmd.CombinedOutput()
		if (err != nil) != (test.broken != "") {
			t.Fatalf("set-up ended with %v:\n%s", err, out)
		}
		got := strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(string(out)), "setup: ", ""), "\n", "|")
		if before, after, ok := strings.Cut(got, " ("); ok { // how long it takes
			_, after, _ = strings.Cut(after, ")")
			got = before + after
		}
		if got != test.want {
			t.Errorf("set-up said %q, want %q", got, test.want)
		}
	}
}
