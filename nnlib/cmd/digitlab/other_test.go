package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlotsOfTheSeedsHistories(t *testing.T) {
	dir := t.TempDir()
	cost := write(t, filepath.Join(dir, "cost"), "1.8010366573726742\n1.6482835168837298\n0.14643842482111413\n")
	accuracy := write(t, filepath.Join(dir, "accuracy"), "0.18\n0.5\n0.83\n")
	out := filepath.Join(dir, "deep", "plots")
	status, stdout, stderr := digitlab("plots", cost, accuracy, out)
	if status != 0 || !strings.Contains(stdout, "cost_history: 3 steps, from 1.8010366573726742 to 0.14643842482111413") {
		t.Fatalf("status %d, %q, %s", status, stdout, stderr)
	}
	for _, name := range []string{"cost_history", "accuracy_history"} {
		b, err := os.ReadFile(filepath.Join(out, name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := png.Decode(bytes.NewReader(b)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if b, err = os.ReadFile(filepath.Join(out, name+".svg")); err != nil || !bytes.Contains(b, []byte("epoch")) {
			t.Errorf("%s.svg: %v, or it has no axis title", name, err)
		}
	}
	alone := filepath.Join(dir, "alone")
	if status, _, _ := digitlab("plots", cost, "None", alone); status != 0 {
		t.Errorf("None: status %d", status)
	}
	if _, err := os.Stat(filepath.Join(alone, "accuracy_history.png")); err == nil {
		t.Error("None was drawn")
	}
	bad := write(t, filepath.Join(dir, "bad"), "1.5\nhello\n")
	status, _, stderr = digitlab("plots", bad, "None", filepath.Join(dir, "none"))
	if status != statusInput || !strings.Contains(stderr, bad+`: line 2: "hello"`) {
		t.Errorf("text: status %d, %s", status, stderr)
	}
	if _, err := os.Stat(filepath.Join(dir, "none")); err == nil {
		t.Error("bad input leaves output behind")
	}
}

func TestRunsListsAndCompares(t *testing.T) {
	f, dir := halves(t, 200), t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	digitlab(f.small("-steps 3", a)...)
	digitlab(f.small("-steps 5 -seed 2", b)...)
	status, stdout, stderr := digitlab("runs", dir)
	if status != 0 || strings.Count(stdout, "\n") != 3 || !strings.Contains(stdout, "4x4 affine:5 tanh") {
		t.Errorf("status %d, %s%s", status, stdout, stderr)
	}
	_, stdout, _ = digitlab("runs", a+"/run", b+"/run")
	if !strings.Contains(stdout, "Seed: there 1, here 2") || !strings.Contains(stdout, "first different step: 1") {
		t.Errorf("comparison: %s", stdout)
	}
	if status, _, stderr := digitlab("runs", t.TempDir()); status != statusInput || !strings.Contains(stderr, "no runs") {
		t.Errorf("empty: status %d, %s", status, stderr)
	}
}

func TestPredictAgreesWithTrain(t *testing.T) {
	f, out := halves(t, 500), filepath.Join(t.TempDir(), "out")
	_, stdout, _ := digitlab(f.small("-steps 40", out)...)
	_, rest, _ := strings.Cut(stdout, "test_accuracy=")
	status, answers, stderr := digitlab("predict", filepath.Join(out, "run"), f.testImages)
	if status != 0 {
		t.Fatal(stderr)
	}
	right, truth := 0, lines(t, f.testLabels)
	for i, l := range strings.Split(strings.TrimSpace(answers), "\n") {
		fields := strings.Split(l, ",")
		if len(fields) != 3 {
			t.Fatalf("line %q", l)
		}
		if fields[0] == truth[i] {
			right++
		}
	}
	if want := rest[:6]; fmt.Sprintf("%.4f", float64(right)/100) != want {
		t.Errorf("%d of 100 are right, train says %s", right, want)
	}
}

func TestDigitsReport(t *testing.T) {
	f, out := halves(t, 500), filepath.Join(t.TempDir(), "half")
	_, stdout, _ := digitlab(f.small("-steps 40", out)...)
	_, accuracy, _ := strings.Cut(stdout, "test_accuracy=")
	run := filepath.Join(out, "run")
	status, text, stderr := digitlab("digits", run)
	if status != 0 || !strings.Contains(text, "precision") || !strings.Contains(text, "macro avg") {
		t.Fatalf("status %d, %s%s", status, text, stderr)
	}
	var got struct{ Scores struct{ Accuracy float64 } }
	b, err := os.ReadFile(filepath.Join(run, "digits.json"))
	if err == nil {
		err = json.Unmarshal(b, &got)
	}
	if err != nil || fmt.Sprintf("%.4f", got.Scores.Accuracy) != accuracy[:6] {
		t.Errorf("accuracy %v, train says %s: %v", got.Scores.Accuracy, accuracy[:6], err)
	}
	page, err := os.ReadFile(filepath.Join(run, "digits.html"))
	if err != nil || !bytes.Contains(page, []byte("<img")) {
		t.Errorf("the page has no images: %v", err)
	}
	other := filepath.Join(t.TempDir(), "deep", "report")
	if status, _, stderr := digitlab("digits", "-images", f.trainImages, "-labels", f.trainLabels, "-out", other, run); status != 0 {
		t.Error(stderr)
	}
	if _, err := os.Stat(filepath.Join(other, "digits.html")); err != nil {
		t.Error(err)
	}
	if status, _, stderr := digitlab("digits", t.TempDir()); status != statusInput || !strings.Contains(stderr, "not a run directory") {
		t.Errorf("no run: status %d, %s", status, stderr)
	}
	if status, _, _ := digitlab("digits", "-images", "x", run); status != statusUsage {
		t.Errorf("-images alone: status %d", status)
	}
}
