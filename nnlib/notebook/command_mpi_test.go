package notebook

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"digitlab/nnlib"
)

// The ranks of a real mpirun end with the cell, even those that do not listen.
func TestInterruptEndsRanks(t *testing.T) {
	mpirun, err := exec.LookPath("mpirun.openmpi")
	if err != nil {
		t.Skip("there is no Open MPI: apt install openmpi-bin")
	}
	dir := t.TempDir()
	c := exec.Command(mpirun, "--oversubscribe", "--bind-to", "none", "-np", "2", "sh", "-c",
		"trap '' USR1 TERM INT; echo $$ >"+dir+"/$$; echo ready; while :; do sleep 0.05; done")
	c.Env = append(os.Environ(), "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	lines := 0
	err = command(ctx, c, func(line []byte) {
		if lines++; lines == 2 {
			stop()
		}
	})
	ids, _ := filepath.Glob(filepath.Join(dir, "*"))
	if !errors.Is(err, nnlib.ErrInterrupted) || len(ids) != 2 {
		t.Fatalf("%v, %d ranks", err, len(ids))
	}
	for _, id := range ids {
		n, _ := strconv.Atoi(strings.TrimSpace(filepath.Base(id)))
		for deadline := time.Now().Add(5 * time.Second); alive(n); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("rank %d is still there", n)
			}
		}
	}
}
