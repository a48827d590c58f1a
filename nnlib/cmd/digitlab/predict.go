package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"

	"digitlab/nnlib/table"
)

// predict writes a line an image: the class, then every output. Where the model
// has thresholds, they choose the class.
func predict(ctx context.Context, s streams, args []string) error {
	f := flag.NewFlagSet("predict", flag.ContinueOnError)
	scale := table.ScaleAuto
	f.TextVar(&scale, "scale", scale, "what values mean: 255, 1 or auto; the model's own where it is known")
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
	set, err := readImages(args[1], table.Options{Scale: scale, Shape: m.Model.Topology.Input})
	if err != nil {
		return err
	}
	p, err := m.Predict(ctx, set)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(s.out)
	for i, c := range p.Class {
		fmt.Fprint(w, c)
		for _, v := range p.Output.Row(i) {
			fmt.Fprintf(w, ",%.6g", v)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

// readImages reads images without labels.
func readImages(name string, o table.Options) (*table.Table, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return table.ReadImages(table.Source{Name: name, Reader: f}, o)
}
