package metrics

import (
	"cmp"
	"fmt"
	"slices"
)

// Confusion counts predictions: Counts[t][p] is the number of examples of the
// true class t that were read as class p. The matrix is square.
type Confusion struct{ Counts [][]int64 }

// A ClassError is a class outside of the range that the caller named.
type ClassError struct {
	List    string // "true" or "predicted"
	Row     int    // of the example, from 0
	Class   int    // as given
	Classes int    // allowed: 0 to Classes-1
}

// Error names list, row and the classes allowed.
func (e *ClassError) Error() string {
	return fmt.Sprintf("metrics: %s class %d of row %d: classes go from 0 to %d", e.List, e.Class, e.Row, e.Classes-1)
}

// NewConfusion counts the pairs of truth[i] and predicted[i], both classes
// from 0 to classes-1. It fails when the lists differ in length or a class is
// out of range (ClassError). No examples give a matrix of zeros.
func NewConfusion(classes int, truth, predicted []int) (*Confusion, error) {
	if classes < 1 {
		return nil, fmt.Errorf("metrics: a confusion matrix of %d classes: there must be at least one", classes)
	}
	if len(truth) != len(predicted) {
		return nil, fmt.Errorf("metrics: %d true classes and %d predicted ones: give one of each for every row", len(truth), len(predicted))
	}
	c := &Confusion{Counts: make([][]int64, classes)}
	for t := range c.Counts {
		c.Counts[t] = make([]int64, classes)
	}
	for i, t := range truth {
		if t < 0 || t >= classes {
			return nil, &ClassError{"true", i, t, classes}
		}
		p := predicted[i]
		if p < 0 || p >= classes {
			return nil, &ClassError{"predicted", i, p, classes}
		}
		c.Counts[t][p]++
	}
	return c, nil
}

// Classes is the number of classes.
func (c *Confusion) Classes() int { return len(c.Counts) }

// Total is the number of examples.
func (c *Confusion) Total() (n int64) {
	for t := range c.Counts {
		n += c.Support(t)
	}
	return n
}

// Correct is the number of examples that were read as what they are.
func (c *Confusion) Correct() (n int64) {
	for t := range c.Counts {
		n += c.Counts[t][t]
	}
	return n
}

// Accuracy is Correct over Total, 0 when there are no examples.
func (c *Confusion) Accuracy() float64 { return ratio(c.Correct(), c.Total()) }

// Support is the number of examples of a class.
func (c *Confusion) Support(class int) (n int64) {
	for _, k := range c.Counts[class] {
		n += k
	}
	return n
}

// Predicted is the number of examples that were read as a class.
func (c *Confusion) Predicted(class int) (n int64) {
	for t := range c.Counts {
		n += c.Counts[t][class]
	}
	return n
}

// Mistake is one way of being wrong: Count examples of class True were read
// as Read.
type Mistake struct {
	True  int   `json:"true"`
	Read  int   `json:"read"`
	Count int64 `json:"count"`
}

// Mistakes lists the commonest mistakes, at most n of them, most frequent
// first; equal counts in the order of their classes. n below 0 lists all.
func (c *Confusion) Mistakes(n int) []Mistake {
	var all []Mistake
	for t, row := range c.Counts {
		for p, k := range row {
			if t != p && k > 0 {
				all = append(all, Mistake{t, p, k})
			}
		}
	}
	return first(all, n)
}

// Mixups lists the pairs of classes that are most often taken for each other:
// True is the smaller class, and Count adds both directions. Order and n are
// those of Mistakes.
func (c *Confusion) Mixups(n int) []Mistake {
	var all []Mistake
	for t := range c.Counts {
		for p := t + 1; p < len(c.Counts); p++ {
			if k := c.Counts[t][p] + c.Counts[p][t]; k > 0 {
				all = append(all, Mistake{t, p, k})
			}
		}
	}
	return first(all, n)
}

func first(all []Mistake, n int) []Mistake {
	slices.SortStableFunc(all, func(a, b Mistake) int { return cmp.Compare(b.Count, a.Count) })
	if n >= 0 && n < len(all) {
		all = all[:n]
	}
	return all
}

// ratio is a/b, and 0 where b is 0.
func ratio(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
