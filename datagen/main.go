// Command datagen fetches MNIST and writes it as tables.
//
//	go run ./datagen [-out data] [-from DIR] [-format csv|libsvm] [-layout plain|seed] [-unverified]
//
// It puts the four IDX files, verified, into the folder mnist of the output
// folder, and beside it mnist_images_train.csv, mnist_labels_train.csv,
// mnist_images_test.csv and mnist_labels_test.csv, or mnist_train.libsvm and
// mnist_test.libsvm. What is there already is left alone.
//
// It exits with status 1 where something is wrong with the data or the
// machine, and with 2 where the flags are wrong.
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

	"digitlab/nnlib/mnist"
	"digitlab/nnlib/table"
)

// settings is what the flags say.
type settings struct {
	out, from, format string
	layout            table.Layout
	unverified        bool
}

const usage = `usage: go run ./datagen [flags]
Fetches MNIST, verifies it and writes it as tables.
`

// parse reads the flags. It has printed what is wrong with them.
func parse(args []string, stderr io.Writer) (s settings, err error) {
	f := flag.NewFlagSet("datagen", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprint(stderr, usage)
		f.PrintDefaults()
	}
	f.StringVar(&s.out, "out", "data", "output `folder`")
	f.StringVar(&s.from, "from", "", "`folder` with the four IDX files, plain or .gz; without it they are fetched")
	f.StringVar(&s.format, "format", "csv", "csv or libsvm")
	f.TextVar(&s.layout, "layout", table.Plain, "of CSV: plain (commas, 0-255, one class a line) or seed (the PySpark project's: spaces, 0-1, one-hot)")
	f.BoolVar(&s.unverified, "unverified", false, "take any IDX images and labels, read by their own headers (needs -from)")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	wrong := ""
	switch {
	case f.NArg() > 0:
		wrong = fmt.Sprintf("%q is no flag", f.Arg(0))
	case s.format != "csv" && s.format != "libsvm":
		wrong = fmt.Sprintf("-format %q: choose csv or libsvm", s.format)
	case s.format == "libsvm" && s.layout != table.Plain:
		wrong = "-layout is for -format csv"
	case s.unverified && s.from == "":
		wrong = "-unverified needs -from: what is fetched is always verified"
	case s.out == "":
		wrong = "-out is empty: name a folder"
	}
	if wrong != "" {
		fmt.Fprintln(stderr, "datagen:", wrong)
		f.Usage()
		return s, errors.New(wrong)
	}
	return s, nil
}

// run is the command. It returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	s, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	err = generate(ctx, s, stdout, newProgress(stderr))
	switch {
	case err == nil:
		return 0
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "datagen: interrupted; no file is left half-written, and the same command goes on")
	case s.from != "" && !s.unverified && wrongData(err) && readable(s.from):
		fmt.Fprintf(stderr, "datagen: %v (for other data than MNIST add -unverified)\n", err)
	default:
		fmt.Fprintln(stderr, "datagen:", err)
	}
	return 1
}

// wrongData is true for an error in what the files hold, as opposed to one of
// the machine.
func wrongData(err error) bool {
	return errors.As(err, new(*mnist.FormatError)) || errors.As(err, new(*mnist.ChecksumError))
}

// readable is true for a folder of sound IDX files, of MNIST or other data.
func readable(folder string) bool {
	_, err := read(folder, mnist.Unverified)
	return err == nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}
