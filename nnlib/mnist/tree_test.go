package mnist

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"
)

// digest is a SHA-256 in hexadecimal.
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// treeOf is the tree of content, by its definition.
func treeOf(content []byte) string {
	var sums []byte
	for len(content) > 0 {
		n := min(len(content), pieceSize)
		sum := sha256.Sum256(content[:n])
		sums, content = append(sums, sum[:]...), content[n:]
	}
	return digest(sums)
}

// pieces is images of so many bytes, header included, in several pieces.
func pieces(size int) []byte { return imagesIDX(size-16, 1, 1) }

// Every way of reading gives the SHA-256 of the whole, wherever pieces end and
// however few bytes a read brings.
func TestSumOfContentInPieces(t *testing.T) {
	for _, size := range []int{17, pieceSize - 1, pieceSize, pieceSize + 1, 3 * pieceSize, 3*pieceSize + 5} {
		b := pieces(size)
		for name, read := range map[string]func() (*idx, error){
			"known size":   func() (*idx, error) { return readIDX("x", bytes.NewReader(b), int64(size), true) },
			"unknown size": func() (*idx, error) { return readIDX("x", bytes.NewReader(b), unknown, true) },
			"half reads": func() (*idx, error) {
				return readIDX("x", iotest.HalfReader(bytes.NewReader(b)), int64(size), true)
			},
			"end with data": func() (*idx, error) { return readIDX("x", iotest.DataErrReader(bytes.NewReader(b)), unknown, true) },
			"compressed":    func() (*idx, error) { return readGzip("x", bytes.NewReader(zip(b)), true) },
		} {
			x, err := read()
			if err != nil {
				t.Fatalf("%d bytes, %s: %v", size, name, err)
			}
			if x.sum != digest(b) || !bytes.Equal(x.content, b) {
				t.Errorf("%d bytes, %s: the content or its SHA-256 is another", size, name)
			}
		}
	}
}

// A tree that is known stands for its SHA-256; one other byte, in any piece,
// does not.
func TestTreeFindsAFlippedByteInAnyPiece(t *testing.T) {
	b := pieces(3*pieceSize + 5)
	known := []file{{tree: treeOf(pieces(100)), sha256: "of another file"}, {tree: treeOf(b), sha256: "as known"}}
	whole := func() string {
		var h tree
		for at := 0; at < len(b); at += pieceSize {
			h.add(b[at:min(at+pieceSize, len(b))])
		}
		return h.whole(b, known)
	}
	if got := whole(); got != "as known" {
		t.Errorf("SHA-256 %s", got)
	}
	for _, at := range []int{0, pieceSize - 1, pieceSize, 2*pieceSize + 7, 3 * pieceSize, len(b) - 1} {
		b[at] ^= 0x80
		if got := whole(); got != digest(b) {
			t.Errorf("a flipped bit in byte %d: SHA-256 %s", at, got)
		}
		b[at] ^= 0x80
	}
}

func TestFileOfPiecesCutShort(t *testing.T) {
	b := pieces(2*pieceSize + 5)
	for _, n := range []int{pieceSize - 1, pieceSize, pieceSize + 1, 2 * pieceSize, len(b) - 1} {
		_, err := readIDX("x", bytes.NewReader(b[:n]), unknown, true)
		wrong(t, err, "x", int64(n), "cut short")
		// The file shrinks after its size was asked for.
		_, err = readIDX("x", bytes.NewReader(b[:n]), int64(len(b)), true)
		wrong(t, err, "x", int64(n), "cut short")
		_, err = readIDX("x", io.MultiReader(bytes.NewReader(b[:n]), broke{}), unknown, true)
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("error %v does not wrap its cause", err)
		}
	}
	_, err := readIDX("x", bytes.NewReader(append(b, 0)), unknown, true)
	wrong(t, err, "x", int64(len(b)), "goes on")
}

// What was unpacked can be whole where the last bytes, its sum and length, say
// that it is not.
func TestCompressedPiecesDamaged(t *testing.T) {
	packed := zip(pieces(2*pieceSize + 5))
	for back := 1; back <= 8; back++ {
		bad := bytes.Clone(packed)
		bad[len(bad)-back] ^= 1
		_, err := readGzip("x.gz", bytes.NewReader(bad), true)
		wrong(t, err, "x.gz", 2*pieceSize+5, gzip.ErrChecksum.Error())
		if _, err := readGzip("x.gz", bytes.NewReader(packed[:len(packed)-back]), true); err == nil {
			t.Errorf("without its last %d bytes it is taken for whole", back)
		}
	}
}

// What is known of MNIST belongs together, and Load finds damage anywhere.
func TestRealMNISTDamaged(t *testing.T) {
	dir, folder := real(t), t.TempDir()
	copied := cache(folder)
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(cache(dir), f.name))
		if err != nil {
			x, err := readKnown(cache(dir), f, Verified) // under another name
			if err != nil {
				t.Fatal(err)
			}
			b = x.content
		}
		if f.sha256 != digest(b) || f.tree != treeOf(b) {
			t.Errorf("%s: SHA-256 %s, tree %s", f.name, digest(b), treeOf(b))
		}
		if f.part == Test {
			put(t, copied, map[string][]byte{f.name: b})
		}
	}
	if _, err := Load(folder, Test); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(copied, "t10k-images-idx3-ubyte")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for at := 16; at < len(b); at += pieceSize {
		flipped(t, folder, name, b, at)
	}
	flipped(t, folder, name, b, len(b)-1)
	if err := os.WriteFile(name, b[:len(b)-1], 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(folder, Test); !errors.As(err, new(*FormatError)) {
		t.Errorf("without the last byte: %v", err)
	}
}

// flipped checks that Load refuses images with one bit changed.
func flipped(t *testing.T, folder, name string, b []byte, at int) {
	t.Helper()
	b[at] ^= 1
	defer func() { b[at] ^= 1 }()
	if err := os.WriteFile(name, b, 0o666); err != nil {
		t.Fatal(err)
	}
	var sum *ChecksumError
	if _, err := Load(folder, Test); !errors.As(err, &sum) || sum.Got != digest(b) {
		t.Errorf("a flipped bit in byte %d: %v", at, err)
	}
}
