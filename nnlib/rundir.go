package nnlib

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/google/renameio/v2"
)

// directory is a run's files: recipe.txt, history.csv, checkpoint, snapshots/
// and lock. A file is whole or absent: it is written aside, synced and renamed.
type directory string

func (d directory) path(name ...string) string {
	return filepath.Join(append([]string{string(d)}, name...)...)
}

// lock makes the directory and holds it until release is called or the process
// ends.
func (d directory) lock() (release func(), err error) {
	if err := os.MkdirAll(d.path("snapshots"), 0o777); err != nil {
		return nil, fmt.Errorf("nnlib: run directory: %w", err)
	}
	f, err := os.OpenFile(d.path("lock"), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, fmt.Errorf("nnlib: run directory: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return func() { f.Close() }, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf("nnlib: %s is being trained by another process: wait for it, or stop it", d)
	}
	return nil, fmt.Errorf("nnlib: %s: %w", d.path("lock"), err)
}

// checkRecipe compares recipe.txt with a recipe's text, where there is one. The
// text may lack the line of the data.
func (d directory) checkRecipe(text string) (exists bool, err error) {
	b, err := os.ReadFile(d.path("recipe.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("nnlib: run directory: %w", err)
	}
	have := string(b)
	if !strings.Contains(text, "\nData: ") {
		if at := strings.Index(have, "\nData: "); at >= 0 {
			have = have[:at+1]
		}
	}
	if have != text {
		return true, fmt.Errorf("nnlib: %s holds a run of something else:\n%suse another directory, or remove this one to start afresh", d, difference(have, text))
	}
	return true, nil
}

// read brings the checkpoint into s and returns the history up to it.
func (d directory) read(s *state) ([]Step, error) {
	b, err := os.ReadFile(d.path("checkpoint"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = s.UnmarshalBinary(b)
	}
	if err != nil {
		return nil, d.broken("checkpoint", err)
	}
	f, err := os.Open(d.path("history.csv"))
	if err != nil {
		return nil, d.broken("history.csv", err)
	}
	defer f.Close()
	steps, err := readHistory(f, s.step)
	if err != nil {
		return nil, d.broken("history.csv", err)
	}
	return replayed(steps), nil
}

// begin reads the locked directory of the run that the text describes into s,
// which is at step 0, or makes its first files.
func (d directory) begin(text string, s *state) ([]Step, error) {
	exists, err := d.checkRecipe(text)
	if err != nil {
		return nil, err
	}
	var history []Step
	if exists {
		if history, err = d.read(s); err != nil {
			return nil, err
		}
	}
	if err := d.cut(history); err != nil || exists {
		return history, err
	}
	return nil, d.write("recipe.txt", []byte(text))
}

// snapshot is the newest snapshot of a step from least to most, nil where there
// is none.
func (d directory) snapshot(least, most int) ([]byte, error) {
	for step := most; step >= least; step-- {
		b, err := os.ReadFile(d.path(snapshotName(step)))
		if err == nil {
			return b, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("nnlib: run directory: %w", err)
		}
	}
	return nil, nil
}

func (d directory) broken(name string, err error) error {
	return fmt.Errorf("nnlib: %s: %w: remove the directory to start afresh", d.path(name), err)
}

// cut rewrites history.csv to the given steps.
func (d directory) cut(steps []Step) error {
	var b bytes.Buffer
	if err := writeHistory(&b, steps, true); err != nil {
		return err
	}
	return d.write("history.csv", b.Bytes())
}

// add appends steps to history.csv and waits until they are on the disk.
func (d directory) add(steps []Step) error {
	if len(steps) == 0 {
		return nil
	}
	f, err := os.OpenFile(d.path("history.csv"), os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		return fmt.Errorf("nnlib: run directory: %w", err)
	}
	if err := errors.Join(writeHistory(f, steps, false), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("nnlib: run directory: %w", err)
	}
	return nil
}

func (d directory) write(name string, b []byte) error {
	if err := renameio.WriteFile(d.path(name), b, 0o666); err != nil {
		return fmt.Errorf("nnlib: run directory: %w", err)
	}
	return nil
}

// snapshotName is a kept checkpoint's file within the directory.
func snapshotName(step int) string { return filepath.Join("snapshots", fmt.Sprintf("%08d", step)) }
