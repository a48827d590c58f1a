package mnist

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
)

// imagesIDX is a file of images whose pixels count up.
func imagesIDX(count, height, width int) []byte {
	b := binary.BigEndian.AppendUint32(nil, magicImages)
	for _, n := range []int{count, height, width} {
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	for i := range count * height * width {
		b = append(b, byte(i*7))
	}
	return b
}

// labelsIDX is a file of labels.
func labelsIDX(class ...byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, magicLabels)
	b = binary.BigEndian.AppendUint32(b, uint32(len(class)))
	return append(b, class...)
}

// zip is content, compressed.
func zip(content []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(content)
	z.Close()
	return b.Bytes()
}

// small is a data set of five and three images of 4x3 in three classes: what
// is known about its files, and their content by name.
func small() ([]file, map[string][]byte) {
	content := map[string][]byte{
		"train-labels-idx1-ubyte": labelsIDX(0, 1, 2, 1, 0),
		"train-images-idx3-ubyte": imagesIDX(5, 4, 3),
		"t10k-labels-idx1-ubyte":  labelsIDX(2, 2, 0),
		"t10k-images-idx3-ubyte":  imagesIDX(3, 4, 3),
	}
	known := []file{
		{name: "train-labels-idx1-ubyte", part: Train, count: 5, classes: 3},
		{name: "train-images-idx3-ubyte", part: Train, images: true, count: 5, height: 4, width: 3},
		{name: "t10k-labels-idx1-ubyte", part: Test, count: 3, classes: 3},
		{name: "t10k-images-idx3-ubyte", part: Test, images: true, count: 3, height: 4, width: 3},
	}
	for i, f := range known {
		sum := sha256.Sum256(content[f.name])
		known[i].sha256 = hex.EncodeToString(sum[:])
	}
	return known, content
}

// put writes files into a folder.
func put(t *testing.T, folder string, content map[string][]byte) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, b := range content {
		if err := os.WriteFile(filepath.Join(folder, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// names is the entries of a folder and of the folders in it.
func names(t *testing.T, folder string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, e os.DirEntry, err error) error {
		if err == nil && path != folder {
			rel, _ := filepath.Rel(folder, path)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return names
}
