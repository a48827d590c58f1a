package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"digitlab/nnlib"
	"digitlab/nnlib/comm"
)

// onMesh runs a command on several ranks in this process. args may differ.
func onMesh(size int, args func(rank int) []string) (status []int, stdout, stderr []string) {
	status, stdout, stderr = make([]int, size), make([]string, size), make([]string, size)
	var all sync.WaitGroup
	for i, c := range comm.Mesh(size) {
		all.Go(func() {
			var out, err bytes.Buffer
			status[i] = run(context.Background(), streams{&out, &err, c}, args(i))
			stdout[i], stderr[i] = out.String(), err.String()
		})
	}
	all.Wait()
	return status, stdout, stderr
}

var weights = regexp.MustCompile(`sha256:[0-9a-f]{64}`)

func TestTrainOnRanks(t *testing.T) {
	f := halves(t, 3000)
	_, alone, _ := digitlab(f.small("-steps 20", filepath.Join(t.TempDir(), "out"))...)
	out := filepath.Join(t.TempDir(), "out")
	for i, steps := range []string{"-steps 7", "-steps 20"} {
		status, stdout, stderr := onMesh(2+i, func(int) []string { return f.small(steps, out) })
		for i := range status {
			if status[i] != 0 || i > 0 && stdout[i]+stderr[i] != "" {
				t.Errorf("rank %d: status %d, stdout %q, stderr %s", i, status[i], stdout[i], stderr[i])
			}
		}
		if i == 1 && stdout[0] != alone {
			t.Errorf("3 ranks: %s, alone %s", stdout[0], alone)
		}
	}
	// Each rank reads its own rows while it trains.
	status, stdout, _ := onMesh(3, func(int) []string { return f.small("-steps 20 -stream", filepath.Join(t.TempDir(), "out")) })
	if status[0] != 0 || stdout[0] != alone {
		t.Errorf("3 ranks with -stream: status %d, %s, alone %s", status[0], stdout[0], alone)
	}
	// A rank without the data is named, by rank 0 alone.
	status, stdout, stderr := onMesh(3, func(rank int) []string {
		g := f
		if rank == 2 {
			g.trainImages = "nowhere.csv"
		}
		return g.small("-steps 20", out)
	})
	for i := range status {
		if status[i] != statusInput || stdout[i] != "" || (i == 0) != strings.Contains(stderr[i], "rank 2: open nowhere.csv") {
			t.Errorf("rank %d: status %d, stdout %q, stderr %s", i, status[i], stdout[i], stderr[i])
		}
	}
	if status, _, _ := onMesh(2, func(int) []string { return f.small("-batch x", out) }); status[0] != statusUsage || status[1] != statusUsage {
		t.Errorf("wrong usage: status %v", status)
	}
}

// events reads the lines of -json.
func events(t *testing.T, text string) (all []event) {
	t.Helper()
	for line := range strings.Lines(text) {
		var e event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all = append(all, e)
	}
	return all
}

func TestLinesOfJSON(t *testing.T) {
	f, out := halves(t, 500), filepath.Join(t.TempDir(), "out")
	_, plain, _ := digitlab(f.small("-steps 5 -holdout 0.2", filepath.Join(t.TempDir(), "out"))...)
	status, stdout, stderr := digitlab(f.small("-json -steps 5 -holdout 0.2", out)...)
	all := events(t, stdout)
	if status != 0 || len(all) != 7 || strings.Contains(stderr, "step 5") {
		t.Fatalf("status %d, %d lines, stderr %s", status, len(all), stderr)
	}
	first, last := all[0], all[6]
	if first.Event != "start" || first.Ranks != 1 || first.Workers < 1 || first.Target != 5 {
		t.Errorf("the first line is %+v", first)
	}
	for i, e := range all[1:6] {
		if e.Event != "step" || e.Step != i+1 || e.Cost == nil || e.Validation == nil || e.Replayed {
			t.Errorf("line %d is %+v", i+1, e)
		}
	}
	if last.Event != "end" || last.Step != 5 || last.Weights != weights.FindString(plain) || !strings.Contains(plain, last.Tested) {
		t.Errorf("the last line is %+v, without -json %s", last, plain)
	}
	_, stdout, _ = digitlab(f.small("-json -steps 6 -holdout 0.2", out)...)
	if all = events(t, stdout); len(all) != 8 || !all[5].Replayed || all[6].Replayed {
		t.Errorf("again: %s", stdout)
	}
}

// underMPI starts train on so many ranks of a real mpirun.
func underMPI(t *testing.T, ranks int, args []string) (c *exec.Cmd, stdout, stderr *bytes.Buffer) {
	t.Helper()
	mpirun, err := exec.LookPath("mpirun")
	if err != nil {
		t.Skip("there is no mpirun: apt install openmpi-bin")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c = exec.Command(mpirun, append([]string{"--oversubscribe", "--bind-to", "none", "-np", strconv.Itoa(ranks), self}, args...)...)
	c.Env = append(os.Environ(), "DIGITLAB_AS_COMMAND=1", "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1")
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	c.Stdout, c.Stderr = stdout, stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, stdout, stderr
}

// waitFor waits until a file is there, and a moment longer.
func waitFor(t *testing.T, name string) {
	t.Helper()
	for range 600 {
		if _, err := os.Stat(name); err == nil {
			time.Sleep(300 * time.Millisecond)
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s does not come", name)
}

// TestTrainUnderMPI stops a job by a signal, goes on with another number of ranks,
// one of which is killed, and then to the end with a third.
func TestTrainUnderMPI(t *testing.T) {
	f, out := halves(t, 3000), filepath.Join(t.TempDir(), "out")
	const steps = 8000
	args := f.small("-json -steps 8000 -workers 1 -save 200ms", out)
	c, stdout, stderr := underMPI(t, 3, args)
	waitFor(t, filepath.Join(out, "run", "checkpoint"))
	c.Process.Signal(syscall.SIGUSR1)
	c.Wait()
	all := events(t, stdout.String())
	if c.ProcessState.ExitCode() != statusInterrupted || len(all) < 3 || all[len(all)-1].Event != "saved" {
		t.Fatalf("after SIGUSR1: status %d, %d lines\n%s", c.ProcessState.ExitCode(), len(all), stderr)
	}
	saved := all[len(all)-1].Step
	c, _, _ = underMPI(t, 4, args)
	var ranks []string
	for range 100 {
		children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", c.Process.Pid))
		if ranks = strings.Fields(string(children)); err != nil || len(ranks) == 4 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if len(ranks) != 4 {
		t.Fatalf("mpirun has the children %v", ranks)
	}
	time.Sleep(500 * time.Millisecond)
	pid, _ := strconv.Atoi(ranks[2])
	syscall.Kill(pid, syscall.SIGKILL)
	killed := time.Now()
	if err := c.Wait(); err == nil || time.Since(killed) > 5*time.Second {
		t.Errorf("%v after a rank was killed: %v", time.Since(killed), err)
	}
	c, stdout, stderr = underMPI(t, 2, args)
	if err := c.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	_, alone, _ := digitlab(f.small("-steps 8000", filepath.Join(t.TempDir(), "out"))...)
	all = events(t, stdout.String())
	if last := all[len(all)-1]; last.Event != "end" || last.Step != steps || last.Weights != weights.FindString(alone) {
		t.Errorf("%+v, alone %s", last, alone)
	}
	if !all[saved].Replayed {
		t.Errorf("step %d was saved, and is computed again", saved)
	}
}

func TestSweepOnRanks(t *testing.T) {
	f := halves(t, 600)
	args := func(out string) []string {
		return append([]string{"sweep", "-net", "4x4 affine:3 tanh affine:2 sigmoid+squared", "-rates", "0.5,1,2", "-seeds", "3,4", "-steps", "5"}, f.trainImages, f.trainLabels, out)
	}
	status, want, said := digitlab(args(filepath.Join(t.TempDir(), "out"))...)
	if status != 0 {
		t.Fatal(said)
	}
	for size := 2; size <= 3; size++ {
		out := filepath.Join(t.TempDir(), "out")
		status, stdout, stderr := onMesh(size, func(int) []string { return args(out) })
		seconds := regexp.MustCompile(`(?m) +\S+ ± \S+$`)
		if same := func(s string) string { return seconds.ReplaceAllString(s, "") }; same(stdout[0]) != same(want) {
			t.Errorf("%d ranks:\n%salone:\n%s", size, stdout[0], want)
		}
		for i := range status {
			if status[i] != 0 || i > 0 && stdout[i]+stderr[i] != "" {
				t.Errorf("rank %d of %d: status %d, %s", i, size, status[i], stderr[i])
			}
		}
		if n := strings.Count(stderr[0], " s)\n"); n != 6/size {
			t.Errorf("rank 0 of %d made %d of 6 runs:\n%s", size, n, stderr[0])
		}
	}
	// One rank is without the data while others have begun: none waits.
	out := filepath.Join(t.TempDir(), "out")
	status2, _, stderr := onMesh(2, func(rank int) []string {
		a := args(out)
		if rank == 1 {
			a[len(a)-3] = "nowhere.csv"
		}
		return a
	})
	if status2[0] != statusInput || status2[1] != statusInput || !strings.Contains(stderr[0], "rank 1: open nowhere.csv") {
		t.Errorf("status %v, %s", status2, stderr[0])
	}
}

func TestInterruptStopsAllRanks(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var all sync.WaitGroup
	for i, c := range comm.Mesh(3) {
		all.Go(func() {
			mine := context.Background()
			if i == 1 {
				mine = ctx
			}
			err := together(mine, c, func(ctx context.Context) error {
				if i == 0 {
					return nil // done before
				}
				if i == 1 {
					cancel()
				}
				<-ctx.Done()
				return nnlib.ErrInterrupted
			})
			if !errors.Is(err, nnlib.ErrInterrupted) {
				t.Errorf("rank %d: %v", i, err)
			}
		})
	}
	all.Wait()
	for i, c := range comm.Mesh(2) {
		all.Go(func() {
			err := together(context.Background(), c, func(ctx context.Context) error {
				if i == 1 {
					return errors.New("the disk is full")
				}
				<-ctx.Done()
				return nnlib.ErrInterrupted
			})
			if err == nil || err.Error() != "rank 1: the disk is full" {
				t.Errorf("rank %d: %v", i, err)
			}
		})
	}
	all.Wait()
}
