package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What Spark's perceptron takes in silence ends train with status 1 and one
// line that names the file, and the line where there is one; nothing is written.
func TestTrainRefusesDataThatCannotBeLearned(t *testing.T) {
	row := func(n int, last string) string { return strings.Repeat("0,", n-1) + last + "\n" }
	good, label := strings.Repeat(row(16, "200"), 3), "0\n1\n0\n"
	for what, c := range map[string]struct {
		images, labels string // of the training data
		test           [2]string
		file, says     string
	}{
		"rows wider than the input":    {images: strings.Repeat(row(17, "200"), 3), test: [2]string{row(17, "1"), "0\n"}, file: "images", says: "17 values"},
		"rows narrower than the input": {images: strings.Repeat(row(15, "200"), 3), test: [2]string{row(15, "1"), "0\n"}, file: "images", says: "15 values"},
		"one row wider":                {images: row(16, "200") + row(17, "1") + row(16, "1"), file: "images", says: "line 2: the line has 17 values, line 1 has 16"},
		"one row narrower":             {images: row(16, "200") + row(16, "1") + row(15, "1"), file: "images", says: "line 3: the line has 15 values, line 1 has 16"},
		"test rows wider":              {test: [2]string{row(17, "1"), "0\n"}, file: "test images", says: "line 1: the line has 17 values, 16 are expected"},
		"test rows narrower":           {test: [2]string{row(15, "1"), "0\n"}, file: "test images", says: "line 1: the line has 15 values, 16 are expected"},
		"a label too large":            {labels: "0\n2\n0\n", file: "labels", says: "line 2, column 1: the label 2 is out of range: classes go from 0 to 1"},
		"a negative label":             {labels: "0\n1\n-1\n", file: "labels", says: "line 3, column 1: the label -1 is negative"},
		"a fractional label":           {labels: "0\n0.5\n1\n", file: "labels", says: "line 2, column 1: the label 0.5 is not a whole number"},
		"a test label too large":       {test: [2]string{row(16, "1"), "2\n"}, file: "test labels", says: "line 1, column 1: the label 2 is out of range"},
		"a long one-hot row":           {labels: "0 0 1\n0 1 0\n1 0 0\n", file: "labels", says: "line 1: a row of 3 values: there are 2 classes"},
		"no 1 in a one-hot row":        {labels: "0 1\n0 0\n1 0\n", file: "labels", says: "line 2: no 1 in a one-hot row"},
		"NaN":                          {images: row(16, "200") + row(16, "NaN") + row(16, "1"), file: "images", says: `line 2, column 16: "NaN" is no value to learn from`},
		"infinity":                     {images: row(16, "200") + row(16, "-inf") + row(16, "1"), file: "images", says: `line 2, column 16: "-inf" is no value to learn from`},
		"too large for a number":       {images: row(16, "1e999") + row(16, "1") + row(16, "1"), file: "images", says: "line 1, column 16: \"1e999\" is too large a number"},
		"NaN in the test images":       {test: [2]string{row(16, "nan"), "0\n"}, file: "test images", says: `line 1, column 16: "nan" is no value`},
		"a missing value":              {images: row(16, "200") + row(16, "") + row(16, "1"), file: "images", says: "line 2, column 16: a value is missing"},
		"a word for a missing value":   {images: row(16, "200") + row(16, "NA") + row(16, "1"), file: "images", says: `line 2, column 16: "NA" stands for a missing value`},
		"zero examples":                {images: "\n", labels: "\n", file: "labels", says: "the file is empty"},
		"no images":                    {images: "\n", file: "images", says: "the file is empty"},
		"no test examples":             {test: [2]string{"\n", "\n"}, file: "test labels", says: "the file is empty"},
		"more images than labels":      {labels: "0\n1\n", file: "images", says: "line 3: more images than"},
		"more labels than images":      {labels: "0\n1\n1\n0\n", file: "images", says: "line 3: 3 images, but"},
	} {
		t.Run(what, func(t *testing.T) {
			if c.images == "" {
				c.images = good
			}
			if c.labels == "" {
				c.labels = label
			}
			if c.test[0] == "" {
				c.test = [2]string{good, label}
			}
			dir := t.TempDir()
			names := map[string]string{}
			for name, text := range map[string]string{"images": c.images, "labels": c.labels, "test images": c.test[0], "test labels": c.test[1]} {
				names[name] = write(t, filepath.Join(dir, strings.ReplaceAll(name, " ", "_")+".csv"), text)
			}
			out := filepath.Join(dir, "out")
			f := files{names["images"], names["labels"], names["test images"], names["test labels"]}
			status, stdout, stderr := digitlab(f.small("-steps 2", out)...)
			all := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n")
			last := all[len(all)-1]
			if status != statusInput || stdout != "" || !strings.HasPrefix(last, "digitlab train: "+names[c.file]+": ") || !strings.Contains(last, c.says) {
				t.Errorf("status %d, %q; want %s: ... %s", status, last, c.file, c.says)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("output is left behind")
			}
		})
	}
}

// The same files without a mistake train.
func TestTrainTakesTheSameDataWithoutAMistake(t *testing.T) {
	f, out := halves(t, 50), filepath.Join(t.TempDir(), "out")
	if status, _, stderr := digitlab(f.small("-steps 2", out)...); status != 0 {
		t.Errorf("status %d, %s", status, stderr)
	}
}

func TestPredictRefusesRowsOfOtherWidth(t *testing.T) {
	f, dir := halves(t, 50), t.TempDir()
	out := filepath.Join(dir, "out")
	if status, _, stderr := digitlab(f.small("-steps 2", out)...); status != 0 {
		t.Fatal(stderr)
	}
	for row, says := range map[string]string{
		strings.Repeat("1,", 16) + "1\n":   "line 1: the line has 17 values, 16 are expected",
		strings.Repeat("1,", 14) + "1\n":   "line 1: the line has 15 values, 16 are expected",
		strings.Repeat("1,", 15) + "NaN\n": `line 1, column 16: "NaN" is no value to learn from`,
		"\n":                               "the file is empty",
	} {
		images := write(t, filepath.Join(dir, "images.csv"), row)
		status, stdout, stderr := digitlab("predict", filepath.Join(out, "run"), images)
		if status != statusInput || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, images+": "+says) {
			t.Errorf("status %d, %q, want %s", status, stderr, says)
		}
	}
}
