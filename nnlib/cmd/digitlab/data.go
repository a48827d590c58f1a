package main

import (
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"digitlab/nnlib"
	"digitlab/nnlib/comm"
	"digitlab/nnlib/data"
	"digitlab/nnlib/figure"
	"digitlab/nnlib/table"
)

// dataFlags say how train reads and prepares its data.
type dataFlags struct {
	scale                                             table.Scale
	label, classes, weights, classWeights, validation string
	values, stream, standardize                       bool
	ranks                                             comm.Communicator
	memory                                            int64
}

func (d *dataFlags) register(f *flag.FlagSet) {
	f.TextVar(&d.scale, "scale", table.ScaleAuto, "what values mean: 255 divides by 255, 1 takes them as they are, auto looks for a `value` above 1")
	f.StringVar(&d.label, "label", "", "in one CSV file: the label's `column`, by its name in the header line, or first or last")
	f.StringVar(&d.classes, "classes", "", "labels of the classes from 0 on, such as `cat,dog`")
	f.BoolVar(&d.values, "values", false, "labels are numbers to be learned (regression), not classes")
	f.BoolVar(&d.stream, "stream", false, "read the training data block by block while training, for files larger than memory")
	f.Int64Var(&d.memory, "memory", 64, "`MiB` of a file kept in memory with -stream")
	f.BoolVar(&d.standardize, "standardize", false, "bring every input value to mean 0 and standard deviation 1, as measured on the training data; kept in the run as transform.json")
	f.StringVar(&d.weights, "weights", "", "`file` with a weight for each training row, one a line")
	f.StringVar(&d.classWeights, "class-weights", "", "balanced, or a `weight` for each class, such as 1,2.5")
	f.StringVar(&d.validation, "validation", "", "`file` measured after every epoch, instead of -holdout; with images: IMAGES,LABELS")
}

// options is the flags as options of the readers.
func (d *dataFlags) options(t nnlib.Topology) table.Options {
	o := table.Options{Scale: d.scale, Shape: t.Input, Classes: outputs(t), Label: d.label, Values: d.values, Memory: d.memory << 20}
	if d.classes != "" {
		o.Names = strings.Split(d.classes, ",")
	}
	return o
}

// prepared is the data of one training.
type prepared struct {
	train, test nnlib.Dataset
	sources     sources
	transform   *data.Transform // nil: none
}

// read reads training data: to memory, or where they stay in their files. Several
// ranks read their own rows alone where all of a step's rows are in the order of
// the files.
func (d *dataFlags) read(w io.Writer, files []string, r nnlib.Recipe) (readable, error) {
	o := d.options(r.Topology)
	divided := d.ranks != nil && d.ranks.Size() > 1 && r.Batch == 0
	if !d.stream && !divided {
		return load(w, files, o)
	}
	o.Ranks = d.ranks
	return open(w, files, o, !d.stream)
}

// prepare reads training data and, where they are wanted, test data, one file or
// two each, and does what the flags say.
func (d *dataFlags) prepare(w io.Writer, train, test []string, r nnlib.Recipe, tested bool) (p prepared, err error) {
	set, err := d.read(w, train, r)
	if err != nil {
		return p, err
	}
	o := set.Options()
	p.train = set
	if tested {
		if p.test, err = load(w, test, o); err != nil {
			return p, err
		}
	}
	p.sources = sources{
		Images: test[0], Scale: o.Scale, Classes: o.Classes, Label: o.Label, Names: strings.Join(o.Names, ","),
		Values: o.Values, Standardized: d.standardize,
	}
	if len(test) == 2 {
		p.sources.Labels = test[1]
	}
	var held nnlib.Dataset
	if d.validation != "" {
		files := strings.Split(d.validation, ",")
		if len(files) != len(train) {
			return p, usagef("-validation %s: %d files are needed, separated by a comma", d.validation, len(train))
		}
		if held, err = load(w, files, o); err != nil {
			return p, err
		}
	}
	if d.standardize {
		rows, err := trainedOn(p.train, r)
		if err != nil {
			return p, err
		}
		measured, err := data.Standardize(rows)
		if err != nil {
			return p, err
		}
		p.transform = &measured
		for _, set := range []*nnlib.Dataset{&p.train, &p.test, &held} {
			if *set != nil {
				if *set, err = measured.Apply(*set); err != nil {
					return p, err
				}
			}
		}
	}
	if p.train, err = d.weigh(p.train, r); err == nil && held != nil {
		p.train, err = data.WithValidation(p.train, held)
	}
	return p, err
}

// trainedOn is the rows that the recipe does not hold out.
func trainedOn(d nnlib.Dataset, r nnlib.Recipe) (nnlib.Dataset, error) {
	if r.Holdout == 0 {
		return d, nil
	}
	train, _, err := data.Split(d, r.Holdout, r.Seed)
	return train, err
}

// weigh gives rows the weights that the flags say.
func (d *dataFlags) weigh(set nnlib.Dataset, r nnlib.Recipe) (nnlib.Dataset, error) {
	if d.weights != "" {
		w, err := table.LoadWeights(d.weights)
		if err == nil {
			set, err = data.Weigh(set, w)
		}
		if err != nil {
			return nil, fmt.Errorf("-weights %s: %w", d.weights, err)
		}
	}
	if d.classWeights == "" {
		return set, nil
	}
	var w []float64
	var err error
	if d.classWeights == "balanced" {
		var rows nnlib.Dataset
		if rows, err = trainedOn(set, r); err == nil {
			w, err = data.Balanced(rows)
		}
	} else {
		for _, word := range strings.Split(d.classWeights, ",") {
			x, err := strconv.ParseFloat(word, 64)
			if err != nil {
				return nil, usagef("-class-weights %s: %q is not a number", d.classWeights, word)
			}
			w = append(w, x)
		}
	}
	if err == nil {
		set, err = data.WeighClasses(set, w)
	}
	if err != nil {
		return nil, fmt.Errorf("-class-weights: %w", err)
	}
	return set, nil
}

// transformName is where a run keeps the transform of its inputs.
const transformName = "transform.json"

// open reads a run's test data as train did; the images are as they were before
// any transform.
func (s sources) open(dir string, shape nnlib.Shape) (nnlib.Dataset, figure.Images, error) {
	o := table.Options{Scale: s.Scale, Shape: shape, Classes: s.Classes, Label: s.Label, Values: s.Values}
	if s.Names != "" {
		o.Names = strings.Split(s.Names, ",")
	}
	files := []string{s.Images, s.Labels}
	if s.Labels == "" {
		files = files[:1]
	}
	set, err := load(io.Discard, files, o)
	if err != nil {
		return nil, nil, err
	}
	images := pictures{set}
	if !s.Standardized {
		return set, images, nil
	}
	t, err := data.LoadTransform(filepath.Join(dir, transformName))
	if err != nil {
		return nil, nil, err
	}
	changed, err := t.Apply(set)
	return changed, images, err
}
