package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The report of two runs compares them, in the text, the JSON and the page; what cannot be compared is an error.
func TestDigitsAgainstAnotherRun(t *testing.T) {
	f, dir := halves(t, 500), t.TempDir()
	for name, steps := range map[string]string{"early": "-steps 2", "late": "-steps 40"} {
		if status, _, stderr := digitlab(f.small(steps, filepath.Join(dir, name))...); status != 0 {
			t.Fatal(stderr)
		}
	}
	early, late := filepath.Join(dir, "early", "run"), filepath.Join(dir, "late", "run")
	status, text, stderr := digitlab("digits", "-against", early, late)
	if status != 0 || !strings.Contains(text, "McNemar") || !strings.Contains(text, "early") {
		t.Fatalf("status %d, %s%s", status, text, stderr)
	}
	var told map[string]any
	b, err := os.ReadFile(filepath.Join(late, "digits.json"))
	if err == nil {
		err = json.Unmarshal(b, &told)
	}
	if err != nil || !bytes.Contains(b, []byte("mcnemar")) {
		t.Errorf("the JSON has no comparison: %v", err)
	}
	page, err := os.ReadFile(filepath.Join(late, "digits.html"))
	if err != nil || !bytes.Contains(page, []byte(`id="comparison"`)) || !bytes.Contains(page, []byte("digits -against ")) {
		t.Errorf("the page has no comparison, or not the command: %v", err)
	}
	if _, err := os.Stat(filepath.Join(early, "digits.html")); err == nil {
		t.Error("the other run's directory has a report too")
	}
	if status, text, _ := digitlab("digits", late); status != 0 || strings.Contains(text, "McNemar") {
		t.Errorf("without -against: status %d, %s", status, text)
	}
	if status, _, stderr := digitlab("digits", "-against", filepath.Join(dir, "none"), late); status != statusInput || !strings.Contains(stderr, "none") {
		t.Errorf("no such run: status %d, %s", status, stderr)
	}
	// A run of the same name elsewhere, tested on other images.
	g, elsewhere := halves(t, 400), t.TempDir()
	if status, _, stderr := digitlab(g.small("-steps 2", filepath.Join(elsewhere, "late"))...); status != 0 {
		t.Fatal(stderr)
	}
	other := filepath.Join(elsewhere, "late", "run")
	if status, _, stderr := digitlab("digits", "-against", other, late); status != statusInput || !strings.Contains(stderr, "-images and -labels") {
		t.Errorf("other images: status %d, %s", status, stderr)
	}
	if status, text, stderr := digitlab("digits", "-against", other, "-images", f.testImages, "-labels", f.testLabels, late); status != 0 || !strings.Contains(text, filepath.ToSlash(other)) {
		t.Errorf("named images: status %d, %s%s", status, text, stderr)
	}
}
