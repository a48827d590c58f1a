package spark

import (
	"bytes"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"digitlab/nnlib"
)

func TestDamagedParquet(t *testing.T) {
	_, b, err := part("testdata/saved_model", "data", ".parquet")
	if err != nil {
		t.Fatal(err)
	}
	lie := slices.Clone(b)
	lie[len(lie)-5] = 0x7f // the footer's length: 2 GiB
	for name, bad := range map[string][]byte{"empty": {}, "cut off": b[:len(b)-1], "a footer longer than the file": lie} {
		if _, err := readWeights(bad, 64); err == nil || !strings.Contains(err.Error(), "not a Parquet file, or cut off") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	other := t.TempDir() + "/lz4"
	f, err := os.Create(other)
	if err != nil {
		t.Fatal(err)
	}
	w := parquet.NewGenericWriter[record](f, schema, parquet.DataPageVersion(1), parquet.Compression(&parquet.Lz4Raw))
	if _, err := w.Write([]record{{&vector{Type: 1, Values: make([]float64, 64)}}}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if b, err = os.ReadFile(other); err != nil {
		t.Fatal(err)
	}
	if _, err := readWeights(b, 64); err == nil || !strings.Contains(err.Error(), "compressed by LZ4_RAW: Snappy") {
		t.Errorf("LZ4: error %v", err)
	}
}

// TestSparseWeights: Spark writes a vector of many zeros as their places.
func TestSparseWeights(t *testing.T) {
	write := func(v *vector) []byte {
		var b bytes.Buffer
		w := parquet.NewGenericWriter[record](&b, schema, parquet.DataPageVersion(1))
		if _, err := w.Write([]record{{v}}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	size := int32(4)
	got, err := readWeights(write(&vector{Size: &size, Indices: []int32{1, 3}, Values: []float64{2, -1}}), 4)
	if d := cmp.Diff([]nnlib.Float{0, 2, 0, -1}, got); d != "" || err != nil {
		t.Error(d, err)
	}
	for want, v := range map[string]*vector{
		"the index 4, of 4 weights":             {Size: &size, Indices: []int32{1, 4}, Values: []float64{2, -1}},
		"the index -1, of 4 weights":            {Size: &size, Indices: []int32{-1, 2}, Values: []float64{2, -1}},
		"a sparse vector that is not of 4 weig": {Size: &size, Indices: []int32{1}, Values: []float64{2, -1}},
		"unknown type 7":                        {Type: 7, Values: []float64{1, 2, 3, 4}},
		"weight 1 is NaN":                       {Type: 1, Values: []float64{1, math.NaN(), 3, 4}},
		"3 weights, the layers have 4":          {Type: 1, Values: []float64{1, 2, 3}},
		"the row is null":                       nil,
	} {
		if _, err := readWeights(write(v), 4); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func FuzzWeights(f *testing.F) {
	_, b, err := part("testdata/saved_model", "data", ".parquet")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:len(b)/2])
	f.Fuzz(func(t *testing.T, b []byte) {
		if w, err := readWeights(b, 64); err == nil && len(w) != 64 {
			t.Errorf("%d weights", len(w))
		}
	})
}
