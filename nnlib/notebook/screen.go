package notebook

import (
	"io"
	"os"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
)

// sink takes what is shown.
type sink interface {
	// Update shows HTML in the block of that id: a new block below the cell the
	// first time, the same one drawn again after that.
	Update(id, html string)
	// Sync returns when all updates have arrived.
	Sync()
}

// screen is where the program of a cell shows things.
type screen struct {
	sink  sink
	words io.Writer        // the last words of a program that fails, for what runs notebooks
	now   func() time.Time // the clock
	exit  func(status int) // ends the program
	still bool             // finished blocks leave out what depends on the machine
}

// cell is the screen of this program.
var cell = &screen{sink: kernel{}, words: os.Stderr, now: time.Now, exit: os.Exit, still: Exporting()}

// Quick reports whether NB_QUICK is set to something other than 0: cells then
// take fewer steps, to be tried within seconds.
func Quick() bool { return set("NB_QUICK") }

// Exporting reports whether the notebook is run for its page, as `make reports`
// does (NB_STILL): what a cell writes goes into reports/ then, and at any other
// time somewhere below runs/, so that a reader's checkout stays as it is.
func Exporting() bool { return set("NB_STILL") }

func set(name string) bool {
	v := os.Getenv(name)
	return v != "" && v != "0"
}

// kernel is the sink of a program that a GoNB kernel has started.
type kernel struct{}

func (kernel) Update(id, html string) { gonbui.UpdateHTML(id, html) }

func (kernel) Sync() { gonbui.Sync() }

// show shows HTML in a block of its own and waits for its arrival: without
// that the last display of a program can be lost.
func (s *screen) show(html string) {
	s.sink.Update(gonbui.UniqueId(), html)
	s.sink.Sync()
}
