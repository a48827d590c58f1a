package mpi

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

// DefaultLimit is how long a rank waits for the others in one call, where
// DIGITLAB_MPI_LIMIT says nothing.
const DefaultLimit = 2 * time.Minute

// limit reads DIGITLAB_MPI_LIMIT.
func limit(text string) (time.Duration, error) {
	if text == "" {
		return DefaultLimit, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("mpi: DIGITLAB_MPI_LIMIT=%s: want a duration such as 30s or 5m", text)
	}
	return d, nil
}

// watch ends the process when a call does not return. It counts ticks, not
// time: a process that was stopped, or a machine that slept, has not waited.
type watch struct {
	limit  time.Duration
	grace  atomic.Int64 // more of it, as a time.Duration
	calls  atomic.Int64 // begun and ended: odd within a call
	name   atomic.Pointer[string]
	expire func(call string)
	stop   chan struct{}
}

func newWatch(limit time.Duration, expire func(call string)) *watch {
	w := &watch{limit: limit, expire: expire, stop: make(chan struct{})}
	go w.run(min(max(limit/20, time.Millisecond), time.Second))
	return w
}

func (w *watch) run(tick time.Duration) {
	t := time.NewTicker(tick)
	defer t.Stop()
	var seen int64
	var waited time.Duration
	for {
		select {
		case <-w.stop:
			return
		case <-t.C:
		}
		calls := w.calls.Load()
		if calls%2 == 0 || calls != seen {
			seen, waited = calls, 0
			continue
		}
		if waited += tick; waited >= w.limit+time.Duration(w.grace.Load()) {
			w.expire(*w.name.Load())
			return
		}
	}
}

// begin starts a call; name is not to change.
func (w *watch) begin(name *string) {
	w.name.Store(name)
	w.calls.Add(1)
}

func (w *watch) end() { w.calls.Add(1) }

func (w *watch) close() { close(w.stop) }

// exit says why and ends the process at once; the library may be in the middle
// of a call.
func exit(status int, why string) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(status)
}
