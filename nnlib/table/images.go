package table

import "math"

// ReadImages reads images without labels: every class is 0.
func ReadImages(images Source, o Options) (*Table, error) {
	r := &rows{lines: newLines(images), columns: o.Shape.Len()}
	if err := r.read(math.MaxInt, ""); err != nil {
		return nil, err
	}
	return r.table(images.Name, o, r.imageScale, o.shape(r.columns), targets{classes: max(o.Classes, 1), class: make([]int, r.count)})
}
