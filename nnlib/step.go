package nnlib

import (
	"context"
	"fmt"
	"math"
)

// advance takes one step: whole, or not at all.
func (r *Run) advance(ctx context.Context, s *state) (Step, error) {
	o := r.objective
	k := o.workers[0]
	k.clock.start(r.machine.Profile)
	rows, at := r.sampler.at(s.step)
	o.next = r.sampler.after(s.step)
	k.lap(sampling)
	if _, ok := o.data.(Steady); !ok {
		at.Fixed = false
	}
	o.at, o.rows, o.pass = at, rows, Pass{Train: true, Seed: r.recipe.Seed, Step: uint64(s.step)}
	u, err := s.stepper.Step(ctx, s.weights, o)
	k.lap(applying)
	if err != nil {
		return Step{}, err
	}
	r.profile.Steps++
	for i, t := range k.clock.time {
		r.profile.Time[i] += t
	}
	step := Step{
		Number: at.Step + 1, Epoch: at.Epoch + 1, EpochEnd: at.Last, Examples: u.Sum.Examples,
		Cost: u.Sum.Mean(), Accuracy: u.Sum.Accuracy(), Rate: u.Rate, Evals: u.Evals, Validation: math.NaN(), ValidationAccuracy: math.NaN(),
	}
	if at.Last && len(r.sampler.held) > 0 {
		if r.ranks != nil { // one may have failed on its own
			if err := r.meet(ctx); err != nil {
				return Step{}, &lostError{err}
			}
		}
		sum, err := r.validate(ctx, s)
		if err != nil {
			return Step{}, &lostError{err}
		}
		step.Validation, step.ValidationAccuracy = sum.Mean(), sum.Accuracy()
	}
	s.stopped = s.stopped || u.Last
	s.step++
	return step, nil
}

// validate measures the held-out rows and decides whether the run has ended.
func (r *Run) validate(ctx context.Context, s *state) (Sum, error) {
	o := r.objective
	penalty := o.penalty
	o.penalty, o.pass.Train, o.rows = nil, false, selection{n: len(r.sampler.held), list: r.sampler.held}
	sum, err := o.Eval(context.WithoutCancel(ctx), s.weights, nil)
	o.penalty = penalty
	if err != nil || s.kept == nil {
		return sum, err
	}
	if s.waited++; sum.Mean() < s.best {
		s.best, s.waited = sum.Mean(), 0
		copy(s.kept, s.weights)
	}
	if s.waited >= r.recipe.Patience {
		if math.IsInf(s.best, 1) {
			return sum, ErrDiverged // no epoch had a finite cost: there is no best
		}
		s.stopped = true
		copy(s.weights, s.kept)
	}
	return sum, nil
}

// back shows a step behind the head: its snapshot, or the nearest earlier one
// and the steps from there. Head, history and checkpoint stay.
func (r *Run) back(ctx context.Context, target int) (*state, error) {
	s, err := r.recipe.start()
	if err != nil {
		return nil, err
	}
	if _, err := r.recall(s, 1, target); err != nil {
		return nil, err
	}
	for within := r.within(ctx); s.step < target; {
		if err := r.meet(ctx); err != nil {
			return nil, err
		}
		if _, err := r.advance(within, s); err != nil {
			return nil, err
		}
	}
	r.shown = s.weights
	return s, nil
}

// lostError is an error after the weights had changed.
type lostError struct{ error }

func (e *lostError) Unwrap() error { return e.error }

// interrupted wraps an error that comes from the end of ctx.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ErrInterrupted, err)
	}
	return err
}
