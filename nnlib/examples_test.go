package nnlib

import (
	"math"
	"strings"
	"testing"
)

func TestExamplesRefuseWhatCannotBeTrained(t *testing.T) {
	nan, inf := Float(math.NaN()), Float(math.Inf(1))
	for want, c := range map[string]struct {
		x     []Float
		class []int
	}{
		"no examples":               {nil, nil},
		"3 values for 2 examples":   {[]Float{1, 2, 3}, []int{0, 1}},
		"example 1: value 0 is NaN": {[]Float{1, 2, nan, 3}, []int{0, 1}},
		"value 1 is +Inf":           {[]Float{1, inf, 1, 3}, []int{0, 1}},
		"example 1: class 2":        {[]Float{1, 2, 3, 4}, []int{0, 2}},
		"example 0: class -1":       {[]Float{1, 2, 3, 4}, []int{-1, 1}},
	} {
		if _, err := NewExamples(Units(2), 2, c.x, c.class); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	level := byteLevels()
	level[0] = 1
	if _, err := PackExamples(Units(1), 1, level, []byte{1}, []int{0}); err == nil {
		t.Error("a byte 0 that is not the number 0")
	}
}

func TestExamplesGiveBackTheirRows(t *testing.T) {
	bytes := []byte{0, 5, 0, 255, 0, 0, 1, 0, 0, 0, 0, 9}
	x := make([]Float, len(bytes))
	for i, b := range bytes {
		x[i] = byteLevels()[b]
	}
	full := make([]Float, len(x))
	for i := range full {
		full[i] = Float(i + 1)
	}
	class := []int{0, 1, 1}
	for name, c := range map[string]struct {
		e    *Examples
		want []Float
	}{
		"packed":  {must(PackExamples(Units(4), 2, byteLevels(), bytes, class)), x},
		"entries": {must(NewExamples(Units(4), 2, x, class)), x},
		"dense":   {must(NewExamples(Units(4), 2, full, class)), full},
	} {
		var b Block
		if err := c.e.Fill(&b, Pass{Rows: []int{2, 0, 1, 0}}); err != nil {
			t.Fatal(err)
		}
		for i, k := range []int{2, 0, 1, 0} {
			for j, v := range b.Dense().Row(i) {
				if v != c.want[4*k+j] || b.Class[i] != class[k] {
					t.Errorf("%s: row %d is %v, class %d", name, k, b.Dense().Row(i), b.Class[i])
				}
			}
		}
	}
}

func TestFingerprintFollowsTheContent(t *testing.T) {
	prints := map[[32]byte]string{}
	for name, e := range map[string]*Examples{
		"one":           must(NewExamples(Units(2), 2, []Float{1, 2, 3, 4}, []int{0, 1})),
		"other value":   must(NewExamples(Units(2), 2, []Float{1, 2, 3, 5}, []int{0, 1})),
		"other class":   must(NewExamples(Units(2), 2, []Float{1, 2, 3, 4}, []int{0, 0})),
		"other shape":   must(NewExamples(Units(1), 2, []Float{1, 2, 3, 4}, []int{0, 0, 1, 1})),
		"other classes": must(NewExamples(Units(2), 3, []Float{1, 2, 3, 4}, []int{0, 1})),
	} {
		print := must(e.Fingerprint())
		if was, ok := prints[print]; ok {
			t.Errorf("%s and %s have one fingerprint", name, was)
		}
		prints[print] = name
	}
	again := must(must(NewExamples(Units(2), 2, []Float{1, 2, 3, 4}, []int{0, 1})).Fingerprint())
	if prints[again] != "one" {
		t.Error("equal data, another fingerprint")
	}
}
