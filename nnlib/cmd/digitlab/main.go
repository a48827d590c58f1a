// Command digitlab trains and judges networks without a notebook.
//
//	go run ./nnlib/cmd/digitlab train TRAIN_IMAGES TRAIN_LABELS TEST_IMAGES TEST_LABELS OUTPUT
//	go run ./nnlib/cmd/digitlab digits RUN
//	mpirun -np 8 --host a:4,b:4 digitlab train ...
//
// Images and labels are CSV or IDX; TRAIN TEST OUTPUT takes one CSV file with a
// label column, or one LIBSVM file, each.
//
// Started by mpirun, mpiexec or srun, train is one training over all ranks, to the
// same weights as by one; sweep shares its runs out. Where steps take all rows or
// a sample, each rank reads its own; mini-batches mix all. Rank 0 alone writes. SIGUSR1
// to the launcher saves and ends with status 75. SIGTERM leaves Open MPI's ranks
// a second to save, and mpirun's status is its own.
//
// Exit status: 0 done, 1 something is wrong with the input, 2 wrong usage, 75
// interrupted and saved: the same command goes on.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"digitlab/nnlib"
	"digitlab/nnlib/comm"
	"digitlab/nnlib/comm/mpi"
)

// command is one verb of digitlab.
type command struct {
	name, arguments, about string
	run                    func(ctx context.Context, s streams, args []string) error
	ranked                 bool // it can be one program of several ranks
}

// streams is where a command writes: results to out, everything said to a
// person to err.
type streams struct {
	out, err io.Writer
	ranks    comm.Communicator // nil: train and sweep look for it
}

func commands() []command {
	return []command{
		{"train", "[flags] TRAIN_IMAGES TRAIN_LABELS TEST_IMAGES TEST_LABELS OUTPUT, or TRAIN TEST OUTPUT", "train a network, and write histories, metrics and test answers", train, true},
		{"digits", "[flags] RUN", "judge a run's model class by class: text, JSON and a page", digits, false},
		{"predict", "[flags] MODEL IMAGES", "write the class of every image, and the outputs", predict, false},
		{"convert", "[flags] MODEL OUT", "write a run, model file, Spark model or PyTorch's weights as a model file, Spark model or ONNX model", convert, false},
		{"summary", "[flags] MODEL", "write a table of a model's layers", summary, false},
		{"plots", "COST_FILE ACCURACY_FILE OUT_DIR", "draw cost and accuracy histories as PNG and SVG", plots, false},
		{"sweep", "[flags] TRAIN_IMAGES TRAIN_LABELS OUTPUT", "train variations of a recipe side by side and tabulate how they do on rows held out", sweeps, true},
		{"compare", "[flags] MODEL MODEL", "test whether one model is better than another on the same images (McNemar)", comparison, false},
		{"runs", "[RUN | DIR ...]", "list runs; with two runs, compare them", runs, false},
	}
}

// usageError is wrong usage, as opposed to wrong input.
type usageError struct{ error }

func usagef(format string, a ...any) error { return usageError{fmt.Errorf(format, a...)} }

const (
	statusInput       = 1
	statusUsage       = 2
	statusInterrupted = 75 // EX_TEMPFAIL: saved, run me again
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGUSR1)
	// After the first signal a second one ends the program at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, streams{out: os.Stdout, err: os.Stderr}, os.Args[1:]))
}

func run(ctx context.Context, s streams, args []string) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(s.err)
		if len(args) == 0 {
			return statusUsage
		}
		return 0
	}
	for _, c := range commands() {
		if c.name == args[0] && c.ranked {
			return onRanks(ctx, s, c, args[1:])
		}
		if c.name == args[0] {
			return status(s.err, c, c.run(ctx, s, args[1:]))
		}
	}
	fmt.Fprintf(s.err, "digitlab: there is no command %q\n", args[0])
	usage(s.err)
	return statusUsage
}

func status(w io.Writer, c command, err error) int {
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, new(usageError)):
		fmt.Fprintf(w, "digitlab %s: %v\nusage: digitlab %s %s\n", c.name, err, c.name, c.arguments)
		return statusUsage
	case errors.Is(err, nnlib.ErrInterrupted):
		fmt.Fprintln(w, err)
		return statusInterrupted
	case lost(err):
		fmt.Fprintf(w, "digitlab %s: the ranks have lost each other: %v\n", c.name, err)
		return mpi.StatusLost
	}
	fmt.Fprintf(w, "digitlab %s: %v\n", c.name, err)
	return statusInput
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "usage: digitlab COMMAND [flags] ARGUMENTS")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-8s %s\n           %s\n", c.name, c.arguments, c.about)
	}
	fmt.Fprintln(w, "digitlab COMMAND -h shows the flags of a command.")
}

// parse reads flags and returns the arguments, of which there must be from
// least to most.
func parse(f *flag.FlagSet, s streams, args []string, least, most int) ([]string, error) {
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	if err := f.Parse(args); errors.Is(err, flag.ErrHelp) {
		for _, c := range commands() {
			if c.name == f.Name() {
				fmt.Fprintf(s.err, "usage: digitlab %s %s\n%s\n", c.name, c.arguments, c.about)
			}
		}
		f.SetOutput(s.err)
		f.PrintDefaults()
		return nil, err
	} else if err != nil {
		return nil, usageError{err}
	}
	if n := f.NArg(); n < least || n > most {
		return nil, usagef("too few or too many arguments: %d", n)
	}
	return f.Args(), nil
}
