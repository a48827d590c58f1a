package main

import (
	"bytes"
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// sweep is the arguments of a sweep over the small data.
func (f files) sweep(output string, flags ...string) []string {
	args := append([]string{"sweep", "-net", "4x4 affine:5 tanh affine:2 softmax+cross-entropy", "-schedule", "constant"}, flags...)
	return append(args, f.trainImages, f.trainLabels, output)
}

// swept is sweep.json.
type swept struct {
	Steps_asked int
	Variations  []struct {
		Name           string
		Runs           int
		Rate           *float64
		Validationcost struct{ Mean, SD *float64 } `json:"validation_cost"`
	}
	Runs []struct {
		Name string
		Seed uint64
		Cost *float64
	}
}

func readSweep(t *testing.T, output string) (s swept) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(output, "sweep.json"))
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSweepOfRates(t *testing.T) {
	f, out := halves(t, 300), filepath.Join(t.TempDir(), "out")
	args := f.sweep(out, "-rates", "0.01:1:3", "-seeds", "1,2", "-steps", "15")
	status, stdout, stderr := digitlab(args...)
	table := strings.Split(strings.TrimSpace(stdout), "\n")
	if status != 0 || len(table) != 4 || !strings.HasPrefix(table[1], "rate=0.01  2     0         15     0.") || !strings.HasPrefix(table[3], "rate=1 ") {
		t.Fatalf("status %d, %s%s", status, stdout, stderr)
	}
	if !strings.Contains(stderr, "6 of 6: rate=") || !strings.Contains(stderr, "validation cost 0.") {
		t.Errorf("stderr %s", stderr)
	}
	s := readSweep(t, out)
	if len(s.Variations) != 3 || len(s.Runs) != 6 || s.Steps_asked != 15 || *s.Variations[1].Rate != 0.1 || s.Variations[0].Validationcost.SD == nil {
		t.Errorf("%+v", s)
	}
	svg, err := os.ReadFile(filepath.Join(out, "sweep.svg"))
	if err != nil || !bytes.Contains(svg, []byte("learning rate, log scale")) {
		t.Errorf("sweep.svg: %v, or no axis of rates", err)
	}
	b, err := os.ReadFile(filepath.Join(out, "sweep.png"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(b)); err != nil {
		t.Error(err)
	}
	// The same command computes nothing, and says the same; so does a machine
	// of another size.
	_, again, stderr := digitlab(args...)
	if again != stdout || strings.Count(stderr, "(was there)") != 6 {
		t.Errorf("%s, then %s%s", stdout, again, stderr)
	}
	other := filepath.Join(t.TempDir(), "other")
	digitlab(f.sweep(other, "-rates", "0.01:1:3", "-seeds", "1,2", "-steps", "15", "-parallel", "1", "-workers", "2")...)
	for i, r := range readSweep(t, other).Runs {
		if *r.Cost != *s.Runs[i].Cost {
			t.Errorf("run %d costs %v, and %v with another machine", i, *s.Runs[i].Cost, *r.Cost)
		}
	}
}

func TestSweepOfAGrid(t *testing.T) {
	f, out := halves(t, 200), filepath.Join(t.TempDir(), "out")
	const grid = "net=4x4 affine:2 softmax+cross-entropy|4x4 affine:3 relu affine:2 softmax+cross-entropy; schedule=constant|bold-driver:1.1,0.6;batch=0,16"
	status, stdout, stderr := digitlab(f.sweep(out, "-grid", grid, "-steps", "5", "-holdout", "0.3")...)
	if status != 0 || strings.Count(stdout, "\n") != 9 || !strings.Contains(stdout, "net=4x4 affine:2 softmax+cross-entropy, schedule=bold-driver:1.1,0.6, batch=16") {
		t.Fatalf("status %d, %s%s", status, stdout, stderr)
	}
	svg, err := os.ReadFile(filepath.Join(out, "sweep.svg"))
	if err != nil || !bytes.Contains(svg, []byte("validation cost, after 5 steps")) {
		t.Errorf("sweep.svg: %v, or no axis of costs", err)
	}
	runs, err := filepath.Glob(filepath.Join(out, "runs", "*", "recipe.txt"))
	if err != nil || len(runs) != 8 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	b, err := os.ReadFile(runs[0])
	if err != nil || !bytes.Contains(b, []byte("Holdout: 0.3\n")) {
		t.Errorf("%s %v", b, err)
	}
}

func TestRandomSweepIsTheSeeds(t *testing.T) {
	f, dir := halves(t, 100), t.TempDir()
	names := func(flags ...string) (list []string) {
		out := filepath.Join(dir, strings.Join(flags, ""))
		args := append([]string{"-grid", "rate=0.001..1;batch=8,16,32", "-steps", "2"}, flags...)
		if status, _, stderr := digitlab(f.sweep(out, args...)...); status != 0 {
			t.Fatal(stderr)
		}
		for _, v := range readSweep(t, out).Variations {
			list = append(list, v.Name)
		}
		return list
	}
	one, again, other := names("-random", "4"), names("-random", "4", "-parallel", "1"), names("-random", "4", "-random-seed", "2")
	if len(one) != 4 || strings.Join(one, ";") != strings.Join(again, ";") || strings.Join(one, ";") == strings.Join(other, ";") {
		t.Errorf("%q, %q, %q", one, again, other)
	}
}

// An interrupted sweep ends with 75, and the same command goes on to the
// numbers of a straight one.
func TestSweepGoesOnAfterInterrupts(t *testing.T) {
	f, dir := halves(t, 3000), t.TempDir()
	flags := []string{"-rates", "0.01:1:4", "-steps", "600", "-parallel", "2"}
	straight, out := filepath.Join(dir, "straight"), filepath.Join(dir, "out")
	digitlab(f.sweep(straight, flags...)...)
	want := readSweep(t, straight)
	hit := 0
	for range 3 {
		c := start(t, f.sweep(out, flags...)...)
		for range 10_000 { // until a run has begun
			if m, _ := filepath.Glob(filepath.Join(out, "runs", "*", "recipe.txt")); len(m) > hit {
				break
			}
			time.Sleep(time.Millisecond)
		}
		time.Sleep(20 * time.Millisecond)
		c.Process.Signal(syscall.SIGINT)
		c.Wait()
		stderr := c.Stderr.(*bytes.Buffer).String()
		switch code := c.ProcessState.ExitCode(); {
		case code == 0:
		case code == -1: // before it listened
		case code == statusInterrupted && strings.Contains(stderr, "the same command goes on"):
			hit++
		default:
			t.Fatalf("status %d, %s", code, stderr)
		}
	}
	if hit == 0 {
		t.Error("no interrupt came in time")
	}
	if status, _, stderr := digitlab(f.sweep(out, flags...)...); status != 0 {
		t.Fatal(stderr)
	}
	for i, r := range readSweep(t, out).Runs {
		if *r.Cost != *want.Runs[i].Cost {
			t.Errorf("run %d costs %v, straight %v", i, *r.Cost, *want.Runs[i].Cost)
		}
	}
}

func TestSweepRefuses(t *testing.T) {
	f, out := halves(t, 20), filepath.Join(t.TempDir(), "out")
	for want, flags := range map[string][]string{
		"nothing varies":                         {},
		"there is no flag -speed":                {"-grid", "speed=1,2"},
		"-steps does not vary":                   {"-grid", "steps=1,2"},
		"-seed does not vary in a sweep: use":    {"-grid", "seed=1,2"},
		"-rate is varied twice":                  {"-rates", "1,2", "-grid", "rate=1,2"},
		`"batch": write it as`:                   {"-grid", "batch"},
		"-rate=1:0.1:4: write it as":             {"-rates", "1:0.1:4"},
		"-rate=0.1:1:2.5":                        {"-rates", "0.1:1:2.5"},
		"a range is for -random":                 {"-grid", "rate=0.1..1"},
		"write a range as":                       {"-grid", "rate=0..1", "-random", "2"},
		`-seeds 1,x: "x"`:                        {"-seeds", "1,x"},
		"batch=-3: nnlib: recipe: Batch":         {"-grid", "batch=8,-3"},
		"-batch x: ":                             {"-grid", "batch=x,1"},
		"rate=0.1: -rate: l-bfgs has none":       {"-optimizer", "l-bfgs", "-sample", "1", "-rates", "0.1,1"},
		"only 2 were found":                      {"-grid", "batch=8,16", "-random", "3"},
		"are the same recipe":                    {"-grid", "sample=0,1"},
		"the seed 3 is given twice":              {"-seeds", "3,3"},
		"-seed and -seeds":                       {"-seed", "3", "-seeds", "1,2"},
		"usage: digitlab sweep [flags] TRAIN_IM": {"-rates"},
	} {
		if status, stdout, stderr := digitlab(f.sweep(out, flags...)...); status != statusUsage || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("%v: status %d, %q, want %s", flags, status, stderr, want)
		}
	}
	wide := []string{"sweep", "-rates", "1,2", f.trainImages, f.trainLabels, out} // the default network reads 784 values
	if status, _, stderr := digitlab(wide...); status != statusInput || !strings.Contains(stderr, "16 values a line") {
		t.Errorf("other width: status %d, %s", status, stderr)
	}
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Error("the output was begun")
	}
	if status, _, stderr := digitlab("sweep", "-h"); status != 0 || !strings.Contains(stderr, "-grid FLAG=VALUES;...") || !strings.Contains(stderr, "(default 0.2)") {
		t.Errorf("help: status %d, %s", status, stderr)
	}
}

func TestCompareTestsTwoRuns(t *testing.T) {
	f, dir := halves(t, 500), t.TempDir()
	weak, strong := filepath.Join(dir, "weak"), filepath.Join(dir, "strong")
	var accuracy []string
	for _, run := range []struct{ flags, out string }{{"-steps 1", weak}, {"-steps 200", strong}} {
		_, stdout, stderr := digitlab(f.small(run.flags, run.out)...)
		_, rest, ok := strings.Cut(stdout, "test_accuracy=")
		if !ok {
			t.Fatal(stderr)
		}
		accuracy = append(accuracy, rest[:6])
	}
	out := filepath.Join(dir, "compare.json")
	status, stdout, stderr := digitlab("compare", "-json", out, weak+"/run", strong+"/run")
	if status != 0 || !strings.Contains(stdout, "accuracy: weak "+accuracy[0]+", strong "+accuracy[1]+",") || !strings.Contains(stdout, "McNemar, ") {
		t.Fatalf("accuracies %v, status %d, %s%s", accuracy, status, stdout, stderr)
	}
	var m struct {
		Examples, First_alone, Second_alone int
		P                                   float64
		Test                                string
	}
	b, err := os.ReadFile(out)
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil || m.Examples != 100 || m.Second_alone <= m.First_alone || !(m.P < 0.05) {
		t.Errorf("%+v %v", m, err)
	}
	// A run beside itself differs nowhere.
	if _, stdout, _ := digitlab("compare", weak+"/run", weak+"/run"); !strings.Contains(stdout, "exact binomial: statistic 0, p = 1\n") {
		t.Errorf("%s", stdout)
	}
	// A model file knows its scale, and the run beside it the data.
	file := filepath.Join(dir, "strong.model")
	if status, _, stderr := digitlab("convert", strong+"/run", file); status != 0 {
		t.Fatal(stderr)
	}
	if _, again, stderr := digitlab("compare", weak+"/run", file); strings.ReplaceAll(again, "strong.model", "strong") != stdout {
		t.Errorf("%s, with a model file %s%s", stdout, again, stderr)
	}
	// Named data are used in place of the runs' own.
	if _, stdout, stderr := digitlab("compare", "-images", f.trainImages, "-labels", f.trainLabels, weak+"/run", strong+"/run"); !strings.HasPrefix(stdout, "500 examples") {
		t.Errorf("%s%s", stdout, stderr)
	}
	elsewhere := f
	elsewhere.testImages, elsewhere.testLabels = f.trainImages, f.trainLabels
	other := filepath.Join(dir, "other")
	digitlab(elsewhere.small("-steps 1", other)...)
	if status, _, stderr := digitlab("compare", weak+"/run", other+"/run"); status != statusInput || !strings.Contains(stderr, "name the data to compare on") {
		t.Errorf("other test data: status %d, %s", status, stderr)
	}
	if status, _, stderr := digitlab("compare", weak, strong); status != statusInput || !strings.Contains(stderr, "is no model") {
		t.Errorf("no run: status %d, %s", status, stderr)
	}
	for _, args := range [][]string{{"compare", "a"}, {"compare", "-images", "x", "a", "b"}} {
		if status, _, _ := digitlab(args...); status != statusUsage {
			t.Errorf("%v: status %d", args, status)
		}
	}
}
