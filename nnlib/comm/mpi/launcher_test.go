//go:build (linux || darwin) && (amd64 || arm64) && !nompi

package mpi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Tests start mpirun on this test binary: a process with programVariable in its
// environment is a rank and runs the program that it names.
const programVariable = "DIGITLAB_MPI_TEST"

func TestMain(m *testing.M) {
	name := os.Getenv(programVariable)
	if name == "" {
		os.Exit(m.Run())
	}
	program, ok := programs[name]
	if !ok {
		fmt.Fprintln(os.Stderr, "there is no program", name)
		os.Exit(2)
	}
	if err := program(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// launcher is a command that starts ranks.
type launcher struct {
	family  *family
	command string
	flags   func(ranks int) []string
}

const (
	openMPICommand = "mpirun.openmpi"
	mpichCommand   = "mpiexec.mpich"
)

// launchers are those of Debian, by the names that tell them apart.
var launchers = []launcher{
	{openMPI, openMPICommand, openMPIFlags},
	{mpich, mpichCommand, func(ranks int) []string { return []string{"-n", strconv.Itoa(ranks)} }},
}

// openMPIFlags lets more ranks than processors run on one machine, as a pair of
// hosts would not have to.
func openMPIFlags(ranks int) []string {
	return []string{"-np", strconv.Itoa(ranks), "--oversubscribe", "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1"}
}

// environment is what root needs to start Open MPI, and what programs read.
func environment(program string, more ...string) []string {
	return append(append(os.Environ(), "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1",
		programVariable+"="+program), more...)
}

// need skips a test where a command is missing; with DIGITLAB_REQUIRE=all it
// fails.
func need(t testing.TB, command, install string) {
	t.Helper()
	if _, err := exec.LookPath(command); err == nil {
		return
	}
	if os.Getenv("DIGITLAB_REQUIRE") == "all" {
		t.Fatalf("no %s. %s", command, install)
	}
	t.Skipf("no %s. %s", command, install)
}

// result is how a job ended.
type result struct {
	out, err string
	status   int // as a shell has it: 128 and a signal
	took     time.Duration
}

// run runs a program on so many ranks, and kills it after a minute.
func (l launcher) run(t testing.TB, ranks int, program string, args []string, env ...string) result {
	t.Helper()
	need(t, l.command, l.family.install)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return execute(t, nil, environment(program, env...), append(append(append([]string{l.command}, l.flags(ranks)...), self), args...)...)
}

// execute runs a command; during is called with it while it runs.
func execute(t testing.TB, during func(c *exec.Cmd), env []string, words ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, words[0], words[1:]...)
	var out, says bytes.Buffer
	c.Env, c.Stdout, c.Stderr, c.WaitDelay = env, &out, &says, 5*time.Second
	began := time.Now()
	err := c.Start()
	if err == nil {
		if during != nil {
			during(c)
		}
		err = c.Wait()
	}
	r := result{out: out.String(), err: says.String(), took: time.Since(began)}
	if ctx.Err() != nil {
		t.Fatalf("%s hung\n%s%s", strings.Join(words, " "), r.out, r.err)
	}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		if r.status = exit.ExitCode(); r.status < 0 {
			r.status = 128 + int(exit.Sys().(syscall.WaitStatus).Signal())
		}
	case err != nil:
		t.Fatalf("%s: %v\n%s", strings.Join(words, " "), err, r.err)
	}
	return r
}
