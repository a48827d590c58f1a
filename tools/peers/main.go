// Command peers measures Digitlab beside PyTorch, JAX and scikit-learn: the same data, network, batch and number of
// threads in one run, the contenders taking turns.
//
//	make bench-peers
//	make bench-peers PEERS_FLAGS='-only batch128,cold -rounds 5'
//
// It writes benchmarks.md and benchmarks.json into reports/. Both sides shuffle, compute the cost, and start inference
// from bytes. A machine that does other work at the same time gives figures that mean nothing; the report says when
// runs differ too much.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/renameio/v2"

	"digitlab/nnlib/mnist"
)

func main() {
	data := flag.String("data", envOr("DIGITLAB_DATA", "data"), "datagen's output folder")
	python := flag.String("python", ".env/peers/bin/python3", "the Python that has the peers")
	out := flag.String("out", "reports", "folder for benchmarks.md and benchmarks.json")
	only := flag.String("only", "", "the rows to measure, with commas; empty: all of them")
	rounds := flag.Int("rounds", 5, "turns of each contender")
	times := flag.Int("times", 3, "timings in a turn")
	threads := flag.Int("threads", 0, "1 or 2 threads; 0: both")
	torch := flag.String("torch", "", "only make torch's lib folder, given here, load without CUDA libraries")
	server := flag.String("serve", "", "only answer jobs from standard input, on the IDX files of this folder")
	flag.Parse()
	err := fmt.Errorf("peers: no arguments are wanted: %s", strings.Join(flag.Args(), " "))
	switch {
	case flag.NArg() > 0 || *rounds < 1 || *times < 1:
		flag.Usage()
		os.Exit(2)
	case *torch != "":
		_, err = standInForCUDA(*torch)
	case *server != "":
		err = serve(*server, max(*threads, 1), os.Stdin, os.Stdout)
	default:
		err = measure(*data, *python, *out, *only, contest{rounds: *rounds, times: *times, threads: *threads})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func envOr(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

func measure(data, python, out, only string, s contest) error {
	if missing := mnist.Missing(data); len(missing) > 0 {
		return fmt.Errorf("%s lacks %s: run make data", data, strings.Join(missing, ", "))
	}
	_, err := os.Stat(python)
	if err != nil {
		return fmt.Errorf("%s is not there: run make bench-peers", python)
	}
	rows := works()
	for name := range strings.SplitSeq(only, ",") {
		if only != "" && !slices.ContainsFunc(rows, func(w work) bool { return w.Name == name }) {
			return fmt.Errorf("there is no row %q: %s", name, strings.Join(names(rows), ", "))
		}
	}
	if only != "" {
		rows = slices.DeleteFunc(rows, func(w work) bool { return !slices.Contains(strings.Split(only, ","), w.Name) })
	}
	s.place = place{data: filepath.Join(data, mnist.Folder), python: python, scripts: "tools/peers", processors: processors()}
	if s.place.cache, err = filepath.Abs(filepath.Join(filepath.Dir(python), "..", "torch-compile")); err != nil {
		return err
	}
	s.place.pin, _ = exec.LookPath("taskset")
	s.say = func(format string, args ...any) { fmt.Fprintf(os.Stderr, "peers: "+format+"\n", args...) }
	r := report{Machine: describe(), Rounds: s.rounds, Times: s.times}
	r.Machine.Pinned = s.place.pin != "" && len(s.place.processors) > 0
	for _, w := range rows {
		for _, threads := range s.counts(r.Machine.Count) {
			s.say("%s, %d threads", w.Title, threads)
			r.Tables = append(r.Tables, s.row(w, threads))
		}
	}
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

func names(rows []work) (all []string) {
	for _, w := range rows {
		all = append(all, w.Name)
	}
	return all
}
