package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"digitlab/nnlib/mnist"
)

// measure makes the report of the rows that only names.
func (s contest) measure(data, out, only string, withGo bool) error {
	if missing := mnist.Missing(data); len(missing) > 0 {
		return fmt.Errorf("%s lacks %s: run make data", data, strings.Join(missing, ", "))
	}
	rows, err := choose(only)
	if err != nil {
		return err
	}
	end, err := s.prepare(withGo)
	defer end()
	if err != nil {
		return err
	}
	r := report{Machine: describe(), Command: strings.Join(os.Args[1:], " "), Date: time.Now().UTC(), Rounds: s.rounds, Times: s.times}
	r.Machine.Pinned = s.pin != "" && len(s.processors) > 0
	if r.Filled, err = filled(s.data); err != nil {
		return err
	}
	for _, w := range rows {
		for _, threads := range s.counts(w, r.Machine.Count) {
			s.say("%s, %s", w.Title, count(threads, "thread"))
			r.Tables = append(r.Tables, s.row(w, threads))
			if w.Name == roofed {
				r.Roofs = append(r.Roofs, s.roof(threads))
			}
		}
	}
	r.Minutes = time.Since(r.Date).Minutes()
	b, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{"benchmarks.json": append(b, '\n'), "benchmarks.md": []byte(r.markdown())} {
		if err := renameio.WriteFile(filepath.Join(out, name), content, 0o666); err != nil {
			return err
		}
	}
	s.say("%s and benchmarks.json are written", filepath.Join(out, "benchmarks.md"))
	return nil
}

// choose is the works of those names, with commas; empty: all.
func choose(only string) ([]work, error) {
	rows := works()
	if only == "" {
		return rows, nil
	}
	wanted := strings.Split(only, ",")
	for _, name := range wanted {
		if !slices.ContainsFunc(rows, func(w work) bool { return w.Name == name }) {
			return nil, fmt.Errorf("there is no row %q: %s", name, strings.Join(names(rows), ", "))
		}
	}
	return slices.DeleteFunc(rows, func(w work) bool { return !slices.Contains(wanted, w.Name) }), nil
}

// prepare finds the contenders; call what it returns after them.
func (s *contest) prepare(withGo bool) (end func(), err error) {
	end = func() {}
	s.say = func(format string, args ...any) { fmt.Fprintf(os.Stderr, "peers: "+format+"\n", args...) }
	if _, err = os.Stat(s.python); err != nil {
		return end, fmt.Errorf("%s is not there: run make bench-peers", s.python)
	}
	if _, err = os.Stat(s.spark); err != nil && s.spark != "" {
		return end, fmt.Errorf("%s is not there: run make spark", s.spark)
	}
	if s.cache, err = filepath.Abs(filepath.Join(filepath.Dir(s.python), "..", "torch-compile")); err != nil {
		return end, err
	}
	s.pin, _ = exec.LookPath("taskset")
	s.processors = processors()
	if withGo {
		dir, err := os.MkdirTemp("", "peers")
		if err != nil {
			return end, err
		}
		end = func() { os.RemoveAll(dir) }
		if s.goLibraries, err = buildGoLibraries(s.scripts, dir); err != nil {
			return end, err
		}
	}
	for _, c := range contenders {
		if c.Program == sparkML && s.spark == "" || c.Program == goLibrary && s.goLibraries == "" {
			continue
		}
		s.contenders = append(s.contenders, c)
	}
	return end, nil
}

// buildGoLibraries makes the command of the module in _golibs.
func buildGoLibraries(scripts, dir string) (string, error) {
	binary, err := filepath.Abs(filepath.Join(dir, "golibs"))
	if err != nil {
		return "", err
	}
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Dir = filepath.Join(scripts, "_golibs")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("the Go libraries: %w\n%s", err, out)
	}
	return binary, nil
}

// filled is the share of the training images' pixels that are not zero.
func filled(folder string) (float64, error) {
	d, err := mnist.ReadFolder(folder, mnist.Train, mnist.Unverified)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, b := range d.Pixels {
		if b != 0 {
			n++
		}
	}
	return float64(n) / float64(len(d.Pixels)), nil
}

func names(rows []work) (all []string) {
	for _, w := range rows {
		all = append(all, w.Name)
	}
	return all
}
