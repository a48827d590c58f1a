package main

import (
	"slices"
	"testing"
)

func TestWorksAreMeasuredWhereTheyHaveGoals(t *testing.T) {
	want := map[string][]int{"full": {1, 2}, "batch128": {1, 2}, "batch32": {1}, "adam": {1}, "cold": {2}, "lbfgs": {2}}
	for _, w := range works() {
		if len(w.Goals) == 0 {
			t.Errorf("%s has no goal", w.Name)
		}
		for _, g := range w.Goals {
			if g.Peer.Least == 0 || g.Peer.Aim <= g.Peer.Least || (g.Idiom == atLeast{}) != (w.Name == "lbfgs") {
				t.Errorf("%s: %+v", w.Name, g)
			}
		}
		if n, ok := want[w.Name]; ok && !slices.Equal(w.threads(2, false), n) {
			t.Errorf("%s on %v threads, want %v", w.Name, w.threads(2, false), n)
		}
		if got := w.threads(1, true); !slices.Equal(got, []int{1}) {
			t.Errorf("%s on one processor: %v threads", w.Name, got)
		}
		if got := w.threads(4, true); !slices.Equal(got, []int{1, 2}) {
			t.Errorf("%s, all: %v threads", w.Name, got)
		}
	}
}

func TestEveryWorkHasAPeer(t *testing.T) {
	for _, w := range works() {
		n := 0
		for _, c := range contenders {
			if c.takesPart(w) && !c.isOurs() {
				n++
			}
		}
		if w.Name == "lbfgs" && n != 1 || w.Name != "lbfgs" && n < 4 {
			t.Errorf("%s has %d peers", w.Name, n)
		}
	}
}

// An epoch of 10 rows of 4-3-2: forward 4*3+3*2, gradient the same, error 3*2; multiplied and added.
func TestOperations(t *testing.T) {
	j := job{Units: []int{4, 3, 2}, Rows: 10}
	for _, c := range []struct {
		forward, gradient bool
		done              float64
	}{{false, false, 840}, {true, false, 840 - 180}, {true, true, 840 - 360}} {
		dense, done := j.operations(0.25, c.forward, c.gradient)
		if dense != 840 || done != c.done {
			t.Errorf("%+v: %v and %v, want 840 and %v", c, dense, done, c.done)
		}
	}
}

func TestParts(t *testing.T) {
	if got := parts(7, 2); !slices.Equal(got, []int{3, 4}) {
		t.Errorf("7 rows in 2 parts: %v", got)
	}
}

func TestChoose(t *testing.T) {
	rows, err := choose("cold,full")
	if err != nil || !slices.Equal(names(rows), []string{"full", "cold"}) {
		t.Errorf("%v, %v", names(rows), err)
	}
	if _, err := choose("full,ful"); err == nil {
		t.Error("an unknown row was accepted")
	}
}
