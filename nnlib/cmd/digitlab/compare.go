package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"slices"

	"digitlab/nnlib"
	datasets "digitlab/nnlib/data"
	"digitlab/nnlib/metrics"
	"digitlab/nnlib/mnist"
	"digitlab/nnlib/table"

	"github.com/google/renameio/v2"
)

// comparison tests whether one model reads the same images better than another.
func comparison(ctx context.Context, s streams, args []string) error {
	f := flag.NewFlagSet("compare", flag.ContinueOnError)
	images := f.String("images", "", "CSV `file` of images to judge by; the test images of the runs where they know them")
	labels := f.String("labels", "", "CSV `file` of their labels")
	scale := table.ScaleAuto
	f.TextVar(&scale, "scale", scale, "what `values` in -images mean: 255, 1 or auto; the models' own where it is known")
	folder := f.String("data", "data", "`folder` of datagen, whose MNIST test images are used where nothing else is known")
	net := f.String("net", "", netUsage)
	out := f.String("json", "", "`file` for the counts and the test as JSON")
	args, err := parse(f, s, args, 2, 2)
	if err != nil {
		return err
	}
	if (*images == "") != (*labels == "") {
		return usagef("-images and -labels belong together")
	}
	from := sources{Images: *images, Labels: *labels, Scale: scale}
	if *images == "" {
		known, err := commonSources(args)
		if err != nil {
			return err
		}
		from = known
	}
	var judged [2]judgement
	for k, path := range args {
		if judged[k], err = judge(ctx, path, *net, from, *folder); err != nil {
			return err
		}
	}
	if !slices.Equal(judged[0].truth, judged[1].truth) {
		return fmt.Errorf("%s and %s read different classes from the same data: they cannot be compared", args[0], args[1])
	}
	m, err := metrics.NewMcNemar(judged[0].right, judged[1].right)
	if err != nil {
		return err
	}
	if *out != "" {
		b, err := json.MarshalIndent(m, "", "  ")
		if err == nil {
			err = renameio.WriteFile(*out, append(b, '\n'), 0o666)
		}
		if err != nil {
			return err
		}
	}
	first, second := runName(args[0]), runName(args[1])
	if first == second {
		first, second = args[0], args[1]
	}
	fmt.Fprint(s.out, m.Text(first, second))
	return nil
}

// judgement is the classes of rows and whether a model reads them.
type judgement struct {
	truth []int
	right []bool
}

// judge lets a model read the images, MNIST's where none are named.
func judge(ctx context.Context, path, net string, from sources, folder string) (j judgement, err error) {
	if !isWeights(path) {
		net = "" // it is of the other model
	}
	m, err := openModel(path, net)
	if err != nil {
		return j, err
	}
	known, found, err := readSources(path)
	if err != nil {
		return j, err
	}
	if found { // a run reads the common data as it was trained to
		if known.Images == from.Images && known.Labels == from.Labels {
			from = known
		}
	}
	from.Standardized = m.transform != nil // of this model, wherever the data are known from
	if from.Scale == table.ScaleAuto {
		from.Scale = m.scale
	}
	if from.Classes == 0 {
		from.Classes = outputs(m.Model.Topology)
	}
	var set nnlib.Dataset
	if from.Images == "" {
		set, err = mnist.Load(folder, mnist.Test)
	} else {
		set, _, err = from.open(path, m.Model.Topology.Input)
	}
	if err != nil {
		return j, err
	}
	p, err := m.Predict(ctx, set)
	if err != nil {
		return j, err
	}
	t, err := datasets.Targets(set)
	if err != nil {
		return j, err
	}
	if t.Class == nil {
		return j, fmt.Errorf("%s: the data have target values, not classes: there is no right and wrong to compare", path)
	}
	j = judgement{t.Class, make([]bool, len(t.Class))}
	for i, c := range t.Class {
		j.right[i] = p.Class[i] == c
	}
	return j, nil
}

// commonSources is where the test data of runs lies, empty where none of them
// knows. Runs that were tested on different data are an error.
func commonSources(runs []string) (common sources, err error) {
	of := ""
	for _, run := range runs {
		known, found, err := readSources(run)
		if err != nil {
			return common, err
		}
		if !found {
			continue
		}
		if of != "" && (known.Images != common.Images || known.Labels != common.Labels) {
			return common, fmt.Errorf("%s was tested on %s, %s on %s: name the data to compare on with -images and -labels", of, common.Images, run, known.Images)
		}
		common, of = known, run
	}
	return common, nil
}
