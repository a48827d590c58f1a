package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets a test run this program as a process of its own.
func TestMain(m *testing.M) {
	if os.Getenv("DIGITLAB_AS_COMMAND") != "" {
		main()
	}
	if os.Getenv("DIGITLAB_AS_MEASURED") != "" {
		measured()
	}
	if rows := os.Getenv("DIGITLAB_AS_GENERATED"); rows != "" {
		if err := generated(rows); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// files is a small data set in CSV: images of 4x4 whose class is the half that
// holds the ink.
type files struct{ trainImages, trainLabels, testImages, testLabels string }

func write(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

func halves(t *testing.T, rows int) files {
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 1))
	half := func(rows int) (images, labels string) {
		var x, y strings.Builder
		for range rows {
			class := r.IntN(2)
			for k := range 16 {
				v := 0
				if k/8 == class && r.IntN(3) > 0 || r.IntN(9) == 0 {
					v = r.IntN(256)
				}
				fmt.Fprintf(&x, "%d,", v)
			}
			fmt.Fprintln(&y, class)
			s := strings.TrimSuffix(x.String(), ",")
			x.Reset()
			x.WriteString(s + "\n")
		}
		return x.String(), y.String()
	}
	ix, iy := half(rows)
	tx, ty := half(100)
	return files{
		write(t, filepath.Join(dir, "train_images.csv"), ix), write(t, filepath.Join(dir, "train_labels.csv"), iy),
		write(t, filepath.Join(dir, "test_images.csv"), tx), write(t, filepath.Join(dir, "test_labels.csv"), ty),
	}
}

func (f files) args(flags string, output string) []string {
	return append(append([]string{"train"}, strings.Fields(flags)...), f.trainImages, f.trainLabels, f.testImages, f.testLabels, output)
}

// digitlab runs a command in this process.
func digitlab(args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	status = run(context.Background(), streams{out: &out, err: &err}, args)
	return status, out.String(), err.String()
}

const small = "-net 4x4|affine:5|tanh|affine:2|sigmoid+squared"

// net puts the blanks of a topology's text back.
func (f files) small(flags, output string) []string {
	if !strings.Contains(flags, "-rate") && !strings.Contains(flags, "l-bfgs") {
		flags = "-rate 1 " + flags
	}
	args := f.args(small+" "+flags, output)
	args[2] = strings.ReplaceAll(args[2], "|", " ")
	return args
}

var lastLine = regexp.MustCompile(`^steps=(\d+) cost=\d\.\d{4} accuracy=\d\.\d{4} test_accuracy=\d\.\d{4} weights=sha256:[0-9a-f]{64}\n$`)

func lines(t *testing.T, name string) []string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

func TestTrainWritesTheSeedsFiles(t *testing.T) {
	f, out := halves(t, 500), filepath.Join(t.TempDir(), "out")
	status, stdout, stderr := digitlab(f.small("-steps 30 -as-seed", out)...)
	if status != 0 || !lastLine.MatchString(stdout) {
		t.Fatalf("status %d, stdout %q, stderr %s", status, stdout, stderr)
	}
	if !strings.Contains(stderr, "divided by 255") || !strings.Contains(stderr, "step 30 of 30") || strings.Contains(stderr, "left") {
		t.Errorf("stderr %s", stderr)
	}
	number := regexp.MustCompile(`^\d+\.\d+$`)
	tuple := regexp.MustCompile(`^\(\d\.\d+(e-\d+)?, \d\.\d+(e-\d+)?, \d\.\d+(e-\d+)?\)$`)
	answer := regexp.MustCompile(`^\([01], [01]\)$`)
	for name, c := range map[string]struct {
		n    int
		form *regexp.Regexp
	}{
		"cost_history": {30, number}, "accuracy_history": {30, number},
		"metrics": {2, tuple}, "metrics_as_seed": {2, tuple}, "tests": {15, answer},
	} {
		got := lines(t, filepath.Join(out, name, "part-00000"))
		if len(got) != c.n {
			t.Errorf("%s has %d lines, want %d", name, len(got), c.n)
		}
		for _, l := range got {
			if !c.form.MatchString(l) {
				t.Errorf("%s: line %q", name, l)
			}
		}
	}
	// The same command again trains nothing and says the same.
	if _, again, _ := digitlab(f.small("-steps 30", out)...); again != stdout {
		t.Errorf("%q, then %q", stdout, again)
	}
}

func TestTrainSameWeightsForAnyWorkersAndStops(t *testing.T) {
	f, dir := halves(t, 3000), t.TempDir()
	_, want, _ := digitlab(f.small("-steps 20 -workers 1", filepath.Join(dir, "1"))...)
	for _, n := range []string{"2", "3", "8"} {
		if _, got, _ := digitlab(f.small("-steps 20 -workers "+n, filepath.Join(dir, n))...); got != want {
			t.Errorf("%s workers: %q, 1 worker: %q", n, got, want)
		}
	}
	out := filepath.Join(dir, "stops")
	digitlab(f.small("-steps 7", out)...)
	if _, got, _ := digitlab(f.small("-steps 20", out)...); got != want {
		t.Errorf("7 and then 20 steps: %q, straight %q", got, want)
	}
}

// TestTrainReachesEveryPart runs each choice of each flag for a few steps.
func TestTrainReachesEveryPart(t *testing.T) {
	f, dir := halves(t, 300), t.TempDir()
	for i, flags := range []string{
		"-optimizer nesterov:0.5 -schedule constant -init glorot -penalty l1:0.001",
		"-optimizer adam -rate 0.01 -decay 0.1 -schedule cosine:10 -init he -batch 32",
		"-optimizer momentum -schedule warm-up:3+one-cycle:10 -max-norm 1 -clip 1 -batch 32",
		"-optimizer l-bfgs -sample 1 -init spark -penalty elastic-net:0.001,0.001",
		"-schedule step:3,0.5 -init layer -penalty l2",
		"-schedule exponential:0.9 -holdout 0.2 -patience 3",
		"-schedule inverse-sqrt -tolerance 1e-9 -sample 1",
		"-schedule bold-driver-undo -sample 1",
	} {
		out := filepath.Join(dir, fmt.Sprint(i))
		if status, stdout, stderr := digitlab(f.small("-steps 6 "+flags, out)...); status != 0 || !lastLine.MatchString(stdout) {
			t.Errorf("%s: status %d, %s", flags, status, stderr)
		}
	}
}

func TestTimeBudgetSaves(t *testing.T) {
	f, out := halves(t, 3000), filepath.Join(t.TempDir(), "out")
	status, _, stderr := digitlab(f.small("-steps 1000000 -time 200ms", out)...)
	if status != statusInterrupted || !strings.Contains(stderr, "the same command goes on") {
		t.Errorf("status %d, %s", status, stderr)
	}
}

// start runs the command as a process.
func start(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), "DIGITLAB_AS_COMMAND=1")
	c.Stderr = &bytes.Buffer{}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTrainGoesOnAfterSignals: an interrupt saves and ends with 75, kill -9
// loses at most what was not saved; the weights end the same.
func TestTrainGoesOnAfterSignals(t *testing.T) {
	f, dir := halves(t, 5000), t.TempDir()
	const flags = "-steps 400"
	_, want, _ := digitlab(f.small(flags, filepath.Join(dir, "straight"))...)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
		out := filepath.Join(dir, sig.String())
		hit := 0
		for range 4 {
			c := start(t, f.small(flags, out)...)
			for range 10_000 { // until the run has begun
				if _, err := os.Stat(filepath.Join(out, "run", "recipe.txt")); err == nil {
					break
				}
				time.Sleep(time.Millisecond)
			}
			time.Sleep(30 * time.Millisecond)
			c.Process.Signal(sig)
			c.Wait()
			code := c.ProcessState.ExitCode()
			stderr := c.Stderr.(*bytes.Buffer).String()
			switch {
			case code == 0:
			case sig == syscall.SIGINT && code == statusInterrupted && strings.Contains(stderr, "the same command goes on"):
				hit++
			case sig == syscall.SIGKILL && code == -1:
				hit++
			case sig == syscall.SIGINT && code == -1: // before it listened
			default:
				t.Fatalf("%v: status %d, %s", sig, code, stderr)
			}
		}
		if hit == 0 {
			t.Errorf("%v never came in time", sig)
		}
		if _, got, stderr := digitlab(f.small(flags, out)...); got != want {
			t.Errorf("%v: %q, straight %q, %s", sig, got, want, stderr)
		}
	}
}

func TestTrainRefusesBadFiles(t *testing.T) {
	f, dir := halves(t, 50), t.TempDir()
	good := lines(t, f.trainImages)
	labels := lines(t, f.trainLabels)
	for name, c := range map[string]struct{ images, labels, want string }{
		"short row":      {strings.Join(append(append([]string(nil), good[:3]...), "1,2,3"), "\n"), strings.Join(labels[:4], "\n"), "line 4: the line has 3 values"},
		"text":           {strings.Replace(strings.Join(good, "\n"), ",", ",x", 1), strings.Join(labels, "\n"), "line 1, column 2"},
		"fewer labels":   {strings.Join(good, "\n"), strings.Join(labels[:40], "\n"), "more images than"},
		"fewer images":   {strings.Join(good[:40], "\n"), strings.Join(labels, "\n"), "40 images"},
		"label too high": {strings.Join(good, "\n"), "7\n" + strings.Join(labels[1:], "\n"), "7"},
	} {
		bad := f
		bad.trainImages = write(t, filepath.Join(dir, "i.csv"), c.images)
		bad.trainLabels = write(t, filepath.Join(dir, "l.csv"), c.labels)
		out := filepath.Join(dir, "out")
		status, stdout, stderr := digitlab(bad.small("", out)...)
		if status != statusInput || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: status %d, stderr %q, want %s", name, status, stderr, c.want)
		}
		if _, err := os.Stat(out); !os.IsNotExist(err) {
			t.Errorf("%s: the output was begun", name)
		}
	}
	wide := f.args("", filepath.Join(dir, "out")) // the default network reads 784 values
	if status, _, stderr := digitlab(wide...); status != statusInput || !strings.Contains(stderr, "line 1: the line has 16 values, 784 are expected") {
		t.Errorf("other width: status %d, %s", status, stderr)
	}
}

// TestTrainSaysThatLayoutsDiffer: bytes to learn from, test images from 0 to 1.
func TestTrainSaysThatLayoutsDiffer(t *testing.T) {
	f := halves(t, 50)
	text := strings.Join(lines(t, f.testImages), "\n")
	f.testImages = write(t, f.testImages, regexp.MustCompile(`[1-9]\d*`).ReplaceAllString(text, "1")+"\n")
	_, _, stderr := digitlab(f.small("-steps 1", filepath.Join(t.TempDir(), "out"))...)
	if strings.Count(stderr, "look like scale 1") != 1 || !strings.Contains(stderr, f.testImages+": values up to 1 are divided by 255") {
		t.Error(stderr)
	}
}

func TestTrainRefusesAnotherRecipe(t *testing.T) {
	f, out := halves(t, 200), filepath.Join(t.TempDir(), "out")
	digitlab(f.small("-steps 3", out)...)
	status, _, stderr := digitlab(f.small("-steps 3 -seed 9", out)...)
	if status != statusInput || !strings.Contains(stderr, "Seed: there 1, here 9") {
		t.Errorf("status %d, %s", status, stderr)
	}
}

func TestWrongUsage(t *testing.T) {
	f := halves(t, 10)
	for want, args := range map[string][]string{
		"usage: digitlab COMMAND":          {},
		`no command "fly"`:                 {"fly"},
		"too few or too many arguments: 1": {"train", "x"},
		"flag provided but not":            {"train", "-bogus", "x"},
		"-batch and -sample":               f.args("-batch 3 -sample 0.5", "o"),
		"-steps and -epochs":               f.args("-steps 3 -epochs 5", "o"),
		"-optimizer sgd":                   f.args("-optimizer sgd", "o"),
		`-optimizer momentum:x: "x"`:       f.args("-optimizer momentum:x", "o"),
		"-schedule linear":                 f.args("-schedule linear", "o"),
		"write it as bold-driver:":         f.args("-schedule bold-driver:1,2,3", "o"),
		"write a warm-up as":               f.args("-schedule warm-up:x", "o"),
		"l-bfgs has none":                  f.args("-optimizer l-bfgs -rate 1 -sample 1", "o"),
		"add -sample 1":                    f.args("-optimizer l-bfgs", "o"),
		"-penalty l3":                      f.args("-penalty l3:1", "o"),
		"EVERY is a whole number":          f.args("-schedule step:2.5", "o"),
		"SHRINK must be above 0":           f.args("-schedule bold-driver:1.05,0", "o"),
		"STEPS is a whole number":          f.args("-schedule warm-up:5+cosine:10.5", "o"),
		"MEMORY must be above 0":           f.args("-optimizer l-bfgs:0 -sample 1", "o"),
		"-time must not":                   f.args("-time -1s", "o"),
		"-workers must not":                f.args("-workers -1", "o"),
		"-as-seed is for classes":          f.args("-as-seed -values", "o"),
		"-label is for one CSV file":       f.args("-label kind", "o"),

		"-init zero":                   f.args("-init zero", "o"),
		"topology: input":              f.args("-net x", "o"),
		"Optimizer.Rate":               f.args("-rate -1", "o"),
		"must be at least 1":           f.args("-steps 0", "o"),
		"usage: digitlab plots":        {"plots", "a"},
		"usage: digitlab predict":      {"predict"},
		"usage: digitlab digits [flag": {"digits"},
	} {
		if status, out, stderr := digitlab(args...); status != statusUsage || out != "" || !strings.Contains(stderr, want) {
			t.Errorf("%v: status %d, %q, want %s", args, status, stderr, want)
		}
	}
	if status, _, stderr := digitlab("train", "-h"); status != 0 || !strings.Contains(stderr, "-schedule") {
		t.Errorf("help: status %d, %s", status, stderr)
	}
}
