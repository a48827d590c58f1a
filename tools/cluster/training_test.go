package cluster

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// run runs a command and returns its output.
func run(t *testing.T, dir string, env []string, words ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, words[0], words[1:]...)
	var says bytes.Buffer
	c.Dir, c.Env, c.Stderr, c.WaitDelay = dir, append(os.Environ(), env...), &says, 10*time.Second
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s%s", c, err, out, &says)
	}
	return string(out)
}

// digitlab builds the command without cgo, as it would be copied to a cluster.
func digitlab(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "digitlab")
	run(t, "", []string{"CGO_ENABLED=0"}, "go", "build", "-o", program, "digitlab/nnlib/cmd/digitlab")
	return program
}

// rows writes a CSV file of 8 inputs and a label, the first column.
func rows(t *testing.T, file string, n int) string {
	t.Helper()
	var b bytes.Buffer
	state := uint64(n)
	for range n {
		sum := 0
		var line []string
		for range 8 {
			state = state*6364136223846793005 + 1442695040888963407
			x := int(state>>40) % 256
			sum += x
			line = append(line, fmt.Sprint(x))
		}
		fmt.Fprintf(&b, "%d,%s\n", sum/200%4, strings.Join(line, ","))
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

var weights = regexp.MustCompile(`weights=(sha256:[0-9a-f]{64})`)

// training is a run of the program that ranks are to do as one process does.
type training struct {
	t       *testing.T
	dir     string
	program string
	args    []string // of digitlab train, without the last one: the output
	want    string
}

func newTraining(t *testing.T, steps int) *training {
	t.Helper()
	j := &training{t: t, dir: t.TempDir(), program: digitlab(t)}
	j.args = []string{"-label", "first", "-net", "8 affine:64 tanh affine:4 softmax+cross-entropy", "-steps", strconv.Itoa(steps),
		"-optimizer", "adam:0.9,0.999,1e-8", "-rate", "0.001", "-schedule", "constant",
		rows(t, filepath.Join(j.dir, "train.csv"), 3000), rows(t, filepath.Join(j.dir, "test.csv"), 300)}
	j.want = j.weights(run(t, j.dir, nil, append(append([]string{j.program, "train"}, j.args...), filepath.Join(j.dir, "alone"))...))
	return j
}

// weights is the hash that the program prints at its end.
func (j *training) weights(out string) string {
	j.t.Helper()
	found := weights.FindStringSubmatch(out)
	if found == nil {
		j.t.Fatalf("no weights in\n%s", out)
	}
	return found[1]
}

func (j *training) compare(out string) {
	j.t.Helper()
	if got := j.weights(out); got != j.want {
		j.t.Errorf("got %s, one process has %s:\n%s", got, j.want, out)
	}
}

// A rank that is killed: tools/cluster/run starts the same command again, which
// goes on and ends with the weights of one process that nobody killed.
func TestRunAgain(t *testing.T) {
	const install = "Debian: sudo apt install openmpi-bin"
	need(t, install, "mpirun.openmpi")
	j := newTraining(t, 4000)
	out := filepath.Join(j.dir, "out")
	c := exec.Command("./run", append(append([]string{"-again", "1", "-np", "3", "--oversubscribe", j.program, "train"}, j.args...), out)...)
	var printed, says bytes.Buffer
	c.Stdout, c.Stderr, c.WaitDelay = &printed, &says, 10*time.Second
	c.Env = append(os.Environ(), "MPIRUN=mpirun.openmpi", "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	killed := false
	for deadline := time.After(2 * time.Minute); ; {
		select {
		case err := <-ended:
			if err != nil || !killed || !strings.Contains(says.String(), "a rank or a host was lost") {
				t.Fatalf("killed: %v, %v\n%s", killed, err, &says)
			}
			j.compare(printed.String())
			return
		case <-deadline:
			c.Process.Kill()
			t.Fatalf("it hung\n%s", &says)
		case <-time.After(50 * time.Millisecond):
		}
		if _, err := os.Stat(filepath.Join(out, "run", "checkpoint")); err == nil && !killed {
			killed = kill(t, j.program, out)
		}
	}
}

// SIGTERM, which batch systems and supervisors send, is a stop by SIGUSR1 to
// tools/cluster/run: mpirun alone would leave the ranks a second, and end with a
// status of its own. 75 says that the run is saved, also where it would have been
// started again after a lost rank.
func TestRunSavesOnTerm(t *testing.T) {
	need(t, "Debian: sudo apt install openmpi-bin", "mpirun.openmpi")
	j := newTraining(t, 4000)
	out := filepath.Join(j.dir, "out")
	env := []string{"MPIRUN=mpirun.openmpi", "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"}
	words := append(append([]string{"-again", "3", "-np", "3", "--oversubscribe", j.program, "train"}, j.args...), out)
	c := exec.Command("./run", words...)
	var says bytes.Buffer
	c.Stderr, c.WaitDelay, c.Env = &says, 10*time.Second, append(os.Environ(), env...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for range 1200 {
		if _, err := os.Stat(filepath.Join(out, "run", "recipe.txt")); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.Process.Signal(syscall.SIGTERM)
	asked := time.Now()
	c.Wait()
	if status := c.ProcessState.ExitCode(); status != 75 || !strings.Contains(says.String(), "the run is saved") || strings.Contains(says.String(), "run: again") {
		t.Fatalf("status %d\n%s", status, &says)
	}
	if took := time.Since(asked); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	j.compare(run(t, "", env, append([]string{"./run"}, words...)...))
}

// kill kills a process of the program that works on that output.
func kill(t *testing.T, program, out string) bool {
	t.Helper()
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range lines {
		line, err := os.ReadFile(file)
		words := strings.Split(string(line), "\x00")
		if err != nil || words[0] != program || len(words) < 2 || words[len(words)-2] != out {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			continue
		}
		if p, err := os.FindProcess(pid); err == nil && p.Kill() == nil {
			return true
		}
	}
	return false
}

// A barrier stage of Spark places two ranks on two executors.
func TestSparkBarrier(t *testing.T) {
	submit, err := filepath.Abs(filepath.Join("..", "..", ".env", "spark", "bin", "spark-submit"))
	if err != nil {
		t.Fatal(err)
	}
	need(t, "make spark", submit)
	need(t, "Debian: sudo apt install mpich", "mpiexec.mpich")
	script, err := filepath.Abs("spark_barrier.py")
	if err != nil {
		t.Fatal(err)
	}
	j := newTraining(t, 300)
	env := []string{"PYSPARK_PYTHON=" + filepath.Join(filepath.Dir(submit), "python3"), "SPARK_LOCAL_IP=127.0.0.1"}
	words := []string{submit, "--master", "local-cluster[2,1,1024]", script, "2", j.program, "train"}
	j.compare(run(t, j.dir, env, append(append(words, j.args...), filepath.Join(j.dir, "out"))...))
}
