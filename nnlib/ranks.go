package nnlib

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"digitlab/nnlib/comm"
)

// How ranks stay together: each takes the same steps, and between steps they
// agree to go on. A rank that has a reason to stop (its context has ended, it
// cannot read a row, the disk is full, the loop over To was left) says so at the
// next agreement, and all leave To there, with the same error. What a rank
// cannot read while all sum their leaves rides with the sum.

// errParting says that some rank leaves To, and so all do.
var errParting = errors.New("nnlib: a rank leaves")

// commonError is an error that all ranks have got.
type commonError struct{ error }

func (e *commonError) Unwrap() error { return e.error }

// brokenError is the end of what ranks can say to each other.
type brokenError struct{ error }

func (e *brokenError) Unwrap() error { return e.error }

// common marks an error of a communicator.
func common(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.As(err, new(*comm.RankError)):
		return &commonError{err}
	}
	return &brokenError{err}
}

// first says that this rank has the run directory in its care.
func (r *Run) first() bool { return r.ranks == nil || r.ranks.Rank() == 0 }

// meet agrees to go on, or returns errParting on all ranks. The end of ctx is a
// reason to part.
func (r *Run) meet(ctx context.Context) error {
	if r.ranks == nil {
		return ctx.Err()
	}
	var part int64
	if ctx.Err() != nil {
		part = 1
	}
	most, err := r.ranks.AgreeMax(part)
	if err == nil && most > 0 {
		return errParting
	}
	return common(err)
}

// within is the context of the steps: with other ranks a step goes on to its end.
func (r *Run) within(ctx context.Context) context.Context {
	if r.ranks == nil {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

// part ends To: the ranks that do not know yet learn that this one leaves, and
// all return the same error. failed is what went wrong with the directory.
func (r *Run) part(ctx context.Context, err, failed error) error {
	if r.ranks == nil {
		switch {
		case failed != nil:
			return errors.Join(err, failed) // ErrInterrupted would say that it is saved
		case err != nil && r.lost == nil:
			return interrupted(ctx, err)
		}
		return err
	}
	if errors.As(err, new(*brokenError)) {
		return errors.Join(err, failed)
	}
	met := errors.Is(err, errParting)
	if !met {
		if _, e := r.ranks.AgreeMax(1); e != nil {
			return errors.Join(err, failed, &brokenError{e})
		}
	}
	own := failed
	if err != nil && !met && !errors.As(err, new(*commonError)) && !errors.Is(err, ErrDiverged) {
		own = errors.Join(err, failed)
	}
	switch e := common(comm.Agree(r.ranks, own)); {
	case e != nil:
		return e
	case met && ctx.Err() != nil:
		return fmt.Errorf("%w: %w", ErrInterrupted, ctx.Err())
	case met:
		return fmt.Errorf("%w: another rank was asked to stop", ErrInterrupted)
	}
	return err
}

// same compares a text about the run with rank 0's, and returns the failure of
// the lowest rank that differs or has failed.
func (r *Run) same(text string, failed error) error {
	if r.ranks == nil {
		return failed
	}
	theirs, err := r.ranks.Broadcast([]byte(text))
	if err != nil {
		return &brokenError{err}
	}
	if errors.As(failed, new(*comm.RankError)) {
		return &commonError{failed} // of a fingerprint that the ranks have made together
	}
	if failed == nil && string(theirs) != text {
		failed = fmt.Errorf("it trains something else than rank 0:\n%s", difference(string(theirs), text))
	}
	return common(comm.Agree(r.ranks, failed))
}

// fromFirst hands all ranks what rank 0 reads.
func (r *Run) fromFirst(read func() ([]byte, error)) ([]byte, error) {
	if r.ranks == nil {
		return read()
	}
	b, err := comm.FromRoot(r.ranks, read)
	return b, common(err)
}

// load makes the run's state that of its directory, or of step 0. read brings
// rank 0's into s.
func (r *Run) load(read func(s *state) ([]Step, error)) error {
	s, err := r.recipe.start()
	if err != nil {
		return err
	}
	var history []Step
	if r.ranks == nil || r.dir == "" {
		history, err = read(s)
	} else {
		history, err = r.receive(s, read)
	}
	if err != nil {
		return err
	}
	r.head, r.shown, r.history, r.saved, r.lost = s, s.weights, history, len(history), nil
	return nil
}

// receive is read on rank 0, whose result all get: the checkpoint's length, the
// checkpoint, and the history.
func (r *Run) receive(s *state, read func(s *state) ([]Step, error)) (history []Step, err error) {
	all, err := r.fromFirst(func() (all []byte, err error) {
		if history, err = read(s); err != nil {
			return nil, err
		}
		state, err := s.AppendBinary(nil)
		b := bytes.NewBuffer(binary.LittleEndian.AppendUint64(nil, uint64(len(state))))
		b.Write(state)
		if err == nil {
			err = writeHistory(b, history, true)
		}
		return b.Bytes(), err
	})
	if err != nil {
		return nil, err
	}
	if !r.first() {
		n := 8 + binary.LittleEndian.Uint64(all)
		if err = s.UnmarshalBinary(all[8:n]); err == nil {
			history, err = readHistory(bytes.NewReader(all[n:]), s.step)
		}
	}
	return replayed(history), common(comm.Agree(r.ranks, err))
}

func replayed(steps []Step) []Step {
	for i := range steps {
		steps[i].Replayed = true
	}
	return steps
}
