package table

import (
	"bytes"
	"encoding/gob"
	"errors"
	"io"

	"digitlab/nnlib/comm"
)

// errPlain says that a rank has met something out of the ordinary: each goes
// through the whole file, and finds what is wrong as if it were alone.
var errPlain = errors.New("table: the file is not divided")

// scanned is what a rank has found in its part of a file. The part's first line
// has the number First.
type scanned struct {
	Failed              bool
	First, Lines, Rows  int
	Entries             int
	End                 int64
	At, Row, Line       []int64 // of each page: from the page before
	Max                 float64
	Float               bool
	OutsideLine         int
	OutsideColumn       int
	Outside             float64
	Places              []string // labels in the order of their first appearance
	PlaceLine, PlaceAt  []int
	LargestLabel        int
	LargestIndex, Query int
}

// divide goes through the file together with other ranks: each takes a range of
// its bytes, and all learn what was found.
func (s *Stream) divide(ranks comm.Communicator) error {
	start, end := comm.Share(int(s.size), ranks.Size(), ranks.Rank())
	err := s.scanPart(int64(start), int64(end))
	found := s.found()
	found.Failed, found.First = err != nil, 1
	if start > 0 {
		found.First = 2
	}
	var mine bytes.Buffer
	if err := gob.NewEncoder(&mine).Encode(found); err != nil {
		return err
	}
	texts, err := comm.Gather(ranks, mine.Bytes())
	if err != nil {
		return err
	}
	all := make([]scanned, len(texts))
	for i, text := range texts {
		if err := gob.NewDecoder(bytes.NewReader(text)).Decode(&all[i]); err != nil {
			return err
		}
		if all[i].Failed {
			return errPlain
		}
	}
	s.join(all)
	if most := s.first.most; most > 0 && s.rows > most {
		return errPlain
	}
	return nil
}

// scanPart scans the lines that begin in a range of bytes.
func (s *Stream) scanPart(start, end int64) error {
	if start == 0 {
		return s.scan(end, true)
	}
	// The first line says what the lines are like.
	if _, err := s.first.next(true); err != nil {
		return err
	}
	l := s.first.parser.text()
	l.r.Reset(io.NewSectionReader(s.file, start-1, s.size-start+1))
	l.end = start - 1
	if _, err := l.next(); err != nil && err != io.EOF { // the rest of a line of the part before
		return err
	}
	l.n = 1 // no later line is the first of a file
	return s.scan(end, false)
}

// state is what a parser has learned of all rows; largest and queries are those
// of LIBSVM.
func state(p parser) (v *values, k *labels, largest, queries *int) {
	switch p := p.(type) {
	case csvParser:
		return &p.values, p.labels, new(int), new(int)
	case svmParser:
		return &p.values, p.labels, &p.largest, &p.queries
	}
	panic("table: a parser without state")
}

// found is what this rank's scan has found.
func (s *Stream) found() scanned {
	v, k, largest, queries := state(s.first.parser)
	f := scanned{
		Rows: s.rows, Lines: s.first.parser.text().n, Entries: s.entries, End: s.end, Max: v.max, Float: v.isFloat,
		OutsideLine: v.outside.line, OutsideColumn: v.outside.column, Outside: v.outside.value,
		LargestIndex: *largest, Query: *queries,
	}
	var last page
	for _, p := range s.pages {
		f.At, f.Row, f.Line = append(f.At, p.at-last.at), append(f.Row, int64(p.row-last.row)), append(f.Line, int64(p.line-last.line))
		last = p
	}
	if k != nil {
		f.LargestLabel = k.largest
		for _, p := range k.places {
			f.Places, f.PlaceLine, f.PlaceAt = append(f.Places, p.text), append(f.PlaceLine, p.line), append(f.PlaceAt, p.at)
		}
	}
	return f
}

// join makes the stream's state that of all parts.
func (s *Stream) join(all []scanned) {
	v, k, largest, queries := state(s.first.parser)
	s.pages, s.rows, s.entries = s.pages[:0], 0, 0
	*queries = 0
	v.outside = place{}
	if k != nil && k.o.Names == nil {
		k.known, k.places = map[string]int{}, nil
	}
	lines := 0
	for _, f := range all {
		lines -= f.First - 1
		var p page
		for j := range f.At {
			p.at, p.row, p.line = p.at+f.At[j], p.row+int(f.Row[j]), p.line+int(f.Line[j])
			s.pages = append(s.pages, page{p.at, s.rows + p.row, lines + p.line})
		}
		v.join(&values{max: f.Max, isFloat: f.Float, outside: place{f.OutsideLine, f.OutsideColumn, f.Outside}}, lines)
		if k != nil {
			k.largest = max(k.largest, f.LargestLabel)
			for j, text := range f.Places {
				if _, known := k.known[text]; !known {
					k.known[text] = len(k.places)
					k.places = append(k.places, label{text, lines + f.PlaceLine[j], f.PlaceAt[j]})
				}
			}
		}
		*largest, *queries = max(*largest, f.LargestIndex), *queries+f.Query
		if f.Rows > 0 {
			s.end = f.End
		}
		s.rows, s.entries, lines = s.rows+f.Rows, s.entries+f.Entries, lines+f.Lines
	}
}
