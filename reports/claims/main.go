// Command claims measures the accuracies that the README quotes: each recipe
// with five seeds on the real MNIST, mean and spread. Runs are kept under
// runs/claims; a second call trains nothing.
//
//	go run ./reports/claims [-data data] [-runs runs/claims] [-only NAME]
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"text/tabwriter"

	"digitlab/nnlib"
	"digitlab/nnlib/mnist"
	"digitlab/nnlib/report"

	"gonum.org/v1/gonum/stat"
)

// claim is a recipe whose results the README quotes.
type claim struct {
	name   string
	recipe nnlib.Recipe
	steps  func(r nnlib.Recipe, d nnlib.Dataset) int
}

func topology(text string) nnlib.Topology {
	t, err := nnlib.ParseTopology(text)
	if err != nil {
		panic(err)
	}
	return t
}

var claims = []claim{
	{"seed", nnlib.Recipe{
		Topology:  topology("28x28 affine:64 tanh affine:10 sigmoid+squared"),
		Optimizer: nnlib.GradientDescent{Rate: 0.1, Schedule: nnlib.BoldDriver{Grow: 1.05, Shrink: 0.5}},
		Init:      nnlib.Uniform{Limit: 0.5}, Sample: 0.7,
	}, func(nnlib.Recipe, nnlib.Dataset) int { return 100 }},
	{"momentum", nnlib.Recipe{
		Topology:  nnlib.Perceptron(784, 64, 10),
		Optimizer: nnlib.GradientDescent{Rate: 0.1, Rule: nnlib.Momentum{Keep: 0.9}}, Batch: 128,
	}, func(r nnlib.Recipe, d nnlib.Dataset) int { return r.Steps(d, 10) }},
}

func main() {
	folder := flag.String("data", "data", "datagen's `folder`")
	runs := flag.String("runs", "runs/claims", "`folder` of the runs")
	only := flag.String("only", "", "one claim's `name`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, os.Stdout, *folder, *runs, *only); err != nil {
		fmt.Fprintln(os.Stderr, "claims:", err)
		os.Exit(1)
	}
}

// measure prints a line a run, and the means after each claim.
func measure(ctx context.Context, out io.Writer, folder, runs, only string) error {
	train, err := mnist.Load(folder, mnist.Train)
	if err != nil {
		return err
	}
	test, err := mnist.Load(folder, mnist.Test)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "recipe\tseed\tsteps\tcost\ttraining, %\ttest, %\tleast F1\tas the seed tests, %\tleast F1\tcost fell\tweights\t")
	for _, c := range claims {
		if only != "" && only != c.name {
			continue
		}
		var all [7][]float64
		for seed := uint64(1); seed <= 5; seed++ {
			c.recipe.Seed = seed
			r, err := result(ctx, c, filepath.Join(runs, fmt.Sprintf("%s-%d", c.name, seed)), train, test)
			if err != nil {
				return err
			}
			for i, v := range r.values {
				all[i] = append(all[i], v)
			}
			fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%.6s\t\n", c.name, seed, r.steps, columns(r.values[:]), fmt.Sprintf("%x", r.hash))
		}
		var mean, deviation [7]float64
		for i := range all {
			mean[i], deviation[i] = stat.MeanStdDev(all[i], nil)
		}
		fmt.Fprintf(w, "%s\tmean\t\t%s\t\t\n%s\ts.d.\t\t%s\t\t\n", c.name, columns(mean[:]), c.name, columns(deviation[:]))
	}
	return w.Flush()
}

// measured is one run: cost, training and test accuracy, least F1, the accuracy
// and least F1 of the seed's evaluation, and the steps at which the cost fell.
type measured struct {
	steps  int
	values [7]float64
	hash   [32]byte
}

func columns(v []float64) string {
	return fmt.Sprintf("%.4f\t%.2f\t%.2f\t%.3f\t%.2f\t%.3f\t%.1f", v[0], 100*v[1], 100*v[2], v[3], 100*v[4], v[5], v[6])
}

func result(ctx context.Context, c claim, dir string, train, test nnlib.Dataset) (m measured, err error) {
	r, err := nnlib.OpenRun(dir, c.recipe)
	if err != nil {
		return m, err
	}
	last, fell := nnlib.Step{}, 0.0
	for s := range r.To(ctx, train, c.steps(c.recipe, train)) {
		if s.Number > 1 && s.Cost < last.Cost {
			fell++
		}
		last = s
	}
	if err := r.Err(); err != nil {
		return m, err
	}
	model := r.Model()
	right, err := report.Evaluate(ctx, model, test)
	if err != nil {
		return m, err
	}
	wrong, err := report.Evaluate(ctx, report.AsSeed(model), test)
	if err != nil {
		return m, err
	}
	tallies, err := wrong.Rounded()
	if err != nil {
		return m, err
	}
	least, leastAsSeed := 1.0, 1.0
	for i, s := range right.Confusion.Scores() {
		least, leastAsSeed = min(least, s.F1), min(leastAsSeed, tallies[i].Score().F1)
	}
	return measured{last.Number, [7]float64{
		last.Cost, last.Accuracy, right.Confusion.Accuracy(), least, wrong.Confusion.Accuracy(), leastAsSeed, fell,
	}, model.Hash()}, nil
}
