package nnlib

import (
	"context"
	"encoding"
	"encoding/binary"
	"errors"
)

// Optimizer describes a way to make an objective smaller.
type Optimizer interface {
	// Start makes the worker for the weights of these spans, front to back.
	Start(spans []Span) Stepper
}

// Stepper takes steps. Its bytes are part of the checkpoint: a Stepper that is
// read back goes on exactly where the one that was written stood.
type Stepper interface {
	// Step changes w once. An error leaves w as it was, ErrDiverged after a
	// direct update excepted. ErrConverged says that no step is left to take.
	Step(ctx context.Context, w []Float, f Objective) (Update, error)
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

// Update is what a Stepper did.
type Update struct {
	Sum   Sum     // before the update
	Rate  float64 // used for it
	Evals int     // evaluations of the objective
	Last  bool    // the optimizer's own rule says to stop after it
}

// ErrConverged is a Stepper's way to end a run before another step. It is no
// error of the run.
var ErrConverged = errors.New("nnlib: converged")

// ErrDiverged says that the cost has become infinite or not a number. The run's
// last checkpoint is still there.
var ErrDiverged = errors.New("nnlib: the cost is not a finite number: use a smaller rate")

var errState = errors.New("nnlib: the optimizer's saved state has another length")

// length is the number of weights in spans.
func length(spans []Span) (n int) {
	for _, s := range spans {
		n += s.Len
	}
	return n
}

// pack appends fixed-size values, slices of numbers, and slices of such slices.
func pack(b []byte, values ...any) ([]byte, error) {
	var err error
	for _, v := range values {
		if m, ok := v.([][]Float); ok {
			for _, x := range m {
				if b, err = binary.Append(b, binary.LittleEndian, x); err != nil {
					return b, err
				}
			}
			continue
		}
		if b, err = binary.Append(b, binary.LittleEndian, v); err != nil {
			return b, err
		}
	}
	return b, nil
}

// unpack reads into pointers and slices what pack wrote, and returns the rest.
func unpack(b []byte, values ...any) ([]byte, error) {
	for _, v := range values {
		list := []any{v}
		if m, ok := v.([][]Float); ok {
			list = list[:0]
			for _, x := range m {
				list = append(list, x)
			}
		}
		for _, x := range list {
			n, err := binary.Decode(b, binary.LittleEndian, x)
			if err != nil {
				return b, errState
			}
			b = b[n:]
		}
	}
	return b, nil
}
