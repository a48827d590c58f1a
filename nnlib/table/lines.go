package table

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// longest is the number of bytes a line may have.
const longest = 1 << 29

// lines walks through a text. Line ends are LF or CRLF; the last line may do
// without. A byte order mark is dropped.
type lines struct {
	name string
	r    *bufio.Reader
	n    int    // number of the line that next returned, from 1
	long []byte // a line longer than the reader's buffer

	begin, end int64 // bytes of the text before that line, and with it
}

func newLines(s Source) *lines {
	return &lines{name: s.Name, r: bufio.NewReaderSize(s.Reader, 1<<18)}
}

// next is the next line without its end; io.EOF after the last one. The line
// is valid until the next call.
func (l *lines) next() ([]byte, error) {
	line, err := l.r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		l.long = l.long[:0]
		for err == bufio.ErrBufferFull && len(l.long) < longest {
			l.long = append(l.long, line...)
			line, err = l.r.ReadSlice('\n')
		}
		l.long = append(l.long, line...)
		line = l.long
	}
	if err == io.EOF && len(line) > 0 {
		err = nil
	}
	if err == io.EOF {
		return nil, io.EOF
	}
	l.n++
	l.begin, l.end = l.end, l.end+int64(len(line))
	if err == bufio.ErrBufferFull {
		return nil, l.wrong(0, "the line is longer than %d bytes: this is no table", longest)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: line %d: %w", l.name, l.n, err)
	}
	return bare(line, l.n), nil
}

// bare is line n without its end and the byte order mark.
func bare(line []byte, n int) []byte {
	line = bytes.TrimSuffix(line, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if n == 1 {
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	return line
}

// row is the next line with something on it. Empty lines are taken at the end
// of the text only.
func (l *lines) row() ([]byte, error) {
	line, err := l.next()
	if err != nil || len(bytes.TrimSpace(line)) > 0 {
		return line, err
	}
	empty := l.n
	for {
		line, err = l.next()
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(line)) > 0 {
			return nil, &ParseError{File: l.name, Line: empty, Msg: "the line is empty, but others follow: remove it, or put the values there"}
		}
	}
}

// wrong is an error in the line that next returned last.
func (l *lines) wrong(column int, format string, args ...any) error {
	return &ParseError{File: l.name, Line: l.n, Column: column, Msg: fmt.Sprintf(format, args...)}
}

// separator guesses what stands between values: a comma where the line has
// one, else blanks (' ').
func separator(line []byte) byte {
	if bytes.IndexByte(line, ',') >= 0 {
		return ','
	}
	return ' '
}

// blank is true for a space or tab.
func blank(c byte) bool { return c == ' ' || c == '\t' }
