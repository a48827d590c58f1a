package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"digitlab/nnlib/metrics"
	"digitlab/nnlib/table"

	"github.com/google/renameio/v2"
)

// writePart writes OUTPUT/name/part-00000, the name that Spark gives to the
// first file of a result.
func writePart(output, name string, lines []string) error {
	dir := filepath.Join(output, name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	return renameio.WriteFile(filepath.Join(dir, "part-00000"), []byte(strings.Join(lines, "\n")+"\n"), 0o666)
}

// decimal is a number as Python prints it: the fewest digits that read back as
// the same number, with an exponent below 1e-4 and from 1e16 on.
func decimal(x float64) string {
	switch a := math.Abs(x); {
	case math.IsNaN(x):
		return "nan"
	case math.IsInf(x, 0):
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(x, 'g', -1, 64), "+"))
	case a != 0 && (a < 1e-4 || a >= 1e16):
		return strconv.FormatFloat(x, 'e', -1, 64)
	}
	s := strconv.FormatFloat(x, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// scoreTuple is "(precision, recall, F1)".
func scoreTuple(s metrics.Score) string {
	return "(" + decimal(s.Precision) + ", " + decimal(s.Recall) + ", " + decimal(s.F1) + ")"
}

// drawn is 15 of so many rows, by the seed.
func drawn(rows int, seed uint64) []int {
	return rand.New(rand.NewPCG(seed, 0)).Perm(rows)[:min(15, rows)]
}

// sources says where a run's test data lies, so that digits and predict can
// find and read it as train did. It stands in the run directory.
type sources struct {
	Images       string      `json:"test_images"` // or the one file with inputs and labels
	Labels       string      `json:"test_labels,omitempty"`
	Scale        table.Scale `json:"scale"`
	Classes      int         `json:"classes"`
	Label        string      `json:"label,omitempty"`        // the label's column
	Names        string      `json:"names,omitempty"`        // of the classes, between commas
	Values       bool        `json:"values,omitempty"`       // labels are numbers to be learned
	Standardized bool        `json:"standardized,omitempty"` // by transform.json beside it
}

const sourcesName = "data.json"

// write keeps absolute paths: the run may be looked at from another directory.
func (s sources) write(dir string) error {
	for _, p := range []*string{&s.Images, &s.Labels} {
		if *p == "" {
			continue
		}
		abs, err := filepath.Abs(*p)
		if err != nil {
			return err
		}
		*p = abs
	}
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	return renameio.WriteFile(filepath.Join(dir, sourcesName), append(b, '\n'), 0o666)
}

// readSources reads what write left. A run of a notebook has none, nor has a
// model that is a file.
func readSources(dir string) (s sources, found bool, err error) {
	name := filepath.Join(dir, sourcesName)
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return s, false, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		return s, false, fmt.Errorf("%s: %w", name, err)
	}
	return s, true, nil
}
