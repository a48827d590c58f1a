package table

import (
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"digitlab/nnlib"
	"digitlab/nnlib/comm"
)

// Open is Load for images larger than memory. The labels, a line each, are
// held in memory.
func Open(images, labels string, o Options) (*Stream, error) {
	return opening(o, func() (*Stream, error) { return imageStream(images, labels, o) })
}

func imageStream(images, labels string, o Options) (*Stream, error) {
	ls, f, err := open(labels)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := readLabels(ls, o)
	if err != nil {
		return nil, err
	}
	s, l, err := openStream(images, o)
	if err != nil {
		return nil, err
	}
	s.targets = t
	r := &rows{lines: l, columns: o.Shape.Len()}
	s.parser = func() parser {
		return csvParser{rows: &rows{lines: &lines{name: images}, separator: r.separator, columns: r.columns}}
	}
	next := func(first bool) ([]byte, error) {
		line, err := l.row()
		if err == nil && s.rows == t.rows() {
			err = l.wrong(0, "more images than %s has labels (%d): the files do not belong together, or one is cut short", labels, t.rows())
		}
		if err == nil && first {
			r.separator = separator(line)
			if r.columns == 0 {
				r.columns = fields(line, r.separator)
			}
		}
		return line, err
	}
	s.first = pass{csvParser{rows: r}, next, func() error {
		if s.rows < t.rows() {
			return fewer(images, s.rows, labels, t.rows())
		}
		s.classes, s.OneHot = t.classes, t.oneHot
		if t.width > 0 {
			s.classes = t.width
		}
		return s.begin(&r.values, r.imageScale, r.columns)
	}, t.rows()}
	return s, nil
}

// OpenCSV is LoadCSV for a file larger than memory.
func OpenCSV(path string, o Options) (*Stream, error) {
	return opening(o, func() (*Stream, error) { return csvStream(path, o) })
}

func csvStream(path string, o Options) (*Stream, error) {
	s, l, err := openStream(path, o)
	if err != nil {
		return nil, err
	}
	s.labels = newLabels(o, true)
	r := &rows{lines: l}
	s.parser = func() parser {
		return csvParser{&rows{lines: &lines{name: path}, separator: r.separator, columns: r.columns, labelAt: r.labelAt}, s.labels}
	}
	next := func(first bool) ([]byte, error) {
		line, err := l.row()
		if err == nil && first && r.columns == 0 {
			if s.Columns, line, err = r.header(line, o); err == nil && line == nil {
				if line, err = l.row(); err == io.EOF {
					err = r.none()
				}
			}
		}
		return line, err
	}
	s.first = pass{csvParser{r, s.labels}, next, func() error {
		if s.classes, s.Names, err = s.labels.close(path); err != nil {
			return err
		}
		return s.begin(&r.values, r.plainScale, r.columns-1)
	}, 0}
	return s, nil
}

// OpenLIBSVM is LoadLIBSVM for a file larger than memory.
func OpenLIBSVM(path string, o Options) (*Stream, error) {
	return opening(o, func() (*Stream, error) { return svmStream(path, o) })
}

func svmStream(path string, o Options) (*Stream, error) {
	s, l, err := openStream(path, o)
	if err != nil {
		return nil, err
	}
	s.labels = newLabels(o, false)
	e := newEntries(l, o, s.labels)
	s.parser = func() parser {
		return svmParser{&entries{lines: &lines{name: path}, labels: s.labels, limit: e.limit}}
	}
	next := func(bool) ([]byte, error) { return l.next() }
	s.first = pass{svmParser{e}, next, func() error {
		if s.classes, s.Names, err = s.labels.close(path); err != nil {
			return err
		}
		if err := s.begin(&e.values, e.plainScale, max(1, e.largest)); err != nil {
			return err
		}
		s.Notices = e.notices(s.Notices)
		return nil
	}, 0}
	return s, nil
}

// fields counts the values of a line.
func fields(line []byte, separator byte) (n int) {
	for i := 0; i >= 0; n++ {
		text, next := cut(line, i, separator)
		if len(text) == 0 && separator == ' ' {
			return n
		}
		i = next
	}
	return n
}

func openStream(path string, o Options) (*Stream, *lines, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file that can be read in any order: copy it into one, or load it into memory", path)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	s := &Stream{options: o, file: f, size: info.Size(), modified: info.ModTime()}
	return s, newLines(Source{path, f}), nil
}

// pass is how a file is gone through for the first time: lines are checked, and
// then finish settles the sizes.
type pass struct {
	parser parser
	next   func(first bool) ([]byte, error)
	finish func() error
	most   int // rows that there may be; 0: any number
}

// opening makes a stream and goes through its file, alone or with other ranks.
func opening(o Options, make func() (*Stream, error)) (*Stream, error) {
	s, err := make()
	if o.Ranks != nil && o.Ranks.Size() > 1 {
		if err = comm.Agree(o.Ranks, err); err == nil {
			err = s.divide(o.Ranks)
		}
		if err == errPlain {
			s.file.Close()
			s, err = make()
			if err == nil {
				err = s.scan(-1, true)
			}
		}
	} else if err == nil {
		err = s.scan(-1, true)
	}
	if err == nil {
		err = s.settle()
	}
	if err != nil {
		if s != nil {
			s.file.Close()
		}
		return nil, err
	}
	s.content = sync.OnceValues(func() ([32]byte, error) {
		if o.Ranks != nil {
			return nnlib.FingerprintOver(o.Ranks, s)
		}
		return nnlib.Fingerprint(s)
	})
	return s, nil
}

// scan goes through all lines that begin before an end (-1: of the file) once: it
// checks them and notes where pages begin. The first one may be a header line.
func (s *Stream) scan(end int64, first bool) error {
	p, l := s.first.parser, s.first.parser.text()
	var row parsed
	for {
		line, err := s.first.next(first && s.rows == 0)
		if err == io.EOF {
			return nil
		}
		if err == nil && end >= 0 && l.begin >= end {
			l.n-- // it is not of this part
			return nil
		}
		if err != nil {
			return err
		}
		row.clear()
		is, err := p.parse(line, &row)
		if err != nil {
			return err
		}
		if !is {
			continue
		}
		if n := len(s.pages); n == 0 || l.end-s.pages[n-1].at > pageSize {
			s.pages = append(s.pages, page{l.begin, s.rows, l.n})
		}
		s.entries += len(row.index)
		s.end = l.end
		s.rows++
	}
}

// settle ends the first pass.
func (s *Stream) settle() error {
	if s.rows == 0 {
		return &ParseError{File: s.file.Name(), Msg: "the file is empty"}
	}
	if err := s.first.finish(); err != nil {
		return err
	}
	s.level = s.bytes()
	s.first = pass{}
	s.dense = float64(s.entries) > denseFraction*float64(s.rows)*float64(s.shape.Len())
	s.cached = make([]atomic.Pointer[parsed], len(s.pages))
	room := s.options.Memory
	if room == 0 {
		room = standardRoom
	}
	s.room.Store(room - pageMemory*int64(len(s.pages)))
	return nil
}

// begin settles scale and shape, for rows of so many values.
func (s *Stream) begin(v *values, guess func() Scale, columns int) (err error) {
	s.shape = s.options.shape(columns)
	s.Scale, s.Notices, err = v.scale(s.file.Name(), s.options, guess)
	return err
}
