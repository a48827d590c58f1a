package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
	"golang.org/x/sync/errgroup"

	"digitlab/nnlib/mnist"
)

// writing brings the tables of one format up to date.
//
// What was written is noted in mnist_csv.sha256 or mnist_libsvm.sha256, in the
// form that `sha256sum -c` reads: comments with the settings and the SHA-256
// of the four inputs, then the SHA-256 of each output. A later run with the
// same comments, whose outputs still have those sums, has nothing to do; an
// output that is missing, cut short or changed is written again. The note is
// renamed into place after the outputs, so a process that ends in between
// leaves one that does not fit, and the next run writes all again.
type writing struct {
	settings
	parts parts
	bar   *progress
}

// block is the number of rows between two looks at progress and interrupt.
const block = 500

// aside is the folder of unfinished outputs. It is of this run alone: the
// output folder is locked.
func (w *writing) aside() string { return filepath.Join(w.out, ".datagen") }

// sumsName is the name of the note.
func (w *writing) sumsName() string { return "mnist_" + w.format + ".sha256" }

// comments is the head of the note: all that decides the outputs.
func (w *writing) comments() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# datagen 1: format %s, layout %v, %d classes; check with sha256sum -c\n", w.format, w.layout, w.parts.classes())
	for _, part := range []mnist.Part{mnist.Train, mnist.Test} {
		fmt.Fprintf(&b, "# from %v images %s\n# from %v labels %s\n", part, w.parts[part].ImagesSHA256, part, w.parts[part].LabelsSHA256)
	}
	return b.String()
}

// note is the text of the note for outputs with the given sums.
func (w *writing) note(sums []string) string {
	text := w.comments()
	for i, t := range w.tables() {
		text += sums[i] + "  " + t.name + "\n"
	}
	return text
}

// done is true where the outputs are those of the note, and the note is that
// of these settings and inputs.
func (w *writing) done() bool {
	note, err := os.ReadFile(filepath.Join(w.out, w.sumsName()))
	if err != nil || !strings.HasPrefix(string(note), w.comments()) {
		return false
	}
	tables := w.tables()
	sums := make([]string, len(tables))
	var g errgroup.Group
	for i, t := range tables {
		g.Go(func() error {
			f, err := os.Open(filepath.Join(w.out, t.name))
			if err != nil {
				return err
			}
			defer f.Close()
			h := sha256.New()
			_, err = io.Copy(h, f)
			sums[i] = hex.EncodeToString(h.Sum(nil))
			return err
		})
	}
	return g.Wait() == nil && string(note) == w.note(sums)
}

// write writes all outputs aside, at the same time, then renames them.
func (w *writing) write(ctx context.Context) error {
	if err := os.RemoveAll(w.aside()); err != nil {
		return err
	}
	if err := os.Mkdir(w.aside(), 0o755); err != nil {
		return err
	}
	defer os.RemoveAll(w.aside())
	tables := w.tables()
	total := 0
	for _, t := range tables {
		total += t.data.Len()
	}
	w.bar.begin("writing "+w.format, int64(total), false)
	defer w.bar.end()
	files, sums := make([]*renameio.PendingFile, len(tables)), make([]string, len(tables))
	defer func() {
		for _, f := range files {
			if f != nil {
				f.Cleanup() // nothing after a rename
			}
		}
	}()
	g, ctx := errgroup.WithContext(ctx)
	for i, t := range tables {
		f, err := renameio.NewPendingFile(filepath.Join(w.out, t.name), renameio.WithTempDir(w.aside()), renameio.WithPermissions(0o644))
		if err != nil {
			return err
		}
		files[i] = f
		g.Go(func() (err error) {
			sums[i], err = w.fill(ctx, f, t)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, f := range files {
		if err := f.CloseAtomicallyReplace(); err != nil {
			return err
		}
	}
	return renameio.WriteFile(filepath.Join(w.out, w.sumsName()), []byte(w.note(sums)), 0o644, renameio.WithTempDir(w.aside()))
}

// fill writes one output and returns its SHA-256.
func (w *writing) fill(ctx context.Context, f io.Writer, t tableFile) (string, error) {
	h := sha256.New()
	o := io.MultiWriter(f, h)
	for i, n := 0, t.data.Len(); i < n; i += block {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		j := min(i+block, n)
		if err := t.rows(o, i, j); err != nil {
			return "", err
		}
		w.bar.add(int64(j - i))
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
