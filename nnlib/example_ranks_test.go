package nnlib_test

import (
	"context"
	"fmt"
	"sync"

	"digitlab/nnlib"
	"digitlab/nnlib/comm"
	"digitlab/nnlib/data"
)

// Three ranks, goroutines here and machines elsewhere, train one model.
func ExampleMachine_ranks() {
	topology, err := nnlib.ParseTopology("20 affine:8 tanh affine:4 softmax+cross-entropy")
	if err != nil {
		fmt.Println(err)
		return
	}
	recipe := nnlib.Recipe{Topology: topology, Optimizer: nnlib.LBFGS{}, Seed: 1}
	rows := data.Generated{Rows: 20_000, Inputs: 20, Labels: 4}
	train := func(m nnlib.Machine) [32]byte {
		run, err := nnlib.NewRun(recipe, m)
		if err != nil {
			panic(err)
		}
		for range run.To(context.Background(), rows, 5) {
		}
		if run.Err() != nil {
			panic(run.Err())
		}
		return run.Model().Hash()
	}
	alone := train(nnlib.Machine{})
	var same [3]bool
	var all sync.WaitGroup
	for i, c := range comm.Mesh(len(same)) {
		all.Go(func() { same[i] = train(nnlib.Machine{Workers: 1, Comm: c}) == alone })
	}
	all.Wait()
	fmt.Println("the weights of each rank are those of one alone:", same)
	// Output: the weights of each rank are those of one alone: [true true true]
}
