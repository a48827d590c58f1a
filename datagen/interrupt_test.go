package main

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// midway starts the command and returns while it writes.
func midway(t *testing.T, out string, args ...string) (wait func() error, signal func(os.Signal), stderr *bytes.Buffer) {
	t.Helper()
	c := command(t, append(args, "-out", out)...)
	stderr = new(bytes.Buffer)
	c.Stderr = stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		begun, _ := filepath.Glob(filepath.Join(out, ".datagen", ".mnist_*"))
		for _, path := range begun {
			if info, err := os.Stat(path); err == nil && info.Size() > 1<<20 {
				return c.Wait, func(s os.Signal) { c.Process.Signal(s) }, stderr
			}
		}
		if time.Now().After(deadline) {
			c.Process.Kill()
			c.Wait()
			t.Fatalf("nothing was written in time: %s", stderr)
		}
		time.Sleep(time.Millisecond)
	}
}

// large takes long enough to be interrupted: about 60 MB of CSV.
func large(t *testing.T) []string {
	return []string{"-unverified", "-from", folder(t, set(24000))}
}

func TestKillInTheMiddle(t *testing.T) {
	args, out := large(t), t.TempDir()
	wait, signal, _ := midway(t, out, args...)
	signal(syscall.SIGKILL)
	if err := wait(); err == nil {
		t.Fatal("the command ended before it was killed")
	}
	for _, n := range names(contents(t, out)) {
		if !strings.HasPrefix(n, ".datagen/") {
			t.Errorf("%s was left", n)
		}
	}
	succeeds(t, append(args, "-out", out)...)
	whole := t.TempDir()
	succeeds(t, append(args, "-out", whole)...)
	got, want := contents(t, out), contents(t, whole)
	if diff := cmp.Diff(names(want), names(got)); diff != "" {
		t.Errorf("after a kill (-want +got):\n%s", diff)
	}
	for n := range want {
		if got[n] != want[n] {
			t.Errorf("%s differs after a kill", n)
		}
	}
}

func TestInterruptLeavesNothingHalfWritten(t *testing.T) {
	out := t.TempDir()
	wait, signal, stderr := midway(t, out, large(t)...)
	signal(os.Interrupt)
	if err := wait(); err == nil {
		t.Fatal("the command ended before it was interrupted")
	}
	lines := strings.SplitAfter(stderr.String(), "\n")
	oneLine(t, lines[len(lines)-2], "interrupted")
	if got := names(contents(t, out)); got != nil {
		t.Errorf("%v is left", got)
	}
}

func TestSecondProcessWaits(t *testing.T) {
	out := t.TempDir()
	d, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := syscall.Flock(int(d.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	c := command(t, "-unverified", "-from", folder(t, set(3)), "-out", out)
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(stderr).ReadString('\n')
	if !strings.Contains(line, "waiting") {
		t.Errorf("stderr %q", line)
	}
	if got := names(contents(t, out)); got != nil {
		t.Errorf("%v was written meanwhile", got)
	}
	syscall.Flock(int(d.Fd()), syscall.LOCK_UN)
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
}
