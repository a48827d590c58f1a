package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// smallDisk is a file system in memory of so many bytes, which goes with the test.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size="+size); err != nil {
		const why = "a disk that fills up is a file system of its own: it needs root"
		if os.Getenv("DIGITLAB_REQUIRE") == "all" {
			t.Fatalf("%s (%v)", why, err)
		}
		t.Skip(why)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// fill takes all that is left of a disk.
func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	f.Close()
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

// TestFullDiskUnderMPI fills the disk of the run directory while 3 ranks train.
// All end soon, rank 0 says which file could not be written, and once there is
// room other ranks go on from the checkpoint that was there.
func TestFullDiskUnderMPI(t *testing.T) {
	f, disk := halves(t, 3000), smallDisk(t, "1m")
	out, filler := filepath.Join(disk, "out"), filepath.Join(disk, "filler")
	const steps = 8000
	args := f.small("-json -steps 8000 -workers 1 -save 200ms", out)
	c, stdout, stderr := underMPI(t, 3, args)
	waitFor(t, filepath.Join(out, "run", "checkpoint"))
	fill(t, filler)
	full := time.Now()
	c.Wait()
	if took := time.Since(full); took > 5*time.Second {
		t.Errorf("the job ended %v after the disk was full", took)
	}
	said := stderr.String()
	if status := c.ProcessState.ExitCode(); status != statusInput || strings.Count(said, "digitlab train:") != 1 {
		t.Errorf("status %d\n%s", status, said)
	}
	if !strings.Contains(said, filepath.Join(out, "run")+"/") || !strings.Contains(said, "no space left on device") {
		t.Errorf("no file and cause in\n%s", said)
	}
	t.Log(said)
	reached := events(t, stdout.String()[:strings.LastIndex(stdout.String(), "\n")+1])
	if last := reached[len(reached)-1]; last.Event != "step" || last.Step == steps {
		t.Fatalf("the last line is %+v", last)
	}
	if left, _ := filepath.Glob(filepath.Join(out, "run", ".*")); left != nil {
		t.Errorf("left behind: %v", left)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	c, stdout, stderr = underMPI(t, 2, args)
	if err := c.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	all := events(t, stdout.String())
	if last := all[len(all)-1]; last.Event != "end" || last.Step != steps {
		t.Fatalf("the last line is %+v", last)
	}
	if !all[1].Replayed {
		t.Error("nothing was saved")
	}
	_, alone, _ := digitlab(f.small("-steps 8000", filepath.Join(t.TempDir(), "out"))...)
	if last := all[len(all)-1]; last.Weights != weights.FindString(alone) {
		t.Errorf("%s, alone %s", last.Weights, alone)
	}
}
