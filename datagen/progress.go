package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"digitlab/nnlib/mnist"
)

// progress shows how far the work has come and when it will end: a bar on a
// terminal, else a line when work begins and one every few seconds.
type progress struct {
	w        io.Writer
	terminal bool
	every    time.Duration // between two lines

	mu          sync.Mutex
	bar         *progressbar.ProgressBar
	what        string
	bytes       bool
	done, total int64
	start, last time.Time
}

func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	return &progress{w: w, terminal: ok && term.IsTerminal(int(f.Fd())), every: 5 * time.Second}
}

// say prints a line.
func (p *progress) say(text string) { fmt.Fprintln(p.w, "datagen:", text) }

// begin starts work of a total number of bytes or rows; 0: unknown.
func (p *progress) begin(what string, total int64, bytes bool) {
	p.end()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what, p.bytes, p.done, p.total, p.start = what, bytes, 0, total, time.Now()
	p.last = p.start
	if !p.terminal {
		p.say(what)
		return
	}
	length := total
	if length == 0 {
		length = -1 // a spinner
	}
	options := []progressbar.Option{
		progressbar.OptionSetWriter(p.w),
		progressbar.OptionSetDescription(what),
		progressbar.OptionShowBytes(bytes && total > 0),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionSetWidth(24),
		progressbar.OptionThrottle(100 * time.Millisecond),
		progressbar.OptionClearOnFinish(),
	}
	if total > 0 {
		options = append(options, progressbar.OptionShowCount())
	}
	p.bar = progressbar.NewOptions64(length, options...)
	p.bar.RenderBlank()
}

// add says that n more bytes or rows are done.
func (p *progress) add(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set(p.done + n)
}

// set says how many are done.
func (p *progress) set(done int64) {
	p.done = done
	if p.bar != nil {
		p.bar.Set64(done)
		return
	}
	if now := time.Now(); now.Sub(p.last) >= p.every && p.total > 0 && done > 0 {
		p.last = now
		left := time.Duration(float64(now.Sub(p.start)) * float64(p.total-done) / float64(done))
		p.say(fmt.Sprintf("%s: %d %%, %v left", p.what, 100*done/p.total, left.Round(time.Second)))
	}
}

// end takes the bar away.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.Finish() // clears it, and ends a spinner
		p.bar = nil
	}
}

// fetched shows the transfer of a file.
func (p *progress) fetched(f mnist.Progress) {
	what := fmt.Sprintf("fetching %s from %s", f.File, f.Source)
	p.mu.Lock()
	another := what != p.what
	p.mu.Unlock()
	if another {
		p.begin(what, f.Total, true)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set(f.Done)
}
