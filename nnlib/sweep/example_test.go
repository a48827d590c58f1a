package sweep_test

import (
	"context"
	"fmt"

	"digitlab/nnlib"
	"digitlab/nnlib/sweep"
)

// Three rates, each with two seeds, two runs at a time. A quarter of the rows
// is held out.
func Example() {
	topology, err := nnlib.ParseTopology("2 affine:4 tanh affine:2 softmax+cross-entropy")
	if err != nil {
		fmt.Println(err)
		return
	}
	x, class := []nnlib.Float{}, []int{}
	for i := range 80 {
		x, class = append(x, nnlib.Float(i%2), nnlib.Float(i/2%2)), append(class, i%2)
	}
	data, err := nnlib.NewExamples(nnlib.Units(2), 2, x, class)
	if err != nil {
		fmt.Println(err)
		return
	}
	rates, err := sweep.Geometric(0.1, 1, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	base := nnlib.Recipe{Topology: topology, Optimizer: nnlib.GradientDescent{}, Batch: 4, Holdout: 0.25}
	variations, err := sweep.Rates(base, rates...)
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := sweep.Open("", sweep.Plan{Variations: variations, Seeds: []uint64{1, 2}, Epochs: 20}, sweep.Machine{Parallel: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range s.Points(context.Background(), data, nil) {
		// a run has finished
	}
	if err := s.Err(); err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range s.Result().Rows {
		fmt.Printf("%-10s %d runs, validation accuracy %.1f\n", v.Name, v.Runs, v.ValidationAccuracy.Mean)
	}
	// Output:
	// rate=0.1   2 runs, validation accuracy 1.0
	// rate=0.316 2 runs, validation accuracy 1.0
	// rate=1     2 runs, validation accuracy 1.0
}
