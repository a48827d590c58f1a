package nnlib

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
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

// bind prepares for the data, takes the directory's lock, and reads what another
// process may have added.
func (r *Run) bind(d Dataset) (release func(), err error) {
	err = r.prepare(d)
	text := r.text(&r.print)
	at := ""
	if r.dir == "" {
		at = fmt.Sprintf("Step: %d\n", r.head.step) // with a directory all take up rank 0's
	}
	if err := r.same(text+at, err); err != nil {
		return nil, err
	}
	r.objective.data = d // the one bound before may be closed
	if r.dir == "" {
		return r.objective.rest, nil
	}
	unlock := func() {}
	err = r.load(func(s *state) ([]Step, error) {
		release, err := r.dir.lock()
		if err != nil {
			return nil, err
		}
		unlock = release
		return r.dir.begin(text, s)
	})
	if err != nil {
		unlock()
		return nil, err
	}
	return func() { r.objective.rest(); unlock() }, nil
}

// prepare makes the sampler and the workers, where the data are others than
// before.
func (r *Run) prepare(d Dataset) error {
	print, err := d.Fingerprint()
	if err != nil {
		return err
	}
	if r.objective != nil && print == r.print {
		if r.dir == "" {
			return r.lost
		}
		return nil
	}
	if err := r.checkData(d); err != nil {
		return err
	}
	s := samplerOf(r.recipe, d)
	_, own := d.(Validation)
	switch {
	case own && r.recipe.Holdout > 0:
		return &RecipeError{"Holdout", "the data has validation rows of its own: leave Holdout at zero"}
	case r.recipe.Patience > 0 && r.recipe.Holdout == 0 && !own:
		return &RecipeError{"Patience", "needs a Holdout to measure, or data with validation rows of its own"}
	case s.train.n == 0:
		return &RecipeError{"Holdout", "leaves no row to train on"}
	case r.recipe.Patience > 0 && len(s.held) == 0:
		return &RecipeError{"Holdout", fmt.Sprintf("holds out none of %d rows", d.Len())}
	}
	if r.dir == "" && r.objective != nil && r.head.step > 0 { // a directory has the fingerprint in recipe.txt
		return errors.New("nnlib: the run was trained on other data")
	}
	r.sampler, r.print = s, print
	r.objective = newObjective(r.recipe.Topology, d, r.recipe.Penalty, r.recipe.leaves, r.machine.workers())
	if r.ranks != nil {
		r.objective.ranks, s.part = r.ranks, r.objective.part
	}
	if r.dir == "" {
		return r.lost
	}
	return nil
}

// checkData compares the data's sizes with the topology's.
func (r *Run) checkData(d Dataset) error {
	t := r.recipe.Topology
	places, _, err := t.places()
	if err != nil {
		return err
	}
	out := places[len(places)-1].out.Len()
	switch {
	case d.Len() == 0:
		return &ShapeError{"data", "no rows"}
	case d.Shape().Len() != t.Input.Len():
		return &ShapeError{"data", fmt.Sprintf("rows of %d values, the topology reads %d", d.Shape().Len(), t.Input.Len())}
	case d.Classes() > out:
		return &ShapeError{"data", fmt.Sprintf("%d classes, the topology has %d outputs", d.Classes(), out)}
	}
	return nil
}

// Profile is the time of the steps computed so far, by phase, where the Machine
// says Profile.
func (r *Run) Profile() Profile { return r.profile }

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
