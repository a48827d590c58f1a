package nnlib

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Record is what a run directory says of itself, read without the recipe that
// made it.
type Record struct {
	Recipe   string // the text of recipe.txt
	Topology Topology
	Model    *Model // of the furthest step
	History  []Step
}

// ReadRun reads a run directory whose topology consists of this package's own
// layers. It writes nothing and takes no lock.
func ReadRun(dir string) (*Record, error) {
	d := directory(dir)
	b, err := os.ReadFile(d.path("recipe.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		hint := ""
		if inside, _ := filepath.Glob(filepath.Join(dir, "*", "recipe.txt")); len(inside) > 0 {
			hint = ", but " + filepath.Dir(inside[0]) + " has"
		}
		return nil, fmt.Errorf("nnlib: %s is not a run directory: it has no recipe.txt%s", dir, hint)
	}
	if err != nil {
		return nil, fmt.Errorf("nnlib: run directory: %w", err)
	}
	r := &Record{Recipe: string(b)}
	if r.Topology, err = ParseTopology(r.Field("Topology")); err != nil {
		return nil, d.broken("recipe.txt", err)
	}
	if p := r.Field("Precision"); p != Precision {
		return nil, fmt.Errorf("nnlib: %s was trained in %s, this program computes in %s", dir, p, Precision)
	}
	w, err := r.Topology.Init(0, nil)
	if err != nil {
		return nil, err
	}
	s := &state{weights: w, stepper: ignored{}}
	if strings.Contains(r.Recipe, "\nPatience: ") {
		s.kept = make([]Float, len(w))
	}
	if r.History, err = d.read(s); err != nil {
		return nil, err
	}
	if s.step == 0 {
		return nil, fmt.Errorf("nnlib: %s has no step yet", dir)
	}
	r.Model = &Model{r.Topology, w}
	return r, nil
}

// Field is the value on a line of recipe.txt, empty where there is none.
func (r *Record) Field(name string) string {
	for line := range strings.Lines(r.Recipe) {
		if value, ok := strings.CutPrefix(line, name+": "); ok {
			return strings.TrimSuffix(value, "\n")
		}
	}
	return ""
}

// Difference shows where two runs' recipes, data and precision differ, a line
// each; empty: nowhere.
func (r *Record) Difference(other *Record) string { return difference(r.Recipe, other.Recipe) }

// ignored stands for a stepper whose bytes are not wanted.
type ignored struct{ Stepper }

func (ignored) UnmarshalBinary([]byte) error { return nil }
