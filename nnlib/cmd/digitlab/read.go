package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"digitlab/nnlib"
	"digitlab/nnlib/comm"
	"digitlab/nnlib/data"
	"digitlab/nnlib/table"
)

// readable is rows of files, and how other files are read as they were.
type readable interface {
	nnlib.Dataset
	Options() table.Options
}

// load brings one file (LIBSVM by its name, else CSV with a label column) or
// images and labels (IDX by their first bytes, else CSV) to memory, and says what
// was found.
func load(w io.Writer, files []string, o table.Options) (readable, error) {
	idx, err := isIDX(files)
	if err != nil {
		return nil, err
	}
	var t *table.Table
	switch {
	case idx:
		return loadIDX(w, files, o)
	case len(files) == 2:
		t, err = table.Load(files[0], files[1], o)
	case isLIBSVM(files[0]):
		t, err = table.LoadLIBSVM(files[0], o)
	default:
		t, err = table.LoadCSV(files[0], o)
	}
	if err != nil {
		return nil, err
	}
	found(w, files, t, fmt.Sprintf("%.0f %% of them not zero", 100*t.Density()), t.Notices)
	return t, nil
}

// open reads rows when they are asked for. With keep they stay in memory then,
// as they would after load; else little of them does. It is collective.
func open(w io.Writer, files []string, o table.Options, keep bool) (readable, error) {
	idx, err := isIDX(files)
	if err = comm.Agree(o.Ranks, err); err == nil {
		idx, err = anywhere(o.Ranks, idx) // a rank with another file says so
	}
	if err != nil {
		return nil, err
	}
	var s *table.Stream
	switch {
	case idx:
		return openIDX(w, files, o, keep)
	case len(files) == 2:
		s, err = table.Open(files[0], files[1], o)
	case isLIBSVM(files[0]):
		s, err = table.OpenLIBSVM(files[0], o)
	default:
		s, err = table.OpenCSV(files[0], o)
	}
	if err != nil {
		return nil, err
	}
	found(w, files, s, how(keep), s.Notices)
	switch {
	case keep && (s.Level() != nil || s.Dense()):
		s.Limit(0)
		return kept(s, o.Ranks, s.Options())
	case keep:
		s.Limit(math.MaxInt64) // as lists of entries
	}
	return s, nil
}

// kept is rows that each rank keeps of those that it works on.
func kept(d nnlib.Dataset, ranks comm.Communicator, o table.Options) (readable, error) {
	k, err := data.Keep(d, ranks)
	if err != nil {
		return nil, err
	}
	return rows{k, o}, nil
}

// rows is rows of files with the options that read others alike.
type rows struct {
	*data.Kept
	options table.Options
}

func (r rows) Options() table.Options { return r.options }

// found says what was found in files.
func found(w io.Writer, files []string, d nnlib.Dataset, how string, notices []string) {
	fmt.Fprintf(w, "%s: %d rows of %d values, %s\n", filepath.Base(files[0]), d.Len(), d.Shape().Len(), how)
	for _, n := range notices {
		fmt.Fprintln(w, n)
	}
}

// how says how rows are read that stay in their file.
func how(keep bool) string {
	if keep {
		return "each rank reads its own"
	}
	return "read while training"
}

// isLIBSVM goes by the file's name.
func isLIBSVM(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".libsvm", ".svm", ".svmlight":
		return true
	}
	return false
}
