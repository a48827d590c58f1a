package notebook

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"digitlab/nnlib"
)

// Output runs a command and returns what it prints. The interrupt button ends its
// processes. An error brings the last lines that the command wrote to stderr.
func Output(c *exec.Cmd) (string, error) {
	var out strings.Builder
	err := command(Context(), c, func(line []byte) {
		out.Write(line)
		out.WriteByte('\n')
	})
	return out.String(), err
}

// Build makes a command of the module, such as digitlab/nnlib/cmd/digitlab, in a
// folder, and returns its path. One that is up to date is not made again. A kernel
// compiles with the checkout in its workspace, so the notebook may lie anywhere.
func Build(command, folder string) (string, error) {
	file := filepath.Join(folder, path.Base(command))
	absolute, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	c := exec.Command("go", "build", "-o", absolute, command)
	c.Dir = os.Getenv(protocol.GONB_TMP_DIR_ENV) // outside a kernel: here
	_, err = Output(c)
	return file, err
}

// Ended is a command that ended with a status other than 0.
type Ended struct {
	Command string // its program
	Status  int    // -1: by a signal
	Said    string // the last lines on stderr
}

func (e *Ended) Error() string {
	how := fmt.Sprintf("with status %d", e.Status)
	if e.Status < 0 {
		how = "by a signal"
	}
	return strings.TrimSpace(fmt.Sprintf("%s ended %s\n%s", e.Command, how, e.Said))
}

// command runs c and hands its lines on. When ctx ends, so do its processes.
func command(ctx context.Context, c *exec.Cmd, line func([]byte)) error {
	runtime.LockOSThread() // on Linux the processes end with this thread
	defer runtime.UnlockOSThread()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", nnlib.ErrInterrupted, err)
	}
	var said bytes.Buffer
	if c.Stderr == nil {
		c.Stderr = &said
	}
	c.WaitDelay = time.Second // for descendants that hold on to stderr
	detach(c)
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	done := make(chan struct{})
	go end(ctx, c, done)
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		line(lines.Bytes())
	}
	err = c.Wait()
	close(done)
	if ctx.Err() != nil && err != nil {
		return fmt.Errorf("%w: %w", nnlib.ErrInterrupted, ctx.Err())
	}
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		all := strings.Split(strings.TrimSpace(said.String()), "\n")
		err = &Ended{c.Args[0], exit.ExitCode(), strings.Join(all[max(0, len(all)-16):], "\n")}
	}
	return errors.Join(err, lines.Err())
}

// end asks the processes of c to stop once ctx ends, each time less kindly. A
// kernel waits five seconds for the program of a cell.
func end(ctx context.Context, c *exec.Cmd, done <-chan struct{}) {
	select {
	case <-done:
		return
	case <-ctx.Done():
	}
	for _, a := range []struct {
		ask  func(*exec.Cmd)
		wait time.Duration
	}{{save, time.Second}, {terminate, 2500 * time.Millisecond}, {kill, 0}} {
		a.ask(c)
		select {
		case <-done:
			return
		case <-time.After(a.wait):
		}
	}
}
