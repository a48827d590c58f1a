//go:build linux && (amd64 || arm64) && !nompi && !float64

// Signals, links and times are the same in both precisions: these tests run in one.

package mpi

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cluster is hosts on this machine: tools/cluster/hosts.
type cluster struct {
	t    testing.TB
	tool string
	name string
}

// newCluster makes so many hosts; they go with the test.
func newCluster(t testing.TB, hosts int) *cluster {
	t.Helper()
	need(t, openMPICommand, openMPI.install)
	need(t, "ip", "Debian: sudo apt install iproute2")
	if os.Geteuid() != 0 {
		const why = "network namespaces need root"
		if os.Getenv("DIGITLAB_REQUIRE") == "all" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	tool, err := filepath.Abs("../../../tools/cluster/hosts")
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{t: t, tool: tool}
	c.name = strings.TrimSpace(c.do("up", strconv.Itoa(hosts)))
	t.Cleanup(func() { c.do("down", c.name) })
	return c
}

func (c *cluster) do(args ...string) string {
	c.t.Helper()
	cmd := exec.Command(c.tool, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		c.t.Fatalf("%v: %v", cmd, err)
	}
	return string(out)
}

func (c *cluster) link(host int, state string) {
	c.t.Helper()
	c.do("link", c.name, strconv.Itoa(host), state)
}

// mpirun is the command that starts a rank of a program on each host, by
// tools/cluster/run or by mpirun itself.
func (c *cluster) mpirun(command string, args ...string) []string {
	list := strings.TrimSpace(c.do("list", c.name))
	words := []string{c.tool, "exec", c.name, "1", command,
		"--host", list, "-np", strconv.Itoa(strings.Count(list, ",") + 1), "--bind-to", "none",
		"--mca", "plm_rsh_agent", c.tool + " rsh " + c.name, "--mca", "mpi_yield_when_idle", "1",
		"--mca", "pml", "ob1", "--mca", "btl", "self,tcp",
		"--mca", "btl_tcp_if_include", "10.77.0.0/24", "--mca", "oob_tcp_if_include", "10.77.0.0/24"}
	return append(append(words, self(c.t)), args...)
}

// run is tools/cluster/run.
func (c *cluster) run() string { return filepath.Join(filepath.Dir(c.tool), "run") }

// steps starts the program of that name for ever, and waits until it has done
// some.
func (c *cluster) steps(command string, env ...string) *job {
	c.t.Helper()
	j := startJob(c.t, environment("steps", append(env, "MPIRUN="+openMPICommand)...), c.mpirun(command, "1000000000")...)
	j.read("step 5 ")
	return j
}

func TestSumsBetweenHosts(t *testing.T) {
	want := succeed(t, launchers[0].run(t, 1, "sums", nil))[0]
	for _, hosts := range []int{2, 3} {
		c := newCluster(t, hosts)
		for _, line := range succeed(t, execute(t, nil, environment("sums"), c.mpirun(openMPICommand)...)) {
			if line != want {
				t.Fatalf("%d hosts: got %s, one has %s", hosts, line, want)
			}
		}
	}
}

// A link that is down is an error to nobody: the watch ends the ranks, on both
// sides of it. mpirun itself stays until TCP gives up, after a quarter of an
// hour or more.
func TestLinkDownEndsTheRanks(t *testing.T) {
	const limit = 3 * time.Second
	c := newCluster(t, 3)
	j := c.steps(openMPICommand, "DIGITLAB_MPI_LIMIT="+limit.String())
	c.link(2, "down")
	began := time.Now()
	for alive := true; alive; time.Sleep(50 * time.Millisecond) {
		alive = false
		for _, pid := range j.pids {
			alive = alive || running(pid)
		}
		if time.Since(began) > limit+10*time.Second {
			t.Fatalf("ranks are left after %v\n%s", time.Since(began), &j.says)
		}
	}
	t.Logf("after %v", time.Since(began).Round(10*time.Millisecond))
	c.link(2, "up") // now it can end
	if r := j.wait(20 * time.Second); r.status != StatusLost || !strings.Contains(r.err, "waited 3s for the others in a") {
		t.Errorf("status %d\n%s", r.status, r.err)
	}
}

// tools/cluster/run lets mpirun notice by itself, and its status is clear.
func TestLinkDownEndsTheJob(t *testing.T) {
	c := newCluster(t, 3)
	j := c.steps(c.run())
	c.link(2, "down")
	r := j.wait(40 * time.Second)
	if r.status != StatusLost || !strings.Contains(r.err, "a rank or a host was lost") {
		t.Errorf("status %d\n%s", r.status, r.err)
	}
	t.Logf("status %d after %v", r.status, r.took.Round(10*time.Millisecond))
}

// A slow link is waited for, and changes no bit.
func TestSlowLink(t *testing.T) {
	c := newCluster(t, 2)
	c.link(2, "20mbit") // 80 ms for one way of a gradient
	j := c.steps(c.run(), "DIGITLAB_MPI_LIMIT=20s")
	first := strings.Fields(j.read("step "))
	second := strings.Fields(j.read("step "))
	c.link(2, "fast")
	for range 20 {
		j.read("step ")
	}
	if first[2] != second[2] {
		t.Error("another sum")
	}
	j.cmd.Process.Signal(syscall.SIGUSR1) // of tools/cluster/hosts, which became run
	j.read("saved")
	if r := j.wait(10 * time.Second); r.status != StatusLost {
		t.Errorf("status %d\n%s", r.status, r.err)
	}
}

// A host that dies takes its ranks and mpirun's daemon with it.
func TestKilledHost(t *testing.T) {
	c := newCluster(t, 3)
	j := c.steps(c.run())
	for _, pid := range strings.Fields(c.do("pids", c.name, "2")) {
		if n, err := strconv.Atoi(pid); err == nil {
			syscall.Kill(n, syscall.SIGKILL)
		}
	}
	r := j.wait(8 * time.Second)
	if r.status != StatusLost {
		t.Errorf("status %d\n%s", r.status, r.err)
	}
	t.Logf("status %d after %v", r.status, r.took.Round(10*time.Millisecond))
}
