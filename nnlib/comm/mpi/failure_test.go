//go:build (linux || darwin) && (amd64 || arm64) && !nompi && !float64

// What is tried here is the same in both precisions: these tests run in one.

package mpi

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"digitlab/nnlib/comm"
)

func init() { programs["steps"] = stepsProgram }

// stepsProgram does sums until a signal comes or so many are done, with a
// pause between them, as a training does. All ranks agree to stop. It ends with
// StatusLost after a signal, and tells a wrong sum.
func stepsProgram(args []string) error {
	steps, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	signals := make(chan os.Signal, 1000)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGTERM)
	c, err := World()
	if err != nil {
		return err
	}
	fmt.Printf("rank %d is process %d\n", c.Rank(), os.Getpid())
	const leaves, n = 64, 50_890
	own := ownBlocks(leaves, n, c.Size(), c.Rank())
	brought := make([]comm.Block, len(own))
	fresh := ownBlocks(leaves, n, c.Size(), c.Rank())
	var want string
	for step := 1; step <= steps; step++ {
		stop, err := c.AgreeMax(int64(len(signals)))
		if stop > 0 && os.Getenv("DIGITLAB_MPI_TEST_SIGNALS") != "ignored" {
			if c.Rank() == 0 {
				fmt.Println("saved")
				if file := os.Getenv("DIGITLAB_MPI_TEST_SAVED"); file != "" {
					if err := os.WriteFile(file, []byte("saved"), 0o600); err != nil {
						return err
					}
				}
			}
			if err := c.Close(); err != nil {
				return err
			}
			os.Exit(StatusLost)
		}
		for i := range own {
			copy(own[i].Data, fresh[i].Data)
		}
		copy(brought, own)
		b, err := c.SumBlocks(leaves, n, brought, nil)
		if err != nil {
			return err
		}
		h := sha256.New()
		hashBlock(h, b)
		got := fmt.Sprintf("%x", h.Sum(nil))
		if want == "" {
			want = got
		}
		if got != want {
			return fmt.Errorf("step %d has another sum", step)
		}
		if c.Rank() == 0 && (step < 20 || step%50 == 0) { // a full pipe would stop it
			fmt.Println("step", step, got)
		}
		time.Sleep(time.Millisecond)
	}
	return c.Close()
}

// steps starts the program for ever, and waits until it has done some.
func (l launcher) steps(t *testing.T, ranks int, env ...string) *job {
	t.Helper()
	need(t, l.command, l.family.install)
	j := startJob(t, environment("steps", env...), append(append([]string{l.command}, l.flags(ranks)...), self(t), "1000000000")...)
	j.read("step 5 ")
	if len(j.pids) != ranks { // they say so before the first step
		t.Fatalf("the processes are %v", j.pids)
	}
	return j
}

func self(t testing.TB) string {
	t.Helper()
	name, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// waits counts what the watch says.
func waits(says string) int { return strings.Count(says, "for the others in") }

func TestKilledRank(t *testing.T) {
	each(t, func(t *testing.T, l launcher, ranks int) {
		j := l.steps(t, ranks)
		syscall.Kill(j.pids["rank 1"], syscall.SIGKILL)
		r := j.wait(5 * time.Second)
		if r.status == 0 {
			t.Error("the job ended well")
		}
		if waits(r.err) != 0 {
			t.Errorf("the watch spoke:\n%s", r.err)
		}
		t.Logf("status %d after %v", r.status, r.took.Round(10*time.Millisecond))
	}, 3)
}

func TestRankThatStandsStill(t *testing.T) {
	const limit = 2 * time.Second
	for _, still := range []string{"rank 0", "rank 2"} {
		t.Run(still, func(t *testing.T) {
			each(t, func(t *testing.T, l launcher, ranks int) {
				j := l.steps(t, ranks, "DIGITLAB_MPI_LIMIT="+limit.String())
				syscall.Kill(j.pids[still], syscall.SIGSTOP)
				r := j.wait(limit + 15*time.Second)
				if waits(r.err) == 0 || !strings.Contains(r.err, "waited 2s for the others in a") {
					t.Errorf("status %d\n%s", r.status, r.err)
				}
				// Hydra prefers the status of a rank that it killed.
				if r.status != StatusLost && (l.family != mpich || r.status != int(syscall.SIGKILL)) {
					t.Errorf("status %d", r.status)
				}
				if still != "rank 0" && waits(r.err) != 1 {
					t.Errorf("%d ranks spoke:\n%s", waits(r.err), r.err)
				}
				t.Logf("status %d after %v", r.status, r.took.Round(10*time.Millisecond))
			}, 3)
		})
	}
}

// A rank that lags by less than the limit is waited for.
func TestRankThatLags(t *testing.T) {
	each(t, func(t *testing.T, l launcher, ranks int) {
		j := l.steps(t, ranks, "DIGITLAB_MPI_LIMIT=20s")
		syscall.Kill(j.pids["rank 1"], syscall.SIGSTOP)
		time.Sleep(2 * time.Second)
		for len(j.lines) > 0 {
			<-j.lines
		}
		syscall.Kill(j.pids["rank 1"], syscall.SIGCONT)
		j.read("step")
		j.read("step")
		j.cmd.Process.Signal(syscall.SIGINT)
		j.wait(10 * time.Second)
	}, 3)
}

// SIGUSR1 to the launcher stops the ranks, who agree on it, and its status is
// theirs.
func TestSignalIsForwarded(t *testing.T) {
	each(t, func(t *testing.T, l launcher, ranks int) {
		j := l.steps(t, ranks)
		j.cmd.Process.Signal(syscall.SIGUSR1)
		j.read("saved")
		if r := j.wait(10 * time.Second); r.status != StatusLost {
			t.Errorf("status %d\n%s", r.status, r.err)
		}
	}, 3)
}

// SIGTERM to mpirun reaches the ranks after a second and leaves them another one
// to agree and to save (odls_base_sigkill_timeout). Its status is 0 or 1 then,
// and it reads nothing more of what they print. Hydra's ends them at once.
func TestTermLeavesTimeToSave(t *testing.T) {
	l := launchers[0]
	file := filepath.Join(t.TempDir(), "saved")
	j := l.steps(t, 3, "DIGITLAB_MPI_TEST_SAVED="+file)
	j.cmd.Process.Signal(syscall.SIGTERM)
	r := j.wait(10 * time.Second)
	if b, err := os.ReadFile(file); err != nil || string(b) != "saved" {
		t.Errorf("status %d, %v\n%s", r.status, err, r.err)
	}
}

// Signals while C code runs, on threads that Go did not make too, must neither
// end a rank nor change a sum.
func TestManySignals(t *testing.T) {
	each(t, func(t *testing.T, l launcher, ranks int) {
		j := l.steps(t, ranks, "DIGITLAB_MPI_TEST_SIGNALS=ignored")
		for i := range 2000 {
			for _, pid := range j.pids {
				syscall.Kill(pid, []syscall.Signal{syscall.SIGUSR1, syscall.SIGTERM, syscall.SIGURG}[i%3])
			}
			time.Sleep(100 * time.Microsecond)
		}
		for len(j.lines) > 0 {
			<-j.lines
		}
		for range 20 {
			j.read("step")
		}
		j.cmd.Process.Signal(syscall.SIGINT)
		j.wait(10 * time.Second)
	}, 2)
}

func TestMissingLibraryIsNamed(t *testing.T) {
	for _, env := range []string{"OMPI_COMM_WORLD_SIZE=2", "PMI_RANK=0 PMI_SIZE=2"} {
		cmd := exec.Command(self(t))
		cmd.Env = append(environment("size"), "DIGITLAB_MPI="+filepath.Join(t.TempDir(), "libmpi.so"))
		cmd.Env = append(cmd.Env, strings.Fields(env)...)
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "sudo apt install") {
			t.Errorf("%v: %s", err, out)
		}
	}
}

// A library that is not the launcher's sees one rank in each process.
func TestForeignLibraryIsRefused(t *testing.T) {
	need(t, mpichCommand, mpich.install)
	need(t, openMPICommand, openMPI.install)
	r := launchers[1].run(t, 2, "size", nil, "DIGITLAB_MPI=libmpi.so.40")
	if r.status == 0 || !strings.Contains(r.err, "do not belong together") {
		t.Errorf("status %d\n%s%s", r.status, r.out, r.err)
	}
}
