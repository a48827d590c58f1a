package nnlib

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"

	"digitlab/nnlib/comm"
	"digitlab/nnlib/internal/kernel"
)

// Run is a recipe's training, in a directory or in memory. It is moved on by
// To; one goroutine uses it at a time.
type Run struct {
	recipe  Recipe
	machine Machine
	dir     directory // empty: in memory
	head    *state    // the furthest
	shown   []Float   // weights last reached
	history []Step
	saved   int            // steps of history on disk
	kept    map[int][]byte // snapshots of a run in memory
	err     error
	unsaved bool
	lost    error             // head's weights are not to be used; the directory's checkpoint is
	ranks   comm.Communicator // nil: this process alone

	profile   Profile
	print     [32]byte // of the data bound last
	sampler   *sampler
	objective *objective
}

// ErrInterrupted says that the context ended, by an interrupt or a deadline,
// before the step asked for. The run is saved; the same call goes on from there.
var ErrInterrupted = errors.New("nnlib: interrupted; the run is saved")

// NewRun is a run in memory.
func NewRun(r Recipe, m ...Machine) (*Run, error) { return OpenRun("", r, m...) }

// OpenRun opens the run in a directory, or begins one where there is none. It
// writes nothing: the first To makes the directory. A directory with another
// recipe is an error that shows the difference. At most one Machine is given.
func OpenRun(dir string, r Recipe, m ...Machine) (*Run, error) {
	run := &Run{recipe: r, dir: directory(dir), kept: map[int][]byte{}}
	if len(m) > 0 {
		run.machine = m[0]
	}
	if c := run.machine.Comm; c != nil && c.Size() > 1 {
		run.ranks = c
	}
	err := r.check()
	if err == nil {
		if _, err = kernel.Tier(); err != nil {
			err = fmt.Errorf("nnlib: %w", err)
		}
	}
	if err := run.same(run.text(nil), err); err != nil {
		return nil, err
	}
	if err := run.load(func(s *state) ([]Step, error) {
		if dir == "" {
			return nil, nil
		}
		exists, err := run.dir.checkRecipe(r.String())
		if err != nil || !exists {
			return nil, err
		}
		return run.dir.read(s)
	}); err != nil {
		return nil, err
	}
	return run, nil
}

// text is that of recipe.txt. Without data it has no line about them.
func (r *Run) text(print *[32]byte) string {
	text := r.recipe.String()
	if print != nil {
		text += fmt.Sprintf("Data: sha256:%x\n", *print)
	}
	return text + "Precision: " + Precision + "\n"
}

// Recipe is the run's recipe.
func (r *Run) Recipe() Recipe { return r.recipe }

// Dir is the run's directory, empty for a run in memory.
func (r *Run) Dir() string { return string(r.dir) }

// History is a copy of the steps up to the furthest one.
func (r *Run) History() []Step { return append([]Step(nil), r.history...) }

// Err is the error of the To ranged over last, or nil.
func (r *Run) Err() error { return r.err }

// Model is a copy of the weights last reached: in a To loop those after the
// step just yielded, or the run's newest while steps are replayed.
func (r *Run) Model() *Model {
	return &Model{r.recipe.Topology, append([]Float(nil), r.shown...)}
}

// ModelAt is the model of a step that a To had as its target. After a run that
// stopped, any later step is its last model: by Patience, the best one.
func (r *Run) ModelAt(step int) (*Model, error) {
	if r.lost == nil && (step == r.head.step || r.head.stopped && step > r.head.step) {
		return &Model{r.recipe.Topology, append([]Float(nil), r.head.weights...)}, nil
	}
	s, err := r.recipe.start()
	if err != nil || step == 0 {
		return &Model{r.recipe.Topology, s.weights}, err
	}
	found, err := r.recall(s, step, step)
	if err == nil && !found && step == r.head.step {
		err = r.lost
	}
	if err == nil && !found {
		err = fmt.Errorf("nnlib: there is no snapshot of step %d (the run is at %d): range over To(%d) first", step, r.head.step, step)
	}
	if err != nil {
		return nil, err
	}
	return &Model{r.recipe.Topology, s.weights}, nil
}

// To goes to a step: it yields the steps that the run has, marked as replayed,
// and computes the rest. Afterwards the model is the one of that step, also
// where the run has gone further before; the step's weights are kept as a
// snapshot. Leaving the loop saves and is no error; Err tells of others. Ranging
// again is another To.
func (r *Run) To(ctx context.Context, d Dataset, step int) iter.Seq[Step] {
	return func(yield func(Step) bool) { r.err = r.to(ctx, d, step, yield) }
}

func (r *Run) to(ctx context.Context, d Dataset, target int, yield func(Step) bool) error {
	if target < 0 {
		return fmt.Errorf("nnlib: To(%d): steps are counted from 0", target)
	}
	release, err := r.bind(d)
	if err != nil {
		return err
	}
	defer release()
	reached, err := r.follow(ctx, target, yield)
	var failed error
	if r.unsaved && r.lost == nil {
		failed = r.save()
	}
	if reached != nil && err == nil && failed == nil {
		failed = r.keep(reached)
	}
	if err = r.part(ctx, err, failed); r.lost != nil {
		r.lost = err
	}
	return err
}

// follow yields and computes the steps up to a target, and returns its state, or
// nil where the loop was left.
func (r *Run) follow(ctx context.Context, target int, yield func(Step) bool) (*state, error) {
	for _, s := range r.history[:min(target, len(r.history))] {
		s.Replayed = true
		if !yield(s) {
			return nil, nil
		}
	}
	if target < r.head.step {
		return r.back(ctx, target)
	}
	r.shown, r.unsaved = r.head.weights, true
	last, within := time.Now(), r.within(ctx)
	for r.head.step < target && !r.head.stopped {
		start := time.Now()
		if err := r.meet(ctx); err != nil {
			return nil, err
		}
		s, err := r.advance(within, r.head)
		if errors.Is(err, ErrConverged) {
			r.head.stopped = true
			break
		}
		diverged, lost := errors.Is(err, ErrDiverged), errors.As(err, new(*lostError))
		if diverged || lost {
			err = fmt.Errorf("step %d: %w", r.head.step+1, err)
		}
		if lost || diverged && r.objective.at.Direct {
			r.lost = err
		}
		if err != nil {
			return nil, err
		}
		s.Seconds = time.Since(start).Seconds()
		r.history, r.unsaved = append(r.history, s), true
		if time.Since(last) > r.machine.save() {
			if err := r.save(); err != nil {
				return nil, err
			}
			last = time.Now()
		}
		if !yield(s) {
			return nil, nil
		}
	}
	return r.head, nil
}

// Profile is the time of the steps computed so far, by phase, where the Machine
// says Profile.
func (r *Run) Profile() Profile { return r.profile }

// Stopped says that the run has ended by itself: by Patience or by a rule of
// the optimizer. No further To takes a step.
func (r *Run) Stopped() bool { return r.head.stopped }

// Best is the model with the lowest validation cost so far, whether or not the
// run has stopped. It needs a recipe with Patience.
func (r *Run) Best() (*Model, error) {
	if r.head.kept == nil || math.IsInf(r.head.best, 1) {
		return nil, &RecipeError{"Patience", "without it, or before the first epoch has ended, no best model is kept"}
	}
	return &Model{r.recipe.Topology, append([]Float(nil), r.head.kept...)}, nil
}
