package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"digitlab/nnlib"
	"digitlab/nnlib/figure"
	"digitlab/nnlib/mnist"
	"digitlab/nnlib/report"
	"digitlab/nnlib/table"

	"github.com/google/renameio/v2"
)

// digits writes the per-digit report of a run: the text to stdout, and
// digits.json and digits.html.
func digits(ctx context.Context, s streams, args []string) error {
	f := flag.NewFlagSet("digits", flag.ContinueOnError)
	images := f.String("images", "", "CSV `file` of images to judge by; the run's test images where it knows them")
	labels := f.String("labels", "", "CSV `file` of their labels")
	scale := table.ScaleAuto
	f.TextVar(&scale, "scale", scale, "what values in -images mean: 255, 1 or auto")
	folder := f.String("data", "data", "`folder` of datagen, whose MNIST test images are used where nothing else is known")
	against := f.String("against", "", "a second `run` to compare with, judged by the same images")
	out := f.String("out", "", "`folder` for digits.json and digits.html (default RUN)")
	args, err := parse(f, s, args, 1, 1)
	if err != nil {
		return err
	}
	if (*images == "") != (*labels == "") {
		return usagef("-images and -labels belong together")
	}
	run := args[0]
	if *out == "" {
		*out = run
	}
	evaluated := func(run string) (*report.Page, error) {
		return evaluate(ctx, run, *images, *labels, *folder, scale)
	}
	page, err := evaluated(run)
	if err != nil {
		return err
	}
	if *against != "" {
		if *images == "" {
			if _, err := commonSources([]string{run, *against}); err != nil {
				return err
			}
		}
		if page.Other, err = evaluated(*against); err != nil {
			return err
		}
		if page.Other.Name == page.Name {
			page.Name, page.Other.Name = filepath.ToSlash(run), filepath.ToSlash(*against)
		}
	}
	page.Commands = []string{"go run ./nnlib/cmd/digitlab digits " + strings.Join(append(given(f), filepath.ToSlash(run)), " ")}
	return writePage(s, *out, *page)
}

// evaluate is the report of one run.
func evaluate(ctx context.Context, run, images, labels, folder string, scale table.Scale) (*report.Page, error) {
	r, err := nnlib.ReadRun(run)
	if err != nil {
		return nil, err
	}
	set, pictures, err := testData(run, images, labels, folder, table.Options{Scale: scale, Shape: r.Topology.Input, Classes: outputs(r.Topology)})
	if err != nil {
		return nil, err
	}
	evaluation, err := report.Evaluate(ctx, r.Model, set)
	if err != nil {
		return nil, err
	}
	source, err := report.SourceOf("test", set)
	if err != nil {
		return nil, err
	}
	return &report.Page{
		Name: runName(run), Evaluation: evaluation, Model: r.Model, Recipe: r.Recipe, History: r.History,
		Data: []report.Source{source}, Images: pictures,
	}, nil
}

// runName is what a run is called: its directory, and the one above where that
// is train's "run".
func runName(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	if filepath.Base(dir) == "run" {
		return filepath.Base(filepath.Dir(dir))
	}
	return filepath.Base(dir)
}

// given is the flags as they were given.
func given(f *flag.FlagSet) (args []string) {
	f.Visit(func(f *flag.Flag) { args = append(args, "-"+f.Name, f.Value.String()) })
	return args
}

// testData is the images named by flags, else those the run was tested on, else
// MNIST's.
func testData(run, images, labels, folder string, o table.Options) (nnlib.Dataset, figure.Images, error) {
	from, found, err := readSources(run)
	switch {
	case err != nil:
		return nil, nil, err
	case from.Values:
		return nil, nil, fmt.Errorf("%s learned numbers, not classes: there are no digits to report", run)
	case images != "":
		from.Images, from.Labels, from.Scale, from.Classes = images, labels, o.Scale, o.Classes
	case !found:
		set, err := mnist.Load(folder, mnist.Test)
		return set, set, err
	}
	return from.open(run, o.Shape)
}

// pictures shows examples of values from 0 to 1 as grey images.
type pictures struct{ nnlib.Dataset }

// Pixels is row i, 255 for a value of 1.
func (p pictures) Pixels(i int) []byte {
	var b nnlib.Block
	if err := p.Fill(&b, nnlib.Pass{Rows: []int{i}}); err != nil {
		return nil
	}
	bytes := make([]byte, p.Shape().Len())
	for k, v := range b.Dense().Row(0) {
		bytes[k] = byte(255*min(max(v, 0), 1) + 0.5)
	}
	return bytes
}

// writePage writes the report's three forms.
func writePage(s streams, dir string, p report.Page) error {
	text, err := p.Text()
	if err != nil {
		return err
	}
	json, err := p.JSON()
	if err != nil {
		return err
	}
	html, err := p.HTML()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for name, b := range map[string][]byte{"digits.json": json, "digits.html": []byte(html)} {
		if err := renameio.WriteFile(filepath.Join(dir, name), b, 0o666); err != nil {
			return err
		}
	}
	fmt.Fprint(s.out, text)
	fmt.Fprintf(s.err, "%s\n%s\n", filepath.Join(dir, "digits.json"), filepath.Join(dir, "digits.html"))
	return nil
}
