package metrics

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text is the layout of scikit-learn's classification_report for all classes:
// a line a class, then accuracy, macro and weighted averages. A nil names
// numbers the classes from 0. Digits is the number of decimals; below 0 it is
// 2, scikit-learn's default. Text fails unless there is a name for each class.
func (c *Confusion) Text(names []string, digits int) (string, error) {
	names, err := c.names(names)
	if err != nil {
		return "", err
	}
	if digits < 0 {
		digits = 2
	}
	width := max(len("weighted avg"), digits)
	for _, n := range names {
		width = max(width, utf8.RuneCountInString(n))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%*s  %9s %9s %9s %9s\n\n", width, "", "precision", "recall", "f1-score", "support")
	line := func(name string, s Score) {
		fmt.Fprintf(&b, "%*s  %9.*f %9.*f %9.*f %9d\n", width, name, digits, s.Precision, digits, s.Recall, digits, s.F1, s.Support)
	}
	for k, s := range c.Scores() {
		line(names[k], s)
	}
	fmt.Fprintf(&b, "\n%*s  %9s %9s %9.*f %9d\n", width, "accuracy", "", "", digits, c.Accuracy(), c.Total())
	line("macro avg", c.Macro())
	line("weighted avg", c.Weighted())
	return b.String(), nil
}

func (c *Confusion) names(names []string) ([]string, error) { return classNames(names, len(c.Counts)) }

// classNames is a name for each class, numbers from 0 where names is nil.
func classNames(names []string, classes int) ([]string, error) {
	if names == nil {
		for k := range classes {
			names = append(names, strconv.Itoa(k))
		}
	}
	if len(names) != classes {
		return nil, fmt.Errorf("metrics: %d names for %d classes: give one for each", len(names), classes)
	}
	return names, nil
}

// Summary is a Confusion with all that follows from it, in the form that is
// written as JSON.
type Summary struct {
	Accuracy  float64      `json:"accuracy"`
	Interval  [2]float64   `json:"accuracy_interval_95"` // Wilson
	Total     int64        `json:"total"`
	Correct   int64        `json:"correct"`
	Classes   []ClassScore `json:"classes"`
	Macro     Score        `json:"macro_avg"`
	Weighted  Score        `json:"weighted_avg"`
	Micro     Score        `json:"micro_avg"`
	Confusion [][]int64    `json:"confusion"` // rows true, columns predicted
	Mistakes  []Mistake    `json:"mistakes"`  // every way of being wrong, commonest first
}

// ClassScore is the Score of a class with its name.
type ClassScore struct {
	Class int    `json:"class"`
	Name  string `json:"name"`
	Score
}

// Summary computes everything; names as in Text.
func (c *Confusion) Summary(names []string) (*Summary, error) {
	names, err := c.names(names)
	if err != nil {
		return nil, err
	}
	s := &Summary{
		Accuracy: c.Accuracy(), Total: c.Total(), Correct: c.Correct(),
		Macro: c.Macro(), Weighted: c.Weighted(), Micro: c.Micro(),
		Confusion: c.Counts, Mistakes: c.Mistakes(-1),
	}
	s.Interval[0], s.Interval[1] = Wilson(s.Correct, s.Total)
	for k, v := range c.Scores() {
		s.Classes = append(s.Classes, ClassScore{k, names[k], v})
	}
	if s.Mistakes == nil {
		s.Mistakes = []Mistake{}
	}
	return s, nil
}

// MarshalJSON writes the Summary with numbered classes.
func (c *Confusion) MarshalJSON() ([]byte, error) {
	s, err := c.Summary(nil)
	if err != nil {
		return nil, err
	}
	return json.Marshal(s)
}

// UnmarshalJSON reads the counts that MarshalJSON wrote, and refuses a matrix
// that is not square or has a negative count.
func (c *Confusion) UnmarshalJSON(b []byte) error {
	var s struct {
		Confusion [][]int64 `json:"confusion"`
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("metrics: confusion matrix: %w", err)
	}
	if len(s.Confusion) == 0 {
		return fmt.Errorf("metrics: confusion matrix: the field confusion is missing or empty")
	}
	for t, row := range s.Confusion {
		if len(row) != len(s.Confusion) {
			return fmt.Errorf("metrics: confusion matrix: row %d has %d counts, the matrix %d rows", t, len(row), len(s.Confusion))
		}
		for p, k := range row {
			if k < 0 {
				return fmt.Errorf("metrics: confusion matrix: row %d, column %d: count %d is negative", t, p, k)
			}
		}
	}
	c.Counts = s.Confusion
	return nil
}
