package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"slices"

	"digitlab/nnlib"
	"digitlab/nnlib/metrics"
	"digitlab/nnlib/report"
	"digitlab/nnlib/table"

	"github.com/google/renameio/v2"
)

// comparison tests whether one run's model reads the same images better than
// another's.
func comparison(ctx context.Context, s streams, args []string) error {
	f := flag.NewFlagSet("compare", flag.ContinueOnError)
	images := f.String("images", "", "CSV `file` of images to judge by; the runs' test images where they know them")
	labels := f.String("labels", "", "CSV `file` of their labels")
	scale := table.ScaleAuto
	f.TextVar(&scale, "scale", scale, "what `values` in -images mean: 255, 1 or auto")
	folder := f.String("data", "data", "`folder` of datagen, whose MNIST test images are used where nothing else is known")
	out := f.String("json", "", "`file` for the counts and the test as JSON")
	args, err := parse(f, s, args, 2, 2)
	if err != nil {
		return err
	}
	if (*images == "") != (*labels == "") {
		return usagef("-images and -labels belong together")
	}
	if *images == "" {
		known, err := commonSources(args)
		if err != nil {
			return err
		}
		*images, *labels = known.Images, known.Labels
		if *images != "" {
			scale = known.Scale
		}
	}
	var judged [2]*report.Evaluation
	for k, run := range args {
		r, err := nnlib.ReadRun(run)
		if err != nil {
			return err
		}
		set, _, err := testData(run, *images, *labels, *folder, table.Options{Scale: scale, Shape: r.Topology.Input, Classes: outputs(r.Topology)})
		if err != nil {
			return err
		}
		if judged[k], err = report.Evaluate(ctx, r.Model, set); err != nil {
			return err
		}
	}
	if !slices.Equal(judged[0].True, judged[1].True) {
		return fmt.Errorf("%s and %s read different classes from the same data: they cannot be compared", args[0], args[1])
	}
	m, err := metrics.NewMcNemar(rights(judged[0]), rights(judged[1]))
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

// rights says of each row whether it was read as what it is.
func rights(e *report.Evaluation) []bool {
	right := make([]bool, len(e.True))
	for i := range right {
		right[i] = e.Right(i)
	}
	return right
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
		known.Classes = 0
		if of != "" && known != common {
			return common, fmt.Errorf("%s was tested on %s, %s on %s: name the data to compare on with -images and -labels", of, common.Images, run, known.Images)
		}
		common, of = known, run
	}
	return common, nil
}
