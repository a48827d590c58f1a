package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"digitlab/nnlib/figure"

	"github.com/google/renameio/v2"
)

// plots draws histories that train, or the PySpark project, has written.
func plots(_ context.Context, s streams, args []string) error {
	args, err := parse(flag.NewFlagSet("plots", flag.ContinueOnError), s, args, 3, 3)
	if err != nil {
		return err
	}
	for i, c := range []struct {
		name  string
		chart func([]float64) figure.Chart
	}{{"cost_history", figure.CostHistory}, {"accuracy_history", figure.AccuracyHistory}} {
		if args[i] == "None" {
			continue
		}
		values, err := readNumbers(args[i])
		if err != nil {
			return err
		}
		if err := writeChart(filepath.Join(args[2], c.name), c.chart(values)); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s: %d steps, from %s to %s\n", c.name, len(values), decimal(values[0]), decimal(values[len(values)-1]))
	}
	return nil
}

// readNumbers reads a number a line.
func readNumbers(name string) (x []float64, err error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	line := 0
	for text := range strings.Lines(string(b)) {
		line++
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: line %d: %q is not a number: the file must have one a line", name, line, text)
		}
		x = append(x, v)
	}
	if len(x) == 0 {
		return nil, fmt.Errorf("%s: no numbers", name)
	}
	return x, nil
}

// writeChart writes name.svg and name.png.
func writeChart(name string, c figure.Chart) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	svg, err := c.SVG()
	if err != nil {
		return err
	}
	var png bytes.Buffer
	if err := c.PNG(&png); err != nil {
		return err
	}
	if err := renameio.WriteFile(name+".svg", []byte(svg), 0o666); err != nil {
		return err
	}
	return renameio.WriteFile(name+".png", png.Bytes(), 0o666)
}
