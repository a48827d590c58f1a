package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"digitlab/nnlib/mnist"
	"digitlab/nnlib/table"
	"github.com/google/go-cmp/cmp"
)

func TestCSV(t *testing.T) {
	from := folder(t, map[string][]byte{
		trainImages:              idx(0x803, []byte{0, 1, 2, 253, 254, 255}, 3, 1, 2),
		trainLabels:              idx(0x801, []byte{2, 0, 1}, 3),
		"t10k-images-idx3-ubyte": idx(0x803, []byte{9, 0}, 1, 1, 2),
		"t10k-labels-idx1-ubyte": idx(0x801, []byte{0}, 1),
	})
	for layout, want := range map[string]map[string]string{
		"plain": {
			"mnist_images_train.csv": "0,1\n2,253\n254,255\n", "mnist_labels_train.csv": "2\n0\n1\n",
			"mnist_images_test.csv": "9,0\n", "mnist_labels_test.csv": "0\n",
		},
		"seed": {
			"mnist_images_train.csv": "0 0.00392156862745098\n0.00784313725490196 0.9921568627450981\n0.996078431372549 1\n",
			"mnist_labels_train.csv": "0 0 1\n1 0 0\n0 1 0\n",
			"mnist_images_test.csv":  "0.03529411764705882 0\n",
			"mnist_labels_test.csv":  "1 0 0\n", // as many classes as the training part has
		},
	} {
		out := filepath.Join(t.TempDir(), "new", "folder")
		stdout := succeeds(t, "-unverified", "-from", from, "-out", out, "-layout", layout)
		if !strings.Contains(stdout, "mnist_images_train.csv: 3 lines") {
			t.Errorf("stdout %q", stdout)
		}
		got := contents(t, out)
		delete(got, "mnist_csv.sha256")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", layout, diff)
		}
	}
}

// Every way to write the data reads back as the data itself.
func TestOutputsHoldTheImages(t *testing.T) {
	from, out := folder(t, set(600)), t.TempDir()
	d, err := mnist.ReadFolder(from, mnist.Train, mnist.Unverified)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Set(10)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := s.Fingerprint()
	check := func(what string, got *table.Table, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if print, _ := got.Fingerprint(); print != want {
			t.Errorf("%s: other images than were given", what)
		}
	}
	images, labels := filepath.Join(out, "mnist_images_train.csv"), filepath.Join(out, "mnist_labels_train.csv")
	for _, layout := range []string{"plain", "seed"} {
		succeeds(t, "-unverified", "-from", from, "-out", out, "-layout", layout)
		got, err := table.Load(images, labels, table.Options{})
		check(layout, got, err)
	}
	succeeds(t, "-unverified", "-from", from, "-out", out, "-format", "libsvm")
	got, err := table.LoadLIBSVM(filepath.Join(out, "mnist_train.libsvm"), table.Options{Shape: d.Shape()})
	check("libsvm", got, err)
}

// age sets the times of all files back, and returns the time.
func age(t *testing.T, dir string) time.Time {
	t.Helper()
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	for _, n := range names(contents(t, dir)) {
		if err := os.Chtimes(filepath.Join(dir, n), old, old); err != nil {
			t.Fatal(err)
		}
	}
	return old
}

// written is the files that are newer than a time.
func written(t *testing.T, dir string, old time.Time) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.ModTime().After(old) {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestSecondRunDoesNothing(t *testing.T) {
	from, out := folder(t, set(30)), t.TempDir()
	args := []string{"-unverified", "-from", from, "-out", out}
	succeeds(t, args...)
	first := contents(t, out)
	old := age(t, out)
	stdout := succeeds(t, args...)
	if got := written(t, out, old); got != nil || !strings.Contains(stdout, "nothing to do") {
		t.Errorf("%v was written, and said %q", got, stdout)
	}
	// The other format is beside it, and disturbs nothing.
	succeeds(t, append(args, "-format", "libsvm")...)
	if got := written(t, out, old); !slices.Equal(got, []string{"mnist_libsvm.sha256", "mnist_test.libsvm", "mnist_train.libsvm"}) {
		t.Errorf("%v was written", got)
	}
	for name, text := range first {
		if got, _ := os.ReadFile(filepath.Join(out, name)); string(got) != text {
			t.Errorf("%s has changed", name)
		}
	}
}

func TestSpoiltOutputIsWrittenAgain(t *testing.T) {
	from, out := folder(t, set(30)), t.TempDir()
	args := []string{"-unverified", "-from", from, "-out", out}
	succeeds(t, args...)
	want := contents(t, out)
	images := filepath.Join(out, "mnist_images_train.csv")
	for what, spoil := range map[string]func(){
		"missing":   func() { os.Remove(images) },
		"cut short": func() { os.Truncate(images, 1000) },
		"changed":   func() { write(t, images, []byte("1"+want["mnist_images_train.csv"][1:])) },
		"no note":   func() { os.Remove(filepath.Join(out, "mnist_csv.sha256")) },
		"cut note":  func() { os.Truncate(filepath.Join(out, "mnist_csv.sha256"), 500) },
		"seed":      func() { succeeds(t, append(args, "-layout", "seed")...) },
		"other input": func() {
			other := set(30)
			other[trainImages][20] ^= 1
			succeeds(t, "-unverified", "-from", folder(t, other), "-out", out)
		},
	} {
		spoil()
		if cmp.Equal(contents(t, out), want) {
			t.Errorf("%s: nothing was spoilt", what)
		}
		succeeds(t, args...)
		if diff := cmp.Diff(names(want), names(contents(t, out))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
		if !cmp.Equal(contents(t, out), want) {
			t.Errorf("%s: the outputs are not as they were", what)
		}
	}
}
