package mnist

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"digitlab/nnlib"
)

// Data is one part as its two files hold it.
type Data struct {
	Height, Width int
	Pixels        []byte // Len x Height x Width, row by row, 0 to 255
	Class         []int  // Len, from 0

	// SHA-256 of the uncompressed files, in hexadecimal.
	ImagesSHA256, LabelsSHA256 string
}

// Len is the number of images.
func (d *Data) Len() int { return len(d.Class) }

// Shape is the size of one image.
func (d *Data) Shape() nnlib.Shape { return nnlib.Pixels(d.Height, d.Width) }

// Classes is the largest class plus one. The format does not carry the number
// of classes, and a part may lack the last ones.
func (d *Data) Classes() int {
	n := 0
	for _, c := range d.Class {
		n = max(n, c+1)
	}
	return n
}

// Check says whether data must be MNIST.
type Check bool

const (
	Verified   Check = true  // sizes, classes and SHA-256 are those of MNIST
	Unverified Check = false // any IDX images and labels, read by their own headers
)

// Read reads images and their labels from uncompressed IDX data of any size.
// Errors in the content are of type *FormatError.
func Read(images, labels io.Reader) (*Data, error) {
	l, err := readIDX("labels", labels, unknown, false)
	if err != nil {
		return nil, err
	}
	m, err := readIDX("images", images, unknown, true)
	if err != nil {
		return nil, err
	}
	return join(m, l)
}

// ReadFiles reads images and their labels from two IDX files of any size,
// compressed where the name ends in ".gz".
func ReadFiles(images, labels string) (*Data, error) {
	l, err := openIDX(labels, false)
	if err != nil {
		return nil, err
	}
	m, err := openIDX(images, true)
	if err != nil {
		return nil, err
	}
	return join(m, l)
}

// ReadFolder reads one part from a folder that holds files named as MNIST's
// are: train-images-idx3-ubyte, train-images-idx3-ubyte.gz, or with a dot,
// train-images.idx3-ubyte. A missing file is an fs.ErrNotExist; what is wrong
// in a file is a *FormatError or a *ChecksumError.
func ReadFolder(folder string, p Part, c Check) (*Data, error) {
	return readFolder(folder, files, p, c)
}

func readFolder(folder string, files []file, p Part, c Check) (*Data, error) {
	labels, images, err := of(files, p)
	if err != nil {
		return nil, err
	}
	l, err := readKnown(folder, labels, c)
	if err != nil {
		return nil, err
	}
	m, err := readKnown(folder, images, c)
	if err != nil {
		return nil, err
	}
	return join(m, l)
}

// join makes one part of images and labels.
func join(images, labels *idx) (*Data, error) {
	if images.count != labels.count {
		return nil, apart(images, labels)
	}
	d := &Data{Height: images.height, Width: images.width, Pixels: images.values(), Class: make([]int, labels.count),
		ImagesSHA256: images.sum, LabelsSHA256: labels.sum}
	for i, c := range labels.values() {
		d.Class[i] = int(c)
	}
	return d, nil
}

// apart is the error for images with other labels.
func apart(images, labels *idx) error {
	return &FormatError{File: labels.name, Offset: 4, Msg: fmt.Sprintf(
		"%d labels, but %s has %d images: the files do not belong together", labels.count, images.name, images.count)}
}

// find is the path of a known file in a folder.
func find(folder, name string) (string, error) {
	dotted := strings.Replace(name, "-idx", ".idx", 1)
	for _, n := range []string{name, name + ".gz", dotted, dotted + ".gz"} {
		path := filepath.Join(folder, n)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return "", fmt.Errorf("%s: no such file, nor %s.gz: %w", filepath.Join(folder, name), name, fs.ErrNotExist)
}

// readKnown reads a file of the data set from a folder.
func readKnown(folder string, f file, c Check) (*idx, error) {
	path, err := find(folder, f.name)
	if err != nil {
		return nil, err
	}
	x, err := openIDX(path, f.images)
	if err == nil && c == Verified {
		err = f.verify(x)
	}
	if err != nil {
		return nil, err
	}
	return x, nil
}

// verify compares content with what is known about the file. Sizes and classes
// come first: they tell more than a sum does.
func (f file) verify(x *idx) error {
	switch {
	case x.count != f.count && f.images:
		return &FormatError{File: x.name, Offset: 4, Msg: fmt.Sprintf("%d images: MNIST has %d here", x.count, f.count)}
	case x.count != f.count:
		return &FormatError{File: x.name, Offset: 4, Msg: fmt.Sprintf("%d labels: MNIST has %d here", x.count, f.count)}
	case x.height != f.height || x.width != f.width:
		return &FormatError{File: x.name, Offset: 8, Msg: fmt.Sprintf("images of %dx%d: MNIST's are %dx%d", x.height, x.width, f.height, f.width)}
	}
	if !f.images {
		for i, c := range x.values() {
			if int(c) >= f.classes {
				return &FormatError{File: x.name, Offset: int64(8 + i), Msg: fmt.Sprintf(
					"label %d of row %d: MNIST's classes go from 0 to %d; the file is damaged or other data", c, i+1, f.classes-1)}
			}
		}
	}
	if x.sum != f.sha256 {
		return &ChecksumError{File: x.name, Got: x.sum, Want: f.sha256}
	}
	return nil
}
