package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"strings"

	"digitlab/nnlib"
	"digitlab/nnlib/table"
)

// predict writes a line a row: the class, then every output; of a regression
// the outputs alone. Where the model has thresholds, they choose the class.
func predict(ctx context.Context, s streams, args []string) error {
	f := flag.NewFlagSet("predict", flag.ContinueOnError)
	scale := table.ScaleAuto
	f.TextVar(&scale, "scale", scale, "what values mean: 255, 1 or auto; the model's own where it is known")
	label := f.String("label", "", "a CSV file's `column` to leave out, by its name in the header line, or first or last; none: every column is an input")
	net := f.String("net", "", netUsage)
	args, err := parse(f, s, args, 2, 2)
	if err != nil {
		return err
	}
	m, err := openModel(args[0], *net)
	if err != nil {
		return err
	}
	if scale == table.ScaleAuto {
		scale = m.scale
	}
	set, err := readInputs(args[1], *label, m, scale)
	if err != nil {
		return err
	}
	if m.transform != nil {
		if set, err = m.transform.Apply(set); err != nil {
			return err
		}
	}
	p, err := m.Predict(ctx, set)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(s.out)
	for i, c := range p.Class {
		comma := ""
		if !m.sources.Values {
			fmt.Fprint(w, c)
			comma = ","
		}
		for _, v := range p.Output.Row(i) {
			fmt.Fprintf(w, "%s%.6g", comma, v)
			comma = ","
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

// readInputs reads the rows of a file, with labels or without.
func readInputs(name, label string, m *opened, scale table.Scale) (nnlib.Dataset, error) {
	t := m.Model.Topology
	o := table.Options{Scale: scale, Shape: t.Input, Classes: outputs(t), Label: label, Values: m.sources.Values}
	if m.sources.Names != "" && isLIBSVM(name) == isLIBSVM(m.sources.Images) { // words here, numbers there
		o.Names = strings.Split(m.sources.Names, ",")
	}
	switch {
	case isLIBSVM(name):
		return table.LoadLIBSVM(name, o)
	case label != "":
		return table.LoadCSV(name, o)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return table.ReadImages(table.Source{Name: name, Reader: f}, o)
}
