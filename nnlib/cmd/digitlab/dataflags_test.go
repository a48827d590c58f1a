package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// flowers is a CSV with a header line, two inputs far from mean 0, and a word
// for a class; and the same as LIBSVM.
func flowers(t *testing.T, dir, name string, rows int) (csv, libsvm string) {
	r := rand.New(rand.NewPCG(5, uint64(rows)))
	text, sparse := "length,width,kind\n", ""
	for range rows {
		class := r.IntN(2)
		a, b := 100+float64(3*class)+r.NormFloat64(), 0.001*(float64(class)+0.3*r.NormFloat64())
		text += fmt.Sprintf("%.4f,%.7f,%s\n", a, b, []string{"rose", "tulip"}[class])
		sparse += fmt.Sprintf("%d 1:%.4f 2:%.7f\n", class, a, b)
	}
	return write(t, filepath.Join(dir, name+".csv"), text), write(t, filepath.Join(dir, name+".libsvm"), sparse)
}

func flowerArgs(flags, train, test, out string) []string {
	args := append([]string{"train", "-net", "2 affine:4 tanh affine:2 softmax+cross-entropy", "-sample", "1", "-scale", "1", "-rate", "0.5", "-schedule", "constant"}, strings.Fields(flags)...)
	return append(args, train, test, out)
}

// field is a value of the last line.
func field(t *testing.T, stdout, name string) string {
	t.Helper()
	m := regexp.MustCompile(name + `=(\S+)`).FindStringSubmatch(stdout)
	if m == nil {
		t.Fatalf("no %s in %q", name, stdout)
	}
	return m[1]
}

func TestTrainReadsOneFileOfAnyKind(t *testing.T) {
	dir := t.TempDir()
	csv, sparse := flowers(t, dir, "train", 300)
	testCSV, testSparse := flowers(t, dir, "test", 100)
	const flags = "-steps 60 -standardize"
	status, want, stderr := digitlab(flowerArgs(flags+" -label kind", csv, testCSV, filepath.Join(dir, "csv"))...)
	if status != 0 || field(t, want, "test_accuracy") < "0.9" {
		t.Fatalf("status %d, %q, %s", status, want, stderr)
	}
	for name, args := range map[string][]string{
		"libsvm":   flowerArgs(flags, sparse, testSparse, filepath.Join(dir, "libsvm")),
		"streamed": flowerArgs(flags+" -stream -memory 1", csv, testCSV, filepath.Join(dir, "stream")),
	} {
		if status, got, stderr := digitlab(args...); status != 0 || got != want {
			t.Errorf("%s: status %d, %q, CSV %q, %s", name, status, got, want, stderr)
		}
	}
	// The run knows its transform: judged again, the answers are the same.
	run := filepath.Join(dir, "csv", "run")
	if _, err := os.Stat(filepath.Join(run, transformName)); err != nil {
		t.Error(err)
	}
	status, text, stderr := digitlab("digits", run)
	if accuracy := field(t, want, "test_accuracy"); status != 0 || !strings.Contains(text, accuracy[:4]) {
		t.Errorf("digits: status %d, accuracy %s, %s%s", status, accuracy, text, stderr)
	}
	if status, text, stderr = digitlab("compare", run, filepath.Join(dir, "stream", "run")); status != 0 {
		t.Errorf("compare: status %d, %s%s", status, text, stderr)
	}
	_, whole, stderr := digitlab("predict", "-label", "kind", run, testCSV)
	_, same, stderr := digitlab("predict", run, testSparse)
	if strings.Count(whole, "\n") != 100 || whole != same {
		t.Errorf("predict: %d lines from CSV, from LIBSVM other ones: %s", strings.Count(whole, "\n"), stderr)
	}
	// Converted, the model reads the inputs as they are.
	model := filepath.Join(dir, "flowers.model")
	if status, _, stderr := digitlab("convert", run, model); status != 0 || !strings.Contains(stderr, "part of the first layer") {
		t.Errorf("convert: status %d, %s", status, stderr)
	}
	if status, text, stderr = digitlab("compare", run, model); status != 0 || !strings.Contains(text, "both right 100,") {
		t.Errorf("compare with the converted model: status %d, %s%s", status, text, stderr)
	}
	_, folded, _ := digitlab("predict", "-scale", "1", "-label", "kind", model, testCSV)
	for i, l := range strings.Split(folded, "\n") {
		if w := strings.Split(whole, "\n")[i]; l != "" && l[0] != w[0] {
			t.Errorf("row %d: %s, before it was converted %s", i, l, w)
		}
	}
	// Rows held out are not measured.
	digitlab(flowerArgs(flags+" -holdout 0.3", csv, testCSV, filepath.Join(dir, "held"))...)
	held, err := os.ReadFile(filepath.Join(dir, "held", "run", transformName))
	if err != nil {
		t.Fatal(err)
	}
	if all, err := os.ReadFile(filepath.Join(run, transformName)); err != nil || string(all) == string(held) {
		t.Errorf("the transform with -holdout is %s, without it %s: %v", held, all, err)
	}
	// Without it the inputs are far from where the network looks.
	if _, plain, _ := digitlab(flowerArgs("-steps 60", csv, testCSV, filepath.Join(dir, "plain"))...); plain == want {
		t.Error("-standardize changes nothing")
	}
}

func TestTrainLearnsNumbers(t *testing.T) {
	dir := t.TempDir()
	r, text := rand.New(rand.NewPCG(5, 5)), ""
	for range 200 {
		a, b := r.NormFloat64(), r.NormFloat64()
		text += fmt.Sprintf("%.5f,%.5f,%.5f\n", a, b, 2*a-b+0.5)
	}
	file := write(t, filepath.Join(dir, "line.csv"), text)
	out := filepath.Join(dir, "out")
	status, stdout, stderr := digitlab("train", "-values", "-net", "2 affine:1 linear+squared", "-optimizer", "l-bfgs", "-sample", "1", "-scale", "1", "-steps", "30", file, file, out)
	if status != 0 || field(t, stdout, "test_r2") != "1.0000" || strings.Contains(stdout+stderr, "accuracy") {
		t.Fatalf("status %d, %q, %s", status, stdout, stderr)
	}
	if got := lines(t, filepath.Join(out, "metrics", "part-00000")); len(got) != 1 || !strings.HasSuffix(got[0], ", 1.0)") && !strings.Contains(got[0], "0.9999") {
		t.Errorf("metrics %v", got)
	}
	if status, _, stderr := digitlab("digits", filepath.Join(out, "run")); status != statusInput || !strings.Contains(stderr, "numbers, not classes") {
		t.Errorf("digits: status %d, %s", status, stderr)
	}
	if status, _, stderr := digitlab("compare", filepath.Join(out, "run"), filepath.Join(out, "run")); status != statusInput || !strings.Contains(stderr, "target values, not classes") {
		t.Errorf("compare: status %d, %s", status, stderr)
	}
}

func TestTrainWeighsAndValidates(t *testing.T) {
	f, dir := halves(t, 400), t.TempDir()
	_, plain, _ := digitlab(f.small("-steps 5", filepath.Join(dir, "plain"))...)
	ones := write(t, filepath.Join(dir, "ones"), strings.Repeat("1\n", 400))
	if _, got, stderr := digitlab(f.small("-steps 5 -weights "+ones, filepath.Join(dir, "ones_out"))...); got != plain {
		t.Errorf("weights of 1: %q, without %q, %s", got, plain, stderr)
	}
	for _, flags := range []string{"-class-weights 1,3", "-class-weights balanced"} {
		status, got, stderr := digitlab(f.small("-steps 5 "+flags, filepath.Join(dir, strings.ReplaceAll(flags, " ", "")))...)
		if status != 0 || got == plain {
			t.Errorf("%s: status %d, %q, %s", flags, status, got, stderr)
		}
	}
	out := filepath.Join(dir, "validated")
	if status, _, stderr := digitlab(f.small("-steps 2000 -patience 3 -validation "+f.testImages+","+f.testLabels, out)...); status != 0 {
		t.Error(stderr)
	}
	if head, rows := lines(t, filepath.Join(out, "run", "history.csv")), 0; len(head) == 2001 || strings.Contains(head[1], "NaN") {
		t.Errorf("%d rows: %s", rows, head[1])
	}
	few := write(t, filepath.Join(dir, "few"), "1\n1\n")
	for want, flags := range map[string]string{
		"-patience needs -holdout or -validation": "-patience 3",
		"2 files are needed":                      "-validation x",
		`"x" is not a number`:                     "-class-weights x,1",
	} {
		if status, _, stderr := digitlab(f.small(flags, filepath.Join(dir, "no"))...); status != statusUsage || !strings.Contains(stderr, want) {
			t.Errorf("%s: status %d, %s", flags, status, stderr)
		}
	}
	for want, flags := range map[string]string{
		"-weights " + few:  "-weights " + few,
		"-class-weights: ": "-class-weights 1,2,3",
	} {
		if status, _, stderr := digitlab(f.small(flags, filepath.Join(dir, "no"))...); status != statusInput || !strings.Contains(stderr, want) {
			t.Errorf("%s: status %d, %s", flags, status, stderr)
		}
	}
}

func TestRefusedDataLeavesTheRunAsItIs(t *testing.T) {
	dir := t.TempDir()
	csv, _ := flowers(t, dir, "train", 300)
	test, _ := flowers(t, dir, "test", 100)
	other, _ := flowers(t, dir, "other", 200)
	out := filepath.Join(dir, "out")
	const flags = "-steps 5 -standardize -label kind"
	if status, _, stderr := digitlab(flowerArgs(flags, csv, test, out)...); status != 0 {
		t.Fatal(stderr)
	}
	kept := func() (text string) {
		for _, name := range []string{sourcesName, transformName, "recipe.txt", "history.csv", "checkpoint"} {
			b, err := os.ReadFile(filepath.Join(out, "run", name))
			if err != nil {
				t.Fatal(err)
			}
			text += string(b)
		}
		return text
	}
	before := kept()
	if status, _, stderr := digitlab(flowerArgs(flags, other, other, out)...); status != statusInput || !strings.Contains(stderr, "Data: there") {
		t.Errorf("status %d, %s", status, stderr)
	}
	if kept() != before {
		t.Error("the run has changed")
	}
}
