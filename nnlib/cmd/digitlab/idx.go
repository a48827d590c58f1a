package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"digitlab/nnlib"
	"digitlab/nnlib/mnist"
	"digitlab/nnlib/table"
)

// isIDX says whether files are images and labels in IDX. It goes by the first
// bytes, two of zero, which no text has, or by a name that ends in .gz.
func isIDX(files []string) (bool, error) {
	if len(files) != 2 {
		return false, nil
	}
	if packed(files) {
		return true, nil
	}
	f, err := os.Open(files[0])
	if err != nil {
		return false, err
	}
	defer f.Close()
	b := []byte{1, 1}
	_, err = io.ReadFull(f, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil // whoever reads it says that it is empty
	}
	return b[0] == 0 && b[1] == 0, err
}

func packed(files []string) bool { return strings.HasSuffix(files[0], ".gz") }

// forIDX is the options that IDX is read with, or an error where they ask for what
// it does not have.
func forIDX(o table.Options, file string, shape nnlib.Shape, classes int) (table.Options, error) {
	switch {
	case o.Values:
		return o, usagef("-values: labels in IDX are classes")
	case o.Scale == table.Scale1:
		return o, usagef("-scale 1: pixels in IDX are bytes, and are divided by 255")
	case o.Shape != (nnlib.Shape{}) && o.Shape.Len() != shape.Len():
		return o, fmt.Errorf("%s: images of %v, %d values: -net reads %d", file, shape, shape.Len(), o.Shape.Len())
	}
	o.Scale, o.Shape, o.Classes = table.Scale255, shape, classes
	return o, nil
}

// digitSet is images in memory with the options that read others alike.
type digitSet struct {
	*mnist.Set
	options table.Options
}

func (s digitSet) Options() table.Options { return s.options }

// loadIDX brings images and labels to memory.
func loadIDX(w io.Writer, files []string, o table.Options) (readable, error) {
	d, err := mnist.ReadFiles(files[0], files[1])
	if err != nil {
		return nil, err
	}
	set, err := d.Set(o.Classes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", files[1], err)
	}
	if o, err = forIDX(o, files[0], set.Shape(), set.Classes()); err != nil {
		return nil, err
	}
	found(w, files, set, fmt.Sprintf("%.0f %% of them not zero", 100*set.Density()), nil)
	return digitSet{set, o}, nil
}

// openIDX reads images when they are asked for. With keep they stay in memory
// then. Compressed ones are all read at once.
func openIDX(w io.Writer, files []string, o table.Options, keep bool) (readable, error) {
	if packed(files) {
		return loadIDX(w, files, o)
	}
	d, err := mnist.Open(files[0], files[1], o.Classes)
	if err == nil {
		o, err = forIDX(o, files[0], d.Shape(), d.Classes())
	}
	if err != nil {
		return nil, err
	}
	found(w, files, d, how(keep), nil)
	if keep {
		return kept(d, o.Ranks, o)
	}
	return shared{d, o, sync.OnceValues(func() ([32]byte, error) { return nnlib.FingerprintOver(o.Ranks, d) })}, nil
}

// shared is images in their file, whose fingerprint all ranks make together.
type shared struct {
	*mnist.File
	options table.Options
	print   func() ([32]byte, error)
}

func (s shared) Options() table.Options { return s.options }

func (s shared) Fingerprint() ([32]byte, error) { return s.print() }
