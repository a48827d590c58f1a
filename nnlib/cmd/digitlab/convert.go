package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"digitlab/nnlib"
	"digitlab/nnlib/modelfile"
	"digitlab/nnlib/onnx"
	"digitlab/nnlib/spark"

	"github.com/google/renameio/v2"
)

// formats is what convert writes: the value of -to, and the endings of names
// that mean it.
var formats = []struct {
	name, about string
	endings     []string
	write       func(path string, m *opened, overwrite bool) error
}{
	{"model", "model file", []string{".model"}, writeModelFile},
	{"spark", "Spark model", []string{".spark"}, writeSpark},
	{"onnx", "ONNX model", []string{".onnx"}, writeONNX},
}

// convert writes a model in another format.
func convert(_ context.Context, s streams, args []string) error {
	f := flag.NewFlagSet("convert", flag.ContinueOnError)
	net := f.String("net", "", netUsage)
	to := f.String("to", "", "`format` of OUT: model, spark or onnx (default by its ending: .model, .spark or .onnx)")
	overwrite := f.Bool("overwrite", false, "replace OUT where it exists; a directory only where it is a Spark model")
	args, err := parse(f, s, args, 2, 2)
	if err != nil {
		return err
	}
	in, out := args[0], filepath.Clean(args[1])
	for _, format := range formats {
		if *to != format.name && (*to != "" || !hasEnding(out, format.endings)) {
			continue
		}
		m, err := openModel(in, *net)
		if err != nil {
			return err
		}
		if m.transform != nil {
			if m.Model, err = m.transform.Fold(m.Model); err != nil {
				return fmt.Errorf("%s standardises its inputs: %w", in, err)
			}
		}
		if err := format.write(out, m, *overwrite); err != nil {
			return err
		}
		if m.transform != nil {
			fmt.Fprintf(s.err, "the standardisation of the inputs of %s is part of the first layer of %s\n", in, out)
		}
		if m.precision == "float64" && nnlib.Precision == "float32" {
			fmt.Fprintf(s.err, "the weights of %s are float64 and were rounded to float32: build with -tags float64 to keep all digits\n", in)
		}
		if m.Thresholds != nil && format.name == "onnx" {
			fmt.Fprintln(s.err, "the thresholds are in the metadata alone: an ONNX graph's output are the probabilities")
		}
		fmt.Fprintf(s.out, "%s: %s of %q, weights=sha256:%x\n", out, format.about, m.Model.Topology, m.Model.Hash())
		return nil
	}
	if *to != "" {
		return usagef("-to %s: use model, spark or onnx", *to)
	}
	return usagef("%s: its ending tells no format: use .model, .spark or .onnx, or -to", out)
}

func hasEnding(name string, endings []string) bool {
	for _, e := range endings {
		if strings.EqualFold(filepath.Ext(name), e) {
			return true
		}
	}
	return false
}

func writeModelFile(path string, m *opened, overwrite bool) error {
	if err := free(path, overwrite, modelfile.Magic); err != nil {
		return err
	}
	return modelfile.Save(path, &modelfile.File{Model: m.Model, Thresholds: m.Thresholds, Notes: m.notes})
}

func writeSpark(path string, m *opened, overwrite bool) error {
	if overwrite {
		return m.Save(path, spark.Overwrite)
	}
	return m.Save(path)
}

func writeONNX(path string, m *opened, overwrite bool) error {
	if err := free(path, overwrite, ""); err != nil {
		return err
	}
	var b bytes.Buffer
	info := onnx.Info{Doc: fmt.Sprintf("%v, written by Digitlab", m.Model.Topology)}
	for _, n := range m.notes {
		info.Notes = append(info.Notes, onnx.Note(n))
	}
	if m.Thresholds != nil {
		info.Notes = append(info.Notes, onnx.Note{Name: "thresholds", Value: strings.Trim(fmt.Sprint(m.Thresholds), "[]")})
	}
	if err := onnx.Write(&b, m.Model, info); err != nil {
		return err
	}
	return renameio.WriteFile(path, b.Bytes(), 0o666)
}

// free refuses a path where something is, unless that may be overwritten and
// begins as it should.
func free(path string, overwrite bool, magic string) error {
	switch info, err := os.Lstat(path); {
	case os.IsNotExist(err):
		return nil
	case err != nil:
		return err
	case !overwrite:
		return fmt.Errorf("%s: %w: choose another name, or use -overwrite", path, fs.ErrExist)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a file: it stays", path)
	}
	begins, err := beginning(path)
	if err == nil && !bytes.HasPrefix(begins, []byte(magic)) {
		err = fmt.Errorf("%s is not a model file: it stays", path)
	}
	return err
}
