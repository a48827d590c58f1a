package table

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"digitlab/nnlib"
)

// Stream is examples that stay in their file: rows are read and parsed when
// they are asked for, in any order. Memory holds where the rows begin, a page of
// text at a time, and parsed pages up to Options.Memory. Which rows those are
// changes nothing but time.
type Stream struct {
	Scale   Scale    // the one that was taken: Scale255 or Scale1
	OneHot  bool     // the labels were one-hot rows
	Names   []string // of the classes, where labels were words
	Columns []string // of a header line, without the label's
	Notices []string // what a user should know, a sentence each

	options Options
	shape   nnlib.Shape
	classes int
	dense   bool
	targets targets // of a labels file
	labels  *labels // of labels in the rows; nil: there are none
	parser  func() parser
	level   *[256]nnlib.Float // where all values are bytes
	pages   []page
	rows    int
	entries int   // not zero
	end     int64 // of the last row
	first   pass

	file     *os.File
	size     int64
	modified time.Time

	store   sync.Pool                // of *reading
	cached  []atomic.Pointer[parsed] // of each page
	room    atomic.Int64             // bytes left for cached pages
	content func() ([32]byte, error)
}

// page is about pageSize bytes of text: whole lines.
type page struct {
	at   int64 // where it begins
	row  int   // its first
	line int   // its first, from 1
}

const (
	pageSize      = 4 << 10
	standardRoom  = 64 << 20
	pageMemory    = 24 + 8 // of the index
	denseFraction = 0.4    // share of non-zero values from which rows are handed out dense
)

var _ nnlib.Dataset = (*Stream)(nil)

// Close closes the file. No row can be read after that.
func (s *Stream) Close() error { return s.file.Close() }

// Len is the number of rows.
func (s *Stream) Len() int { return s.rows }

// Shape is the size of one example.
func (s *Stream) Shape() nnlib.Shape { return s.shape }

// Classes is the number of classes, or of target values.
func (s *Stream) Classes() int { return s.classes }

// Steady says that the rows are the same in every step.
func (s *Stream) Steady() {}

// Fingerprint is the one that the rows have in memory. It reads the file once.
func (s *Stream) Fingerprint() ([32]byte, error) { return s.content() }

// Options reads another file as this one was read: the same scale, shape,
// label and classes.
func (s *Stream) Options() Options { return s.options.as(s.Scale, s, s.Names) }

// reading is what one Fill needs.
type reading struct {
	parser parser
	text   []byte
	page   parsed // of a page that is not cached
	at     int    // which one; -1: none
	rows   parsed // asked for
	place  []int32
}

// take is what one Fill needs; it goes back to the store.
func (s *Stream) take() *reading {
	if k, ok := s.store.Get().(*reading); ok {
		return k
	}
	return &reading{parser: s.parser(), at: -1}
}

// pageOf is the page that has a row.
func (s *Stream) pageOf(row int) int {
	return sort.Search(len(s.pages), func(i int) bool { return s.pages[i].row > row }) - 1
}

// Fill reads the rows.
func (s *Stream) Fill(b *nnlib.Block, p nnlib.Pass) error {
	k := s.take()
	defer s.store.Put(k)
	k.rows.clear()
	for i := 0; i < len(p.Rows); {
		n := s.pageOf(p.Rows[i])
		from, err := s.page(k, n)
		if err != nil {
			return err
		}
		for first := s.pages[n].row; i < len(p.Rows); i++ {
			row := p.Rows[i] - first
			if row < 0 || row >= len(from.class) {
				break
			}
			k.rows.add(from, row)
		}
	}
	s.inputs(b, &k.rows)
	switch n := len(p.Rows); {
	case s.labels == nil && s.targets.width > 0:
		to := b.ValueRows(n, s.targets.width)
		for i, row := range p.Rows {
			copy(to.Row(i), s.targets.values[row*s.targets.width:])
		}
	case s.labels == nil:
		for i, row := range p.Rows {
			b.Class[i] = s.targets.class[row]
		}
	case s.options.Values:
		copy(b.ValueRows(n, 1).Data, k.rows.goal)
	default:
		for i, place := range k.rows.class {
			b.Class[i] = s.labels.of(int(place))
		}
	}
	return nil
}

// inputs scales rows into b.
func (s *Stream) inputs(b *nnlib.Block, rows *parsed) {
	n := len(rows.start) - 1
	if s.Scale == Scale255 {
		for e := range rows.value {
			rows.value[e] /= 255
		}
	}
	if s.dense {
		to := b.DenseRows(n, s.shape.Len())
		for i := range n {
			row := to.Row(i)
			clear(row)
			first, end := rows.start[i], rows.start[i+1]
			value := rows.value[first:end]
			for e, at := range rows.index[first:end] {
				row[at] = value[e]
			}
		}
		return
	}
	to := b.EntryRows(n, s.shape.Len(), len(rows.index))
	copy(to.Index, rows.index)
	copy(to.Value, rows.value)
	for i := range n {
		to.First[i], to.End[i] = int(rows.start[i]), int(rows.start[i+1])
	}
}

// page is the rows of a page: cached, or parsed. Pages are cached in the order
// they are asked for until there is no more room, and then stay: training asks
// for every row equally often, so that no other rule would find more of them.
func (s *Stream) page(k *reading, n int) (*parsed, error) {
	if p := s.cached[n].Load(); p != nil {
		return p, nil
	}
	if k.at == n {
		return &k.page, nil
	}
	k.at = -1
	if err := s.read(k, n); err != nil {
		return nil, err
	}
	k.at = n
	if size := k.page.memory(); s.room.Load() >= size && s.room.Add(-size) >= 0 {
		if !s.cached[n].CompareAndSwap(nil, k.page.copy()) {
			s.room.Add(size)
		}
	}
	return &k.page, nil
}

// read parses a page.
func (s *Stream) read(k *reading, n int) error {
	first, end, rows := s.pages[n], s.end, s.rows
	if n+1 < len(s.pages) {
		end, rows = s.pages[n+1].at, s.pages[n+1].row
	}
	size := int(end - first.at)
	if cap(k.text) < size {
		k.text = make([]byte, size+size/4)
	}
	info, err := s.file.Stat()
	if err == nil && (info.Size() != s.size || !info.ModTime().Equal(s.modified)) {
		return &ParseError{File: s.file.Name(), Msg: "the file has changed since it was opened: open it again"}
	}
	if err == nil {
		_, err = s.file.ReadAt(k.text[:size], first.at)
	}
	if err != nil && err != io.EOF {
		return fmt.Errorf("%s: line %d: %w", s.file.Name(), first.line, err)
	}
	k.page.clear()
	l, text := k.parser.text(), k.text[:size]
	l.n = first.line - 1
	for len(text) > 0 {
		line := text
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			line = text[:i+1]
		}
		text = text[len(line):]
		l.n++
		if _, err := k.parser.parse(bare(line, l.n), &k.page); err != nil {
			return err
		}
	}
	if got := len(k.page.class); got != rows-first.row {
		return &ParseError{File: s.file.Name(), Line: first.line, Msg: fmt.Sprintf("%d rows from here on, there were %d: the file has changed, open it again", got, rows-first.row)}
	}
	return nil
}
