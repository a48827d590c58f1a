package nnlib

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"os"
)

// state is a run at one step: exactly what a checkpoint holds.
type state struct {
	step    int
	weights []Float
	stepper Stepper
	best    float64 // lowest validation cost; +Inf: none
	kept    []Float // weights of that epoch; nil where the recipe has no Patience
	waited  int     // epochs since then
	stopped bool    // the run has ended; by Patience, weights are the best
}

// start is the state of step 0.
func (r Recipe) start() (*state, error) {
	w, err := r.initial()
	if err != nil {
		return nil, err
	}
	s := &state{weights: w, stepper: r.Optimizer.Start(r.Topology.Spans()), best: math.Inf(1)}
	if r.Patience > 0 {
		s.kept = make([]Float, len(w))
	}
	return s, nil
}

// checkpointMagic is the first line of a checkpoint: format, version, precision.
const checkpointMagic = "digitlab checkpoint 2 " + Precision + "\n"

// errCheckpoint says that a file is not a checkpoint of this recipe.
var errCheckpoint = errors.New("not a checkpoint of this recipe")

// AppendBinary writes the first line, the state little-endian, and the SHA-256
// of all that.
func (s *state) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, checkpointMagic...)
	b, err := pack(b, int64(s.step), int64(len(s.weights)), s.weights, s.best, s.kept, int64(s.waited), s.stopped)
	if err == nil {
		b, err = s.stepper.AppendBinary(b)
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), err
}

// UnmarshalBinary reads a checkpoint into a state of the same recipe.
func (s *state) UnmarshalBinary(b []byte) error {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	if !bytes.HasPrefix(b, []byte(checkpointMagic)) {
		if bytes.HasPrefix(b, []byte("digitlab checkpoint ")) && len(line) < 80 {
			return fmt.Errorf("%q: this program reads %q", line, checkpointMagic[:len(checkpointMagic)-1])
		}
		return errCheckpoint
	}
	if len(b) < len(checkpointMagic)+sha256.Size {
		return errors.New("cut off")
	}
	body, sum := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if got := sha256.Sum256(body); !bytes.Equal(got[:], sum) {
		return errors.New("damaged: its SHA-256 is another one")
	}
	var step, n, waited int64
	body, err := unpack(body[len(checkpointMagic):], &step, &n)
	if err != nil || n != int64(len(s.weights)) {
		return errCheckpoint
	}
	if body, err = unpack(body, s.weights, &s.best, s.kept, &waited, &s.stopped); err != nil {
		return errCheckpoint
	}
	s.step, s.waited = int(step), int(waited)
	return s.stepper.UnmarshalBinary(body)
}

// keep makes a snapshot: a checkpoint that stays.
func (r *Run) keep(s *state) error {
	if s.step == 0 || r.dir != "" && !r.first() {
		return nil
	}
	if r.dir != "" {
		if _, err := os.Stat(r.dir.path(snapshotName(s.step))); err == nil {
			return nil
		}
	}
	b, err := s.AppendBinary(nil)
	if err != nil {
		return err
	}
	if r.dir == "" {
		r.kept[s.step] = b
		return nil
	}
	return r.dir.write(snapshotName(s.step), b)
}

// recall reads the newest snapshot of a step from least to most into s, where
// there is one.
func (r *Run) recall(s *state, least, most int) (found bool, err error) {
	var b []byte
	if r.dir == "" {
		for step := most; step >= least && b == nil; step-- {
			b = r.kept[step]
		}
	} else if b, err = r.fromFirst(func() ([]byte, error) { return r.dir.snapshot(least, most) }); err != nil {
		return false, err
	}
	if len(b) == 0 {
		return false, nil
	}
	if err := s.UnmarshalBinary(b); err != nil {
		return false, fmt.Errorf("nnlib: snapshot of step %d in %s: %w: remove it", most, r.dir, err)
	}
	return true, nil
}

// save writes the history and then the checkpoint, which counts.
func (r *Run) save() error {
	r.unsaved = false
	if r.dir == "" || !r.first() {
		return nil
	}
	b, err := r.head.AppendBinary(nil)
	if err == nil {
		err = r.dir.add(r.history[r.saved:])
	}
	if err != nil {
		return err
	}
	r.saved = len(r.history)
	return r.dir.write("checkpoint", b)
}
