package main

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The test program is the command, where this variable is set.
const asCommand = "DATAGEN_TEST_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// command is datagen with arguments, as a process.
func command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), path, args...)
	c.Env = append(os.Environ(), asCommand+"=1")
	return c
}

// datagen runs the command to its end.
func datagen(t testing.TB, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	c := command(t, args...)
	var o, e bytes.Buffer
	c.Stdout, c.Stderr = &o, &e
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), o.String(), e.String()
}

// succeeds runs the command, which must exit with status 0.
func succeeds(t testing.TB, args ...string) (stdout string) {
	t.Helper()
	status, stdout, stderr := datagen(t, args...)
	if status != 0 {
		t.Fatalf("datagen %v: status %d\n%s", args, status, stderr)
	}
	return stdout
}

// idx is an IDX file: a magic number, sizes and values.
func idx(magic uint32, values []byte, sizes ...int) []byte {
	b := binary.BigEndian.AppendUint32(nil, magic)
	for _, n := range sizes {
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	return append(b, values...)
}

// pattern is n bytes of which most are zero, as in MNIST, and all occur.
func pattern(n, seed int) []byte {
	b := make([]byte, n)
	for i := seed % 5; i < n; i += 5 {
		b[i] = byte(i/5 + seed)
	}
	return b
}

// classes is n labels from 0 to 9, the last one 9.
func classes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte((n - 1 - i + 9) % 10)
	}
	return b
}

const trainImages, trainLabels = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"

// set is four IDX files: images of 28x28 for training, and a third as many for
// tests.
func set(train int) map[string][]byte {
	test := (train + 2) / 3
	return map[string][]byte{
		trainImages:              idx(0x803, pattern(train*784, 1), train, 28, 28),
		trainLabels:              idx(0x801, classes(train), train),
		"t10k-images-idx3-ubyte": idx(0x803, pattern(test*784, 2), test, 28, 28),
		"t10k-labels-idx1-ubyte": idx(0x801, classes(test), test),
	}
}

// folder puts files into a new folder.
func folder(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		write(t, filepath.Join(dir, name), b)
	}
	return dir
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// contents is every file under a folder.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() && path == dir {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		if e.IsDir() {
			files[rel+"/"] = ""
			return nil
		}
		b, err := os.ReadFile(path)
		files[rel] = string(b)
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return files
}

// names is the sorted names of files.
func names(files map[string]string) (names []string) {
	for n := range files {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// missing ends a test that lacks something on this machine.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("DIGITLAB_REQUIRE") == "all" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// oneLine checks that an error is one line and says all of the given.
func oneLine(t testing.TB, stderr string, says ...string) {
	t.Helper()
	if strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "datagen: ") {
		t.Errorf("the error is not one line: %q", stderr)
	}
	for _, s := range says {
		if !strings.Contains(stderr, s) {
			t.Errorf("error %q does not say %q", stderr, s)
		}
	}
}
