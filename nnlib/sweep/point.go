package sweep

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"digitlab/nnlib"
	"digitlab/nnlib/data"

	"github.com/google/renameio/v2"
)

// Point is one finished run. Costs are mean costs of a row by the model after
// the last step, without penalty; accuracies are shares from 0 to 1. What was
// not measured is NaN.
type Point struct {
	Name     string // of the variation
	Number   int    // of the variation, from 0
	Seed     uint64
	Rate     float64 // gradient descent's, to start with
	Steps    int     // taken
	Stopped  bool    // by the recipe, before the steps asked for
	Diverged bool    // the cost became infinite or not a number: nothing was measured

	Cost, Accuracy                 float64 // of the rows trained on
	Validation, ValidationAccuracy float64 // of the rows not trained on
	Seconds                        float64 // the steps took; no part of the promise of equal numbers
	Dir                            string  // run directory, empty in memory
	Replayed                       bool    // read, not computed
}

// pointJSON is a Point in files.
type pointJSON struct {
	Name               string  `json:"name"`
	Number             int     `json:"variation"`
	Seed               uint64  `json:"seed"`
	Rate               number  `json:"rate"`
	Steps              int     `json:"steps"`
	Stopped            bool    `json:"stopped"`
	Diverged           bool    `json:"diverged"`
	Cost               number  `json:"cost"`
	Accuracy           number  `json:"accuracy"`
	Validation         number  `json:"validation_cost"`
	ValidationAccuracy number  `json:"validation_accuracy"`
	Seconds            float64 `json:"seconds"`
}

// MarshalJSON writes what was not measured as null, and neither Dir nor
// Replayed.
func (p Point) MarshalJSON() ([]byte, error) {
	return json.Marshal(pointJSON{p.Name, p.Number, p.Seed, number(p.Rate), p.Steps, p.Stopped, p.Diverged,
		number(p.Cost), number(p.Accuracy), number(p.Validation), number(p.ValidationAccuracy), p.Seconds})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (p *Point) UnmarshalJSON(b []byte) error {
	var j pointJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*p = Point{Name: j.Name, Number: j.Number, Seed: j.Seed, Rate: float64(j.Rate), Steps: j.Steps, Stopped: j.Stopped, Diverged: j.Diverged,
		Cost: float64(j.Cost), Accuracy: float64(j.Accuracy), Validation: float64(j.Validation),
		ValidationAccuracy: float64(j.ValidationAccuracy), Seconds: j.Seconds}
	return nil
}

// number is a float64 in JSON, null where it is not finite.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	if x := float64(n); math.IsNaN(x) || math.IsInf(x, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

func (n *number) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*n = number(math.NaN())
		return nil
	}
	return json.Unmarshal(b, (*float64)(n))
}

// identity is everything that a point's numbers follow from.
type identity struct {
	Recipe     string `json:"recipe"`
	Data       string `json:"data"`
	Validation string `json:"validation"` // empty: no set of its own
	Steps      int    `json:"steps_asked"`
	Precision  string `json:"precision"`
}

// finished is a point as it stands in its run directory.
type finished struct {
	Identity identity `json:"identity"`
	Point    Point    `json:"point"`
}

const pointName = "point.json"

// recall reads a point that the directory holds, if it is the one wanted.
func recall(dir string, want identity) (p Point, found bool, err error) {
	name := filepath.Join(dir, pointName)
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return p, false, nil
	}
	var f finished
	if err == nil {
		err = json.Unmarshal(b, &f)
	}
	if err != nil {
		return p, false, fmt.Errorf("sweep: %s: %w: remove it to measure again", name, err)
	}
	return f.Point, f.Identity == want, nil
}

func (p Point) write(id identity) error {
	b, err := json.MarshalIndent(finished{id, p}, "", "  ")
	if err == nil {
		err = renameio.WriteFile(filepath.Join(p.Dir, pointName), append(b, '\n'), 0o666)
	}
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	return nil
}

// split is the rows that a recipe trains on and those that it, or the data
// itself, holds out; nil: none.
func split(r nnlib.Recipe, d nnlib.Dataset) (train, held nnlib.Dataset, err error) {
	var rows [2][]int
	own, has := d.(nnlib.Validation)
	for i := range d.Len() {
		k := 0
		if has && own.Held(i) || !has && nnlib.HeldOut(r.Seed, r.Holdout, i) {
			k = 1
		}
		rows[k] = append(rows[k], i)
	}
	if train, err = data.Subset(allRows{d}, rows[0]); err == nil && rows[1] != nil {
		held, err = data.Subset(allRows{d}, rows[1])
	}
	return train, held, err
}

// allRows is a dataset whose own division is known already.
type allRows struct{ nnlib.Dataset }
