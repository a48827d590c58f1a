//go:build !linux

package notebook

import (
	"os/exec"
	"syscall"
)

// detach keeps signals for the cell's program from the command, which gets its
// own.
func detach(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
