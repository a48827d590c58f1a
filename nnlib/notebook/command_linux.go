package notebook

import (
	"os/exec"
	"syscall"
)

// detach keeps signals for the cell's program from the command, which gets its
// own, and ends it with the thread that starts it, whatever ends that.
func detach(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
