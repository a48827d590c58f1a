// Package cluster has no code: its scripts are for clusters, and for tests that
// want one on this machine.
package cluster

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// need skips a test where a command is missing; with DIGITLAB_REQUIRE=all it
// fails.
func need(t *testing.T, install string, commands ...string) {
	t.Helper()
	why := ""
	for _, c := range commands {
		if _, err := exec.LookPath(c); err != nil && why == "" {
			why = fmt.Sprintf("no %s. %s", c, install)
		}
	}
	if os.Geteuid() != 0 && slices.Contains(commands, "slurmd") {
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

// A job of two nodes is told to stop (by Slurm shortly before the time limit, or by
// a SIGTERM to its ranks), saves, is queued again, and ends with the
// weights of one process that was never stopped.
func TestSlurmRequeues(t *testing.T) {
	const install = "Debian: sudo apt install slurmctld slurmd slurm-client munge libpmix-dev openmpi-bin mpich"
	need(t, install, "slurmctld", "slurmd", "srun", "munged", "mpirun.openmpi", "mpiexec.mpich")
	j := newTraining(t, 4000)
	for _, c := range []struct{ mpi, signal string }{{"pmix", "USR1"}, {"pmi2", "USR1"}, {"pmix", "TERM"}} {
		t.Run(c.mpi+" "+c.signal, func(t *testing.T) {
			out := filepath.Join(j.dir, c.mpi+c.signal)
			script := `set -eu
job=$(sbatch --parsable --output="$OUT.log" "$BATCH" "$@" "$OUT")
n=0
until [ -e "$OUT/run/recipe.txt" ]; do
	n=$((n + 1)); [ $n -lt 600 ] || { cat "$OUT.log"; squeue; exit 1; }
	sleep 0.1
done
scancel --signal="$SIGNAL" "$job"
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
			env := []string{"OUT=" + out, "BATCH=" + batch, "DIGITLAB=" + j.program, "SRUN_MPI=" + c.mpi, "SIGNAL=" + c.signal}
			got := run(t, j.dir, env, append([]string{tool, "sh", "-c", script, "sh"}, j.args...)...)
			for _, has := range []string{"JobState=COMPLETED", "Restarts=1", "ExitCode=0:0", "status 75, restart 1", "2 ranks on"} {
				if !strings.Contains(got, has) {
					t.Errorf("no %q in\n%s", has, got)
				}
			}
			j.compare(got)
		})
	}
}
