package figure

import "math"

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
			k = int((x[i] - from) / (to - from) * float64(columns))
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

// ends replaces the last column by the last finite point, so that the end of
// a line is the value it ends with.
func ends(list []column, x, y []float64) {
	for i := len(y) - 1; i >= 0 && len(list) > 0; i-- {
		if v := y[i]; !math.IsNaN(v) && !math.IsInf(v, 0) {
			list[len(list)-1].x, list[len(list)-1].mean = x[i], v
			return
		}
	}
}
