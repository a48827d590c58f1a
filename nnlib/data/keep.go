package data

import (
	"bytes"
	"errors"
	"sync"
	"sync/atomic"

	"digitlab/nnlib"
	"digitlab/nnlib/comm"
	"digitlab/nnlib/internal/memory"
)

// ByteRows is rows of bytes with a class each that stay where they are, in a
// file for example, and can be read in any order. All methods may be called by
// several workers at once.
type ByteRows interface {
	nnlib.Dataset
	// Level is what each byte stands for, 0 for byte 0; nil: rows are no bytes.
	Level() *[256]nnlib.Float
	// ReadRows reads the rows from first on, as many as class has: their bytes,
	// one row behind the other, and their classes.
	ReadRows(first int, bytes []byte, class []int32) error
}

// Kept is rows that are read when they are first asked for, a chunk at a time,
// and then stay in memory: as bytes where they are ByteRows, else as numbers. A
// rank that works on some leaves holds the rows of those, and not much more. It
// begins to keep with Fingerprint, which a run asks for before its first step:
// what goes through all rows earlier, to measure them, leaves nothing in memory.
type Kept struct {
	rows  nnlib.Dataset
	cols  int
	level *[256]nnlib.Float // of bytes; nil: numbers

	// Of all rows; the system gives memory for what is written.
	bytes   []byte
	numbers []nnlib.Float
	class   []int32
	value   []nnlib.Float // Classes of them a row, instead of class

	state []atomic.Uint32 // of each chunk
	locks [64]sync.Mutex  // of chunks that are being read
	store store
	begun atomic.Bool
	print func() ([32]byte, error)
}

// The states of a chunk.
const (
	absent = iota
	listed // many bytes are zero
	full   // few are, or there are none: rows are handed out as numbers
)

// fullShare is the share of bytes that are not zero from which a chunk is full.
// It decides speed, never a result.
const fullShare = 0.6

var _ nnlib.Dataset = (*Kept)(nil)

// Keep makes a dataset of rows that stay elsewhere and have no weights. Of several
// ranks each holds what it works on: the fingerprint, the same as in memory, is
// made by all together. ranks may be nil.
func Keep(rows nnlib.Dataset, ranks comm.Communicator) (*Kept, error) {
	if err := check(rows); err != nil {
		return nil, err
	}
	n, cols := rows.Len(), rows.Shape().Len()
	k := &Kept{rows: rows, cols: cols, state: make([]atomic.Uint32, (n+nnlib.Chunk-1)/nnlib.Chunk)}
	var first nnlib.Block
	if err := rows.Fill(&first, nnlib.Pass{Rows: []int{0}}); err != nil {
		return nil, err
	}
	if first.Weight != nil {
		return nil, errors.New("data: rows with weights are not kept: give weights to what Keep returns")
	}
	if first.Class != nil {
		k.class = make([]int32, n)
	} else {
		k.value = make([]nnlib.Float, n*rows.Classes())
	}
	if b, ok := rows.(ByteRows); ok && b.Level() != nil && k.class != nil {
		k.level, k.bytes = b.Level(), memory.Zeros[byte](n*cols)
	} else {
		k.numbers = memory.Zeros[nnlib.Float](n * cols)
	}
	if ranks == nil {
		ranks = comm.Alone()
	}
	k.print = sync.OnceValues(func() ([32]byte, error) { return nnlib.FingerprintOver(ranks, k) })
	return k, nil
}

// Len is the number of rows.
func (k *Kept) Len() int { return k.rows.Len() }

// Shape is the size of one row.
func (k *Kept) Shape() nnlib.Shape { return k.rows.Shape() }

// Classes is the number of classes, or of target values.
func (k *Kept) Classes() int { return k.rows.Classes() }

// Steady says that the rows are the same in every step.
func (k *Kept) Steady() {}

// Fingerprint is the SHA-256 of the rows. With other ranks it is collective.
func (k *Kept) Fingerprint() ([32]byte, error) {
	k.begun.Store(true)
	return k.print()
}

// Held is how many rows are in memory.
func (k *Kept) Held() (rows int) {
	for c := range k.state {
		if k.state[c].Load() != absent {
			rows += min((c+1)*nnlib.Chunk, k.Len()) - c*nnlib.Chunk
		}
	}
	return rows
}

// Fill points b at the rows, and reads those that nobody has asked for.
func (k *Kept) Fill(b *nnlib.Block, p nnlib.Pass) error {
	if !k.begun.Load() {
		return k.rows.Fill(b, p)
	}
	kind := uint32(listed)
	for i, last := 0, -1; i < len(p.Rows); i++ {
		c := p.Rows[i] / nnlib.Chunk
		if c == last {
			continue
		}
		s, err := k.chunk(c)
		if err != nil {
			return err
		}
		last, kind = c, max(kind, s)
	}
	if kind == full {
		m := b.DenseRows(len(p.Rows), k.cols)
		for i, r := range p.Rows {
			k.row(m.Row(i), r)
		}
	} else {
		s := b.ByteRows(len(p.Rows), k.cols)
		s.Data, s.Level = k.bytes, k.level
		for i, r := range p.Rows {
			s.At[i] = r * k.cols
		}
	}
	if k.class == nil {
		n := k.Classes()
		m := b.ValueRows(len(p.Rows), n)
		for i, r := range p.Rows {
			copy(m.Row(i), k.value[r*n:])
		}
		return nil
	}
	for i, r := range p.Rows {
		b.Class[i] = int(k.class[r])
	}
	return nil
}

// row copies a row as numbers.
func (k *Kept) row(to []nnlib.Float, r int) {
	if k.level == nil {
		copy(to, k.numbers[r*k.cols:])
		return
	}
	for j, x := range k.bytes[r*k.cols : (r+1)*k.cols] {
		to[j] = k.level[x]
	}
}

// chunk reads a chunk that is not there yet, and returns its state.
func (k *Kept) chunk(c int) (uint32, error) {
	if s := k.state[c].Load(); s != absent {
		return s, nil
	}
	lock := &k.locks[c%len(k.locks)]
	lock.Lock()
	defer lock.Unlock()
	if s := k.state[c].Load(); s != absent {
		return s, nil
	}
	read := k.readNumbers
	if k.level != nil {
		read = k.readBytes
	}
	s, err := read(c*nnlib.Chunk, min((c+1)*nnlib.Chunk, k.Len()))
	if err == nil {
		k.state[c].Store(s)
	}
	return s, err
}

func (k *Kept) readBytes(first, end int) (uint32, error) {
	b := k.bytes[first*k.cols : end*k.cols]
	if err := k.rows.(ByteRows).ReadRows(first, b, k.class[first:end]); err != nil {
		return absent, err
	}
	if zeros := bytes.Count(b, []byte{0}); float64(len(b)-zeros) > fullShare*float64(len(b)) {
		return full, nil
	}
	return listed, nil
}

func (k *Kept) readNumbers(first, end int) (uint32, error) {
	s := k.store.take()
	defer k.store.put(s)
	s.rows = sequence(s.rows, first, end)
	b := &s.block
	if err := k.rows.Fill(b, nnlib.Pass{Rows: s.rows}); err != nil {
		return absent, err
	}
	m, n := b.Dense(), k.Classes()
	for i := range m.Rows {
		copy(k.numbers[(first+i)*k.cols:], m.Row(i))
		if k.class != nil {
			k.class[first+i] = int32(b.Class[i])
		} else {
			copy(k.value[(first+i)*n:], b.Value.Row(i))
		}
	}
	return full, nil
}
