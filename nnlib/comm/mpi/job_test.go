//go:build (linux || darwin) && (amd64 || arm64) && !nompi

package mpi

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// job is a launcher that runs.
type job struct {
	t     testing.TB
	cmd   *exec.Cmd
	lines chan string // of its output
	says  bytes.Buffer
	ended chan error
	pids  map[string]int // of "rank 1", as the program steps tells them
}

// start starts a command; a job that the test does not wait for is killed.
func startJob(t testing.TB, env []string, words ...string) *job {
	t.Helper()
	j := &job{t: t, cmd: exec.Command(words[0], words[1:]...), lines: make(chan string, 1<<16), ended: make(chan error, 1), pids: map[string]int{}}
	j.cmd.Env, j.cmd.Stderr, j.cmd.WaitDelay = env, &j.says, 5*time.Second
	out, err := j.cmd.StdoutPipe()
	if err == nil {
		err = j.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			j.lines <- s.Text()
		}
		close(j.lines)
		j.ended <- j.cmd.Wait()
	}()
	t.Cleanup(func() {
		j.cmd.Process.Kill()
		for _, pid := range j.pids {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	return j
}

// read waits for a line that begins so.
func (j *job) read(prefix string) string {
	j.t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case line, ok := <-j.lines:
			if !ok {
				j.t.Fatalf("the job ended without %q: %v\n%s", prefix, <-j.ended, &j.says)
			}
			var rank, pid int
			if n, _ := fmt.Sscanf(line, "rank %d is process %d", &rank, &pid); n == 2 {
				j.pids[fmt.Sprint("rank ", rank)] = pid
			}
			if strings.HasPrefix(line, prefix) {
				return line
			}
		case <-late:
			j.t.Fatalf("no %q for a minute\n%s", prefix, &j.says)
		}
	}
}

// wait is how the job ended, and what it still printed. It must end in time,
// and leave no process.
func (j *job) wait(limit time.Duration) result {
	j.t.Helper()
	began := time.Now()
	var r result
	select {
	case err := <-j.ended:
		r.took = time.Since(began)
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			if r.status = exit.ExitCode(); r.status < 0 {
				r.status = 128 + int(exit.Sys().(syscall.WaitStatus).Signal())
			}
		}
	case <-time.After(limit):
		j.t.Fatalf("the job did not end within %v\n%s", limit, &j.says)
	}
	for line := range j.lines {
		r.out += line + "\n"
	}
	r.err = j.says.String()
	for until := time.Now().Add(5 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		alive := ""
		for name, pid := range j.pids {
			if running(pid) {
				alive += " " + name
			}
		}
		if alive == "" {
			break
		}
		if time.Now().After(until) {
			j.t.Errorf("left behind:%s", alive)
			break
		}
	}
	return r
}

// running says whether a process is there, and more than a zombie.
func running(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, state, _ := bytes.Cut(b, []byte(") "))
	return len(state) > 0 && state[0] != 'Z'
}
