package mpi

import (
	"fmt"
	"os"
	"strconv"
)

// family is an implementation of MPI with a binary interface of its own.
type family struct {
	name    string
	files   []string // names that the dynamic linker may know it by
	install string
}

var (
	openMPI = &family{"Open MPI", []string{"libmpi.so.40", "libmpi.40.dylib", "/opt/homebrew/lib/libmpi.40.dylib"},
		"Debian: sudo apt install openmpi-bin; Fedora: sudo dnf install openmpi; macOS: brew install open-mpi"}
	mpich = &family{"MPICH", []string{"libmpich.so.12", "libmpi.so.12", "libmpi.12.dylib", "/opt/homebrew/lib/libmpi.12.dylib"},
		"Debian: sudo apt install mpich; Fedora: sudo dnf install mpich; macOS: brew install mpich"}
)

// launch is how a process was started as one of several ranks.
type launch struct {
	by       string
	size     int
	families []*family // that the launcher serves, likeliest first
	library  string    // to open instead; empty: as the families are named
}

// launched reads the environment. It is nil for a process that was started
// alone, or as the only rank.
func launched(getenv func(string) string) (*launch, error) {
	library := getenv("DIGITLAB_MPI")
	if library == "off" {
		return nil, nil
	}
	number := func(name string) int {
		n, err := strconv.Atoi(getenv(name))
		if err != nil {
			return 0
		}
		return n
	}
	l := &launch{library: library}
	steps := number("SLURM_STEP_NUM_TASKS")
	switch {
	case getenv("OMPI_COMM_WORLD_SIZE") != "":
		*l = launch{"mpirun of Open MPI", number("OMPI_COMM_WORLD_SIZE"), []*family{openMPI}, library}
	case getenv("PMIX_RANK") != "":
		*l = launch{"srun --mpi=pmix", steps, []*family{openMPI, mpich}, library}
	case getenv("PMI_RANK") != "" || getenv("PMI_FD") != "":
		l.by, l.size, l.families = "mpiexec of MPICH", number("PMI_SIZE"), []*family{mpich}
		if l.size == 0 {
			l.size = steps
		}
		if getenv("SLURM_STEP_ID") != "" {
			l.by, l.families = "srun --mpi=pmi2", []*family{mpich, openMPI}
		}
	case steps > 1:
		return nil, fmt.Errorf("mpi: srun started %d tasks that know nothing of each other: use srun --mpi=pmix with Open MPI, "+
			"srun --mpi=pmi2 with MPICH, or set DIGITLAB_MPI=off to let each of them train alone", steps)
	default:
		return nil, nil
	}
	if l.size == 1 {
		return nil, nil
	}
	return l, nil
}

// environ is launched for this process.
func environ() (*launch, error) { return launched(os.Getenv) }
