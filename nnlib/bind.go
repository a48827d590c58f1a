package nnlib

import (
	"errors"
	"fmt"
)

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
