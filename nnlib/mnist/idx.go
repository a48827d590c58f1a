package mnist

import (
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"digitlab/nnlib/internal/memory"
)

// Magic numbers of the two kinds of file: unsigned bytes in three dimensions
// and in one.
const (
	magicImages = 0x00000803
	magicLabels = 0x00000801
)

// largest is the size in bytes up to which a file is read: 2^36.
const largest = 1 << 36

// idx is the content of one IDX file.
type idx struct {
	name    string
	content []byte // header included
	count   int
	height  int // 0 for labels
	width   int
	sum     string // SHA-256 of content in hexadecimal
}

// values is the content after the header.
func (x *idx) values() []byte { return x.content[len(x.content)-x.count*max(1, x.height*x.width):] }

// unknown is the size of content whose length is not known beforehand.
const unknown = -1

// readHeader reads the header of images or labels and checks it against size (or
// unknown). The content of what it returns is the header alone.
func readHeader(name string, r io.Reader, size int64, images bool) (*idx, error) {
	magic, dims, kind := uint32(magicLabels), 1, "labels"
	if images {
		magic, dims, kind = magicImages, 3, "images"
	}
	wrong := func(offset int64, format string, args ...any) error {
		return &FormatError{File: name, Offset: offset, Msg: fmt.Sprintf(format, args...)}
	}
	header := make([]byte, 4+4*dims)
	if n, err := io.ReadFull(r, header); err != nil {
		return nil, broken(name, int64(n), err)
	}
	if got := binary.BigEndian.Uint32(header); got != magic {
		return nil, wrong(0, "magic number 0x%08x: a file of %s begins with 0x%08x; check that images and labels are not mixed up", got, kind, magic)
	}
	want, length := int64(1), [3]int64{1, 1, 1}
	for d := range dims {
		length[d] = int64(binary.BigEndian.Uint32(header[4+4*d:]))
		if length[d] == 0 {
			return nil, wrong(int64(4+4*d), "the header says 0 in dimension %d: there are no %s", d+1, kind)
		}
		if length[d] > largest/want {
			return nil, wrong(int64(4+4*d), "the header asks for more than %d bytes: the header is damaged", int64(largest))
		}
		want *= length[d]
	}
	x := &idx{name: name, content: header, count: int(length[0])}
	if images {
		x.height, x.width = int(length[1]), int(length[2])
	}
	if size != unknown && size != x.size() {
		return nil, wrong(4, "%s, %d bytes, but the file has %d: it is cut short or damaged; get it again", x, x.size(), size)
	}
	return x, nil
}

// String is what the header says.
func (x *idx) String() string {
	if x.height > 0 {
		return fmt.Sprintf("the header says %d images of %dx%d", x.count, x.height, x.width)
	}
	return fmt.Sprintf("the header says %d labels", x.count)
}

// size is the length in bytes that the header says, its own included.
func (x *idx) size() int64 {
	if x.height > 0 {
		return 16 + int64(x.count)*int64(x.height)*int64(x.width)
	}
	return 8 + int64(x.count)
}

// readIDX reads images or labels from r, and hashes what it has while it reads
// on. The header is checked against size (or unknown) before memory is taken;
// where size is unknown, memory grows with what was really read.
func readIDX(name string, r io.Reader, size int64, images bool) (*idx, error) {
	x, err := readHeader(name, r, size, images)
	if err != nil {
		return nil, err
	}
	want, content := x.size(), x.content
	if size != unknown {
		content = memory.Zeros[byte](int(want))
		content = content[:copy(content, x.content)]
	}
	var t tree
	for int64(len(content)) < want {
		first := len(content) / pieceSize * pieceSize
		end := int(min(int64(first+pieceSize), want))
		content = slices.Grow(content, end-len(content))
		if n, err := io.ReadFull(r, content[len(content):end]); err != nil {
			return nil, broken(name, int64(len(content)+n), err)
		}
		content = content[:end]
		t.add(content[first:])
	}
	// A reader of compressed data checks its own sum at the end of the data.
	switch n, err := io.ReadFull(r, make([]byte, 1)); {
	case n > 0:
		return nil, &FormatError{File: name, Offset: want, Msg: fmt.Sprintf("%s, %d bytes, but the file goes on: it is damaged; get it again", x, want)}
	case err != io.EOF:
		return nil, broken(name, want, err)
	}
	x.content, x.sum = content, t.whole(content, files)
	return x, nil
}

// broken turns an error of reading into a FormatError where the content is at
// fault, and keeps others.
func broken(name string, offset int64, err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
		return &FormatError{File: name, Offset: offset, Msg: "the file ends here, too early: it is cut short; get it again"}
	case errors.As(err, &corrupt) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader):
		return &FormatError{File: name, Offset: offset, Msg: fmt.Sprintf("the compressed data is damaged (%v); get it again", err)}
	}
	return fmt.Errorf("%s: byte %d: %w", name, offset, err)
}

// readGzip is readIDX of compressed data.
func readGzip(name string, r io.Reader, images bool) (*idx, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, broken(name, 0, err)
	}
	return readIDX(name, z, unknown, images)
}

// openIDX is readIDX of a file, compressed where its name ends in ".gz".
func openIDX(path string, images bool) (*idx, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if strings.HasSuffix(path, ".gz") {
		return readGzip(path, f, images)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return readIDX(path, f, unknown, images)
	}
	return readIDX(path, f, info.Size(), images)
}
