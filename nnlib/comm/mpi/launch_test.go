package mpi

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLaunchedReadsTheEnvironment(t *testing.T) {
	for _, c := range []struct {
		name, env, by string
		size          int
		families      []*family
		fails         string
	}{
		{name: "alone"},
		{name: "mpirun", env: "OMPI_COMM_WORLD_SIZE=4 PMIX_RANK=2", by: "mpirun of Open MPI", size: 4, families: []*family{openMPI}},
		{name: "mpirun, one rank", env: "OMPI_COMM_WORLD_SIZE=1 PMIX_RANK=0"},
		{name: "mpiexec", env: "PMI_RANK=0 PMI_SIZE=3 PMI_FD=5", by: "mpiexec of MPICH", size: 3, families: []*family{mpich}},
		{name: "mpiexec, one rank", env: "PMI_RANK=0 PMI_SIZE=1"},
		{name: "pmix", env: "PMIX_RANK=1 SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=6", by: "srun --mpi=pmix", size: 6, families: []*family{openMPI, mpich}},
		{name: "pmi2", env: "PMI_FD=7 PMI_RANK=1 PMI_SIZE=6 SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=6", by: "srun --mpi=pmi2", size: 6, families: []*family{mpich, openMPI}},
		{name: "srun without either", env: "SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=2", fails: "--mpi=pmix"},
		{name: "one task of srun", env: "SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=1"},
		{name: "a batch script", env: "SLURM_JOB_ID=9 SLURM_NTASKS=8"},
		{name: "off", env: "DIGITLAB_MPI=off OMPI_COMM_WORLD_SIZE=4"},
		{name: "off under srun", env: "DIGITLAB_MPI=off SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := map[string]string{}
			for _, pair := range strings.Fields(c.env) {
				name, value, _ := strings.Cut(pair, "=")
				env[name] = value
			}
			l, err := launched(func(name string) string { return env[name] })
			switch {
			case c.fails != "":
				if err == nil || !strings.Contains(err.Error(), c.fails) {
					t.Errorf("got %v", err)
				}
			case err != nil:
				t.Error(err)
			case c.by == "" && l != nil:
				t.Errorf("got %+v", l)
			case c.by != "" && (l == nil || l.by != c.by || l.size != c.size || !slices.Equal(l.families, c.families)):
				t.Errorf("got %+v", l)
			}
		})
	}
}

func TestLimit(t *testing.T) {
	for text, want := range map[string]time.Duration{"": DefaultLimit, "30s": 30 * time.Second, "0": 0, "-1s": 0, "5": 0} {
		if got, err := limit(text); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestWatchCountsOnlyWithinACall(t *testing.T) {
	expired := make(chan string, 1)
	w := newWatch(100*time.Millisecond, func(call string) { expired <- call })
	name, other := "a sum", "an agreement"
	for range 30 { // many calls, and a long time between two
		w.begin(&name)
		time.Sleep(5 * time.Millisecond)
		w.end()
	}
	time.Sleep(300 * time.Millisecond)
	select {
	case <-expired:
		t.Fatal("expired between calls")
	default:
	}
	w.begin(&other)
	began := time.Now()
	if call := <-expired; call != other {
		t.Errorf("expired in %s", call)
	}
	if waited := time.Since(began); waited < 90*time.Millisecond {
		t.Errorf("expired after %v", waited)
	}
}

func TestWatchIsClosed(t *testing.T) {
	w := newWatch(20*time.Millisecond, func(string) { t.Error("expired after close") })
	name := "a sum"
	w.begin(&name)
	w.close()
	time.Sleep(100 * time.Millisecond)
}
