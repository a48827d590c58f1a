package table

import (
	"bufio"
	"bytes"
	"io"
	"runtime"
	"slices"
)

// blockSize is the number of bytes of text that are parsed at a time. It
// changes nothing but time.
var blockSize = 1 << 20

// block is whole lines of text, and the rows in them.
type block struct {
	room   []byte
	text   []byte
	rows   rows
	labels []byte // of all rows, one after the other
	ends   []int  // of each label
	good   bool   // each line is a row
	parsed chan struct{}
}

// ahead parses the lines after the first on all processors, and takes up the
// rows of one block after the other, as long as they are limit in all at most.
// It stops before a block in which anything is out of the ordinary: reading line
// by line goes on there, and says what is wrong as if nothing had been read
// ahead. Where rows have labels, each is called for one after the other.
func (r *rows) ahead(limit int, each func(label []byte) error) error {
	free, queue := make([]*block, runtime.GOMAXPROCS(0)+2), []*block(nil)
	for i := range free {
		free[i] = &block{parsed: make(chan struct{}, 1)}
	}
	var part []byte // of a line, after the last block
	var end error   // of the text
	for {
		for len(free) > 0 && end == nil {
			b := free[len(free)-1]
			if part, end = b.read(r.r, part); len(b.text) == 0 {
				break
			}
			b.rows.begin(r)
			go b.parse()
			free, queue = free[:len(free)-1], append(queue, b)
		}
		if len(queue) == 0 {
			break
		}
		b := queue[0]
		if <-b.parsed; !b.good || b.rows.count > limit-r.count {
			break
		}
		if err := r.take(b, each); err != nil {
			return err
		}
		free, queue = append(free, b), slices.Delete(queue, 0, 1)
	}
	r.back(queue, part, end)
	return nil
}

// back puts text that was read, but not taken up, before what is left to read.
func (l *lines) back(queue []*block, part []byte, end error) {
	var text []io.Reader
	for _, b := range queue {
		text = append(text, bytes.NewReader(b.text))
	}
	text = append(text, bytes.NewReader(part))
	if end == nil {
		text = append(text, l.r)
	} else {
		text = append(text, ended{end})
	}
	l.r = bufio.NewReaderSize(io.MultiReader(text...), l.r.Size())
}

// ended is a text after its last byte.
type ended struct{ error }

func (e ended) Read([]byte) (int, error) { return 0, e.error }

// read takes lines from a text, of which part has been read before, and returns
// what is left of the last one. An error that ends the text may come with lines.
func (b *block) read(r io.Reader, part []byte) (left []byte, end error) {
	b.room = slices.Grow(append(b.room[:0], part...), blockSize)
	n, end := io.ReadFull(r, b.room[len(b.room):len(b.room)+blockSize])
	b.room = b.room[:len(b.room)+n]
	b.text = b.room
	if end == io.ErrUnexpectedEOF {
		end = io.EOF
	}
	if end != io.EOF {
		b.text = b.room[:bytes.LastIndexByte(b.room, '\n')+1]
	}
	return append(part[:0], b.room[len(b.text):]...), end
}

// begin makes room for rows as r reads them.
func (b *rows) begin(r *rows) {
	b.lines = &lines{name: r.name}
	b.values = values{bytes: b.bytes[:0], floats: b.floats[:0], isFloat: r.isFloat}
	b.separator, b.columns, b.labelAt, b.count = r.separator, r.columns, r.labelAt, 0
}

// parse reads the block's lines up to one that is no row.
func (b *block) parse() {
	b.labels, b.ends, b.good = b.labels[:0], b.ends[:0], true
	for text := b.text; len(text) > 0 && b.good; b.rows.count++ {
		line := text
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			line = text[:i+1]
		}
		text = text[len(line):]
		b.rows.n++
		n, err := b.rows.line(bare(line, 0))
		b.good = err == nil && n == b.rows.columns
		if b.rows.labelAt > 0 {
			b.labels = append(b.labels, b.rows.label...)
			b.ends = append(b.ends, len(b.labels))
		}
	}
	b.parsed <- struct{}{}
}

// take appends the rows of a block.
func (r *rows) take(b *block, each func(label []byte) error) error {
	r.values.join(&b.rows.values, r.n)
	first := 0
	for _, end := range b.ends {
		r.n++
		if err := each(b.labels[first:end]); err != nil {
			return err
		}
		first = end
	}
	r.n += b.rows.n - len(b.ends)
	r.count += b.rows.count
	return nil
}
