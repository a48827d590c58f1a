package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"digitlab/nnlib/mnist"
	"digitlab/nnlib/table"
)

// parts is the training and the test part.
type parts [2]*mnist.Data

// read reads both parts from a folder of IDX files.
func read(folder string, c mnist.Check) (p parts, err error) {
	for _, part := range []mnist.Part{mnist.Train, mnist.Test} {
		if p[part], err = mnist.ReadFolder(folder, part, c); err != nil {
			return p, err
		}
	}
	if a, b := p[mnist.Train].Shape(), p[mnist.Test].Shape(); a != b {
		return p, fmt.Errorf("%s: training images are %v, test images %v: the files do not belong together", folder, a, b)
	}
	return p, nil
}

// classes is the number of classes in both parts.
func (p parts) classes() int { return max(p[mnist.Train].Classes(), p[mnist.Test].Classes()) }

// generate does what the settings say. Data from a folder is read and checked
// before anything is written.
func generate(ctx context.Context, s settings, stdout io.Writer, bar *progress) error {
	var p parts
	var err error
	if s.from != "" {
		if p, err = read(s.from, mnist.Check(!s.unverified)); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(s.out, 0o755); err != nil {
		return err
	}
	unlock, err := lock(ctx, s.out, bar)
	if err != nil {
		return err
	}
	defer unlock()
	switch {
	case s.from != "" && !s.unverified:
		err = mnist.Import(s.from, s.out)
	case s.from == "":
		err = mnist.Fetch(ctx, s.out, bar.fetched)
		bar.end()
		if err == nil {
			p, err = read(filepath.Join(s.out, mnist.Folder), mnist.Verified)
		}
	}
	if err != nil {
		return err
	}
	w := writing{settings: s, parts: p, bar: bar}
	if w.done() {
		_, err = fmt.Fprintf(stdout, "%s: everything is there, nothing to do\n", filepath.Join(s.out, w.sumsName()))
		return err
	}
	if err := w.write(ctx); err != nil {
		return err
	}
	for _, t := range w.tables() {
		info, err := os.Stat(filepath.Join(s.out, t.name))
		if err != nil {
			return err
		}
		fmt.Fprintf(stdout, "%s: %d lines, %.1f MB\n", filepath.Join(s.out, t.name), t.data.Len(), float64(info.Size())/1e6)
	}
	return nil
}

// tableFile is one output file: a line for each row of a part.
type tableFile struct {
	name string
	data *mnist.Data
	// rows writes the lines of rows i to j.
	rows func(w io.Writer, i, j int) error
}

// tables lists the output files.
func (w *writing) tables() (files []tableFile) {
	classes := w.parts.classes()
	for _, part := range []mnist.Part{mnist.Train, mnist.Test} {
		d := w.parts[part]
		n := d.Shape().Len()
		if w.format == "libsvm" {
			files = append(files, tableFile{fmt.Sprintf("mnist_%v.libsvm", part), d, func(o io.Writer, i, j int) error {
				return table.WriteLIBSVM(o, n, d.Pixels[i*n:j*n], d.Class[i:j])
			}})
			continue
		}
		files = append(files,
			tableFile{fmt.Sprintf("mnist_images_%v.csv", part), d, func(o io.Writer, i, j int) error {
				return table.WriteImages(o, w.layout, n, d.Pixels[i*n:j*n])
			}},
			tableFile{fmt.Sprintf("mnist_labels_%v.csv", part), d, func(o io.Writer, i, j int) error {
				return table.WriteLabels(o, w.layout, classes, d.Class[i:j])
			}})
	}
	return files
}
