package mpi

import (
	"errors"
	"fmt"
)

// StatusLost is the exit status of a rank that gave the others up: a temporary
// failure (EX_TEMPFAIL), after which the same command goes on from what was
// saved.
const StatusLost = 75

// Error is a call of the library that failed: the ranks have lost each other.
type Error struct {
	Call string
	Text string // the library's
}

func (e *Error) Error() string { return fmt.Sprintf("mpi: %s: %s", e.Call, e.Text) }

// ErrClosed is the error of calls after Close.
var ErrClosed = errors.New("mpi: the ranks have taken leave of each other")
