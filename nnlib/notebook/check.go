package notebook

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"

	"digitlab/nnlib"
)

// Must is v. With an error it does what Check does.
func Must[T any](v T, err error) T {
	cell.check(err)
	return v
}

// Check does nothing for nil. Any other error is shown with what to do about
// it and ends the program with status 1, which whatever runs notebooks takes
// as the cell's failure; its text goes to standard error too. An interrupt is
// shown calmly and ends the program with status 0. What Watch has shown
// is not shown again.
func Check(err error) { cell.check(err) }

func (s *screen) check(err error) {
	if err == nil {
		return
	}
	b := failure(err)
	if !errors.As(err, new(shown)) {
		h, broken := b.html()
		if broken != nil {
			h = ""
		}
		s.show(h)
	}
	if b.Class == halt {
		s.exit(0)
		return
	}
	fmt.Fprintln(s.words, err)
	s.exit(1)
}

// shown marks an error that a live block tells about.
type shown struct{ error }

func (e shown) Unwrap() error { return e.error }

// Context ends when the cell is interrupted. It is the same for all callers.
func Context() context.Context { return interrupted() }

var interrupted = sync.OnceValue(untilInterrupt)

func untilInterrupt() context.Context {
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt)
	return ctx
}

// stopped tells an interrupt from a failure.
func stopped(err error) bool {
	return errors.Is(err, nnlib.ErrInterrupted) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
