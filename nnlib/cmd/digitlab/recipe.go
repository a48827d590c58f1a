package main

import (
	"errors"
	"flag"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"digitlab/nnlib"
	"digitlab/nnlib/spark"
)

// recipeFlags are the flags that say what is trained. Their defaults are the
// PySpark project's.
type recipeFlags struct {
	net, optimizer, schedule, init, penalty string
	shuffle                                 string
	rate, clip, decay, maxNorm, tolerance   float64
	sample, holdout                         float64
	batch, steps, epochs, patience          int
	seed                                    uint64
	time                                    time.Duration
}

func (r *recipeFlags) register(f *flag.FlagSet) {
	f.StringVar(&r.net, "net", "28x28 affine:64 tanh affine:10 sigmoid+squared", "the network: its input, then its `layers` from the bottom up")
	f.StringVar(&r.optimizer, "optimizer", "gd", "`one` of "+forms(optimizers))
	f.Float64Var(&r.rate, "rate", 0.1, "learning rate to start with")
	f.StringVar(&r.schedule, "schedule", "bold-driver:1.05,0.5", "how the rate changes, `one` of "+forms(schedules)+"; warm-up:STEPS+ before another")
	f.StringVar(&r.init, "init", "uniform:0.5", "weights to start from, `one` of "+forms(initializers))
	f.StringVar(&r.penalty, "penalty", "none", "`one` of "+forms(penalties))
	f.Float64Var(&r.clip, "clip", 0, "scale gradients down to this norm; 0: never")
	f.Float64Var(&r.decay, "decay", 0, "decoupled weight decay (with adam: AdamW)")
	f.Float64Var(&r.maxNorm, "max-norm", 0, "scale the weights into each unit down to this norm; 0: never")
	f.Float64Var(&r.tolerance, "tolerance", 0, "stop when an update is shorter than this share of the weights; l-bfgs: when cost or gradient hardly change (0: 1e-6)")
	f.Float64Var(&r.sample, "sample", 0.7, "chance of each row to be in a step; 0 or 1: all rows")
	f.IntVar(&r.batch, "batch", 0, "rows a step, shuffled every epoch, instead of -sample; 0: none")
	f.StringVar(&r.shuffle, "shuffle", "rows", "the order of -batch, `one` of "+forms(shuffles)+": blocks of neighbours change places, and then the rows within, for files larger than memory")
	f.IntVar(&r.steps, "steps", 100, "steps to go to")
	f.IntVar(&r.epochs, "epochs", 0, "epochs to go to, instead of -steps")
	f.Float64Var(&r.holdout, "holdout", 0, "share of the rows kept for validation, in [0, 1)")
	f.IntVar(&r.patience, "patience", 0, "epochs without a better validation cost before the best weights are restored; 0: never")
	f.Uint64Var(&r.seed, "seed", 1, "seed of the weights and of every draw")
	f.DurationVar(&r.time, "time", 0, "stop, saved, after this long, such as 90s; 0: no limit")
}

// choice is one value of a flag: a name, and after a colon numbers.
type choice[T any] struct {
	name    string
	numbers []string  // what they are
	usual   []float64 // where they are left out
	make    func(x []float64) T
}

// form is how the choice is written.
func (c choice[T]) form() string {
	if len(c.numbers) == 0 {
		return c.name
	}
	return c.name + ":" + strings.Join(c.numbers, ",")
}

func forms[T any](list []choice[T]) string {
	var names []string
	for _, c := range list {
		names = append(names, c.form())
	}
	return strings.Join(names, ", ")
}

// choose reads one of the choices.
func choose[T any](flag, text string, list []choice[T]) (none T, err error) {
	name, rest, has := strings.Cut(text, ":")
	for _, c := range list {
		if c.name != name {
			continue
		}
		x := append([]float64(nil), c.usual...)
		if !has {
			return c.make(x), nil
		}
		words := strings.Split(rest, ",")
		if len(words) > len(x) {
			return none, usagef("-%s %s: write it as %s", flag, text, c.form())
		}
		for i, w := range words {
			if x[i], err = strconv.ParseFloat(w, 64); err != nil || !(x[i] >= 0) {
				return none, usagef("-%s %s: %q is not a number from 0 on; write it as %s", flag, text, w, c.form())
			}
			switch name := c.numbers[i]; {
			case slices.Contains(wholes, name) && x[i] != math.Trunc(x[i]):
				return none, usagef("-%s %s: %s is a whole number, not %s", flag, text, name, w)
			case slices.Contains(positives, name) && x[i] == 0:
				return none, usagef("-%s %s: %s must be above 0", flag, text, name)
			}
		}
		return c.make(x), nil
	}
	return none, usagef("-%s %s: it is not one of %s", flag, text, forms(list))
}

// wholes are the numbers of choices that count something. positives are those
// whose zero the library takes for its default, or refuses.
var (
	wholes    = []string{"EVERY", "STEPS", "MEMORY", "ROWS"}
	positives = []string{"EVERY", "STEPS", "MEMORY", "ROWS", "GROW", "SHRINK", "FACTOR", "SCALE", "KEEP1", "KEEP2", "EPSILON"}
)

var optimizers = []choice[nnlib.Optimizer]{
	{"gd", nil, nil, func([]float64) nnlib.Optimizer { return nnlib.GradientDescent{} }},
	{"momentum", []string{"KEEP"}, []float64{0.9}, func(x []float64) nnlib.Optimizer {
		return nnlib.GradientDescent{Rule: nnlib.Momentum{Keep: x[0]}}
	}},
	{"nesterov", []string{"KEEP"}, []float64{0.9}, func(x []float64) nnlib.Optimizer {
		return nnlib.GradientDescent{Rule: nnlib.Nesterov{Keep: x[0]}}
	}},
	{"adam", []string{"KEEP1", "KEEP2", "EPSILON"}, []float64{0, 0, 0}, func(x []float64) nnlib.Optimizer {
		return nnlib.GradientDescent{Rule: nnlib.Adam{Keep1: x[0], Keep2: x[1], Epsilon: x[2]}}
	}},
	{"l-bfgs", []string{"MEMORY"}, []float64{0}, func(x []float64) nnlib.Optimizer { return nnlib.LBFGS{Memory: int(x[0])} }},
}

var schedules = []choice[nnlib.Schedule]{
	{"constant", nil, nil, func([]float64) nnlib.Schedule { return nil }},
	{"bold-driver", []string{"GROW", "SHRINK"}, []float64{1.05, 0.5}, func(x []float64) nnlib.Schedule {
		return nnlib.BoldDriver{Grow: x[0], Shrink: x[1]}
	}},
	{"bold-driver-undo", []string{"GROW", "SHRINK"}, []float64{1.05, 0.5}, func(x []float64) nnlib.Schedule {
		return nnlib.BoldDriver{Grow: x[0], Shrink: x[1], Undo: true}
	}},
	{"step", []string{"EVERY", "FACTOR"}, []float64{1000, 0.1}, func(x []float64) nnlib.Schedule {
		return nnlib.StepDecay{Every: int(x[0]), Factor: x[1]}
	}},
	{"exponential", []string{"FACTOR"}, []float64{0.999}, func(x []float64) nnlib.Schedule {
		return nnlib.Exponential{Factor: x[0]}
	}},
	{"inverse-sqrt", []string{"SCALE"}, []float64{1}, func(x []float64) nnlib.Schedule {
		return nnlib.InverseSqrt{Scale: x[0]}
	}},
	{"cosine", []string{"STEPS", "FLOOR"}, []float64{1000, 0}, func(x []float64) nnlib.Schedule {
		return nnlib.Cosine{Steps: int(x[0]), Floor: x[1]}
	}},
	{"one-cycle", []string{"STEPS"}, []float64{1000}, func(x []float64) nnlib.Schedule {
		return nnlib.OneCycle{Steps: int(x[0])}
	}},
}

var initializers = []choice[nnlib.Initializer]{
	{"layer", nil, nil, func([]float64) nnlib.Initializer { return nil }},
	{"uniform", []string{"LIMIT"}, []float64{0.5}, func(x []float64) nnlib.Initializer { return nnlib.Uniform{Limit: x[0]} }},
	{"glorot", nil, nil, func([]float64) nnlib.Initializer { return nnlib.Glorot{} }},
	{"he", nil, nil, func([]float64) nnlib.Initializer { return nnlib.He{} }},
	{"spark", nil, nil, func([]float64) nnlib.Initializer { return spark.Init{} }},
}

var shuffles = []choice[nnlib.Shuffle]{
	{"rows", nil, nil, func([]float64) nnlib.Shuffle { return nil }},
	{"blocks", []string{"ROWS"}, []float64{8192}, func(x []float64) nnlib.Shuffle { return nnlib.Blocks{Rows: int(x[0])} }},
}

var penalties = []choice[nnlib.Penalty]{
	{"none", nil, nil, func([]float64) nnlib.Penalty { return nil }},
	{"l1", []string{"RATE"}, []float64{1e-5}, func(x []float64) nnlib.Penalty { return nnlib.L1{Rate: x[0]} }},
	{"l2", []string{"RATE"}, []float64{1e-4}, func(x []float64) nnlib.Penalty { return nnlib.L2{Rate: x[0]} }},
	{"elastic-net", []string{"L1", "L2"}, []float64{1e-5, 1e-4}, func(x []float64) nnlib.Penalty {
		return nnlib.ElasticNet{L1: x[0], L2: x[1]}
	}},
}

// recipe is the flags as a recipe. f says which of them were given.
func (r *recipeFlags) recipe(f *flag.FlagSet) (recipe nnlib.Recipe, err error) {
	given := map[string]bool{}
	f.Visit(func(f *flag.Flag) { given[f.Name] = true })
	switch {
	case given["batch"] && r.batch != 0 && given["sample"]:
		return recipe, usagef("-batch and -sample: use one of them")
	case given["steps"] && given["epochs"]:
		return recipe, usagef("-steps and -epochs: use one of them")
	case r.steps < 1 || r.epochs < 0 || given["epochs"] && r.epochs < 1:
		return recipe, usagef("-steps and -epochs must be at least 1")
	case r.time < 0:
		return recipe, usagef("-time must not be negative")
	}
	recipe = nnlib.Recipe{Batch: r.batch, Sample: r.sample, Holdout: r.holdout, Patience: r.patience, Seed: r.seed}
	if recipe.Batch != 0 || recipe.Sample == 1 {
		recipe.Sample = 0
	}
	if recipe.Topology, err = nnlib.ParseTopology(r.net); err != nil {
		return recipe, usageError{err}
	}
	if recipe.Optimizer, err = r.chooseOptimizer(given); err != nil {
		return recipe, err
	}
	if recipe.Shuffle, err = choose("shuffle", r.shuffle, shuffles); err != nil {
		return recipe, err
	}
	if recipe.Init, err = choose("init", r.init, initializers); err != nil {
		return recipe, err
	}
	if recipe.Penalty, err = choose("penalty", r.penalty, penalties); err != nil {
		return recipe, err
	}
	// A first look, so that a mistake in the flags is told before the data is read.
	_, err = nnlib.NewRun(recipe)
	if errors.As(err, new(*nnlib.RecipeError)) || errors.As(err, new(*nnlib.ShapeError)) {
		err = usageError{err}
	}
	return recipe, err
}

func (r *recipeFlags) chooseOptimizer(given map[string]bool) (nnlib.Optimizer, error) {
	o, err := choose("optimizer", r.optimizer, optimizers)
	if err != nil {
		return nil, err
	}
	switch o := o.(type) {
	case nnlib.GradientDescent:
		o.Rate, o.Clip, o.Decay, o.MaxNorm, o.Tolerance = r.rate, r.clip, r.decay, r.maxNorm, r.tolerance
		o.Schedule, err = chooseSchedule(r.schedule)
		return o, err
	case nnlib.LBFGS:
		for _, name := range []string{"rate", "schedule", "clip", "decay", "max-norm"} {
			if given[name] {
				return nil, usagef("-%s: l-bfgs has none; it searches for the length of each step", name)
			}
		}
		if !given["sample"] && r.batch == 0 {
			// L-BFGS compares gradients of one objective: all rows.
			return nil, usagef("-optimizer l-bfgs: add -sample 1, for all rows in a step, or the -sample or -batch you want")
		}
		o.Tolerance = r.tolerance
		return o, nil
	}
	return o, nil
}

// chooseSchedule reads a schedule, with a warm-up before it or without.
func chooseSchedule(text string) (nnlib.Schedule, error) {
	first, then, both := strings.Cut(text, "+")
	steps, ok := strings.CutPrefix(first, "warm-up:")
	if !ok {
		return choose("schedule", text, schedules)
	}
	n, err := strconv.Atoi(steps)
	if err != nil || n < 1 {
		return nil, usagef("-schedule %s: write a warm-up as warm-up:100 or warm-up:100+cosine:2000", text)
	}
	w := nnlib.WarmUp{Steps: n}
	if both {
		w.Then, err = choose("schedule", then, schedules)
	}
	return w, err
}
