package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"digitlab/nnlib"

	"golang.org/x/term"
)

// progress is one line about training: redrawn in place on a terminal, and
// otherwise written anew every ten seconds.
type progress struct {
	w        io.Writer
	terminal bool
	target   int
	classes  bool // rows have classes, and so an accuracy
	start    time.Time
	shown    time.Time
	fresh    int // steps computed
	line     string
}

func newProgress(w io.Writer, target int, classes bool) *progress {
	f, ok := w.(*os.File)
	now := time.Now()
	return &progress{w: w, terminal: ok && term.IsTerminal(int(f.Fd())), target: target, classes: classes, start: now, shown: now}
}

func (p *progress) show(s nnlib.Step) {
	if s.Replayed {
		p.start = time.Now()
	} else {
		p.fresh++
	}
	left := "  left estimating"
	switch {
	case s.Number >= p.target:
		left = ""
	case p.fresh >= 5:
		d := time.Since(p.start) / time.Duration(p.fresh) * time.Duration(p.target-s.Number)
		d = d.Round(time.Second)
		left = fmt.Sprintf("  left about %d:%02d", int(d.Minutes()), int(d.Seconds())%60)
	}
	accuracy := ""
	if p.classes {
		accuracy = fmt.Sprintf("  accuracy %.2f %%", 100*s.Accuracy)
	}
	p.line = fmt.Sprintf("step %d of %d  cost %.4f%s  rate %.4g%s", s.Number, p.target, s.Cost, accuracy, s.Rate, left)
	every := 10 * time.Second
	if p.terminal {
		every = 100 * time.Millisecond
	}
	if time.Since(p.shown) >= every {
		p.draw()
	}
}

func (p *progress) draw() {
	p.shown = time.Now()
	if p.terminal {
		fmt.Fprintf(p.w, "\r%s\x1b[K", p.line)
	} else {
		fmt.Fprintln(p.w, p.line)
	}
}

// end leaves the last line standing.
func (p *progress) end() {
	if p.line == "" {
		return
	}
	p.draw()
	if p.terminal {
		fmt.Fprintln(p.w)
	}
}
