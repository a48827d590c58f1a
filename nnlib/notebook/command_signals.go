package notebook

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// save asks for a checkpoint and an end. mpirun hands the signal on to its ranks.
func save(c *exec.Cmd) { c.Process.Signal(syscall.SIGUSR1) }

func terminate(c *exec.Cmd) { c.Process.Signal(syscall.SIGTERM) }

// kill ends the command, what it has started itself and what is in its group.
func kill(c *exec.Cmd) {
	ids, _ := children(c)
	for _, id := range append(ids, -c.Process.Pid, c.Process.Pid) {
		syscall.Kill(id, syscall.SIGKILL)
	}
}

// children is the processes that the command itself has started and that are
// still there.
func children(c *exec.Cmd) (ids []int, err error) {
	id := strconv.Itoa(c.Process.Pid)
	text, err := os.ReadFile("/proc/" + id + "/task/" + id + "/children")
	if err != nil {
		text, err = exec.Command("pgrep", "-P", id).Output()
	}
	if err != nil {
		return nil, fmt.Errorf("notebook: the processes that %s has started cannot be listed: %w", c.Path, err)
	}
	for _, word := range strings.Fields(string(text)) {
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil, err
		}
		ids = append(ids, n)
	}
	return ids, nil
}
