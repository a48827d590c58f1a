package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"time"

	"digitlab/nnlib"
	"digitlab/nnlib/comm"
	"digitlab/nnlib/comm/mpi"
)

// onRanks runs a command on every rank that was started: where mpirun, mpiexec or
// srun started this process, and else alone. Rank 0 alone speaks, and it has
// spoken before any rank ends.
func onRanks(ctx context.Context, s streams, c command, args []string) int {
	if s.ranks == nil {
		var err error
		if s.ranks, err = mpi.World(); err != nil {
			return status(s.err, c, err)
		}
	}
	all := s.err
	if s.ranks.Rank() > 0 {
		s.out, s.err = io.Discard, io.Discard
	} else if s.ranks.Size() > 1 {
		fmt.Fprintln(s.err, mpi.Describe(s.ranks))
	}
	err := c.run(ctx, s, args)
	if lost(err) {
		return status(all, c, err) // rank 0 may be the one that is gone
	}
	code := status(s.err, c, err)
	if err := s.ranks.Close(); err != nil && code == 0 {
		return status(all, c, err)
	}
	return code
}

// lost says that the ranks have lost each other.
func lost(err error) bool { return errors.As(err, new(*mpi.Error)) }

// fairWorkers is how many goroutines a rank has where nobody says: the
// processors that it may use, shared out among the ranks of its host that may use
// the same. It is collective.
func fairWorkers(c comm.Communicator) (int, error) {
	n := runtime.GOMAXPROCS(0)
	if c.Size() == 1 {
		return n, nil
	}
	host, _ := os.Hostname()
	status, _ := os.ReadFile("/proc/self/status")
	mine := []byte(host + " " + string(allowed.Find(status)))
	all, err := comm.Gather(c, mine)
	same := 0
	for _, other := range all {
		if bytes.Equal(other, mine) {
			same++
		}
	}
	return max(n/max(same, 1), 1), err
}

// allowed is the processors that a process may use, where the system says so.
var allowed = regexp.MustCompile(`Cpus_allowed_list:.*`)

// anywhere says whether something is so on any rank. It is collective.
func anywhere(c comm.Communicator, x bool) (bool, error) {
	var n int64
	if x {
		n = 1
	}
	n, err := c.AgreeMax(n)
	return n > 0 && err == nil, err
}

// together does every rank's own work and returns when all are done, with the
// error of the lowest rank that has one. While it works, a rank shows the others
// that it is there: they would wait for it, and give it up. A rank that is
// interrupted, or fails, stops all.
func together(ctx context.Context, c comm.Communicator, work func(ctx context.Context) error) error {
	if c.Size() == 1 {
		return work(ctx)
	}
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- work(within) }()
	var err error
	agreed := func(x bool) bool {
		all, e := anywhere(c, x)
		err = errors.Join(err, e)
		return all
	}
	for running := true; agreed(running); {
		if agreed(ctx.Err() != nil || err != nil) {
			cancel()
		}
		select {
		case err = <-done:
			running = false
		case <-time.After(100 * time.Millisecond):
		}
	}
	stopped := errors.Is(err, nnlib.ErrInterrupted)
	own := err
	if stopped {
		own = nil
	}
	if all := agreed(stopped); all && !stopped && err == nil {
		err = fmt.Errorf("%w: another rank was asked to stop", nnlib.ErrInterrupted)
	}
	if e := comm.Agree(c, own); e != nil {
		return e
	}
	return err
}

// event is a line of train's -json.
type event struct {
	Event string `json:"event"` // start, step, saved, end

	// Of start.
	Ranks   int    `json:"ranks,omitempty"`
	Workers int    `json:"workers,omitempty"`
	World   string `json:"world,omitempty"`
	Target  int    `json:"target,omitempty"`

	// Of a step, by the names of history.csv.
	Step               int      `json:"step,omitempty"`
	Epoch              int      `json:"epoch,omitempty"`
	EpochEnd           bool     `json:"epoch_end,omitempty"`
	Examples           int64    `json:"examples,omitempty"`
	Cost               *float64 `json:"cost,omitempty"`
	Accuracy           *float64 `json:"accuracy,omitempty"`
	Rate               *float64 `json:"rate,omitempty"`
	Evals              int      `json:"evals,omitempty"`
	Validation         *float64 `json:"validation,omitempty"`
	ValidationAccuracy *float64 `json:"validation_accuracy,omitempty"`
	Seconds            *float64 `json:"seconds,omitempty"`
	Replayed           bool     `json:"replayed,omitempty"`

	// Of end.
	Tested  string `json:"tested,omitempty"`
	Weights string `json:"weights,omitempty"` // SHA-256
}

// finite leaves out what is not a number.
func finite(x float64) *float64 {
	if x-x != 0 {
		return nil
	}
	return &x
}

func stepEvent(s nnlib.Step) event {
	return event{
		Event: "step", Step: s.Number, Epoch: s.Epoch, EpochEnd: s.EpochEnd, Examples: s.Examples,
		Cost: finite(s.Cost), Accuracy: finite(s.Accuracy), Rate: finite(s.Rate), Evals: s.Evals,
		Validation: finite(s.Validation), ValidationAccuracy: finite(s.ValidationAccuracy),
		Seconds: finite(s.Seconds), Replayed: s.Replayed,
	}
}

// jsonLines tells of each step in a line of JSON.
type jsonLines struct{ to *json.Encoder }

func (l jsonLines) show(s nnlib.Step) { l.to.Encode(stepEvent(s)) }

func (l jsonLines) end() {}
