package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"digitlab/nnlib"
	"digitlab/nnlib/data"
	"digitlab/nnlib/modelfile"
	"digitlab/nnlib/spark"
	"digitlab/nnlib/table"
	"digitlab/nnlib/tensors"
)

// netUsage is the flag of the commands that read weights without a network.
const netUsage = "the `network` that the weights of a .safetensors, .npz or .npy file are of, such as \"28x28 affine:64 tanh affine:10 softmax+cross-entropy\""

// opened is a model with what its place says of it.
type opened struct {
	spark.Classifier             // the model; its thresholds, where the place has some
	kind             string      // "run", "Spark model" and so on
	scale            table.Scale // of the inputs; ScaleAuto: not known
	precision        string      // of the weights as they are kept
	notes            []modelfile.Note
	transform        *data.Transform // of the inputs before the model reads them; nil: none
	sources          sources         // of a run
}

// openModel reads a run directory, a model file, Spark's directory, or weights
// of the network net in .safetensors, .npz or .npy.
func openModel(path, net string) (*opened, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	weights := isWeights(path)
	if net != "" && (info.IsDir() || !weights) {
		return nil, usagef("-net belongs to weights in .safetensors, .npz or .npy: %s knows its network", path)
	}
	switch {
	case info.IsDir() && exists(path, "metadata"):
		c, err := spark.Load(path)
		if err != nil {
			return nil, err
		}
		return &opened{Classifier: *c, kind: "Spark model", precision: "float64"}, nil
	case info.IsDir() && exists(path, "recipe.txt"):
		return openRun(path)
	case weights:
		return openWeights(path, net)
	}
	var begins []byte
	if !info.IsDir() {
		if begins, err = beginning(path); err != nil {
			return nil, err
		}
	}
	if !bytes.HasPrefix(begins, []byte(modelfile.Magic)) {
		return nil, fmt.Errorf("%s is no model: models are run directories, model files, Spark's directories, and weights in .safetensors, .npz or .npy", path)
	}
	f, err := modelfile.Load(path)
	if err != nil {
		return nil, err
	}
	o := &opened{Classifier: spark.Classifier{Model: f.Model, Thresholds: f.Thresholds}, kind: "model file", precision: f.Precision, notes: f.Notes}
	if text, ok := f.Note("scale"); ok {
		if err := o.scale.UnmarshalText([]byte(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return o, nil
}

// isWeights goes by the file's name.
func isWeights(path string) bool {
	return slices.Contains([]string{".safetensors", ".npz", ".npy"}, strings.ToLower(filepath.Ext(path)))
}

// openRun reads a run directory.
func openRun(dir string) (*opened, error) {
	r, err := nnlib.ReadRun(dir)
	if err != nil {
		return nil, err
	}
	o := &opened{Classifier: spark.Classifier{Model: r.Model}, kind: "run", precision: nnlib.Precision}
	known, _, err := readSources(dir)
	if err != nil {
		return nil, err
	}
	o.sources = known
	if known.Standardized {
		t, err := data.LoadTransform(filepath.Join(dir, transformName))
		if err != nil {
			return nil, err
		}
		o.transform = &t
	}
	if o.scale = known.Scale; o.scale != table.ScaleAuto {
		o.notes = []modelfile.Note{{Name: "scale", Value: o.scale.String()}}
	}
	return o, nil
}

// openWeights reads weights that another program has trained.
func openWeights(path, net string) (*opened, error) {
	if net == "" {
		return nil, usagef("%s has weights and no network: say it by -net", path)
	}
	t, err := nnlib.ParseTopology(net)
	if err != nil {
		return nil, usageError{err}
	}
	list, err := tensors.Load(path)
	if err != nil {
		return nil, err
	}
	m, err := tensors.Model(t, list)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &opened{Classifier: spark.Classifier{Model: m}, kind: "weights", precision: nnlib.Precision}, nil
}

// exists is true where a directory has an entry of a name.
func exists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// beginning is a file's first bytes.
func beginning(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, len(modelfile.Magic))
	n, err := io.ReadFull(f, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return b[:n], err
}

// summary writes a table of a model's layers.
func summary(_ context.Context, s streams, args []string) error {
	f := flag.NewFlagSet("summary", flag.ContinueOnError)
	net := f.String("net", "", netUsage)
	args, err := parse(f, s, args, 1, 1)
	if err != nil {
		return err
	}
	m, err := openModel(args[0], *net)
	if err != nil {
		return err
	}
	fmt.Fprint(s.out, modelfile.Summary(m.Model.Topology))
	for j, t := range m.Thresholds {
		fmt.Fprintf(s.out, "threshold of class %d: %v\n", j, t)
	}
	fmt.Fprintf(s.out, "%s weights=sha256:%x\n", m.kind, m.Model.Hash())
	return nil
}
