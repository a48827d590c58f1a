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
