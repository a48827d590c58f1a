//go:build (linux || darwin) && (amd64 || arm64) && !nompi

package mpi

import (
	"bytes"
	"os"
	"runtime"

	"digitlab/nnlib/comm"
)

// What a rank tells of its host: two counts, the length of the name, the name.
const (
	surveyWords = 16
	longestHost = (surveyWords - 3) * 8
)

// survey tells every rank where the others are.
func (c *ranks) survey() error {
	if err := c.arena.room(c.size * surveyWords); err != nil {
		return err
	}
	name, err := os.Hostname()
	if err != nil {
		name = "?"
	}
	name = name[:min(len(name), longestHost)]
	at := c.rank * surveyWords
	w := c.arena.words[at : at+surveyWords]
	w[0], w[1], w[2] = float64(runtime.NumCPU()), float64(online()), float64(len(name))
	copy(c.arena.bytes(at+3, longestHost), name)
	err = c.mpi.call(&c.mpi.allgather, c.mpi.inPlace, 0, c.mpi.word,
		c.arena.at(0), surveyWords, c.mpi.word, c.mpi.world)
	for r := range c.size {
		w := c.arena.words[r*surveyWords:]
		c.hosts = append(c.hosts, host{string(c.arena.bytes(r*surveyWords+3, int(w[2]))), int(w[0]), int(w[1])})
	}
	return err
}

// online is the machine's processors: more than runtime.NumCPU where the
// process is bound to some.
func online() int {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.NumCPU()
	}
	return max(bytes.Count(b, []byte("\nprocessor\t"))+1, runtime.NumCPU())
}

// Describe is the library, its version, and which ranks are where: a line, and
// another where ranks cannot use the processors they were given.
func Describe(c comm.Communicator) string {
	r, ok := c.(*ranks)
	if !ok {
		return "one rank"
	}
	return describe(r.about, r.hosts)
}
