package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"digitlab/nnlib"
	"digitlab/nnlib/mnist"
	"digitlab/nnlib/spark"
)

// serve answers as peers.py does, for nnlib by its public API: a job, then the number of timings on each line.
func serve(folder string, threads int, in io.Reader, out io.Writer) error {
	lines, answers := bufio.NewScanner(in), json.NewEncoder(out)
	var o *measured
	for lines.Scan() {
		var a answer
		var err error
		if o == nil {
			o, err = begin(folder, threads, lines.Bytes())
			a.Version = version()
		} else {
			var times int
			if times, err = strconv.Atoi(lines.Text()); err == nil {
				a, err = o.take(times)
			}
		}
		if err != nil {
			a = answer{Error: err.Error()}
		}
		if err := answers.Encode(a); err != nil {
			return err
		}
	}
	return lines.Err()
}

// version names what changes the figures, and of that only the precision changes the weights.
func version() string { return "digitlab " + nnlib.Precision + ", " + nnlib.Tier() }

// measured is a run under way, and what it is asked.
type measured struct {
	job     job
	folder  string
	threads int
	recipe  nnlib.Recipe
	data    nnlib.Dataset
	run     *nnlib.Run
	epochs  int // done
}

func begin(folder string, threads int, line []byte) (*measured, error) {
	o := &measured{folder: folder, threads: threads}
	if err := json.Unmarshal(line, &o.job); err != nil {
		return nil, err
	}
	train, err := mnist.ReadFolder(folder, mnist.Train, mnist.Unverified)
	if err != nil {
		return nil, err
	}
	rows := o.job.Rows
	if o.job.Calls > 0 {
		rows = train.Len()
	}
	if o.data, err = o.examples(train, rows); err != nil {
		return nil, err
	}
	if o.recipe, err = o.job.recipe(train.Shape()); err != nil {
		return nil, err
	}
	if o.job.Iterations > 0 {
		if o.data, err = spark.Stack(o.data, sparkBlock, parts(rows, threads)...); err != nil {
			return nil, err
		}
		_, _, err = o.iterate(o.job.Warm)
		return o, err
	}
	if o.run, err = nnlib.NewRun(o.recipe, nnlib.Machine{Workers: threads, Profile: o.job.Profile}); err != nil {
		return nil, err
	}
	_, _, err = o.train(o.job.Warm)
	return o, err
}

// sparkBlock is the rows that Spark ML stacks, unless it is told otherwise.
const sparkBlock = 128

// recipe is the job in nnlib's words.
func (j job) recipe(input nnlib.Shape) (r nnlib.Recipe, err error) {
	t := nnlib.Topology{Input: input}
	for i, n := range j.Units[1:] {
		if i > 0 {
			if j.Hidden == "relu" {
				t.Layers = append(t.Layers, nnlib.ReLU{})
			} else {
				t.Layers = append(t.Layers, nnlib.Sigmoid{})
			}
		}
		t.Layers = append(t.Layers, nnlib.Affine{Units: n})
	}
	t.Layers = append(t.Layers, nnlib.SoftmaxCrossEntropy{})
	o := nnlib.GradientDescent{Rate: j.Rate}
	switch j.Rule {
	case "lbfgs": // what Spark does, to the weights that it starts from
		return nnlib.Recipe{Topology: t, Optimizer: nnlib.LBFGS{Tolerance: -1}, Init: spark.Init{}, Seed: j.Seed}, nil
	case "plain":
	case "momentum":
		o.Rule = nnlib.Momentum{Keep: 0.9}
	case "adam":
		o.Rule = nnlib.Adam{}
	default:
		return r, fmt.Errorf("there is no rule %q: plain, momentum, adam or lbfgs", j.Rule)
	}
	r = nnlib.Recipe{Topology: t, Optimizer: o, Seed: j.Seed}
	if j.Batch < j.Rows || j.Calls > 0 {
		r.Batch = j.Batch
	}
	return r, nil
}

// examples is the first images, scaled.
func (o *measured) examples(d *mnist.Data, rows int) (*nnlib.Examples, error) {
	shape := d.Shape()
	pixels, class := d.Pixels[:rows*shape.Len()], d.Class[:rows]
	classes := o.job.Units[len(o.job.Units)-1]
	var level [256]nnlib.Float
	for b := range level {
		level[b] = nnlib.Float((float64(b)/255 - o.job.Mean) / o.job.Deviation)
	}
	if level[0] == 0 {
		return nnlib.PackExamples(shape, classes, &level, pixels, class)
	}
	x := make([]nnlib.Float, len(pixels))
	for i, b := range pixels {
		x[i] = level[b]
	}
	return nnlib.NewExamples(shape, classes, x, class)
}

// train goes on for so many epochs: the seconds of each, and the last one's mean cost.
func (o *measured) train(epochs int) (seconds []float64, cost float64, err error) {
	o.epochs += epochs
	last := time.Now()
	total, rows := 0.0, 0.0
	for s := range o.run.To(context.Background(), o.data, o.recipe.Steps(o.data, o.epochs)) {
		if s.Replayed {
			continue
		}
		total += s.Cost * float64(s.Examples)
		rows += float64(s.Examples)
		if s.EpochEnd {
			now := time.Now()
			seconds = append(seconds, now.Sub(last).Seconds())
			cost, total, rows, last = total/rows, 0, 0, now
		}
	}
	return seconds, cost, o.run.Err()
}

// since is the time of the steps from one profile to a later one of the same run; nil: none was measured.
func since(from, to nnlib.Profile) phases {
	all, steps := phases{}, float64(to.Steps-from.Steps)
	for i, t := range to.Time {
		if t -= from.Time[i]; t > 0 {
			all[nnlib.Phase(i).String()] = float64(t.Nanoseconds()) / 1e3 / steps
		}
	}
	return all
}

// iterate is a training from fresh weights: its seconds, and the cost after it.
func (o *measured) iterate(iterations int) (seconds, cost float64, err error) {
	start := time.Now()
	if o.run, err = nnlib.NewRun(o.recipe, nnlib.Machine{Workers: o.threads}); err != nil {
		return 0, 0, err
	}
	done := 0
	for range o.run.To(context.Background(), o.data, iterations) {
		done++
	}
	seconds = time.Since(start).Seconds()
	if err = o.run.Err(); err != nil {
		return 0, 0, err
	}
	if done != iterations {
		return 0, 0, fmt.Errorf("%d iterations, %d were asked for", done, iterations)
	}
	p, err := o.run.Model().Predict(context.Background(), o.data)
	if err != nil {
		return 0, 0, err
	}
	return seconds, p.Sum.Mean(), nil
}

func (o *measured) take(times int) (a answer, err error) {
	var test *mnist.Data // read after the clock where it is not what is timed
	switch {
	case o.job.Iterations > 0:
		a.Seconds = make([]float64, times)
		for i := range a.Seconds {
			if a.Seconds[i], a.Cost, err = o.iterate(o.job.Iterations); err != nil {
				return a, err
			}
		}
		a.End = unix()
	case o.job.Calls == 0:
		warm := o.run.Profile()
		if a.Seconds, a.Cost, err = o.train(times); err != nil {
			return a, err
		}
		a.End = unix()
		a.Profile = since(warm, o.run.Profile())
	}
	if test, err = mnist.ReadFolder(o.folder, mnist.Test, mnist.Unverified); err != nil {
		return a, err
	}
	m := o.run.Model()
	hash := m.Hash()
	a.Hash = hex.EncodeToString(hash[:8])
	if o.job.Calls > 0 {
		if a.Seconds, err = o.infer(m, test, times); err != nil {
			return a, err
		}
		a.End = unix()
	}
	class, err := o.predict(m, test, test.Len())
	if err != nil {
		return a, err
	}
	right := 0
	for i, c := range class {
		if c == test.Class[i] {
			right++
		}
	}
	a.Accuracy = float64(right) / float64(len(class))
	if math.IsNaN(a.Cost) || math.IsInf(a.Cost, 0) {
		return a, fmt.Errorf("the cost is %v", a.Cost)
	}
	return a, nil
}

// infer times calls on the bytes of the first images, with the model ready as a program that answers would hold it.
func (o *measured) infer(m *nnlib.Model, d *mnist.Data, times int) (seconds []float64, err error) {
	one := func() error {
		_, err := o.predict(m, d, o.job.Rows)
		return err
	}
	if o.job.Rows == 1 {
		p, err := m.Predictor(nil)
		if err != nil {
			return nil, err
		}
		image := d.Pixels[:d.Shape().Len()]
		one = func() error {
			_, err := p.Class(image)
			return err
		}
	}
	for range times {
		start := time.Now()
		for range o.job.Calls {
			if err := one(); err != nil {
				return nil, err
			}
		}
		seconds = append(seconds, time.Since(start).Seconds()/float64(o.job.Calls))
	}
	return seconds, nil
}

// predict goes from the bytes of the first images to their classes.
func (o *measured) predict(m *nnlib.Model, d *mnist.Data, rows int) ([]int, error) {
	x, err := o.examples(d, rows)
	if err != nil {
		return nil, err
	}
	return m.Classify(context.Background(), x)
}

func unix() float64 { return float64(time.Now().UnixNano()) / 1e9 }
