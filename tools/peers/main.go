// Command peers measures Digitlab beside PyTorch, JAX and scikit-learn, and if asked beside Spark ML and Go's own
// libraries: the same data, network, batch and number of threads in one run, the contenders taking turns.
//
//	make bench-peers
//	make bench-peers PEERS_FLAGS='-only batch128,cold -rounds 5'
//	make bench-peers PEERS_FLAGS='-spark -go'
//
// It writes benchmarks.md and benchmarks.json into reports/. Both sides shuffle, compute the cost, and start inference
// from bytes. A machine that does other work at the same time gives figures that mean nothing; the report says when
// runs differ too much.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"digitlab/nnlib/mnist"
)

func main() {
	data := flag.String("data", envOr("DIGITLAB_DATA", "data"), "datagen's output folder")
	python := flag.String("python", ".env/peers/bin/python3", "the Python that has the peers")
	out := flag.String("out", "reports", "folder for benchmarks.md and benchmarks.json")
	only := flag.String("only", "", "the rows to measure, with commas; empty: all of them")
	rounds := flag.Int("rounds", 5, "turns of each contender")
	times := flag.Int("times", 3, "timings in a turn")
	threads := flag.Int("threads", 0, "number of threads; 0: those that a row has goals for")
	all := flag.Bool("all", false, "measure every row on 1 and 2 threads")
	withSpark := flag.Bool("spark", false, "also the real Spark ML, in the row lbfgs (make spark; 6 to 12 minutes for each number of threads)")
	withGo := flag.Bool("go", false, "also Go libraries, in the rows of plain steps")
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
		s := contest{rounds: *rounds, times: *times, threads: *threads, all: *all}
		s.data, s.python, s.scripts = filepath.Join(*data, mnist.Folder), *python, "tools/peers"
		if *withSpark {
			s.spark = ".env/spark/bin/python3"
		}
		err = s.measure(*data, *out, *only, *withGo)
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
