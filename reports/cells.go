package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// event is one line of what notebook.py reports while it runs the cells.
type event struct {
	Cell, Cells       int
	Seconds           float64
	Displays, Updates int
	Failed            *failure
}

// failure is a cell that failed. Cell 0 stands for the page as a whole.
type failure struct {
	Notebook string
	Cell     int
	Source   string // the cell's first line
	Message  string
}

func (f *failure) Error() string {
	where := f.Notebook
	if f.Cell > 0 {
		where += fmt.Sprintf(", cell %d (%s)", f.Cell, f.Source)
	}
	return where + ":\n    " + strings.ReplaceAll(strings.TrimSpace(f.Message), "\n", "\n    ")
}

// runCells runs the notebook in a fresh kernel and exports it to folder: NAME.html, NAME.md and NAME/. Earlier is how
// long each cell took in the last run, for the estimate; the result is the same for this run. A cell that fails is a
// *failure.
func (e *exporter) runCells(ctx context.Context, nb *notebook, folder string, earlier map[string]float64) (map[string]float64, error) {
	path, name := nb.path, strings.TrimSuffix(filepath.Base(nb.path), ".ipynb")
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	cmd := e.python(ctx, "run", path, nb.sum, folder)
	cmd.Dir = filepath.Dir(path)
	cmd.ExtraFiles = []*os.File{write}
	var said bytes.Buffer // of Python and the kernel; of interest when no cell is to blame
	cmd.Stdout, cmd.Stderr = &said, &said
	// The client shuts its kernel down when it is interrupted.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	if err := cmd.Start(); err != nil {
		write.Close()
		return nil, err
	}
	write.Close()
	e.status.show("%s: starting the kernel", name)
	seconds := map[string]float64{}
	var failed *failure
	for d := json.NewDecoder(read); ; {
		var ev event
		if d.Decode(&ev) != nil {
			break
		}
		if ev.Failed != nil {
			failed = ev.Failed
			failed.Notebook = name + ".ipynb"
			continue
		}
		seconds[strconv.Itoa(ev.Cell)] = ev.Seconds
		if e.watch != nil {
			e.watch(ev)
		}
		e.status.show("%s %d/%d  %s", name, ev.Cell, ev.Cells, remaining(seconds, earlier, ev.Cells))
	}
	err = cmd.Wait()
	e.status.clear()
	switch {
	case failed != nil:
		return nil, failed
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, &failure{Notebook: name + ".ipynb", Message: lastLines(said.String(), 20) + "\n" + err.Error()}
	case len(seconds) == 0:
		return nil, errors.Join(&failure{Notebook: name + ".ipynb", Message: "it has no code cell"})
	}
	return seconds, nil
}

// python is reports/notebook.py with args, in the environment.
func (e *exporter) python(ctx context.Context, args ...string) *exec.Cmd {
	args = append([]string{"python3", filepath.Join(e.root, "reports", "notebook.py")}, args...)
	return exec.CommandContext(ctx, filepath.Join(e.root, "tools", "setup"), args...)
}

// remaining estimates what the cells that are left will take: what they took in the last run, scaled by how the ones
// done compare, or the mean of the ones done where there was none.
func remaining(done, earlier map[string]float64, cells int) string {
	var took, tookEarlier, left float64
	known := len(earlier) == cells
	for n := 1; n <= cells; n++ {
		k := strconv.Itoa(n)
		if s, ok := done[k]; ok {
			took += s
			tookEarlier += earlier[k]
		} else {
			left += earlier[k]
		}
	}
	switch {
	case len(done) == cells:
		return "writing the page"
	case known && tookEarlier > 0:
		left *= took / tookEarlier
	case !known && len(done) > 2:
		left = took / float64(len(done)) * float64(cells-len(done))
	default:
		return "estimating"
	}
	return "about " + clock(time.Duration(left*float64(time.Second))) + " left"
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
