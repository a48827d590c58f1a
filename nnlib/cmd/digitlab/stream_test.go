package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"digitlab/nnlib"
	"digitlab/nnlib/comm/mpi"
	"digitlab/nnlib/data"
)

// generated trains on so many rows of 20 values that are computed when they are
// asked for, and says the hash of the weights and the most memory each rank had.
func generated(rows string) error {
	n, err := strconv.Atoi(rows)
	if err != nil {
		return err
	}
	c, err := mpi.World()
	if err != nil {
		return err
	}
	defer c.Close()
	topology, err := nnlib.ParseTopology("20 affine:16 tanh affine:4 softmax+cross-entropy")
	if err != nil {
		return err
	}
	for _, sample := range []float64{0, 0.5} {
		r, err := nnlib.NewRun(nnlib.Recipe{Topology: topology, Optimizer: nnlib.GradientDescent{Rate: 0.5}, Sample: sample, Seed: 3},
			nnlib.Machine{Workers: 1, Comm: c})
		if err != nil {
			return err
		}
		for range r.To(context.Background(), data.Generated{Rows: n, Inputs: 20, Labels: 4}, 1) {
		}
		if r.Err() != nil {
			return r.Err()
		}
		if c.Rank() == 0 {
			fmt.Printf("sha256:%x\n", r.Model().Hash())
		}
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	fmt.Printf("rank %d, %s\n", c.Rank(), peak.Find(status))
	return nil
}

// TestTenMillionRows streams them through four ranks, none of which holds more
// than 128 MiB.
func TestTenMillionRows(t *testing.T) {
	mpirun, err := exec.LookPath("mpirun")
	if err != nil {
		t.Skip("there is no mpirun: apt install openmpi-bin")
	}
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out := func(ranks int) string {
		c := exec.Command(mpirun, "--oversubscribe", "--bind-to", "none", "-np", strconv.Itoa(ranks), self)
		c.Env = append(os.Environ(), "DIGITLAB_AS_GENERATED=10000000", "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1")
		b, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		return string(b)
	}
	four, one := out(4), out(1)
	t.Logf("%s", four)
	if a, b := weights.FindAllString(four, -1), weights.FindAllString(one, -1); len(a) != 2 || strings.Join(a, " ") != strings.Join(b, " ") {
		t.Errorf("4 ranks: %v, 1 rank: %v", a, b)
	}
	all := peak.FindAllStringSubmatch(four, -1)
	if len(all) != 4 {
		t.Fatalf("%d ranks tell of their memory:\n%s", len(all), four)
	}
	for _, m := range all {
		if k, err := strconv.Atoi(m[1]); err != nil || k > 128<<10 {
			t.Errorf("a rank had %d MiB", k>>10)
		}
	}
}
