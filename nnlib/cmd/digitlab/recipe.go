package main

import (
	"flag"
	"strconv"
	"strings"

	"digitlab/nnlib"
)

// recipeFlags are the flags that say what is trained. Their defaults are the
// PySpark project's.
type recipeFlags struct {
	net, optimizer, schedule, init string
	rate, sample, holdout          float64
	batch, steps, epochs, patience int
	seed                           uint64
}

func (r *recipeFlags) register(f *flag.FlagSet) {
	f.StringVar(&r.net, "net", "28x28 affine:64 tanh affine:10 sigmoid+squared", "the network: its input, then its `layers` from the bottom up")
	f.StringVar(&r.optimizer, "optimizer", "gd", "gd, or momentum:`KEEP` such as momentum:0.9")
	f.Float64Var(&r.rate, "rate", 0.1, "learning rate to start with")
	f.StringVar(&r.schedule, "schedule", "bold-driver:1.05,0.5", "constant, bold-driver:`GROW,SHRINK`, or bold-driver-undo:GROW,SHRINK which takes bad steps back")
	f.StringVar(&r.init, "init", "uniform:0.5", "weights to start from: uniform:`LIMIT`, or layer for each layer's own rule")
	f.Float64Var(&r.sample, "sample", 0.7, "chance of each row to be in a step; 0 or 1: all rows")
	f.IntVar(&r.batch, "batch", 0, "rows a step, shuffled every epoch, instead of -sample; 0: none")
	f.IntVar(&r.steps, "steps", 100, "steps to go to")
	f.IntVar(&r.epochs, "epochs", 0, "epochs to go to, instead of -steps")
	f.Float64Var(&r.holdout, "holdout", 0, "share of the rows kept for validation, in [0, 1)")
	f.IntVar(&r.patience, "patience", 0, "epochs without a better validation cost before the best weights are restored; 0: never")
	f.Uint64Var(&r.seed, "seed", 1, "seed of the weights and of every draw")
}

// recipe is the flags as a recipe.
func (r *recipeFlags) recipe(f *flag.FlagSet) (nnlib.Recipe, error) {
	given := map[string]bool{}
	f.Visit(func(f *flag.Flag) { given[f.Name] = true })
	switch {
	case given["batch"] && r.batch != 0 && given["sample"]:
		return nnlib.Recipe{}, usagef("-batch and -sample: use one of them")
	case given["steps"] && given["epochs"]:
		return nnlib.Recipe{}, usagef("-steps and -epochs: use one of them")
	case r.steps < 1 || r.epochs < 0:
		return nnlib.Recipe{}, usagef("-steps and -epochs must be at least 1")
	}
	if r.batch != 0 || r.sample == 1 {
		r.sample = 0
	}
	topology, err := nnlib.ParseTopology(r.net)
	if err != nil {
		return nnlib.Recipe{}, usageError{err}
	}
	descent := nnlib.GradientDescent{Rate: r.rate}
	name, number, err := numbers("optimizer", r.optimizer, 1)
	switch {
	case err != nil:
		return nnlib.Recipe{}, err
	case name == "momentum":
		descent.Rule = nnlib.Momentum{Keep: or(number[0], 0.9)}
	case name != "gd":
		return nnlib.Recipe{}, usagef("-optimizer %s: use gd or momentum:0.9", r.optimizer)
	}
	if name, number, err = numbers("schedule", r.schedule, 2); err != nil {
		return nnlib.Recipe{}, err
	}
	switch name {
	case "constant":
	case "bold-driver", "bold-driver-undo":
		descent.Schedule = nnlib.BoldDriver{Grow: or(number[0], 1.05), Shrink: or(number[1], 0.5), Undo: name == "bold-driver-undo"}
	default:
		return nnlib.Recipe{}, usagef("-schedule %s: use constant, bold-driver or bold-driver-undo", r.schedule)
	}
	recipe := nnlib.Recipe{
		Topology: topology, Optimizer: descent, Batch: r.batch, Sample: r.sample,
		Holdout: r.holdout, Patience: r.patience, Seed: r.seed,
	}
	if name, number, err = numbers("init", r.init, 1); err != nil {
		return nnlib.Recipe{}, err
	}
	switch {
	case name == "uniform":
		recipe.Init = nnlib.Uniform{Limit: or(number[0], 0.5)}
	case name != "layer":
		return nnlib.Recipe{}, usagef("-init %s: use uniform:0.5 or layer", r.init)
	}
	// A first look, so that a mistake in the flags is told before the data is read.
	if _, err := nnlib.NewRun(recipe); err != nil {
		return nnlib.Recipe{}, usageError{err}
	}
	return recipe, nil
}

// numbers splits "name:x,y" into the name and n numbers, 0 for those left out.
func numbers(flag, text string, n int) (string, []float64, error) {
	name, list, has := strings.Cut(text, ":")
	out := make([]float64, n)
	if !has {
		return name, out, nil
	}
	words := strings.Split(list, ",")
	if len(words) > n {
		return "", nil, usagef("-%s %s: at most %d numbers", flag, text, n)
	}
	for i, w := range words {
		x, err := strconv.ParseFloat(w, 64)
		if err != nil || !(x > 0) {
			return "", nil, usagef("-%s %s: %q is not a number above 0", flag, text, w)
		}
		out[i] = x
	}
	return name, out, nil
}

func or(x, standard float64) float64 {
	if x == 0 {
		return standard
	}
	return x
}
