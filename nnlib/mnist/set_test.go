package mnist

import (
	"bytes"
	"slices"
	"testing"

	"digitlab/nnlib"
)

func smallSet(t *testing.T) *Set {
	t.Helper()
	d, err := read(imagesIDX(5, 4, 3), labelsIDX(0, 1, 2, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Set(0)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// inputs is the rows of a dataset as the network sees them.
func inputs(t *testing.T, d nnlib.Dataset) nnlib.Matrix {
	t.Helper()
	rows := make([]int, d.Len())
	for i := range rows {
		rows[i] = i
	}
	var b nnlib.Block
	if err := d.Fill(&b, nnlib.Pass{Rows: rows}); err != nil {
		t.Fatal(err)
	}
	return b.Dense()
}

func TestInputsArePixelsDividedBy255(t *testing.T) {
	s := smallSet(t)
	m := inputs(t, s)
	for i := range s.Len() {
		for k, b := range s.Pixels(i) {
			if got := m.Row(i)[k]; got != nnlib.Float(b)/255 {
				t.Fatalf("image %d, pixel %d: %v for byte %d", i, k, got, b)
			}
		}
	}
}

func TestImageHasItsPixels(t *testing.T) {
	s := smallSet(t)
	p := s.Image(2)
	if p.Bounds().Dx() != 3 || p.Bounds().Dy() != 4 {
		t.Fatalf("bounds %v", p.Bounds())
	}
	// Row 3, column 1 of image 2 is byte 2*12 + 3*3 + 1 of the file.
	if got, want := p.GrayAt(1, 3).Y, byte(34*7%256); got != want {
		t.Errorf("pixel is %d, want %d", got, want)
	}
}

func TestFirst(t *testing.T) {
	s := smallSet(t)
	if f := s.First(2); f.Len() != 2 || f.Classes() != 3 || !slices.Equal(f.Class(), []int{0, 1}) || !bytes.Equal(f.Pixels(1), s.Pixels(1)) {
		t.Errorf("%d images, classes %v", f.Len(), f.Class())
	}
	if s.First(100).Len() != 5 || s.First(-1).Len() != 1 {
		t.Errorf("First(100) has %d, First(-1) has %d", s.First(100).Len(), s.First(-1).Len())
	}
}

func TestSubset(t *testing.T) {
	s := smallSet(t)
	b, err := s.Subset([]int{4, 2, 4})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(b.Class(), []int{0, 2, 0}) || b.Classes() != 3 || !bytes.Equal(b.Pixels(1), s.Pixels(2)) {
		t.Errorf("classes %v of %d", b.Class(), b.Classes())
	}
	for _, rows := range [][]int{nil, {5}, {-1}} {
		if _, err := s.Subset(rows); err == nil {
			t.Errorf("rows %v are taken", rows)
		}
	}
}

func TestOnlyNumbersClassesByTheirPlace(t *testing.T) {
	s := smallSet(t)
	o, err := s.Only(2, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(o.Class(), []int{1, 0, 1}) || o.Classes() != 2 || !bytes.Equal(o.Pixels(1), s.Pixels(2)) {
		t.Errorf("classes %v of %d", o.Class(), o.Classes())
	}
	for _, classes := range [][]int{nil, {3}, {-1}, {1, 1}} {
		if _, err := s.Only(classes...); err == nil {
			t.Errorf("classes %v are taken", classes)
		}
	}
}
