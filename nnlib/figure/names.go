package figure

import (
	"slices"
	"strings"

	"digitlab/nnlib/sweep"
)

// shortNames is the rows' names; where one is long, without the words at both
// ends of a setting's value that all rows share.
func shortNames(rows []sweep.Row) []string {
	names, long := make([]string, len(rows)), false
	var settings [][][]string // words, by row and setting
	for i, v := range rows {
		names[i] = v.Name
		long = long || len(v.Name) > longest
		var row [][]string
		for _, s := range strings.Split(v.Name, ", ") {
			row = append(row, strings.Fields(strings.Replace(s, "=", "= ", 1)))
		}
		settings = append(settings, row)
	}
	same := !slices.ContainsFunc(settings, func(row [][]string) bool { return len(row) != len(settings[0]) })
	if !long || !same || len(rows) < 2 {
		return shortened(names)
	}
	for k := range settings[0] {
		var head, tail int
		shared := func(at func(words []string, n int) string) (n int) {
			for ; ; n++ {
				for _, row := range settings {
					if n+head >= len(row[k]) || at(row[k], n) != at(settings[0][k], n) {
						return n
					}
				}
			}
		}
		head = shared(func(words []string, n int) string { return words[n] })
		if first := settings[0][k]; head == len(first) && head <= 2 {
			continue
		}
		tail = shared(func(words []string, n int) string { return words[len(words)-1-n] })
		for _, row := range settings {
			words := row[k][head : len(row[k])-tail]
			if head > 1 {
				words = append([]string{"…"}, words...)
			}
			if tail > 0 {
				words = append(words[:len(words):len(words)], "…")
			}
			if head > 0 {
				words = append([]string{row[k][0]}, words...)
			}
			row[k] = words
		}
	}
	for i, row := range settings {
		var list []string
		for _, words := range row {
			list = append(list, strings.Replace(strings.Join(words, " "), "= ", "=", 1))
		}
		names[i] = strings.Join(list, ", ")
	}
	return shortened(names)
}

// longest is the number of characters of a name that is shown as it is.
const longest = 48

// shortened cuts the middle out of names that are much longer.
func shortened(names []string) []string {
	for i, s := range names {
		if r, n := []rune(s), longest+longest/2; len(r) > n {
			names[i] = string(r[:n/2]) + "…" + string(r[len(r)-(n-1-n/2):])
		}
	}
	return names
}
