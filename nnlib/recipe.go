package nnlib

import (
	"fmt"
	"runtime"
	"time"

	"digitlab/nnlib/comm"
)

// Recipe says what is trained and how, down to the last bit: the same recipe
// and data give the same weights on any Machine.
type Recipe struct {
	Topology  Topology
	Optimizer Optimizer
	Penalty   Penalty     // nil: none
	Init      Initializer // nil: each layer's own
	Batch     int         // rows a step, in an order drawn for every epoch; the last step of an epoch may have fewer
	Shuffle   Shuffle     // of Batch's order; nil: all rows of an epoch change places
	Sample    float64     // chance of each row to be in a step, which counts as an epoch; neither Batch nor Sample: all rows
	Holdout   float64     // share of the rows, in [0, 1), never trained on and measured after every epoch
	Patience  int         // epochs without a better cost of the rows held out before the run ends with its best weights; zero: never
	Leaves    int         // of the tree that gradients are summed in; zero means one for each 1,024 rows of the step, 1 to 64
	Seed      uint64
	Weights   []Float // to start from; nil: drawn from Seed
}

// Machine says where training runs and how often it is saved. It changes no bit
// of the result.
type Machine struct {
	Workers int           // goroutines; zero means one a processor
	Save    time.Duration // between checkpoints; zero means 5 s
	Profile bool          // measure the phases of each step, for Run.Profile
	// Comm joins the ranks of one training; nil means this process alone. All
	// ranks make the same calls of OpenRun, To and ModelAt in the same order, on
	// the same data, and get the same steps and errors. Rank 0 alone reads and
	// writes the run directory.
	Comm comm.Communicator
}

func (m Machine) workers() int {
	if m.Workers > 0 {
		return m.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func (m Machine) save() time.Duration {
	if m.Save > 0 {
		return m.Save
	}
	return 5 * time.Second
}

// RecipeError names the field of a recipe that cannot be used.
type RecipeError struct{ Field, Reason string }

func (e *RecipeError) Error() string { return "nnlib: recipe: " + e.Field + ": " + e.Reason }

// check validates everything that does not depend on the data.
func (r Recipe) check() error {
	_, n, err := r.Topology.places()
	if err != nil {
		return err
	}
	if r.Optimizer == nil {
		return &RecipeError{"Optimizer", "none: use GradientDescent{Rate: 0.1}, for example"}
	}
	if o, ok := r.Optimizer.(interface{ check() error }); ok {
		if err := o.check(); err != nil {
			return err
		}
	}
	if b, ok := r.Shuffle.(Blocks); ok {
		if err := b.check(); err != nil {
			return err
		}
	}
	o, _ := r.Optimizer.(GradientDescent)
	switch {
	case r.Batch < 0:
		return &RecipeError{"Batch", "must not be negative"}
	case !(r.Sample >= 0 && r.Sample <= 1):
		return &RecipeError{"Sample", "must be in [0, 1]"}
	case r.Batch > 0 && r.Sample > 0:
		return &RecipeError{"Batch", "cannot be used together with Sample: use one of them"}
	case !(r.Holdout >= 0 && r.Holdout < 1):
		return &RecipeError{"Holdout", "must be in [0, 1)"}
	case r.Patience < 0:
		return &RecipeError{"Patience", "must not be negative"}
	case r.Batch > 0 && o.undoes():
		return &RecipeError{"Optimizer.Schedule.Undo", "updates are taken back only where a step is an epoch: not with Batch"}
	case r.Shuffle != nil && r.Batch == 0:
		return &RecipeError{"Shuffle", "is the order of mini-batches: use it with Batch"}
	case r.Leaves < 0:
		return &RecipeError{"Leaves", "must not be negative"}
	case r.Weights != nil && len(r.Weights) != n:
		return &RecipeError{"Weights", fmt.Sprintf("%d given, the topology has %d", len(r.Weights), n)}
	}
	_, err = describe(r)
	return err
}

// leaves is the number of leaves for so many chunks.
func (r Recipe) leaves(chunks int) int {
	if r.Leaves > 0 {
		return r.Leaves
	}
	return min(max(chunks/8, 1), 64)
}

// initial is the weights of step 0.
func (r Recipe) initial() ([]Float, error) {
	if r.Weights != nil {
		w := append([]Float(nil), r.Weights...)
		for i := range w {
			w[i] += 0 // of -0, zero
		}
		return w, nil
	}
	return r.Topology.Init(r.Seed, r.Init)
}

// Steps is the number of steps in so many epochs over d.
func (r Recipe) Steps(d Dataset, epochs int) int {
	return epochs * samplerOf(r, d).perEpoch()
}

// String is the text of recipe.txt: every field that is not zero, on a line of
// its own. Recipes are compared by it.
func (r Recipe) String() string {
	text, err := describe(r)
	if err != nil {
		return err.Error() + "\n"
	}
	return text
}
