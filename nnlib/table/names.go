package table

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// labels makes classes, or values, of the labels in a file. While the file is
// gone through for the first time it is open: what is new is taken up.
type labels struct {
	o     Options
	words bool // labels may be words; decided by close
	open  bool

	known   map[string]int // text, and plain text, of a label to its place
	places  []label        // where words are allowed
	class   []int          // of each place; nil: the place is the class
	largest int
}

// label is a label's first appearance.
type label struct {
	text string
	line int
	at   int // column
}

func newLabels(o Options, words bool) *labels {
	k := &labels{o: o, words: words && o.Names == nil && !o.Values, open: true, known: map[string]int{}}
	for i, name := range o.Names {
		k.known[plainText([]byte(name))] = i
	}
	return k
}

// plainText is one text for all ways to write a number.
func plainText(text []byte) string {
	if x, err := number(text); err == nil {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return string(text)
}

// add is the class of a label, or its place until close, or with Options.Values
// its value.
func (k *labels) add(l *lines, column int, text []byte) (place int, value float64, err error) {
	if k.o.Values {
		if value, err = number(text); err != nil {
			err = l.badNumber(column, text, err)
		}
		return 0, value, err
	}
	if k.words || k.o.Names != nil {
		place, err = k.place(l, column, text)
		return place, 0, err
	}
	x, err := number(text)
	if err != nil {
		return 0, 0, l.badNumber(column, text, err)
	}
	if place, err = l.class(x, column, k.o.Classes); err == nil && k.open {
		k.largest = max(k.largest, place)
	}
	return place, 0, err
}

// place is where a label stands among those known.
func (k *labels) place(l *lines, column int, text []byte) (int, error) {
	if i, ok := k.known[string(text)]; ok {
		return i, nil
	}
	switch _, err := number(text); err {
	case errMissing, errUnknown, errNaN:
		return 0, l.badNumber(column, text, err)
	}
	plain := plainText(text)
	i, ok := k.known[plain]
	switch {
	case ok:
	case k.o.Names != nil:
		return 0, l.wrong(column, "the label %s is none of the classes %s", quote(text), list(k.o.Names))
	case !k.open:
		return 0, l.wrong(column, "the label %s was not there when the file was opened", quote(text))
	case len(k.places) == mostClasses:
		return 0, l.wrong(column, "more than %d labels: is this the label's column? (for numbers to be learned, take labels as values)", mostClasses)
	default:
		i = len(k.places)
		k.places = append(k.places, label{plain, l.n, column})
		k.known[plain] = i
	}
	if k.open {
		k.known[string(text)] = i
	}
	return i, nil
}

// list is names in an error, cut where there are many.
func list(names []string) string {
	if len(names) > 12 {
		return strings.Join(names[:12], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}

// close decides what the labels are. Where all are whole numbers they are the
// classes; else they are names, in alphabetical order.
func (k *labels) close(file string) (classes int, names []string, err error) {
	k.open = false
	switch {
	case k.o.Values:
		return 1, nil, nil
	case k.o.Names != nil:
		return k.count(file, k.o.Names)
	case !k.words:
		return k.o.classes(k.largest), nil, nil
	}
	k.class = make([]int, len(k.places))
	numbers := true
	for i, p := range k.places {
		x, err := strconv.ParseFloat(p.text, 64)
		if numbers = numbers && err == nil && !math.IsInf(x, 0); !numbers {
			break
		}
		l := lines{name: file, n: p.line}
		if k.class[i], err = l.class(x, p.at, k.o.Classes); err != nil {
			e := err.(*ParseError)
			e.Msg += "; or give the classes names"
			return 0, nil, e
		}
		k.largest = max(k.largest, k.class[i])
	}
	if numbers {
		return k.o.classes(k.largest), nil, nil
	}
	for _, p := range k.places {
		names = append(names, p.text)
	}
	slices.Sort(names)
	for i, p := range k.places {
		k.class[i], _ = slices.BinarySearch(names, p.text)
	}
	return k.count(file, names)
}

// count is the number of classes with these names.
func (k *labels) count(file string, names []string) (int, []string, error) {
	if n := k.o.Classes; n > 0 && n < len(names) {
		return 0, nil, &ParseError{File: file, Msg: fmt.Sprintf("the labels are %d classes (%s): there are %d classes", len(names), list(names), n)}
	}
	return max(k.o.Classes, len(names)), names, nil
}

// of is the class of a place.
func (k *labels) of(place int) int {
	if k.class == nil {
		return place
	}
	return k.class[place]
}
