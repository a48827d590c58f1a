package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"

	"digitlab/nnlib"
)

// runs lists the run directories under the given ones, and compares them where
// exactly two runs are named.
func runs(_ context.Context, s streams, args []string) error {
	args, err := parse(flag.NewFlagSet("runs", flag.ContinueOnError), s, args, 0, 1000)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"runs"}
	}
	var names []string
	for _, a := range args {
		found, err := findRuns(a)
		if err != nil {
			return err
		}
		names = append(names, found...)
	}
	if len(names) == 0 {
		return fmt.Errorf("no runs under %v", args)
	}
	records := make([]*nnlib.Record, len(names))
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "run\tsteps\tcost\taccuracy, %\tvalidation\tseed\tweights\tnet")
	for i, name := range names {
		r, err := nnlib.ReadRun(name)
		if err != nil {
			fmt.Fprintf(w, "%s\t%v\n", name, err)
			continue
		}
		records[i] = r
		last, validation := r.History[len(r.History)-1], "none"
		for _, step := range r.History {
			if step.Validation == step.Validation {
				validation = fmt.Sprintf("%.4f", step.Validation)
			}
		}
		h := r.Model.Hash()
		fmt.Fprintf(w, "%s\t%d\t%.4f\t%.2f\t%s\t%s\t%x\t%v\n", name, last.Number, last.Cost, 100*last.Accuracy, validation, or0(r.Field("Seed")), h[:6], r.Topology)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(args) == 2 && len(names) == 2 && records[0] != nil && records[1] != nil {
		compare(s, names, records)
	}
	return nil
}

func or0(s string) string {
	if s == "" {
		return "0"
	}
	return s
}

func compare(s streams, names []string, r []*nnlib.Record) {
	fmt.Fprintf(s.out, "\n%s (there) and %s (here):\n", names[0], names[1])
	if d := r[0].Difference(r[1]); d != "" {
		fmt.Fprint(s.out, d)
	} else {
		fmt.Fprintln(s.out, "  same recipe and data")
	}
	for i := range min(len(r[0].History), len(r[1].History)) {
		if a, b := r[0].History[i], r[1].History[i]; a.Cost != b.Cost || a.Rate != b.Rate {
			fmt.Fprintf(s.out, "  first different step: %d, cost %s there, %s here\n", i+1, decimal(a.Cost), decimal(b.Cost))
			return
		}
	}
	fmt.Fprintf(s.out, "  equal steps: the first %d\n", min(len(r[0].History), len(r[1].History)))
}

// findRuns is root itself, or the run directories below it.
func findRuns(root string) (found []string, err error) {
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() {
			return nil
		}
		if _, err := os.Stat(filepath.Join(path, "recipe.txt")); err == nil {
			found = append(found, path)
			return filepath.SkipDir
		}
		return nil
	})
	return found, err
}
