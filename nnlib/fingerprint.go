package nnlib

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"digitlab/nnlib/comm"
)

// Fingerprint is the SHA-256 of a dataset's rows as Fill gives them, in order,
// and of its sizes. Whether rows come dense, sparse or as bytes makes no
// difference, nor does the precision for values that both hold exactly. It is
// what a Dataset whose rows do not depend on the step can answer, once.
//
// Each chunk has a SHA-256 of its own, so that all processors work at once; the
// fingerprint is that of theirs and of the sizes.
func Fingerprint(d Dataset) ([32]byte, error) { return FingerprintOver(comm.Alone(), d) }

// FingerprintOver is Fingerprint by several ranks, each of which reads its share
// of the rows. It is collective.
func FingerprintOver(ranks comm.Communicator, d Dataset) (sum [32]byte, err error) {
	first, last := comm.Share((d.Len()+Chunk-1)/Chunk, ranks.Size(), ranks.Rank())
	mine, err := chunkSums(d, first, last)
	if err = comm.Agree(ranks, err); err != nil {
		return sum, err
	}
	all, err := comm.Gather(ranks, mine)
	if err != nil {
		return sum, err
	}
	h := sha256.New()
	for _, b := range all {
		h.Write(b)
	}
	fmt.Fprintln(h, d.Shape(), d.Classes(), d.Len())
	h.Sum(sum[:0])
	return sum, nil
}

// chunkSums is the SHA-256 of each chunk from first to last, one behind the other.
func chunkSums(d Dataset, first, last int) ([]byte, error) {
	sums := make([]byte, (last-first)*sha256.Size)
	errs := make([]error, min(runtime.GOMAXPROCS(0), last-first))
	var next atomic.Int64
	var wait sync.WaitGroup
	for i := range errs {
		wait.Go(func() {
			t := &content{}
			for errs[i] == nil {
				c := first + int(next.Add(1)) - 1
				if c >= last {
					return
				}
				var sum [32]byte
				sum, errs[i] = t.sum(d, c*Chunk, min((c+1)*Chunk, d.Len()))
				copy(sums[(c-first)*sha256.Size:], sum[:])
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return sums, nil
}

// content is a chunk as bytes, from which it could be made again. Values that
// are not zero come in runs of neighbours: runs has the number of zeros before
// each and its length, values the numbers, of four bytes each where float32
// holds all of the run exactly, and else of eight.
type content struct {
	block  Block
	rows   []int
	runs   []byte
	values []byte
	bits   [256]uint32 // of each byte's value
}

// sum is the SHA-256 of the rows first to last.
func (t *content) sum(d Dataset, first, last int) (sum [32]byte, err error) {
	t.rows, t.runs, t.values = t.rows[:0], t.runs[:0], t.values[:0]
	for i := first; i < last; i++ {
		t.rows = append(t.rows, i)
	}
	b := &t.block
	if err := d.Fill(b, Pass{Rows: t.rows}); err != nil {
		return sum, err
	}
	if err := b.check(last-first, d.Shape().Len()); err != nil {
		return sum, err
	}
	short := b.Bytes != nil && t.levels(b.Bytes.Level)
	t.runs = append(t.runs, kind(b)...)
	for i := range t.rows {
		if short {
			t.bytes(b.Bytes.Data[b.Bytes.At[i]:][:b.Bytes.Cols])
		} else {
			t.entries(i)
		}
		t.run(0, 0, 0) // the end of the row
		if b.Class != nil {
			t.runs = binary.AppendVarint(t.runs, int64(b.Class[i]))
		} else {
			for _, v := range b.Value.Row(i) {
				t.value(v, 8)
			}
		}
		if b.Weight != nil {
			t.value(b.Weight[i], 8)
		}
	}
	h := sha256.New()
	h.Write(binary.AppendUvarint(nil, uint64(len(t.runs))))
	h.Write(t.runs)
	h.Write(t.values)
	h.Sum(sum[:0])
	return sum, nil
}

// kind tells what stands behind each row.
func kind(b *Block) string {
	switch weighted := b.Weight != nil; {
	case b.Class != nil && weighted:
		return "class, weight "
	case b.Class != nil:
		return "class "
	case weighted:
		return "values, weight "
	}
	return "values "
}

// run appends a run of n values, of so many bytes each, after zeros.
func (t *content) run(zeros, n, size int) {
	t.runs = binary.AppendUvarint(t.runs, uint64(zeros))
	t.runs = binary.AppendUvarint(t.runs, uint64(2*n+size/8))
}

// value appends a value of four or eight bytes.
func (t *content) value(v Float, size int) {
	if size == 4 {
		t.values = binary.LittleEndian.AppendUint32(t.values, math.Float32bits(float32(v)))
	} else {
		t.values = binary.LittleEndian.AppendUint64(t.values, math.Float64bits(float64(v)))
	}
}

// size is the number of bytes for a value.
func size(v Float) int {
	if Float(float32(v)) == v {
		return 4
	}
	return 8
}

// entries appends row i, however it is kept.
func (t *content) entries(i int) {
	end, n, wide := 0, 0, 0 // of the last run: the column behind, length and size
	zeros := 0
	for k, v := range t.block.Entries(i) {
		if s := size(v); k != end || s != wide {
			if n > 0 {
				t.run(zeros, n, wide)
			}
			zeros, n, wide = k-end, 0, s
		}
		t.value(v, wide)
		end, n = k+1, n+1
	}
	if n > 0 {
		t.run(zeros, n, wide)
	}
}

// levels says whether float32 holds what all bytes stand for, and keeps it.
func (t *content) levels(level *[256]Float) bool {
	for b, v := range level {
		if size(v) != 4 {
			return false
		}
		t.bits[b] = math.Float32bits(float32(v))
		if v == 0 {
			t.bits[b] = 0 // of -0, too
		}
	}
	return true
}

// bytes appends what entries would, of a row of bytes.
func (t *content) bytes(row []byte) {
	values, end := slices.Grow(t.values, 4*len(row)), 0
	for k := 0; k < len(row); k++ {
		if k+8 <= len(row) { // over bytes of zero
			w := binary.LittleEndian.Uint64(row[k:])
			if w == 0 {
				k += 7
				continue
			}
			k += bits.TrailingZeros64(w) / 8
		}
		first := k
		for ; k < len(row) && t.bits[row[k]] != 0; k++ {
			values = binary.LittleEndian.AppendUint32(values, t.bits[row[k]])
		}
		if k > first {
			t.run(first-end, k-first, 4)
			end = k
		}
	}
	t.values = values
}
