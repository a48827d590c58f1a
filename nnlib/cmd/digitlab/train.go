package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"digitlab/nnlib"
	"digitlab/nnlib/comm"
	"digitlab/nnlib/comm/mpi"
	"digitlab/nnlib/data"
	"digitlab/nnlib/metrics"
	"digitlab/nnlib/report"
)

// train goes to a step and writes OUTPUT.
func train(ctx context.Context, s streams, args []string) error {
	f := flag.NewFlagSet("train", flag.ContinueOnError)
	var flags recipeFlags
	flags.register(f)
	reading := dataFlags{ranks: s.ranks}
	reading.register(f)
	workers := f.Int("workers", 0, "goroutines; 0: one a processor. The result is the same")
	save := f.Duration("save", 0, "time between checkpoints, such as 1m; 0: 5 s")
	profile := f.Bool("profile", false, "say where the time of a step goes")
	dir := f.String("run", "", "run `directory` (default OUTPUT/run); the same command goes on from it")
	asJSON := f.Bool("json", false, "write a line of JSON for each step to stdout, instead of a progress line")
	asSeed := f.Bool("as-seed", false, "add OUTPUT/metrics_as_seed: sigmoids in place of tanh and outputs rounded one by one, as the PySpark project tested")
	args, err := parse(f, s, args, 3, 5)
	if err != nil {
		return err
	}
	files := len(args) / 2 // of training data, and of test data
	if len(args) == 4 {
		return usagef("4 arguments: TRAIN TEST OUTPUT, or images and labels each: 5 arguments")
	}
	recipe, err := flags.recipe(f)
	if err != nil {
		return err
	}
	switch {
	case *save < 0:
		return usagef("-save must not be negative")
	case *workers < 0:
		return usagef("-workers must not be negative")
	case *asSeed && reading.values:
		return usagef("-as-seed is for classes, -values for numbers: use one of them")
	case reading.label != "" && (files == 2 || isLIBSVM(args[0])):
		return usagef("-label is for one CSV file with inputs and labels")
	}
	if recipe.Patience > 0 && recipe.Holdout == 0 && reading.validation == "" {
		return usagef("-patience needs -holdout or -validation")
	}
	output := args[len(args)-1]
	if *dir == "" {
		*dir = filepath.Join(output, "run")
	}
	root := s.ranks.Rank() == 0
	info, err := os.Stat(output)
	if root && err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is a file: OUTPUT must be a directory", output)
	} else {
		err = nil
	}
	var p prepared
	if err == nil {
		p, err = reading.prepare(s.err, args[:files], args[files:2*files], recipe, root)
	}
	if !errors.As(err, new(*comm.RankError)) { // else all ranks have it
		err = comm.Agree(s.ranks, err)
	}
	if err != nil {
		return err
	}
	if *workers == 0 {
		if *workers, err = fairWorkers(s.ranks); err != nil {
			return err
		}
	}
	target := flags.steps
	if flags.epochs > 0 {
		target = recipe.Steps(p.train, flags.epochs)
	}
	r, err := nnlib.OpenRun(*dir, recipe, nnlib.Machine{Workers: *workers, Save: *save, Profile: *profile, Comm: s.ranks})
	if err != nil {
		return err
	}
	if err := begin(ctx, s.ranks, r, p); err != nil {
		return err
	}
	if flags.time > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, flags.time)
		defer stop()
	}
	var lines *json.Encoder
	var line teller = newProgress(s.err, target, !p.sources.Values)
	if *asJSON {
		lines = json.NewEncoder(s.out)
		line = jsonLines{lines}
		lines.Encode(event{Event: "start", Ranks: s.ranks.Size(), Workers: *workers, World: mpi.Describe(s.ranks), Target: target})
	}
	steps, err := follow(ctx, line, r, p.train, target)
	if *profile {
		fmt.Fprintf(s.err, "instructions: %s\n%v", nnlib.Tier(), r.Profile())
	}
	if errors.Is(err, nnlib.ErrInterrupted) {
		if lines != nil {
			lines.Encode(event{Event: "saved", Step: len(r.History())})
		}
		return fmt.Errorf("%w in %s after step %d of %d: the same command goes on", nnlib.ErrInterrupted, *dir, len(r.History()), target)
	}
	if err != nil || !root {
		return err
	}
	ctx = context.WithoutCancel(ctx) // the rest takes a second
	m := r.Model()
	if len(steps) == 0 {
		return fmt.Errorf("converged before the first step: the weights to start from are already at a minimum")
	}
	tested, err := writeOutput(ctx, output, steps, m, p, flags.seed)
	if err == nil && *asSeed {
		err = writeAsSeed(ctx, output, m, p.test)
	}
	if err != nil {
		return err
	}
	last := steps[len(steps)-1]
	if lines != nil {
		e := stepEvent(last)
		e.Event, e.Tested, e.Weights = "end", tested, fmt.Sprintf("sha256:%x", m.Hash())
		return lines.Encode(e)
	}
	if !p.sources.Values {
		tested = fmt.Sprintf("accuracy=%.4f %s", last.Accuracy, tested)
	}
	fmt.Fprintf(s.out, "steps=%d cost=%.4f %s weights=sha256:%x\n", last.Number, last.Cost, tested, m.Hash())
	return nil
}

// begin makes the run directory, or compares what it was trained on, and then
// keeps there where the test data lies: a refused call changes nothing.
func begin(ctx context.Context, ranks comm.Communicator, r *nnlib.Run, p prepared) error {
	for range r.To(ctx, p.train, 0) {
	}
	err := r.Err()
	if err == nil && ranks.Rank() == 0 {
		err = p.write(r.Dir())
	}
	if errors.As(err, new(*comm.RankError)) {
		return err // of all ranks
	}
	return comm.Agree(ranks, err)
}

// write keeps in the run directory what reads its test data again.
func (p prepared) write(dir string) error {
	if err := p.sources.write(dir); err != nil || p.transform == nil {
		return err
	}
	return p.transform.Save(filepath.Join(dir, transformName))
}

// outputs is the number of outputs of a topology that has been checked.
func outputs(t nnlib.Topology) int {
	shape := t.Input
	for _, l := range t.Layers {
		shape, _ = l.Out(shape)
	}
	return shape.Len()
}

// teller says how training goes.
type teller interface {
	show(s nnlib.Step)
	end()
}

// follow trains, tells of each step and returns the steps up to target.
func follow(ctx context.Context, p teller, r *nnlib.Run, d nnlib.Dataset, target int) ([]nnlib.Step, error) {
	var steps []nnlib.Step
	for step := range r.To(ctx, d, target) {
		steps = append(steps, step)
		p.show(step)
	}
	p.end()
	return steps, r.Err()
}

// writeOutput writes the four results and returns what the test data say.
func writeOutput(ctx context.Context, dir string, steps []nnlib.Step, m *nnlib.Model, p prepared, seed uint64) (tested string, err error) {
	cost, accuracy := make([]string, len(steps)), make([]string, len(steps))
	for i, s := range steps {
		cost[i], accuracy[i] = decimal(s.Cost), decimal(s.Accuracy)
	}
	var scores, tests []string
	if p.sources.Values {
		scores, tests, tested, err = judgeValues(ctx, m, p.test, seed)
	} else {
		scores, tests, tested, err = judgeClasses(ctx, m, p.test, seed)
	}
	if err != nil {
		return "", err
	}
	for name, lines := range map[string][]string{"cost_history": cost, "accuracy_history": accuracy, "metrics": scores, "tests": tests} {
		if err := writePart(dir, name, lines); err != nil {
			return "", err
		}
	}
	return tested, nil
}

// judgeClasses is precision, recall and F1 of each class, some answers, and the
// test accuracy.
func judgeClasses(ctx context.Context, m *nnlib.Model, test nnlib.Dataset, seed uint64) (scores, tests []string, tested string, err error) {
	e, err := report.Evaluate(ctx, m, test)
	if err != nil {
		return nil, nil, "", err
	}
	for _, s := range e.Confusion.Scores() {
		scores = append(scores, scoreTuple(s))
	}
	for _, i := range drawn(len(e.True), seed) {
		tests = append(tests, fmt.Sprintf("(%d, %d)", e.Predicted[i], e.True[i]))
	}
	return scores, tests, fmt.Sprintf("test_accuracy=%.4f", e.Confusion.Accuracy()), nil
}

// judgeValues is mean squared error, mean absolute error and R2, and some
// answers.
func judgeValues(ctx context.Context, m *nnlib.Model, test nnlib.Dataset, seed uint64) (scores, tests []string, tested string, err error) {
	p, err := m.Predict(ctx, test)
	if err != nil {
		return nil, nil, "", err
	}
	t, err := data.Targets(test)
	if err != nil {
		return nil, nil, "", err
	}
	r, err := metrics.NewRegression(p.Output.Cols, t.Value.Data, p.Output.Data)
	if err != nil {
		return nil, nil, "", err
	}
	for _, i := range drawn(test.Len(), seed) {
		tests = append(tests, fmt.Sprintf("(%v, %v)", p.Output.Row(i), t.Value.Row(i)))
	}
	scores = []string{"(" + decimal(r.Squared) + ", " + decimal(r.Absolute) + ", " + decimal(r.Explained) + ")"}
	return scores, tests, fmt.Sprintf("test_mse=%.6g test_r2=%.4f", r.Squared, r.Explained), nil
}

// writeAsSeed repeats the PySpark project's evaluation: the trained weights
// with sigmoids in place of tanh, and each output rounded on its own.
func writeAsSeed(ctx context.Context, dir string, m *nnlib.Model, test nnlib.Dataset) error {
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
