package tensors

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"digitlab/nnlib"
)

const net = "6 affine:5 tanh affine:4 tanh affine:3 softmax+cross-entropy"

func topology(t testing.TB, text string) nnlib.Topology {
	t.Helper()
	top, err := nnlib.ParseTopology(text)
	if err != nil {
		t.Fatal(err)
	}
	return top
}

// TestFilesOfOtherPrograms: a network with weights of NumPy's and safetensors'
// own writers answers as NumPy does.
func TestFilesOfOtherPrograms(t *testing.T) {
	answers(t, "expected.json", net, "f32.safetensors", "f64.safetensors", "named.safetensors", "f32.npz", "f64.npz", "unnamed.npz", "flat.npy")
}

// TestPyTorch: a network that PyTorch has trained answers as it does there.
func TestPyTorch(t *testing.T) {
	answers(t, "pytorch.json", "4 affine:8 leaky-relu:0.1 dropout:0.25 affine:8 tanh affine:3 softmax+cross-entropy", "pytorch.safetensors", "pytorch.npz")
}

// answers compares what the weights in files answer with what is expected.
func answers(t *testing.T, expected, net string, files ...string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", expected))
	var want struct{ X, P [][]float64 }
	if err == nil {
		err = json.Unmarshal(b, &want)
	}
	if err != nil || len(want.P) == 0 {
		t.Fatal(len(want.P), err)
	}
	top := topology(t, net)
	var x []nnlib.Float
	for _, row := range want.X {
		for _, v := range row {
			x = append(x, nnlib.Float(v))
		}
	}
	d, err := nnlib.NewExamples(top.Input, 3, x, make([]int, len(want.X)))
	if err != nil {
		t.Fatal(err)
	}
	hash := [32]byte{}
	for _, name := range files {
		list, err := Load(filepath.Join("testdata", name))
		if err != nil {
			t.Error(err)
			continue
		}
		m, err := Model(top, list)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if hash == [32]byte{} {
			hash = m.Hash()
		}
		if m.Hash() != hash {
			t.Errorf("%s: other weights than in the first file", name)
		}
		p, err := m.Predict(context.Background(), d)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range want.P {
			for j, v := range row {
				if got := float64(p.Output.Row(i)[j]); !(math.Abs(got-v) <= 1e-6) {
					t.Errorf("%s: row %d: p[%d] is %v, there %v", name, i, j, got, v)
				}
			}
		}
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	for name, want := range map[string]string{
		"f16.safetensors": `tensor "0.weight" has the type F16: F32 and F64 are read`,
		"fortran.npy":     "the array is in Fortran order",
		"integers.npy":    "numbers of type '<i8': '<f4' and '<f8' are read",
		"make.py":         "must end in .safetensors, .npz or .npy",
		"none.npz":        "no such file",
	} {
		if _, err := Load(filepath.Join("testdata", name)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v, want %s", name, err, want)
		}
	}
}

func TestMismatchNamesBothSides(t *testing.T) {
	list, err := Load("testdata/f32.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Model(topology(t, "6 affine:5 tanh affine:3 softmax+cross-entropy"), list)
	const want = "tensors: found 0.bias [5], 0.weight [5 6], 2.bias [4], 2.weight [4 5], 4.bias [3], 4.weight [3 4]; " +
		"wanted layer 1 weight [5 6], layer 1 bias [5], layer 3 weight [3 5], layer 3 bias [3]: in this order, or with names that sort so"
	if err == nil || err.Error() != want || !errors.As(err, new(*MismatchError)) {
		t.Errorf("error %v", err)
	}
	if _, err := Model(topology(t, net), nil); err == nil || !strings.Contains(err.Error(), "found nothing") {
		t.Errorf("error %v", err)
	}
}

// filled is a tensor whose values are all x.
func filled(name string, x float64, shape ...int) Tensor {
	n, _ := count(shape)
	t := Tensor{name, shape, make([]float64, n)}
	for i := range t.Data {
		t.Data[i] = x
	}
	return t
}

// TestLayersOfOneShape: where the shapes do not tell, the order does, and
// shapes alone never choose between two layers.
func TestLayersOfOneShape(t *testing.T) {
	square := topology(t, "2 affine:2 tanh affine:2 tanh affine:2 linear+squared")
	names := func(a, b, c string) []Tensor {
		return []Tensor{
			filled(a+".bias", 1, 2), filled(a+".weight", 1, 2, 2), filled(b+".weight", 2, 2, 2), filled(b+".bias", 2, 2),
			filled(c+".weight", 3, 2, 2), filled(c+".bias", 3, 2),
		}
	}
	m, err := Model(square, names("z", "y", "x"))
	if err != nil || m.Weights[0] != 1 || m.Weights[6] != 2 || m.Weights[12] != 3 {
		t.Errorf("in the list's order: %v, %v", m, err)
	}
	list := names("10", "2", "0")
	list[0], list[3] = list[3], list[0] // no order of pairs: the names decide
	list[2], list[3] = list[3], list[2]
	list[1], list[2] = list[2], list[1]
	if m, err = Model(square, list); err != nil || m.Weights[0] != 3 || m.Weights[6] != 2 || m.Weights[12] != 1 {
		t.Errorf("in the names' order: %v, %v", m, err)
	}
	uneven := topology(t, "2 affine:2 tanh affine:2 tanh affine:1 linear+squared")
	list = []Tensor{filled("a.weight", 1, 1, 2), filled("a.bias", 1, 1), filled("b.weight", 2, 2, 2), filled("b.bias", 2, 2), filled("c.weight", 3, 2, 2), filled("c.bias", 3, 2)}
	if m, err := Model(uneven, list); err == nil {
		t.Errorf("two layers of one shape were told apart: %v", m.Weights)
	}
}

func TestMatricesAreTransposed(t *testing.T) {
	m, err := Model(topology(t, "2 affine:3 linear+squared"), []Tensor{{"w", []int{3, 2}, []float64{1, 2, 3, 4, 5, 6}}, {"b", []int{3}, []float64{7, 8, 9}}})
	if got := fmt.Sprint(m.Weights); err != nil || got != "[1 3 5 2 4 6 7 8 9]" {
		t.Error(got, err)
	}
}

// safetensors is a file with the given header and data.
func safetensors(header, data string) []byte {
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header+data...)
}

func TestWrongSafetensors(t *testing.T) {
	for want, file := range map[string][]byte{
		"cut off: 3 bytes": []byte("abc"),
		"a header of 9223372036854775807 bytes in a file of 8":        binary.LittleEndian.AppendUint64(nil, math.MaxInt64),
		"header: invalid character":                                   safetensors("{x", ""),
		`tensor "a": its entry in the header is not understood: 7`:    safetensors(`{"a":7}`, ""),
		"more than 268435456 values":                                  safetensors(`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, ""),
		"a size is negative":                                          safetensors(`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, "abcd"),
		`shape [2] of F32 at bytes 0 to 4 of 4`:                       safetensors(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, "abcd"),
		`shape [1] of F32 at bytes 4 to 8 of 4`:                       safetensors(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, "abcd"),
		`tensor "b" begins at byte 0, the one before it ends at 4`:    safetensors(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "abcd"),
		"2 bytes belong to no tensor":                                 safetensors(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "abcdef"),
		`tensor "a": value 0 is NaN`:                                  safetensors(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "\xff\xff\xff\xff"),
		`has the type BF16: F32 and F64 are read; convert it by .flo`: safetensors(`{"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}`, "ab"),
	} {
		if _, err := ReadSafetensors(bytes.NewReader(file), int64(len(file))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// npy is a file of version 1 with the given header and data.
func npy(header, data string) string {
	return "\x93NUMPY\x01\x00" + string(binary.LittleEndian.AppendUint16(nil, uint16(len(header)))) + header + data
}

func TestWrongNPY(t *testing.T) {
	const good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }"
	for want, file := range map[string]string{
		"not a file of numpy.save":                 "PK\x03\x04abcdefgh",
		"version 9.0: versions 1 to 3 are read":    "\x93NUMPY\x09\x00\x00\x00",
		"cut off in the header":                    npy(good, "")[:20],
		"is not of a plain array":                  npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "abcd"),
		"numbers of type '>f4'":                    npy(strings.Replace(good, "<", ">", 1), "abcd"),
		"numbers of type '|O'":                     npy(strings.Replace(good, "<f4", "|O", 1), "abcd"),
		"cut off: 4 of 4 bytes are missing":        npy(good, ""),
		"cut off: 1 of 8 bytes are missing":        npy(strings.Replace(good, "1", "2", 1), "abcdefg"),
		"there is more after the array":            npy(good, "\x00\x00\x00\x00x"),
		"more than 268435456 values":               npy(strings.Replace(good, "(1,)", "(99999999999, 2)", 1), ""),
		"shape (99999999999999999999,)":            npy(strings.Replace(good, "(1,)", "(99999999999999999999,)", 1), ""),
		"cut off: 1073741819 of 1073741824 bytes":  npy(strings.Replace(good, "(1,)", "(268435456,)", 1), "abcde"),
		"in Fortran order: save numpy.ascontiguou": npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }", "abcd"),
	} {
		if _, err := ReadNPY(strings.NewReader(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestWrongNPZ(t *testing.T) {
	archive := func(names ...string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, name := range names {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(w, npy("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", name[:4]))
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for want, file := range map[string][]byte{
		"npz: zip: not a valid zip file":        []byte("abc"),
		`npz: two arrays are named "abcd"`:      archive("abcd.npy", "abcd.npy"),
		`npz: array "\xff\xff\xff\xff": npy: v`: archive("\xff\xff\xff\xff.npy"),
	} {
		if _, err := ReadNPZ(bytes.NewReader(file), int64(len(file))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// fuzz reads testdata and checks that what a reader takes is whole.
func fuzz(f *testing.F, read func([]byte) ([]Tensor, error), seeds ...string) {
	for _, name := range seeds {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := read(b)
		if err != nil {
			return
		}
		for _, x := range list {
			if n, err := count(x.Shape); err != nil || n != len(x.Data) {
				t.Errorf("%v with %d values: %v", x, len(x.Data), err)
			}
		}
	})
}

func FuzzReadSafetensors(f *testing.F) {
	fuzz(f, func(b []byte) ([]Tensor, error) { return ReadSafetensors(bytes.NewReader(b), int64(len(b))) }, "f32.safetensors", "f64.safetensors")
}

func FuzzReadNPZ(f *testing.F) {
	fuzz(f, func(b []byte) ([]Tensor, error) { return ReadNPZ(bytes.NewReader(b), int64(len(b))) }, "f32.npz", "f64.npz")
}

func FuzzReadNPY(f *testing.F) {
	fuzz(f, func(b []byte) ([]Tensor, error) {
		t, err := ReadNPY(bytes.NewReader(b))
		return []Tensor{t}, err
	}, "flat.npy", "fortran.npy")
}
