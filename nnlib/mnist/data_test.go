package mnist

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFolderWithEachWayOfNaming(t *testing.T) {
	known, content := small()
	for _, name := range []func(string, []byte) (string, []byte){
		func(n string, b []byte) (string, []byte) { return n, b },
		func(n string, b []byte) (string, []byte) { return n + ".gz", zip(b) },
		func(n string, b []byte) (string, []byte) { return strings.Replace(n, "-idx", ".idx", 1), b },
		func(n string, b []byte) (string, []byte) {
			return strings.Replace(n, "-idx", ".idx", 1) + ".gz", zip(b)
		},
	} {
		dir, named := t.TempDir(), map[string][]byte{}
		for n, b := range content {
			n, b = name(n, b)
			named[n] = b
		}
		put(t, dir, named)
		d, err := readFolder(dir, known, Test, Verified)
		if err != nil {
			t.Fatal(err)
		}
		if d.Len() != 3 || d.ImagesSHA256 != known[3].sha256 || d.LabelsSHA256 != known[2].sha256 {
			t.Errorf("%d images, SHA-256 %s", d.Len(), d.ImagesSHA256)
		}
	}
}

// damaged reads the training part after one file was changed.
func damaged(t *testing.T, name string, change func([]byte) []byte, c Check) error {
	t.Helper()
	known, content := small()
	content[name] = change(bytes.Clone(content[name]))
	dir := t.TempDir()
	put(t, dir, content)
	_, err := readFolder(dir, known, Train, c)
	return err
}

func TestFlippedByte(t *testing.T) {
	flip := func(b []byte) []byte { b[30] ^= 1; return b }
	var sum *ChecksumError
	err := damaged(t, "train-images-idx3-ubyte", flip, Verified)
	if !errors.As(err, &sum) || filepath.Base(sum.File) != "train-images-idx3-ubyte" || sum.Got == sum.Want || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v", err)
	}
	if err := damaged(t, "train-images-idx3-ubyte", flip, Unverified); err != nil {
		t.Errorf("unverified data is refused: %v", err)
	}
}

func TestLabelOutOfRange(t *testing.T) {
	err := damaged(t, "train-labels-idx1-ubyte", func(b []byte) []byte { b[10] = 3; return b }, Verified)
	wrong(t, err, "train-labels-idx1-ubyte", 10, "label 3 of row 3")
}

func TestOtherSizesThanMNIST(t *testing.T) {
	err := damaged(t, "train-labels-idx1-ubyte", func([]byte) []byte { return labelsIDX(1, 1, 1) }, Verified)
	wrong(t, err, "train-labels-idx1-ubyte", 4, "3 labels")
	err = damaged(t, "train-images-idx3-ubyte", func([]byte) []byte { return imagesIDX(6, 4, 3) }, Verified)
	wrong(t, err, "train-images-idx3-ubyte", 4, "6 images")
	err = damaged(t, "train-images-idx3-ubyte", func([]byte) []byte { return imagesIDX(5, 3, 4) }, Verified)
	wrong(t, err, "train-images-idx3-ubyte", 8, "images of 3x4")
}

func TestMissingFileSaysHowToGetIt(t *testing.T) {
	_, err := Load(t.TempDir(), Train)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "go run ./datagen") || !strings.Contains(err.Error(), "train-labels-idx1-ubyte") {
		t.Errorf("error %v", err)
	}
	if _, err := Load(t.TempDir(), Part(2)); err == nil || !strings.Contains(err.Error(), "part 2") {
		t.Errorf("part 2: %v", err)
	}
}

// real is a folder for Load that holds MNIST.
func real(t testing.TB) string {
	for _, dir := range []string{os.Getenv("DIGITLAB_DATA"), filepath.Join("..", "..", "data")} {
		if dir != "" && len(missing(cache(dir), files)) == 0 {
			return dir
		}
	}
	const how = "no MNIST in data/ or $DIGITLAB_DATA: run `go run ./datagen`"
	if os.Getenv("DIGITLAB_REQUIRE") == "all" {
		t.Fatal(how)
	}
	t.Skip(how)
	return ""
}

func TestLoadRealMNIST(t *testing.T) {
	dir := real(t)
	start := time.Now()
	train, err := Load(dir, Train)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("60,000 images in %v", time.Since(start))
	test, err := Load(dir, Test)
	if err != nil {
		t.Fatal(err)
	}
	if train.Len() != 60000 || test.Len() != 10000 || train.Classes() != 10 || train.Shape().String() != "28x28" {
		t.Errorf("%d and %d images of %v, %d classes", train.Len(), test.Len(), train.Shape(), train.Classes())
	}
	// The first digits of each part, as everybody prints them.
	if got := train.Class()[:5]; got[0] != 5 || got[1] != 0 || got[2] != 4 || got[3] != 1 || got[4] != 9 {
		t.Errorf("training begins with %v", got)
	}
	if got := test.Class()[0]; got != 7 {
		t.Errorf("the test begins with %d", got)
	}
	// 81 % of the pixels are paper.
	if got := train.Density(); got < 0.191 || got > 0.192 {
		t.Errorf("density %.4f", got)
	}
}

func BenchmarkLoad(b *testing.B) {
	dir := real(b)
	for b.Loop() {
		if _, err := Load(dir, Train); err != nil {
			b.Fatal(err)
		}
	}
}

// Both parts, read and verified, without what training needs of them.
func BenchmarkReadFolder(b *testing.B) {
	dir := real(b)
	for b.Loop() {
		for _, p := range []Part{Train, Test} {
			if _, err := ReadFolder(cache(dir), p, Verified); err != nil {
				b.Fatal(err)
			}
		}
	}
}
