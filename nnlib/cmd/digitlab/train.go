package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"digitlab/nnlib"
	"digitlab/nnlib/report"
	"digitlab/nnlib/table"
)

// train goes to a step and writes OUTPUT.
func train(ctx context.Context, s streams, args []string) error {
	f := flag.NewFlagSet("train", flag.ContinueOnError)
	var flags recipeFlags
	flags.register(f)
	scale := table.ScaleAuto
	f.TextVar(&scale, "scale", scale, "what values mean: 255 divides by 255, 1 takes them as they are, auto looks for a `value` above 1")
	workers := f.Int("workers", 0, "goroutines; 0: one a processor. The result is the same")
	dir := f.String("run", "", "run `directory` (default OUTPUT/run); the same command goes on from it")
	asSeed := f.Bool("as-seed", false, "add OUTPUT/metrics_as_seed: sigmoids in place of tanh and outputs rounded one by one, as the PySpark project tested")
	args, err := parse(f, s, args, 5, 5)
	if err != nil {
		return err
	}
	recipe, err := flags.recipe(f)
	if err != nil {
		return err
	}
	output := args[4]
	if info, err := os.Stat(output); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file: OUTPUT must be a directory", output)
	}
	if *dir == "" {
		*dir = filepath.Join(output, "run")
	}
	options := table.Options{Scale: scale, Classes: outputs(recipe.Topology)}
	set, err := load(s.err, args[0], args[1], options)
	if err != nil {
		return err
	}
	test, err := load(s.err, args[2], args[3], set.Options())
	if err != nil {
		return err
	}
	if set.Shape().Len() != recipe.Topology.Input.Len() {
		return fmt.Errorf("%s: %d values a line, -net %q reads %d", args[0], set.Shape().Len(), flags.net, recipe.Topology.Input.Len())
	}
	target := flags.steps
	if flags.epochs > 0 {
		target = recipe.Steps(set, flags.epochs)
	}
	r, err := nnlib.OpenRun(*dir, recipe, nnlib.Machine{Workers: *workers})
	if err != nil {
		return err
	}
	if err := (sources{Images: args[2], Labels: args[3], Scale: set.Scale, Classes: set.Classes()}).write(*dir); err != nil {
		return err
	}
	if flags.time > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, flags.time)
		defer stop()
	}
	steps, err := follow(ctx, s.err, r, set, target)
	if errors.Is(err, nnlib.ErrInterrupted) {
		return fmt.Errorf("%w in %s after step %d of %d: the same command goes on", nnlib.ErrInterrupted, *dir, len(r.History()), target)
	}
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // the rest takes a second
	m := r.Model()
	accuracy, err := writeOutput(ctx, output, steps, m, test, flags.seed)
	if err == nil && *asSeed {
		err = writeAsSeed(ctx, output, m, test)
	}
	if err != nil {
		return err
	}
	if len(steps) == 0 {
		return fmt.Errorf("converged before the first step: the weights to start from are already at a minimum")
	}
	last := steps[len(steps)-1]
	fmt.Fprintf(s.out, "steps=%d cost=%.4f accuracy=%.4f test_accuracy=%.4f weights=sha256:%x\n", last.Number, last.Cost, last.Accuracy, accuracy, m.Hash())
	return nil
}

// outputs is the number of outputs of a topology that has been checked.
func outputs(t nnlib.Topology) int {
	shape := t.Input
	for _, l := range t.Layers {
		shape, _ = l.Out(shape)
	}
	return shape.Len()
}

// load reads images and labels and says what was found.
func load(w io.Writer, images, labels string, o table.Options) (*table.Table, error) {
	t, err := table.Load(images, labels, o)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(w, "%s: %d rows of %d values, %.0f %% of them not zero\n", filepath.Base(images), t.Len(), t.Shape().Len(), 100*t.Density())
	for _, n := range t.Notices {
		fmt.Fprintln(w, n)
	}
	return t, nil
}

// follow trains with a progress line and returns the steps up to target.
func follow(ctx context.Context, w io.Writer, r *nnlib.Run, d nnlib.Dataset, target int) ([]nnlib.Step, error) {
	var steps []nnlib.Step
	p := newProgress(w, target)
	for step := range r.To(ctx, d, target) {
		steps = append(steps, step)
		p.show(step)
	}
	p.end()
	return steps, r.Err()
}

// writeOutput writes the four results and returns the test accuracy.
func writeOutput(ctx context.Context, dir string, steps []nnlib.Step, m *nnlib.Model, test *table.Table, seed uint64) (float64, error) {
	e, err := report.Evaluate(ctx, m, test)
	if err != nil {
		return 0, err
	}
	cost, accuracy := make([]string, len(steps)), make([]string, len(steps))
	for i, s := range steps {
		cost[i], accuracy[i] = decimal(s.Cost), decimal(s.Accuracy)
	}
	var scores []string
	for _, s := range e.Confusion.Scores() {
		scores = append(scores, scoreTuple(s))
	}
	for name, lines := range map[string][]string{
		"cost_history": cost, "accuracy_history": accuracy, "metrics": scores, "tests": answers(e.Predicted, e.True, seed),
	} {
		if err := writePart(dir, name, lines); err != nil {
			return 0, err
		}
	}
	return e.Confusion.Accuracy(), nil
}

// writeAsSeed repeats the PySpark project's evaluation: the trained weights
// with sigmoids in place of tanh, and each output rounded on its own.
func writeAsSeed(ctx context.Context, dir string, m *nnlib.Model, test *table.Table) error {
	e, err := report.Evaluate(ctx, report.AsSeed(m), test)
	if err != nil {
		return err
	}
	tallies, err := e.Rounded()
	if err != nil {
		return err
	}
	var lines []string
	for _, t := range tallies {
		lines = append(lines, scoreTuple(t.Score()))
	}
	return writePart(dir, "metrics_as_seed", lines)
}
