package figure

import (
	"math"
	"slices"

	"digitlab/nnlib"
)

// column is the points of one pixel column.
type column struct{ x, mean, low, high float64 }

// thin gathers points, ascending in x, into at most so many columns of equal
// width between from and to. Values that are not finite are left out. A column
// stands at the mean of its points, so that few points stay where they are.
func thin(x, y []float64, from, to float64, columns int) (list []column) {
	last, n := -1, 0.0
	for i, v := range y {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		k := 0
		if to > from {
			k = min(int((x[i]-from)/(to-from)*float64(columns)), columns-1)
		}
		if k != last || len(list) == 0 {
			list = append(list, column{x[i], v, v, v})
			last, n = k, 1
			continue
		}
		c := &list[len(list)-1]
		n++
		c.x += (x[i] - c.x) / n
		c.mean += (v - c.mean) / n
		c.low, c.high = min(c.low, v), max(c.high, v)
	}
	return list
}

// columns is the number of pixel columns that long histories are thinned to.
const columns = 212

func (h History) values(list []nnlib.Step, value func(nnlib.Step) float64) (x, y []float64) {
	steps, _, use := h.epoch()
	for _, s := range list {
		at := float64(s.Number)
		if use {
			at /= float64(steps)
		}
		x, y = append(x, at), append(y, value(s))
	}
	return x, y
}

// lines is a series of one value a pixel column. Where a column holds several
// steps, the line is their mean over four columns, and the spread of single
// steps is a band behind it.
func (h History) lines(name string, colour Colour, shape Shape, value func(nnlib.Step) float64, c Chart) (list []Series) {
	x, y := h.values(h.Steps, value)
	thinned := thin(x, y, c.X.Min, c.X.Max, columns)
	line := Series{Name: name, Colour: colour, Shape: shape}
	if colour == Training && slices.ContainsFunc(thinned, func(k column) bool { return k.low != k.high }) {
		band := Series{Colour: Spread, Shape: Band}
		for _, k := range thinned {
			band.X, band.Y, band.Low = append(band.X, k.x), append(band.Y, k.high), append(band.Low, k.low)
		}
		list = append(list, band)
		thinned = thin(x, y, c.X.Min, c.X.Max, columns/4)
		thinned[len(thinned)-1].x = x[len(x)-1]
	}
	for _, k := range thinned {
		line.X, line.Y = append(line.X, k.x), append(line.Y, k.mean)
	}
	return append(list, line)
}

// exact is a series of at most four points a pixel column, drawn as if it had
// all: the first, the lowest, the highest and the last.
func (h History) exact(list []nnlib.Step, value func(nnlib.Step) float64) (s Series) {
	x, y := h.values(list, value)
	if len(x) <= 4*columns {
		s.X, s.Y = x, y
		return s
	}
	to := x[len(x)-1]
	for i := 0; i < len(x); {
		k := int(x[i] / to * columns)
		low, high, j := i, i, i
		for ; j < len(x) && int(x[j]/to*columns) == k; j++ {
			if y[j] < y[low] {
				low = j
			}
			if y[j] > y[high] {
				high = j
			}
		}
		last := -1
		for _, p := range []int{i, min(low, high), max(low, high), j - 1} {
			if p != last {
				s.X, s.Y, last = append(s.X, x[p]), append(s.Y, y[p]), p
			}
		}
		i = j
	}
	return s
}
