package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"digitlab/nnlib"
	"digitlab/nnlib/comm"
	"digitlab/nnlib/figure"
	"digitlab/nnlib/sweep"
	"digitlab/nnlib/table"

	"github.com/google/renameio/v2"
)

// sweeps trains variations of a recipe and writes their table to stdout, and
// sweep.json, sweep.svg and sweep.png to OUTPUT.
func sweeps(ctx context.Context, s streams, args []string) error {
	f, flags := sweepRecipe()
	var v variationFlags
	v.register(f)
	scale := table.ScaleAuto
	f.TextVar(&scale, "scale", scale, "what values mean: 255 divides by 255, 1 takes them as they are, auto looks for a `value` above 1")
	var m sweep.Machine
	f.IntVar(&m.Parallel, "parallel", 0, "runs at a time; 0: one a processor. The numbers are the same")
	f.IntVar(&m.Workers, "workers", 0, "goroutines of each run; 0: the processors shared out. The numbers are the same")
	args, err := parse(f, s, args, 3, 3)
	if err != nil {
		return err
	}
	plan, settings, err := v.plan(f, flags)
	if err != nil {
		return err
	}
	output := args[2]
	if m.Parallel == 0 {
		if m.Parallel, err = fairWorkers(s.ranks); err != nil {
			return err
		}
	}
	runs := filepath.Join(output, "runs")
	m.Part, m.Parts = s.ranks.Rank(), s.ranks.Size()
	all, err := sweep.Open(runs, plan, m)
	if err != nil {
		return usageError{err}
	}
	set, err := sweptData(s, args, scale, plan)
	if err = comm.Agree(s.ranks, err); err != nil {
		return err
	}
	if flags.time > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, flags.time)
		defer stop()
	}
	again := false
	say := func(ctx context.Context) error {
		done := 0
		for p := range all.Points(ctx, set, nil) {
			if done++; again && p.Replayed {
				continue
			}
			fmt.Fprintf(s.err, "%d of %d: %s\n", done, all.Len(), said(p))
		}
		return all.Err()
	}
	err = together(ctx, s.ranks, say)
	if err == nil && s.ranks.Rank() > 0 {
		return nil
	}
	if again = s.ranks.Size() > 1; again && err == nil { // the runs of all
		m.Part, m.Parts = 0, 0
		if all, err = sweep.Open(runs, plan, m); err == nil {
			err = say(ctx)
		}
	}
	if errors.Is(err, nnlib.ErrInterrupted) {
		return fmt.Errorf("%w in %s after %d of %d runs: the same command goes on", nnlib.ErrInterrupted, output, len(all.Result().Points), all.Len())
	} else if err != nil {
		return err
	}
	return writeSweep(s, output, all.Result(), len(settings) == 1 && settings[0].Name == "rate")
}

// sweptData reads the images that all variations are trained on.
func sweptData(s streams, args []string, scale table.Scale, plan sweep.Plan) (nnlib.Dataset, error) {
	if info, err := os.Stat(args[2]); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is a file: OUTPUT must be a directory", args[2])
	}
	set, err := load(s.err, args[:2], table.Options{Scale: scale, Classes: leastOutputs(plan.Variations)})
	if err != nil {
		return nil, err
	}
	for _, v := range plan.Variations {
		if n := v.Recipe.Topology.Input.Len(); n != set.Shape().Len() {
			return nil, fmt.Errorf("%s: %d values a line, %s: -net reads %d", args[0], set.Shape().Len(), v.Name, n)
		}
	}
	return set, nil
}

// said is a finished run in one line.
func said(p sweep.Point) string {
	text := fmt.Sprintf("%s, seed %d: ", p.Name, p.Seed)
	switch {
	case p.Diverged:
		text += fmt.Sprintf("diverged after step %d", p.Steps)
	case p.Validation == p.Validation:
		text += fmt.Sprintf("cost %.4f, validation cost %.4f, accuracy %.2f %%", p.Cost, p.Validation, 100*p.ValidationAccuracy)
	default:
		text += fmt.Sprintf("cost %.4f, accuracy %.2f %%", p.Cost, 100*p.Accuracy)
	}
	if p.Stopped {
		text += fmt.Sprintf(", stopped after step %d", p.Steps)
	}
	if p.Replayed {
		return text + " (was there)"
	}
	return text + fmt.Sprintf(" (%.1f s)", p.Seconds)
}

// writeSweep writes the table, the numbers and the chart: cost against rate
// where nothing but the rate varies, else every variation's runs.
func writeSweep(s streams, output string, r *sweep.Result, rates bool) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	chart := figure.SeedCosts(r)
	if rates {
		chart = figure.Rates(r)
	}
	if err := writeChart(filepath.Join(output, "sweep"), chart); err != nil {
		return err
	}
	if err := renameio.WriteFile(filepath.Join(output, "sweep.json"), append(b, '\n'), 0o666); err != nil {
		return err
	}
	fmt.Fprint(s.out, r.Text())
	for _, name := range []string{"sweep.json", "sweep.svg", "sweep.png"} {
		fmt.Fprintln(s.err, filepath.Join(output, name))
	}
	return nil
}

// leastOutputs is the number of classes that every variation can tell apart.
func leastOutputs(list []sweep.Variation) int {
	n := outputs(list[0].Recipe.Topology)
	for _, v := range list {
		n = min(n, outputs(v.Recipe.Topology))
	}
	return n
}

// sweepRecipe is the flags of train's recipe, a share of the rows held out.
func sweepRecipe() (*flag.FlagSet, *recipeFlags) {
	f, flags := flag.NewFlagSet("sweep", flag.ContinueOnError), &recipeFlags{}
	flags.register(f)
	flags.holdout = 0.2
	f.Lookup("holdout").DefValue = "0.2"
	return f, flags
}

// recipeOf is the recipe of the flags as given, with some of them replaced.
func recipeOf(given *flag.FlagSet, settings []sweep.Setting, values []sweep.Value) (nnlib.Recipe, error) {
	f, flags := sweepRecipe()
	var err error
	set := func(name, text string) {
		if e := f.Set(name, text); e != nil && err == nil {
			err = usagef("-%s %s: %v", name, text, e)
		}
	}
	given.Visit(func(g *flag.Flag) {
		if f.Lookup(g.Name) != nil {
			set(g.Name, g.Value.String())
		}
	})
	for i, v := range values {
		set(settings[i].Name, v.Text)
	}
	if err != nil {
		return nnlib.Recipe{}, err
	}
	r, err := flags.recipe(f)
	if err != nil && len(values) > 0 {
		return r, usagef("%s: %v", sweep.Name(settings, values), strings.TrimSpace(err.Error()))
	}
	return r, err
}
