package mnist

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"digitlab/nnlib"
)

// File is images that stay in their file, any uncompressed IDX of images and
// labels: rows are read when they are asked for, by their place in the file.
// Memory holds the labels, a byte each. Inputs are pixels divided by 255, as in
// a Set.
type File struct {
	images   *os.File
	modified time.Time
	size     int64
	shape    nnlib.Shape
	classes  int
	labels   []byte
	print    func() ([32]byte, error)
	rooms    sync.Pool // of *[]byte
}

var _ nnlib.Dataset = (*File)(nil)

// header is the bytes before the pixels.
const header = 16

// errCompressed says that rows have no place of their own in a file.
var errCompressed = errors.New("a compressed file cannot be read in any order: unpack it")

// Open opens images and their labels. Zero classes means the largest label plus
// one. Errors in the content are of type *FormatError.
func Open(images, labels string, classes int) (*File, error) {
	if strings.HasSuffix(images, ".gz") {
		return nil, fmt.Errorf("%s: %w", images, errCompressed)
	}
	l, err := openIDX(labels, false)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(images)
	if err != nil {
		return nil, err
	}
	d, err := opened(f, l, classes)
	if err != nil {
		f.Close()
		return nil, err
	}
	return d, nil
}

// opened checks the header and the labels.
func opened(f *os.File, labels *idx, classes int) (*File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file that can be read in any order: copy it into one", f.Name())
	}
	x, err := readHeader(f.Name(), f, info.Size(), true)
	if err != nil {
		return nil, err
	}
	if x.count != labels.count {
		return nil, apart(x, labels)
	}
	d := &File{images: f, modified: info.ModTime(), size: info.Size(), shape: nnlib.Pixels(x.height, x.width), classes: classes, labels: labels.values()}
	for i, c := range d.labels {
		switch {
		case classes > 0 && int(c) >= classes:
			return nil, &FormatError{File: labels.name, Offset: int64(8 + i), Msg: fmt.Sprintf("label %d of row %d: classes go from 0 to %d", c, i+1, classes-1)}
		case classes == 0:
			d.classes = max(d.classes, int(c)+1)
		}
	}
	d.print = sync.OnceValues(func() ([sha256.Size]byte, error) { return nnlib.Fingerprint(d) })
	return d, nil
}

// Close closes the file. No row can be read after that.
func (d *File) Close() error { return d.images.Close() }

// Len is the number of images.
func (d *File) Len() int { return len(d.labels) }

// Shape is the size of one image.
func (d *File) Shape() nnlib.Shape { return d.shape }

// Classes is the number of classes.
func (d *File) Classes() int { return d.classes }

// Steady says that the rows are the same in every step.
func (d *File) Steady() {}

// Fingerprint is the one that the rows have in memory. It reads the file once.
func (d *File) Fingerprint() ([32]byte, error) { return d.print() }

// Level is the input for each byte.
func (d *File) Level() *[256]nnlib.Float { return &grey }

// ReadRows reads the images from first on, as many as bytes have room for, and as
// many classes as class has.
func (d *File) ReadRows(first int, bytes []byte, class []int32) error {
	info, err := d.images.Stat()
	if err == nil && (info.Size() != d.size || !info.ModTime().Equal(d.modified)) {
		return &FormatError{File: d.images.Name(), Msg: "the file has changed since it was opened: open it again"}
	}
	at := header + int64(first)*int64(d.shape.Len())
	if err == nil {
		_, err = d.images.ReadAt(bytes, at)
	}
	if err != nil {
		return fmt.Errorf("%s: byte %d: %w", d.images.Name(), at, err)
	}
	for i := range class {
		class[i] = int32(d.labels[first+i])
	}
	return nil
}

// Fill reads the rows, as numbers: neighbours at once.
func (d *File) Fill(b *nnlib.Block, p nnlib.Pass) error {
	cols, n := d.shape.Len(), len(p.Rows)
	room, _ := d.rooms.Get().(*[]byte)
	if room == nil || len(*room) < n*cols {
		room = new([]byte)
		*room = make([]byte, max(n, nnlib.Chunk)*cols)
	}
	defer d.rooms.Put(room)
	m := b.DenseRows(n, cols)
	for i := 0; i < n; {
		j := i + 1
		for j < n && p.Rows[j] == p.Rows[j-1]+1 {
			j++
		}
		if err := d.ReadRows(p.Rows[i], (*room)[i*cols:j*cols], nil); err != nil {
			return err
		}
		i = j
	}
	for i, r := range p.Rows {
		row := m.Row(i)
		for j, x := range (*room)[i*cols : (i+1)*cols] {
			row[j] = grey[x]
		}
		b.Class[i] = int(d.labels[r])
	}
	return nil
}
