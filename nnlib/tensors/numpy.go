package tensors

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// npyHeader is the Python dictionary at the start of a .npy file.
var npyHeader = regexp.MustCompile(`^\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \(([0-9, ]*)\),? ?\} *\n?$`)

// ReadNPY reads one array as numpy.save writes it: '<f4' or '<f8', in C order.
// The header is checked before memory is taken for what it promises. The
// tensor has no name.
func ReadNPY(r io.Reader) (t Tensor, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("npy: %w", err)
		}
	}()
	shape, width, err := readNPYHeader(r)
	if err != nil {
		return t, err
	}
	n, err := count(shape)
	if err != nil {
		return t, err
	}
	data, err := readFloats(r, n, width)
	if err != nil {
		return t, err
	}
	if n, err := r.Read(make([]byte, 1)); n > 0 || err != nil && err != io.EOF {
		return t, errors.New("there is more after the array")
	}
	return Tensor{Shape: shape, Data: data}, nil
}

// readNPYHeader reads the shape and the width of a number.
func readNPYHeader(r io.Reader) (shape []int, width int, err error) {
	var b [12]byte
	if _, err := io.ReadFull(r, b[:8]); err != nil || string(b[:6]) != "\x93NUMPY" {
		return nil, 0, errors.New("not a file of numpy.save")
	}
	length := b[8:10]
	switch b[6] {
	case 1:
	case 2, 3:
		length = b[8:12]
	default:
		return nil, 0, fmt.Errorf("version %d.%d: versions 1 to 3 are read", b[6], b[7])
	}
	if _, err := io.ReadFull(r, length); err != nil {
		return nil, 0, errors.New("cut off in the header")
	}
	var n uint32
	for i, c := range length {
		n |= uint32(c) << (8 * i)
	}
	if n > 1<<16 {
		return nil, 0, fmt.Errorf("a header of %d bytes: it is not of a plain array", n)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, 0, errors.New("cut off in the header")
	}
	m := npyHeader.FindStringSubmatch(string(text))
	if m == nil {
		return nil, 0, fmt.Errorf("the header %.80q is not of a plain array", text)
	}
	width = map[string]int{"<f4": 4, "<f8": 8}[m[1]]
	if width == 0 {
		return nil, 0, fmt.Errorf("numbers of type '%s': '<f4' and '<f8' are read; convert by .astype('<f4')", m[1])
	}
	for _, word := range strings.Split(m[3], ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		d, err := strconv.Atoi(word)
		if err != nil {
			return nil, 0, fmt.Errorf("shape (%s)", m[3])
		}
		shape = append(shape, d)
	}
	if m[2] == "True" && len(shape) > 1 {
		return nil, 0, errors.New("the array is in Fortran order: save numpy.ascontiguousarray of it")
	}
	return shape, width, nil
}

// ReadNPZ reads the arrays of numpy.savez or savez_compressed, in the order of
// the file. Their names lose the ending .npy.
func ReadNPZ(r io.ReaderAt, size int64) ([]Tensor, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("npz: %w", err)
	}
	var list []Tensor
	seen, values := map[string]bool{}, 0
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, ".npy")
		if seen[name] {
			return nil, fmt.Errorf("npz: two arrays are named %q", name)
		}
		seen[name] = true
		t, err := readZipped(f)
		if err != nil {
			return nil, fmt.Errorf("npz: array %q: %w", name, err)
		}
		if values += len(t.Data); values > maxValues {
			return nil, fmt.Errorf("npz: more than %d values", maxValues)
		}
		t.Name = name
		list = append(list, t)
	}
	return list, nil
}

func readZipped(f *zip.File) (Tensor, error) {
	r, err := f.Open()
	if err != nil {
		return Tensor{}, err
	}
	defer r.Close()
	return ReadNPY(r)
}
