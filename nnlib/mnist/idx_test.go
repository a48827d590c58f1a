package mnist

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// read is Read of bytes.
func read(images, labels []byte) (*Data, error) {
	return Read(bytes.NewReader(images), bytes.NewReader(labels))
}

// wrong checks that err is a FormatError at a place, and what it says.
func wrong(t *testing.T, err error, file string, offset int64, says string) {
	t.Helper()
	var f *FormatError
	if !errors.As(err, &f) {
		t.Fatalf("error %v, want a FormatError", err)
	}
	if filepath.Base(f.File) != file || f.Offset != offset || !strings.Contains(f.Msg, says) {
		t.Errorf("error %q, want file %s, byte %d, %q", err, file, offset, says)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error of several lines: %q", err)
	}
}

func TestReadGivesTheBytes(t *testing.T) {
	d, err := read(imagesIDX(2, 3, 4), labelsIDX(9, 200))
	if err != nil {
		t.Fatal(err)
	}
	if d.Len() != 2 || d.Height != 3 || d.Width != 4 || d.Classes() != 201 || d.Class[0] != 9 || d.Class[1] != 200 {
		t.Errorf("%d images of %dx%d, classes %v", d.Len(), d.Height, d.Width, d.Class)
	}
	for i, b := range d.Pixels {
		if b != byte(i*7) {
			t.Fatalf("pixel %d is %d", i, b)
		}
	}
	if len(d.Pixels) != 24 {
		t.Errorf("%d pixels", len(d.Pixels))
	}
}

func TestWrongMagicNumber(t *testing.T) {
	_, err := read(labelsIDX(1, 2, 3, 4, 5, 6, 7, 8), labelsIDX(1))
	wrong(t, err, "images", 0, "0x00000801")
	_, err = read(imagesIDX(1, 2, 2), imagesIDX(1, 2, 2))
	wrong(t, err, "labels", 0, "0x00000803")
}

func TestFileCutShort(t *testing.T) {
	whole := imagesIDX(2, 3, 4)
	for n := range whole {
		_, err := read(whole[:n], labelsIDX(1, 2))
		wrong(t, err, "images", int64(n), "cut short")
	}
}

func TestFileGoesOn(t *testing.T) {
	_, err := read(append(imagesIDX(2, 3, 4), 0), labelsIDX(1, 2))
	wrong(t, err, "images", 40, "goes on")
}

func TestNoImages(t *testing.T) {
	_, err := read(imagesIDX(0, 3, 4), labelsIDX(1))
	wrong(t, err, "images", 4, "dimension 1")
	_, err = read(imagesIDX(1, 3, 0), labelsIDX(1))
	wrong(t, err, "images", 12, "dimension 3")
}

func TestImagesAndLabelsOfDifferentLength(t *testing.T) {
	_, err := read(imagesIDX(2, 3, 4), labelsIDX(1, 2, 3))
	wrong(t, err, "labels", 4, "3 labels, but images has 2 images")
}

// A header that asks for 64 GB is refused on sight; one that asks for 4 GB and
// brings 4 bytes takes little memory: no more than a few pieces.
func TestHeaderIsCheckedBeforeMemoryIsTaken(t *testing.T) {
	huge := binary.BigEndian.AppendUint32(nil, magicImages)
	for range 3 {
		huge = binary.BigEndian.AppendUint32(huge, 1<<31)
	}
	_, err := read(huge, labelsIDX(1))
	wrong(t, err, "images", 8, "more than")

	large := binary.BigEndian.AppendUint32(nil, magicLabels)
	large = append(binary.BigEndian.AppendUint32(large, 1<<32-1), 1, 2, 3, 4)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = read(nil, large)
	runtime.ReadMemStats(&after)
	wrong(t, err, "labels", 12, "cut short")
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 4*pieceSize {
		t.Errorf("%d bytes taken for 12", taken)
	}

	path := filepath.Join(t.TempDir(), "labels")
	if err := os.WriteFile(path, large, 0o644); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&before)
	_, err = openIDX(path, false)
	runtime.ReadMemStats(&after)
	wrong(t, err, "labels", 4, "4294967295 labels")
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 1<<20 {
		t.Errorf("%d bytes taken for a file of 12", taken)
	}
}

func TestPlainAndCompressedFilesAreEqual(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, map[string][]byte{"i": imagesIDX(3, 2, 2), "i.gz": zip(imagesIDX(3, 2, 2)), "l": labelsIDX(0, 1, 0), "l.gz": zip(labelsIDX(0, 1, 0))})
	plain, err := ReadFiles(filepath.Join(dir, "i"), filepath.Join(dir, "l"))
	if err != nil {
		t.Fatal(err)
	}
	zipped, err := ReadFiles(filepath.Join(dir, "i.gz"), filepath.Join(dir, "l.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if plain.ImagesSHA256 != zipped.ImagesSHA256 || plain.LabelsSHA256 != zipped.LabelsSHA256 || !bytes.Equal(plain.Pixels, zipped.Pixels) {
		t.Errorf("%+v and %+v", plain, zipped)
	}
}

func TestCompressedFileCutShort(t *testing.T) {
	whole := zip(imagesIDX(2, 3, 4))
	for n := range whole {
		if _, err := readGzip("x.gz", bytes.NewReader(whole[:n]), true); err == nil {
			t.Fatalf("%d of %d bytes were taken for a whole file", n, len(whole))
		} else if f := (*FormatError)(nil); !errors.As(err, &f) || !strings.Contains(f.Msg, "cut short") {
			t.Fatalf("%d of %d bytes: %v", n, len(whole), err)
		}
	}
}

func TestCompressedFileDamaged(t *testing.T) {
	whole := zip(imagesIDX(20, 28, 28))
	for n := 10; n < len(whole); n += 101 {
		bad := bytes.Clone(whole)
		bad[n] ^= 0x10
		if _, err := readGzip("x.gz", bytes.NewReader(bad), true); err == nil {
			t.Errorf("a flipped bit in byte %d was not noticed", n)
		}
	}
}

func TestReadErrorKeepsItsCause(t *testing.T) {
	_, err := Read(nil, io.MultiReader(bytes.NewReader(labelsIDX(1, 2)[:6]), broke{}))
	if !errors.Is(err, os.ErrClosed) {
		t.Errorf("error %v does not wrap its cause", err)
	}
}

type broke struct{}

func (broke) Read([]byte) (int, error) { return 0, os.ErrClosed }

func FuzzReadIDX(f *testing.F) {
	f.Add(imagesIDX(2, 3, 4), true)
	f.Add(labelsIDX(1, 2, 3), false)
	f.Add([]byte("\x00\x00\b\x03\xf2707\xa12100111"), true) // sizes whose product overflows
	f.Fuzz(func(t *testing.T, b []byte, images bool) {
		x, err := readIDX("f", bytes.NewReader(b), unknown, images)
		sized, sizedErr := readIDX("f", bytes.NewReader(b), int64(len(b)), images)
		if (err == nil) != (sizedErr == nil) {
			t.Fatalf("unknown size: %v; known size: %v", err, sizedErr)
		}
		if err != nil {
			return
		}
		if !bytes.Equal(x.content, b) || !bytes.Equal(sized.content, b) || x.sum != sized.sum {
			t.Error("the content is not what was read")
		}
		if want := x.count * max(1, x.height*x.width); len(x.values()) != want {
			t.Errorf("%d values, want %d", len(x.values()), want)
		}
	})
}
