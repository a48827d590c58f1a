package figure

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestPathsInFewerBytes(t *testing.T) {
	for _, test := range []struct{ name, long, short string }{
		{"lines along the axes", "M38,40.6L220.5,40.6L220.5,38L38,38Z", "M38 40.6h182.5v-2.6h-182.5z"},
		{"a second part", "M1,1L2,2ZM3,3L3.5,2.25", "M1 1l1 1zm2 2l.5-.75"},
		{"a point on the way", "M0,0L1,0.01L2,0L2,5", "M0 0h2v5"},
		{"a circle", "M5,4A1,1 0 1 1 3,4A1,1 0 1 1 5,4Z", "M5 4a1 1 0 1 1-2 0 1 1 0 1 1 2 0z"},
		{"a place twice", "M1,1L1,1L4,1", "M1 1h3"},
		{"small steps add up", "M0,0L0.333,1L0.666,0L0.999,1L1.332,0", "M0 0l.33 1 .34-1 .33 1 .33-1"},
		{"another command", "M0,0Q1,1 2,0", "M0,0Q1,1 2,0"},
	} {
		if got := briefPath(test.long); got != test.short {
			t.Errorf("%s: %s, want %s", test.name, got, test.short)
		}
	}
}

// A line keeps to the one it was, and to its ends.
func TestStraightenedLineStaysInPlace(t *testing.T) {
	var line []spot
	for i := range 400 {
		line = append(line, spotAt(float64(i)/3, 40*math.Sin(float64(i)/25)))
	}
	kept := straight(line)
	if len(kept) > len(line)/2 || kept[0] != line[0] || kept[len(kept)-1] != line[len(line)-1] {
		t.Fatalf("%d of %d points kept", len(kept), len(line))
	}
	for _, s := range line {
		near := math.Inf(1)
		for k := range kept[1:] {
			a, b := kept[k], kept[k+1]
			dx, dy := float64(b.x-a.x), float64(b.y-a.y)
			u := min(max((float64(s.x-a.x)*dx+float64(s.y-a.y)*dy)/(dx*dx+dy*dy), 0), 1)
			near = min(near, math.Hypot(float64(s.x-a.x)-u*dx, float64(s.y-a.y)-u*dy))
		}
		if near > 100*slack+1e-9 {
			t.Fatalf("point %v is %.1f hundredths away", s, near)
		}
	}
	loop := []spot{{0, 0}, {100, 0}, {100, 100}, {0, 100}, {0, 0}}
	if got := straight(loop); len(got) != 5 {
		t.Errorf("a square becomes %v", got)
	}
}

func TestFillAndStrokeAreOneElement(t *testing.T) {
	const fill, stroke = `<path d="M0,0L1,1L1,0Z" style="fill:red" />`, `<path d="M0,0L1,1L1,0Z" style="fill:none;stroke:blue;stroke-width:2" />`
	if got, want := brief("<g>\n"+fill+"\n"+stroke+"\n</g>"), "<g>\n"+`<path d="M0 0l1 1v-1z" style="fill:red;stroke:blue;stroke-width:2" />`+"\n</g>"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, other := range []string{stroke + "\n" + fill, fill + "\n<rect/>\n" + stroke, fill + "\n" + strings.Replace(stroke, "L1,1", "L2,1", 1)} {
		if got := brief(other); strings.Count(got, "<path") != 2 {
			t.Errorf("%s becomes %s", other, got)
		}
	}
}

// Outlines enclose the cells that are in, and no other: the winding number of a cell's middle tells.
func TestOutlines(t *testing.T) {
	for name, in := range map[string]func(i, j int) bool{
		"everything":   func(i, j int) bool { return true },
		"nothing":      func(i, j int) bool { return false },
		"a frame":      func(i, j int) bool { return (i < 30 || i > 90) != (j > 40 && j < 50) },
		"a chessboard": func(i, j int) bool { return (i/3+j/3)%2 == 0 },
		"single cells": func(i, j int) bool { return (i*7919+j*104729)%5 == 0 },
	} {
		inside := func(i, j int) bool { return i >= 0 && j >= 0 && i < grid && j < grid && in(i, j) }
		loops := outlines(inside)
		for j := range grid {
			for i := range grid {
				wind := 0
				for _, loop := range loops {
					for k, a := range loop {
						if b := loop[(k+1)%len(loop)]; a.i == b.i && a.i > i { // a side to the right
							if a.j <= j && b.j > j {
								wind++
							} else if b.j <= j && a.j > j {
								wind--
							}
						}
					}
				}
				if want := map[bool]int{true: 1}[inside(i, j)]; wind != want {
					t.Fatalf("%s: cell (%d, %d) is enclosed %d times, want %d", name, i, j, wind, want)
				}
			}
		}
		for _, loop := range loops {
			for k, b := range loop {
				a, c := loop[(k+len(loop)-1)%len(loop)], loop[(k+1)%len(loop)]
				if (a.i == b.i) == (b.i == c.i) || (a.i == b.i) == (a.j == b.j) {
					t.Fatalf("%s: no turn at %v: %v", name, b, fmt.Sprint(a, c))
				}
			}
		}
	}
}
