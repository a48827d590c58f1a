package table

import "math"

// ReadImages reads images without labels: every class is 0.
func ReadImages(images Source, o Options) (*Table, error) {
	r := &rows{lines: newLines(images), columns: o.Shape.Len()}
	if err := r.read(math.MaxInt, ""); err != nil {
		return nil, err
	}
	return r.table(images.Name, o, o.shape(r.columns), max(o.Classes, 1), make([]int, r.count))
}
