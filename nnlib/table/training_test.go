package table

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"digitlab/nnlib"
)

// trained is the hash of weights after some steps.
func trained(t *testing.T, d nnlib.Dataset, r nnlib.Recipe, steps, workers int) [32]byte {
	t.Helper()
	run, err := nnlib.NewRun(r, nnlib.Machine{Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	for range run.To(context.Background(), d, steps) {
	}
	if run.Err() != nil {
		t.Fatal(run.Err())
	}
	return run.Model().Hash()
}

func TestStreamTrainsToTheSameBits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var text strings.Builder
	text.WriteString("a,b,c,d,kind\n")
	for range 900 {
		x := []float64{r.NormFloat64(), r.NormFloat64(), r.NormFloat64(), float64(r.IntN(2))}
		kind := "red"
		if x[0]+x[1] > x[2] {
			kind = "blue"
		}
		fmt.Fprintf(&text, "%.3f,%.3f,%.3f,%v,%s\n", x[0], x[1], x[2], x[3], kind)
	}
	name := file(t, t.TempDir(), text.String())
	want, err := LoadCSV(name, Options{})
	if err != nil {
		t.Fatal(err)
	}
	top := nnlib.Topology{Input: nnlib.Units(4), Layers: []nnlib.Layer{nnlib.Affine{Units: 6}, nnlib.Tanh{}, nnlib.Affine{Units: 2}, nnlib.SoftmaxCrossEntropy{}}}
	for what, recipe := range map[string]nnlib.Recipe{
		"all rows": {Topology: top, Optimizer: nnlib.GradientDescent{Rate: 1}, Seed: 1, Holdout: 0.2},
		"shuffled": {Topology: top, Optimizer: nnlib.GradientDescent{Rate: 0.1}, Seed: 1, Batch: 64},
		"sampled":  {Topology: top, Optimizer: nnlib.GradientDescent{Rate: 1, Rule: nnlib.Adam{}}, Seed: 1, Sample: 0.5},
	} {
		hash := trained(t, want, recipe, 40, 1)
		for _, memory := range []int64{1, 20_000, 0} {
			s, err := OpenCSV(name, Options{Memory: memory})
			if err != nil {
				t.Fatal(err)
			}
			for _, workers := range []int{1, 3} {
				if got := trained(t, s, recipe, 40, workers); got != hash {
					t.Errorf("%s, %d bytes, %d workers: other weights", what, memory, workers)
				}
			}
			s.Close()
		}
	}
}

func TestStreamFillsAtOnce(t *testing.T) {
	text := strings.Repeat("1,0,3,0\n0,5,0,1\n9,9,9,2\n", 3000)
	s, err := OpenCSV(file(t, t.TempDir(), text), Options{Memory: 30_000})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			var b nnlib.Block
			for i := range 60 {
				rows := []int{(g*1000 + i*37) % 9000, (g*37 + i*1013) % 9000, 8999 - i}
				if err := s.Fill(&b, nnlib.Pass{Rows: rows}); err != nil {
					t.Error(err)
				}
				for k, row := range rows {
					if b.Class[k] != row%3 || b.Dense().Row(k)[0] != []nnlib.Float{1.0 / 255, 0, 9.0 / 255}[row%3] {
						t.Errorf("row %d: class %d, %v", row, b.Class[k], b.Dense().Row(k))
					}
				}
			}
		})
	}
	wait.Wait()
}

// A file that changes under the reader is told of: by its size or time, and
// where these are the same by what cannot be read, with line and column.
func TestStreamOfAFileThatChanges(t *testing.T) {
	lines := strings.Repeat("0.5,0.25,cat\n0.125,0.75,dog\n", 2000)
	name := file(t, t.TempDir(), lines)
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text         string
		hide         bool
		line, column int
		says         string
	}{
		{lines + "1,2,cat\n", false, 0, 0, "changed since it was opened"},
		{lines, false, 0, 0, "changed since it was opened"},
		{lines[:2800] + strings.Replace(lines[2800:], "0.25", "0.x5", 1), true, 201, 2, `"0.x5" is no number`},
		{lines[:2800] + strings.Replace(lines[2800:], "cat", "cow", 1), true, 201, 3, `"cow" was not there`},
		{lines[:2800] + strings.Replace(lines[2800:], "\n", " ", 1), true, 201, 5, `"dog" is no number`},
	} {
		if err := os.WriteFile(name, []byte(lines), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, time.Time{}, info.ModTime()); err != nil {
			t.Fatal(err)
		}
		s, err := OpenCSV(name, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(c.text), 0o666); err != nil {
			t.Fatal(err)
		}
		at := info.ModTime()
		if !c.hide {
			at = at.Add(time.Second)
		}
		if err := os.Chtimes(name, time.Time{}, at); err != nil {
			t.Fatal(err)
		}
		err = s.Fill(&nnlib.Block{}, nnlib.Pass{Rows: []int{210}})
		wrong(t, err, name, c.line, c.column, c.says)
		s.Close()
	}
}

// A file of 60 MB trains with a bound of 16 MB: the heap stays below it, the
// network and its gradients included.
func TestStreamStaysInItsBound(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 60 MB")
	}
	name := filepath.Join(t.TempDir(), "large.csv")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	var line []byte
	const cols, rows = 400, 60_000
	o := newOutput(f)
	for i := range rows {
		line = line[:0]
		for k := range cols {
			if (k+i)%3 == 0 {
				line = append(line, decimals[Plain][r.IntN(256)]...)
			} else {
				line = append(line, '0')
			}
			line = append(line, ',')
		}
		o.buf = append(append(o.buf, line...), byte('0'+i%2), '\n')
		if err := o.row(); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(o.flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(name); info.Size() < 55<<20 {
		t.Fatalf("%d bytes", info.Size())
	}
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	for range 3 { // what earlier tests have left takes more than one collection to go
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, most := int64(m.HeapAlloc), int64(0)
	const bound = 16 << 20 // half of it for pages
	s, err := OpenCSV(name, Options{Memory: bound / 2, Scale: Scale255})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	recipe := nnlib.Recipe{Topology: nnlib.Perceptron(cols, 4, 2), Optimizer: nnlib.GradientDescent{Rate: 0.1}, Batch: 512, Seed: 1}
	run, err := nnlib.NewRun(recipe)
	if err != nil {
		t.Fatal(err)
	}
	for range run.To(context.Background(), s, 40) {
		runtime.ReadMemStats(&m)
		most = max(most, int64(m.HeapAlloc)-before)
	}
	if run.Err() != nil {
		t.Fatal(run.Err())
	}
	if most > bound {
		t.Errorf("%d bytes on the heap, the bound is %d", most, bound)
	}
	t.Logf("%.1f MB on the heap at most", float64(most)/1e6)
}
