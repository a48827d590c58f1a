package figure

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"digitlab/nnlib"
)

// Images is a dataset's images as they are stored, a byte a value.
type Images interface {
	Pixels(row int) []byte
	Shape() nnlib.Shape
}

// Mistakes is a sheet of the rows that were read wrongly, the costliest first:
// true and read class, the output of the answer, the cost, and the row. p is
// what a model predicts for the images. At most n are shown; nil names number
// the classes from 0.
func Mistakes(images Images, truth []int, p *nnlib.Predictions, n int, names []string) (Sheet, error) {
	if len(truth) != len(p.Class) {
		return Sheet{}, fmt.Errorf("figure: mistakes: %d classes for %d predictions", len(truth), len(p.Class))
	}
	var wrong []int
	for i, class := range p.Class {
		if class != truth[i] {
			wrong = append(wrong, i)
		}
	}
	slices.SortStableFunc(wrong, func(a, b int) int { return cmp.Compare(p.Cost[b], p.Cost[a]) })
	s := Sheet{Width: 84, Columns: 8, Note: "true → read, what it gave to its answer, the cost, and the row of the data from 0"}
	switch shown := min(n, len(wrong)); {
	case len(wrong) == 0:
		s.Title, s.Note = "It made no mistake", ""
	case shown == 1:
		s.Title = fmt.Sprintf("The costliest of %s wrong answers", Number(float64(len(wrong)), 0))
	case shown == len(wrong):
		s.Title = fmt.Sprintf("All %d wrong answers, the costliest first", shown)
	default:
		s.Title = fmt.Sprintf("The %d costliest of %s wrong answers", shown, Number(float64(len(wrong)), 0))
	}
	word := "p"
	if !probabilities(p.Output) {
		word = "output"
	}
	for _, i := range wrong[:min(n, len(wrong))] {
		a, b := name(names, truth[i]), name(names, p.Class[i])
		sure := word + " " + Number(float64(p.Output.Row(i)[p.Class[i]]), 3)
		s.Images = append(s.Images, Image{
			Shape: images.Shape(), Pixels: images.Pixels(i), Caption: a + " → " + b, Bad: true,
			Lines: []string{sure, "cost " + Figures(p.Cost[i], 2), fmt.Sprintf("#%d", i)},
			Alt:   fmt.Sprintf("image %d: true %s, read as %s with %s", i, a, b, sure),
		})
	}
	return s, nil
}

// probabilities says whether every row adds up to 1, to a thousandth.
func probabilities(output nnlib.Matrix) bool {
	for i := range output.Rows {
		sum := 0.0
		for _, v := range output.Row(i) {
			sum += float64(v)
		}
		if math.Abs(sum-1) > 1e-3 {
			return false
		}
	}
	return true
}
