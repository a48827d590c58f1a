package mnist

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"digitlab/nnlib"
)

// onDisk writes images and labels and returns their names.
func onDisk(t *testing.T, images, labels []byte) (string, string) {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, map[string][]byte{"images": images, "labels": labels})
	return filepath.Join(dir, "images"), filepath.Join(dir, "labels")
}

// What is read from its place is what is read into memory.
func TestFileIsTheSet(t *testing.T) {
	const n = 300
	class := make([]byte, n)
	for i := range class {
		class[i] = byte(i % 7)
	}
	images, labels := onDisk(t, imagesIDX(n, 4, 3), labelsIDX(class...))
	d, err := ReadFiles(images, labels)
	if err != nil {
		t.Fatal(err)
	}
	set, err := d.Set(0)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(images, labels, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Len() != n || f.Shape() != set.Shape() || f.Classes() != 7 || f.Level() != &grey {
		t.Errorf("%d images of %v in %d classes", f.Len(), f.Shape(), f.Classes())
	}
	a, err := f.Fingerprint()
	b, err2 := set.Fingerprint()
	if err != nil || err2 != nil || a != b {
		t.Errorf("another fingerprint: %v, %v", err, err2)
	}
	var x, y nnlib.Block
	rows := nnlib.Pass{Rows: []int{299, 3, 4, 5, 5, 0, 1}}
	if err := errors.Join(f.Fill(&x, rows), set.Fill(&y, rows)); err != nil || !slices.Equal(x.Dense().Data, y.Dense().Data) || !slices.Equal(x.Class, y.Class) {
		t.Errorf("other rows: %v", err)
	}
	bytes, classes := make([]byte, 20*12), make([]int32, 20)
	if err := f.ReadRows(280, bytes, classes); err != nil || !slices.Equal(bytes, d.Pixels[280*12:]) || classes[19] != int32(class[299]) {
		t.Errorf("other bytes, or classes %v: %v", classes, err)
	}
}

func TestFileIsCheckedWhenItIsOpened(t *testing.T) {
	good, labels := imagesIDX(5, 4, 3), labelsIDX(0, 1, 2, 1, 0)
	for name, c := range map[string]struct {
		images, labels []byte
		file, says     string
	}{
		"mixed up":     {labels, good, "labels", "magic number"},
		"no images":    {labelsIDX(make([]byte, 20)...), labels, "images", "magic number"},
		"cut short":    {good[:len(good)-1], labels, "images", "the header says 5 images of 4x3, 76 bytes, but the file has 75"},
		"more labels":  {imagesIDX(4, 4, 3), labels, "labels", "has 4 images"},
		"a high label": {good, labelsIDX(0, 1, 3, 1, 0), "labels", "label 3 of row 3: classes go from 0 to 2"},
	} {
		images, labels := onDisk(t, c.images, c.labels)
		_, err := Open(images, labels, 3)
		if e := (*FormatError)(nil); !errors.As(err, &e) || filepath.Base(e.File) != c.file || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	images, labelsName := onDisk(t, zip(good), labels)
	if _, err := Open(images+".missing", labelsName, 3); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if err := os.Rename(images, images+".gz"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(images+".gz", labelsName, 3); !errors.Is(err, errCompressed) {
		t.Errorf("compressed: %v", err)
	}
}

func TestFileThatChanges(t *testing.T) {
	images, labels := onDisk(t, imagesIDX(5, 4, 3), labelsIDX(0, 1, 2, 1, 0))
	f, err := Open(images, labels, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.WriteFile(images, imagesIDX(6, 4, 3), 0o666); err != nil {
		t.Fatal(err)
	}
	var b nnlib.Block
	if err := f.Fill(&b, nnlib.Pass{Rows: []int{1}}); !errors.As(err, new(*FormatError)) || !strings.Contains(err.Error(), "has changed") {
		t.Errorf("error %v", err)
	}
}
