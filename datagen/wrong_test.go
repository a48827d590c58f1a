package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"digitlab/nnlib/mnist"
)

// refused runs the command on a folder of files: status 1, one line, and no
// file left.
func refused(t *testing.T, files map[string][]byte, flags []string, says ...string) {
	t.Helper()
	out := t.TempDir()
	status, stdout, stderr := datagen(t, append(flags, "-from", folder(t, files), "-out", out)...)
	if status != 1 || stdout != "" {
		t.Errorf("status %d, stdout %q", status, stdout)
	}
	oneLine(t, stderr, says...)
	if got := names(contents(t, out)); got != nil {
		t.Errorf("%v is left behind", got)
	}
}

var unverified = []string{"-unverified"}

// with is the small set with one file replaced.
func with(name string, content []byte) map[string][]byte {
	files := set(30)
	files[name] = content
	return files
}

func TestFlippedByte(t *testing.T) {
	// As long as MNIST's labels, of other content.
	refused(t, with(trainLabels, idx(0x801, classes(60000), 60000)), nil, trainLabels, "SHA-256", "get it again")
}

func TestLabelOfTenInMNIST(t *testing.T) {
	labels := classes(60000)
	labels[1233] = 10
	refused(t, with(trainLabels, idx(0x801, labels, 60000)), nil, trainLabels+": byte 1241", "label 10 of row 1234", "0 to 9")
}

func TestCompressedFileCutShort(t *testing.T) {
	files := set(30)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(files[trainImages])
	z.Close()
	delete(files, trainImages)
	files[trainImages+".gz"] = b.Bytes()[:b.Len()-100]
	refused(t, files, unverified, trainImages+".gz: byte ", "cut short", "get it again")
}

func TestFileCutShort(t *testing.T) {
	files := set(30)
	files[trainImages] = files[trainImages][:20000]
	refused(t, files, unverified, trainImages+": byte 4", "30 images of 28x28", "20000", "cut short")
}

func TestWrongMagicNumber(t *testing.T) {
	refused(t, with(trainImages, idx(0x801, pattern(30*784, 1), 30, 28, 28)), unverified, trainImages+": byte 0", "magic number 0x00000801", "0x00000803")
}

func TestImagesAndLabelsOfDifferentLength(t *testing.T) {
	refused(t, with(trainLabels, idx(0x801, classes(29), 29)), unverified, trainLabels+": byte 4", "29 labels", "30 images")
}

func TestTrainingAndTestImagesOfDifferentSize(t *testing.T) {
	refused(t, with("t10k-images-idx3-ubyte", idx(0x803, pattern(10*64, 1), 10, 8, 8)), unverified, "training images are 28x28, test images 8x8")
}

func TestOtherDataThanMNIST(t *testing.T) {
	refused(t, set(30), nil, trainLabels+": byte 4", "30 labels: MNIST has 60000", "-unverified")
}

func TestMissingInput(t *testing.T) {
	files := set(30)
	delete(files, trainImages)
	refused(t, files, unverified, trainImages+": no such file")
}

func TestOutputFolderCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, nil)
	status, _, stderr := datagen(t, "-unverified", "-from", folder(t, set(3)), "-out", file)
	if status != 1 {
		t.Errorf("status %d", status)
	}
	oneLine(t, stderr, file)
}

func TestWrongUsage(t *testing.T) {
	for flags, says := range map[string]string{
		"-format parquet":             "choose csv or libsvm",
		"-layout tabs":                "choose plain or seed",
		"-format libsvm -layout seed": "-layout is for -format csv",
		"-unverified":                 "-unverified needs -from",
		"-out=":                       "-out is empty",
		"data":                        `"data" is no flag`,
		"-colour red":                 "-colour",
	} {
		status, stdout, stderr := datagen(t, strings.Fields(flags)...)
		if status != 2 || stdout != "" || !strings.Contains(stderr, says) || !strings.Contains(stderr, "usage: ") {
			t.Errorf("%s: status %d, stderr %q", flags, status, stderr)
		}
	}
	if _, err := os.Stat("data"); err == nil {
		t.Error("a folder was made")
	}
	if status, _, stderr := datagen(t, "-h"); status != 0 || !strings.Contains(stderr, "-layout") {
		t.Errorf("-h: status %d, stderr %q", status, stderr)
	}
}

// TestUnverifiedIsNamedForOtherDataOnly: the flag helps with what files hold,
// not with a folder that cannot be written.
func TestUnverifiedIsNamedForOtherDataOnly(t *testing.T) {
	for _, err := range []error{&mnist.FormatError{}, fmt.Errorf("x: %w", &mnist.ChecksumError{})} {
		if !wrongData(err) {
			t.Errorf("%T: not counted as wrong data", err)
		}
	}
	if err := os.Mkdir(filepath.Join(t.TempDir(), "no", "folder"), 0o777); wrongData(err) {
		t.Errorf("%v: counted as wrong data", err)
	}
}
