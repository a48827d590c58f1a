// Package mpi is the communicator of ranks that mpirun, mpiexec or srun
// started: nnlib/comm on Open MPI or MPICH. Both are opened when a process
// finds itself started by one of them, so the same program, built without cgo,
// serves machines with and without MPI.
//
//	c, err := mpi.World()
//	defer c.Close()
//	fmt.Fprintln(os.Stderr, mpi.Describe(c))
//
// Environment variables:
//
//	DIGITLAB_MPI        "off": never MPI; otherwise the path of the library to open
//	DIGITLAB_MPI_LIMIT  how long a rank waits for the others, such as 30s (2m)
//
// # What ends a job
//
// A rank that is killed is noticed by mpirun, mpiexec or srun, which end the
// others. A link that goes down, or a rank that stands still, is noticed by
// nobody: the others would wait for ever. A rank that has waited in one call
// for longer than the limit says so and ends with StatusLost, and then its
// launcher ends the others. The limit is to be longer than the slowest rank may
// need between two calls, the reading of its data included; a start may take
// two minutes in any case. The status of mpirun and srun is then that of the
// rank; Hydra, which is MPICH's mpiexec, may prefer 9, of those that it killed.
//
// mpirun and mpiexec hand SIGUSR1 on to the ranks, which may agree to stop.
// SIGTERM ends them: two seconds later with mpirun, at once with Hydra.
//
// # Building without it
//
// The package links the C library of the system, by name. With -tags nompi a
// program has no MPI and is static again. So it is where the system is neither
// Linux nor macOS, or the processor neither amd64 nor arm64. On macOS it was
// never run.
package mpi
