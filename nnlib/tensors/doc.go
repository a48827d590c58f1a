// Package tensors reads weights that other programs have trained: safetensors
// files, and NumPy's .npy and .npz. Model puts them into a network of the same
// layers.
//
//	list, err := tensors.Load("net.safetensors")
//	model, err := tensors.Model(topology, list)
//
// From PyTorch:
//
//	safetensors.torch.save_file(net.state_dict(), "net.safetensors")
//	numpy.savez("net.npz", **{k: v.numpy() for k, v in net.state_dict().items()})
package tensors

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// Tensor is a named array in row-major order.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float64
}

// String is the name and the shape, as in "0.weight [64 784]".
func (t Tensor) String() string { return fmt.Sprintf("%s %v", t.Name, t.Shape) }

// maxValues is how many numbers a file may hold: 2 GiB of them.
const maxValues = 1 << 28

// Load reads a file by the ending of its name: .safetensors, .npz or .npy.
func Load(path string) (list []Tensor, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".safetensors":
		list, err = ReadSafetensors(f, info.Size())
	case ".npz":
		list, err = ReadNPZ(f, info.Size())
	case ".npy":
		var t Tensor
		t, err = ReadNPY(f)
		t.Name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		list = []Tensor{t}
	default:
		err = errors.New("the name must end in .safetensors, .npz or .npy")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return list, nil
}

// count is the number of values in a shape, or an error where a size is
// negative or the product too large.
func count(shape []int) (int, error) {
	n := 1
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("shape %v: a size is negative", shape)
		}
		if d > 0 && n > maxValues/d {
			return 0, fmt.Errorf("shape %v: more than %d values", shape, maxValues)
		}
		n *= d
	}
	return n, nil
}

// piece is how many bytes are read at a time: memory is taken for bytes that
// came, not for those that a header promises.
const piece = 1 << 20

// readFloats reads n little-endian numbers of size bytes.
func readFloats(r io.Reader, n, size int) ([]float64, error) {
	var x []float64
	b := make([]byte, min(piece, n*size))
	for left := n * size; left > 0; left -= len(b) {
		b = b[:min(len(b), left)]
		if got, err := io.ReadFull(r, b); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return nil, fmt.Errorf("cut off: %d of %d bytes are missing", left-got, n*size)
			}
			return nil, err
		}
		for i := 0; i < len(b); i += size {
			v := float(b[i : i+size])
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("value %d is %v", len(x), v)
			}
			x = append(x, v)
		}
	}
	return x, nil
}
