// Package cluster has no code: its scripts are for clusters, and for tests that
// want one on this machine.
package cluster

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// need skips a test where a command is missing, or root; with
// DIGITLAB_REQUIRE=all it fails.
func need(t *testing.T, install string, commands ...string) {
	t.Helper()
	why := ""
	for _, c := range commands {
		if _, err := exec.LookPath(c); err != nil && why == "" {
			why = fmt.Sprintf("no %s. %s", c, install)
		}
	}
	if os.Geteuid() != 0 {
		why = "a Slurm of its own needs root"
	}
	switch {
	case why == "":
	case os.Getenv("DIGITLAB_REQUIRE") == "all":
		t.Fatal(why)
	default:
		t.Skip(why)
	}
}

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

// A job of two nodes is told to stop, saves, is queued again, and ends with the
// weights of one process that was never stopped.
func TestSlurmRequeues(t *testing.T) {
	const install = "Debian: sudo apt install slurmctld slurmd slurm-client munge libpmix-dev openmpi-bin mpich"
	need(t, install, "slurmctld", "slurmd", "srun", "munged", "mpirun.openmpi", "mpiexec.mpich")
	dir := t.TempDir()
	program := digitlab(t)
	train, test := rows(t, filepath.Join(dir, "train.csv"), 3000), rows(t, filepath.Join(dir, "test.csv"), 300)
	args := []string{"-label", "first", "-net", "8 affine:64 tanh affine:4 softmax+cross-entropy", "-steps", "4000", "-optimizer", "adam:0.9,0.999,1e-8", "-rate", "0.001", "-schedule", "constant", train, test}
	want := weights.FindStringSubmatch(run(t, dir, nil, append(append([]string{program, "train"}, args...), filepath.Join(dir, "alone"))...))
	if want == nil {
		t.Fatal("no weights of one process")
	}
	for _, mpi := range []string{"pmix", "pmi2"} {
		t.Run(mpi, func(t *testing.T) {
			out := filepath.Join(dir, mpi)
			script := `set -eu
job=$(sbatch --parsable --output="$OUT.log" "$BATCH" "$@" "$OUT")
n=0
until [ -e "$OUT/run/recipe.txt" ]; do
	n=$((n + 1)); [ $n -lt 600 ] || { cat "$OUT.log"; squeue; exit 1; }
	sleep 0.1
done
scancel --signal=USR1 "$job"
n=0
until scontrol show job "$job" | grep -qE "JobState=(COMPLETED|FAILED|CANCELLED|TIMEOUT)"; do
	n=$((n + 1)); [ $n -lt 600 ] || { cat "$OUT.log"; scontrol show job "$job"; exit 1; }
	sleep 0.2
done
scontrol show job "$job" | grep -oE "(JobState|Restarts|ExitCode)=[^ ]*"
cat "$OUT.log"`
			tool, err := filepath.Abs("slurm")
			if err != nil {
				t.Fatal(err)
			}
			batch, err := filepath.Abs("train.sbatch")
			if err != nil {
				t.Fatal(err)
			}
			env := []string{"OUT=" + out, "BATCH=" + batch, "DIGITLAB=" + program, "SRUN_MPI=" + mpi}
			got := run(t, dir, env, append([]string{tool, "sh", "-c", script, "sh"}, args...)...)
			for _, has := range []string{"JobState=COMPLETED", "Restarts=1", "ExitCode=0:0", ", restart 1", "2 ranks on"} {
				if !strings.Contains(got, has) {
					t.Errorf("no %q in\n%s", has, got)
				}
			}
			if w := weights.FindStringSubmatch(got); w == nil || w[1] != want[1] {
				t.Errorf("got %v, one process has %v:\n%s", w, want[1], got)
			}
		})
	}
}
