package mnist

import (
	"errors"
	"fmt"
	"image"
	"io/fs"

	"digitlab/nnlib"
)

// Set is images with their classes: a Dataset whose images can be drawn. It
// never changes.
type Set struct {
	*nnlib.Examples
	pixels []byte
}

var _ nnlib.Dataset = (*Set)(nil)

// grey is the input for each byte: 0 is the paper, 1 the darkest ink.
var grey = func() (level [256]nnlib.Float) {
	for b := range level {
		level[b] = nnlib.Float(b) / 255
	}
	return level
}()

// Load reads one part of MNIST from datagen's output folder, verified. Inputs
// are pixels divided by 255. Files that are not there are an fs.ErrNotExist
// that says which command fetches them.
func Load(dir string, p Part) (*Set, error) {
	d, err := ReadFolder(cache(dir), p, Verified)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("mnist: %w: run `go run ./datagen` at the top of the checkout to fetch MNIST", err)
	}
	if err != nil {
		return nil, fmt.Errorf("mnist: %w (`go run ./datagen` fetches a damaged file again)", err)
	}
	return d.Set(10)
}

// Set makes a Dataset of the data, which it keeps. Inputs are pixels divided
// by 255. Zero classes means d.Classes().
func (d *Data) Set(classes int) (*Set, error) {
	if classes == 0 {
		classes = d.Classes()
	}
	e, err := nnlib.PackExamples(d.Shape(), classes, &grey, d.Pixels, d.Class)
	if err != nil {
		return nil, err
	}
	return &Set{Examples: e, pixels: d.Pixels}, nil
}

// Pixels is the bytes of image i, row by row. They must not be changed.
func (s *Set) Pixels(i int) []byte {
	n := s.Shape().Len()
	return s.pixels[i*n : (i+1)*n : (i+1)*n]
}

// Image is image i as MNIST has it: white ink (255) on black paper (0). It
// shares its pixels with the set and must not be drawn on.
func (s *Set) Image(i int) *image.Gray {
	shape := s.Shape()
	return &image.Gray{Pix: s.Pixels(i), Stride: shape.Width, Rect: image.Rect(0, 0, shape.Width, shape.Height)}
}

// First is the first n images, at least one and at most all, with the same
// number of classes.
func (s *Set) First(n int) *Set {
	n = min(max(n, 1), s.Len())
	first, err := s.data(s.pixels[:n*s.Shape().Len()], s.Class()[:n]).Set(s.Classes())
	if err != nil {
		panic(err) // a part of a good set is good
	}
	return first
}

// Subset is the given rows in the given order, with the same number of
// classes. A row may come more than once; it must exist.
func (s *Set) Subset(rows []int) (*Set, error) {
	n := s.Shape().Len()
	pixels, class := make([]byte, 0, n*len(rows)), make([]int, 0, len(rows))
	for _, i := range rows {
		if i < 0 || i >= s.Len() {
			return nil, fmt.Errorf("mnist: row %d of a subset: rows go from 0 to %d", i, s.Len()-1)
		}
		pixels, class = append(pixels, s.Pixels(i)...), append(class, s.Class()[i])
	}
	return s.data(pixels, class).Set(s.Classes())
}

// Only is the images of the given classes, in the order of the set. Classes
// are numbered anew by their place: after Only(3, 8) a 3 has class 0, an 8 has
// class 1, and there are two classes.
func (s *Set) Only(classes ...int) (*Set, error) {
	place := make(map[int]int, len(classes))
	for i, c := range classes {
		if c < 0 || c >= s.Classes() {
			return nil, fmt.Errorf("mnist: class %d: classes go from 0 to %d", c, s.Classes()-1)
		}
		if _, twice := place[c]; twice {
			return nil, fmt.Errorf("mnist: class %d is named twice", c)
		}
		place[c] = i
	}
	var pixels []byte
	var class []int
	for i, c := range s.Class() {
		if k, ok := place[c]; ok {
			pixels, class = append(pixels, s.Pixels(i)...), append(class, k)
		}
	}
	return s.data(pixels, class).Set(len(classes))
}

// data is pixels and classes in the size of the set's images.
func (s *Set) data(pixels []byte, class []int) *Data {
	return &Data{Height: s.Shape().Height, Width: s.Shape().Width, Pixels: pixels, Class: class}
}
