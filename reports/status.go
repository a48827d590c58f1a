package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/term"
)

// status is the line that says how far the work is. On a terminal it is drawn over itself; elsewhere every state is a
// line of its own.
type status struct {
	file     *os.File
	terminal bool
}

func newStatus(f *os.File) *status {
	return &status{file: f, terminal: f != nil && term.IsTerminal(int(f.Fd()))}
}

func (s *status) show(format string, args ...any) {
	if s == nil || s.file == nil {
		return
	}
	if s.terminal {
		fmt.Fprintf(s.file, "\r\x1b[K"+format, args...)
	} else {
		fmt.Fprintf(s.file, format+"\n", args...)
	}
}

// clear makes room for a line that stays.
func (s *status) clear() {
	if s != nil && s.terminal {
		fmt.Fprint(s.file, "\r\x1b[K")
	}
}

// clock writes a duration as minutes and seconds: 0:09, 12:30.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
