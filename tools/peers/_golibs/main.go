// Command golibs does the jobs of ../job.go with Go libraries, as peers.py does with Python's: plain gradient descent
// on a network with one hidden layer of sigmoids. It is a module of its own, so that Digitlab does not depend on what
// it is measured against.
//
//	golibs FOLDER
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// job has what is read of ../job.go's.
type job struct {
	Way   string
	Units []int
	Rate  float32
	Batch int
	Rows  int
	Warm  int
	Calls int
	Seed  uint64
}

type answer struct {
	Version  string    `json:"version,omitempty"`
	Error    string    `json:"error,omitempty"`
	Seconds  []float64 `json:"seconds,omitempty"`
	End      float64   `json:"end,omitempty"`
	Accuracy float64   `json:"accuracy"`
	Cost     float64   `json:"cost"`
}

// way is one library's.
type way interface {
	version() string
	epoch() float64 // its mean cost
	classes(images []byte) []int
}

var ways = map[string]func(j job, x []float32, class []int) way{"gonum": newGonum}

func main() {
	lines, answers := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	var w way
	var j job
	for lines.Scan() {
		var a answer
		var err error
		if w == nil {
			if w, err = begin(lines.Bytes(), &j); err == nil {
				a.Version = w.version()
			}
		} else {
			var times int
			if times, err = strconv.Atoi(lines.Text()); err == nil {
				a, err = take(w, j, times)
			}
		}
		if err != nil {
			a = answer{Error: err.Error()}
		}
		answers.Encode(a)
	}
}

func begin(line []byte, j *job) (way, error) {
	if err := json.Unmarshal(line, j); err != nil {
		return nil, err
	}
	start, ok := ways[j.Way]
	if !ok || len(j.Units) != 3 {
		return nil, fmt.Errorf("there is no way %q with %d layers", j.Way, len(j.Units)-1)
	}
	images, class, err := read("train")
	if err != nil {
		return nil, err
	}
	rows := j.Rows
	if j.Calls > 0 {
		rows = len(class)
	}
	w := start(*j, scaled(nil, images[:rows*j.Units[0]]), class[:rows])
	for range j.Warm {
		w.epoch()
	}
	if j.Calls > 0 {
		_, err = take(w, *j, 1)
	}
	return w, err
}

func take(w way, j job, times int) (a answer, err error) {
	images, class, err := read("t10k")
	if err != nil {
		return a, err
	}
	for range times {
		start := time.Now()
		if j.Calls == 0 {
			a.Cost = w.epoch()
		}
		for range j.Calls {
			w.classes(images[:j.Rows*j.Units[0]])
		}
		a.Seconds = append(a.Seconds, time.Since(start).Seconds()/float64(max(j.Calls, 1)))
	}
	a.End = float64(time.Now().UnixNano()) / 1e9
	right := 0
	for i, c := range w.classes(images) {
		if c == class[i] {
			right++
		}
	}
	a.Accuracy = float64(right) / float64(len(class))
	return a, nil
}

// read is the images and classes of a part.
func read(part string) (images []byte, class []int, err error) {
	images, err = os.ReadFile(filepath.Join(os.Args[1], part+"-images-idx3-ubyte"))
	if err != nil {
		return nil, nil, err
	}
	labels, err := os.ReadFile(filepath.Join(os.Args[1], part+"-labels-idx1-ubyte"))
	if err != nil {
		return nil, nil, err
	}
	for _, b := range labels[8:] {
		class = append(class, int(b))
	}
	return images[16:], class, nil
}

// scaled is the bytes as numbers from 0 to 1, into x where it is large enough.
func scaled(x []float32, images []byte) []float32 {
	if cap(x) < len(images) {
		x = make([]float32, len(images))
	}
	x = x[:len(images)]
	for i, b := range images {
		x[i] = float32(b) / 255
	}
	return x
}
