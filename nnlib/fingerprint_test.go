package nnlib

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// forms is the same rows, of numbers that are whole and from -8 to 7, in every
// way that Examples keeps them.
func forms(t *testing.T, shape Shape, x []Float, class []int) map[string]*Examples {
	t.Helper()
	const classes = 10
	cols, bytes := shape.Len(), make([]byte, len(x))
	var level [256]Float
	for b := range level {
		level[b] = Float(b%16 - 8*(b%16/8*2)) // 0 to 7, 0 to -8, and again
	}
	level[16] = Float(math.Copysign(0, -1))
	r := rand.New(rand.NewPCG(3, 4))
	start, index, value := []int{0}, []int32(nil), []Float(nil)
	for i, v := range x {
		if at := r.IntN(16); v != 0 || at > 1 { // a byte that is not zero may stand for 0
			bytes[i] = byte(slices.Index(level[:16], v) + 16*at)
		}
		if v != 0 {
			index, value = append(index, int32(i%cols)), append(value, v)
		}
		if (i+1)%cols == 0 {
			start = append(start, len(index))
		}
	}
	dense, sparse := *must(NewExamples(shape, classes, x, class)), must(NewSparseExamples(shape, classes, start, index, value, class))
	dense.dense = x
	dense.remember()
	packed := must(PackExamples(shape, classes, &level, bytes, class))
	listed, full := *packed, *packed
	listed.full, full.full = false, true
	all := map[string]*Examples{"numbers": &dense, "entries": sparse, "bytes": &listed, "bytes as numbers": &full}
	for _, e := range all {
		e.print = func() ([32]byte, error) { return Fingerprint(e) }
	}
	return all
}

// Rows that are equal have one fingerprint, whatever they are kept as and
// however many processors there are.
func TestFingerprintOfEveryForm(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, cols := range []int{1, 7, 8, 9, 30, 200} {
		for _, rows := range []int{1, Chunk, 3*Chunk + 5} {
			for _, filled := range []float64{0, 0.2, 0.9, 1} {
				x, class := make([]Float, rows*cols), make([]int, rows)
				for i := range x {
					if r.Float64() < filled {
						x[i] = Float(r.IntN(8))
					}
					if x[i] != 0 && r.IntN(2) == 0 {
						x[i] = -x[i]
					}
				}
				for i := range class {
					class[i] = r.IntN(10)
				}
				prints := map[[32]byte][]string{}
				for name, e := range forms(t, Units(cols), x, class) {
					for _, procs := range []int{1, 3} {
						was := runtime.GOMAXPROCS(procs)
						print := must(e.Fingerprint())
						runtime.GOMAXPROCS(was)
						prints[print] = append(prints[print], fmt.Sprint(name, " on ", procs))
					}
				}
				if len(prints) != 1 {
					t.Errorf("%d rows of %d, %g filled: %d fingerprints: %q", rows, cols, filled, len(prints), prints)
				}
			}
		}
	}
}

// The definition in other words, by Python's hashlib and struct:
//
//	runs = b"class " + bytes([0, 2*2, 1, 2*1, 0, 0, 2*1, 0, 0, 0])
//	values = struct.pack("<3f", 0.5, -3, 2.0**80)
//	chunk = hashlib.sha256(bytes([len(runs)]) + runs + values).digest()
//	hashlib.sha256(chunk + b"4 2 2\n").hexdigest()
//
// Both precisions hold these values.
func TestFingerprintIsWhatItWas(t *testing.T) {
	e := must(NewExamples(Units(4), 2, []Float{0.5, -3, 0, 1 << 80, 0, 0, 0, 0}, []int{1, 0}))
	print := must(e.Fingerprint())
	if got := hex.EncodeToString(print[:]); got != "898adc727f34acbcbab329a7a8712965b43b6f6cf037c6be26cbed6d46a80ab5" {
		t.Errorf("fingerprint %s", got)
	}
}

// What differs in one place differs in the fingerprint.
func TestFingerprintOfOneDifference(t *testing.T) {
	const rows, cols = Chunk + 3, 5
	x, class := make([]Float, rows*cols), make([]int, rows)
	for i := range x {
		x[i] = Float(i % 4 * (i % 3))
	}
	prints := map[[32]byte]string{}
	add := func(name string, d Dataset) {
		print := must(Fingerprint(d))
		if was, ok := prints[print]; ok {
			t.Errorf("%s and %s have one fingerprint", name, was)
		}
		prints[print] = name
	}
	changed := func(name string, change func(x []Float, class []int)) {
		x, class := slices.Clone(x), slices.Clone(class)
		change(x, class)
		add(name, must(NewExamples(Units(cols), 2, x, class)))
	}
	changed("nothing", func([]Float, []int) {})
	for _, i := range []int{0, 7, Chunk*cols - 1, Chunk * cols, rows*cols - 2} {
		changed(fmt.Sprint("value ", i), func(x []Float, _ []int) { x[i] += 0.5 })
		changed(fmt.Sprint("its sign ", i), func(x []Float, _ []int) { x[i] = -1 - x[i] })
		changed(fmt.Sprint("order ", i), func(x []Float, _ []int) { x[i], x[i+1] = x[i+1]+8, x[i] })
	}
	for _, i := range []int{0, Chunk - 1, Chunk, rows - 1} {
		changed(fmt.Sprint("class ", i), func(_ []Float, class []int) { class[i] = 1 })
	}
	changed("no values", func(x []Float, _ []int) { clear(x) })
	add("fewer rows", must(NewExamples(Units(cols), 2, x[:Chunk*cols], class[:Chunk])))
	add("longer rows", must(NewExamples(Units(rows), 2, x, class[:cols])))
	add("image", must(NewExamples(Pixels(cols, 1), 2, x, class)))
	all := must(NewExamples(Units(cols), 2, x, class))
	weight := make([]Float, rows)
	add("weights", weighted{all, weight})
	target := Matrix{Rows: rows, Cols: 1, Stride: 1, Data: make([]Float, rows)}
	add("targets", must(all.Regression(target)))
	target.Data = slices.Clone(target.Data)
	target.Data[rows-1] = 1
	add("other targets", must(all.Regression(target)))
	weight = slices.Clone(weight)
	weight[rows-1] = 1
	add("other weights", weighted{all, weight})
}

// broken cannot be read from some row on.
type broken struct {
	*Examples
	from int
}

var errBroken = errors.New("cannot be read")

func (d broken) Fill(b *Block, p Pass) error {
	if p.Rows[len(p.Rows)-1] >= d.from {
		return errBroken
	}
	return d.Examples.Fill(b, p)
}

func TestFingerprintOfRowsThatCannotBeRead(t *testing.T) {
	for _, from := range []int{0, 500, 999} {
		if _, err := Fingerprint(broken{blobs(t, 1000), from}); !errors.Is(err, errBroken) {
			t.Errorf("from row %d on: %v", from, err)
		}
	}
	if _, err := Fingerprint(broken{blobs(t, 1000), 1000}); err != nil {
		t.Error(err)
	}
}

// Images of MNIST's size, a fifth of each ink.
func BenchmarkFingerprint(b *testing.B) {
	const rows, cols = 10_000, 28 * 28
	r := rand.New(rand.NewPCG(1, 2))
	pixels, class := make([]byte, rows*cols), make([]int, rows)
	for i := range pixels {
		if k := i % cols; k%28 > 7 && k%28 < 20 && k/28 > 7 && k/28 < 20 {
			pixels[i] = byte(r.IntN(256))
		}
	}
	e := must(PackExamples(Pixels(28, 28), 10, byteLevels(), pixels, class))
	b.SetBytes(rows * cols)
	for b.Loop() {
		must(Fingerprint(e))
	}
}
