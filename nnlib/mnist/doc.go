// Package mnist reads the handwritten digits of MNIST, 60,000 for training and
// 10,000 for tests, and any other data in the IDX format of the same kind.
//
// The command datagen fetches and verifies the files; Load reads them:
//
//	train, err := mnist.Load("data", mnist.Train)
//	zeros, err := train.Only(0)
//	picture := zeros.Image(0)
//
// Open leaves images in their file, for data larger than memory and for ranks
// that read their own rows alone: see Keep of nnlib/data.
//
// A file may be plain or compressed (NAME.gz). Its content is verified by
// SHA-256, whatever its compression.
//
// The format: four bytes of magic number (0, 0, the type of the values, the
// number of dimensions), the size of each dimension as a big-endian 32-bit
// number, then the values, the last dimension fastest.
package mnist

import (
	"fmt"
	"path/filepath"
)

// Part is one of the two parts of the data.
type Part int

const (
	Train Part = iota // 60,000 digits to learn from
	Test              // 10,000 digits by other writers
)

// String is "train" or "test".
func (p Part) String() string {
	switch p {
	case Train:
		return "train"
	case Test:
		return "test"
	}
	return fmt.Sprintf("part %d", int(p))
}

// Folder is the folder inside datagen's output folder where the IDX files are.
const Folder = "mnist"

// file is what is known about one file of the data set.
type file struct {
	name    string
	part    Part
	images  bool
	count   int // images or labels
	height  int // of an image
	width   int
	classes int // of labels
	sha256  string
	tree    string // SHA-256 of the SHA-256 of its pieces; empty: not known
}

// size is the length of the content in bytes.
func (f file) size() int64 {
	if f.images {
		return 16 + int64(f.count)*int64(f.height)*int64(f.width)
	}
	return 8 + int64(f.count)
}

// files holds the data set, the labels of a part before its images, so that
// the small file is refused before the large one is read.
var files = []file{
	{name: "train-labels-idx1-ubyte", part: Train, count: 60000, classes: 10,
		sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
		tree:   "2379337c4bec78e89f880e02eb2e932d6af2c6764ccfa366e71751a74549517a"},
	{name: "train-images-idx3-ubyte", part: Train, images: true, count: 60000, height: 28, width: 28,
		sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
		tree:   "f26c7a60ad77ebe3f5d2cbda911d969d65d3e9ae21dba7ef089c43114a9ef4d8"},
	{name: "t10k-labels-idx1-ubyte", part: Test, count: 10000, classes: 10,
		sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
		tree:   "4a4c2a6fc4473d91e3a2432cfeec49965d0588e6ad190f0a0b5be6732deac165"},
	{name: "t10k-images-idx3-ubyte", part: Test, images: true, count: 10000, height: 28, width: 28,
		sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
		tree:   "42660b06ba6cea9ed8bd64ba3ce4a048fe4678bd4a00e3fc16714a5beb34baec"},
}

// of picks the labels and the images of one part.
func of(files []file, p Part) (labels, images file, err error) {
	for _, f := range files {
		switch {
		case f.part == p && f.images:
			images = f
		case f.part == p:
			labels = f
		}
	}
	if images.name == "" || labels.name == "" {
		return labels, images, fmt.Errorf("mnist: there is no %v", p)
	}
	return labels, images, nil
}

// cache is the folder of the IDX files inside datagen's output folder.
func cache(dir string) string { return filepath.Join(dir, Folder) }
