package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// roof is what so many threads of this machine can do at most, in GFLOP/s; 0: it was not measured.
type roof struct {
	Threads  int     `json:"threads"`
	Register float64 `json:"register"` // multiply-adds on the widest registers, without memory
	Bytes    int     `json:"bytes"`    // of those registers
	AVX2     float64 `json:"avx2"`     // the same on registers of 32 bytes
	Product  float64 `json:"product"`  // PyTorch's product of 2048x2048 matrices, the best of some
	Reads    []read  `json:"reads"`
	Missing  string  `json:"missing,omitempty"`
}

// read is the rate at which so many threads read so much again and again, each its own.
type read struct {
	Kilobytes int     `json:"kilobytes"`
	Rate      float64 `json:"rate"` // GB/s
}

// readings is what stays in the nearest cache, the size of a first layer of 784 x 64 weights, and what no cache keeps.
var readings = []int{16, 200, 256000}

// roof measures in the same minute and on the same processors as the rows.
func (s contest) roof(threads int) (r roof) {
	r.Threads = threads
	var missing []string
	var err error
	if r.Register, r.Bytes, err = s.native(threads, "peak.c"); err != nil {
		missing = append(missing, "the register peak was not measured: "+err.Error())
	} else if r.AVX2 = r.Register; r.Bytes > 32 {
		if r.AVX2, _, err = s.native(threads, "peak.c", "-DBYTES=32"); err != nil {
			missing = append(missing, "the AVX2 register peak was not measured: "+err.Error())
		}
	}
	for _, kilobytes := range readings {
		rate, _, err := s.native(threads, "reads.c", fmt.Sprintf("-DKB=%d", kilobytes))
		if err != nil {
			missing = append(missing, fmt.Sprintf("reading %d kB was not measured: %v", kilobytes, err))
			continue
		}
		r.Reads = append(r.Reads, read{kilobytes, rate})
	}
	if r.Product, err = s.product(threads); err != nil {
		missing = append(missing, "PyTorch's product was not measured: "+err.Error())
	}
	r.Missing = strings.Join(missing, "; ")
	return r
}

// native compiles a C program for this machine and runs it on all of the processors at once: the sum of the rates and
// the size of the registers.
func (s contest) native(threads int, source string, flags ...string) (sum float64, bytes int, err error) {
	compiler, err := exec.LookPath("cc")
	if err != nil {
		return 0, 0, fmt.Errorf("there is no C compiler")
	}
	dir, err := os.MkdirTemp("", "peers")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "native")
	for _, native := range []string{"-march=native", "-mcpu=native"} { // compilers for arm64 differ
		args := append([]string{"-O3", native, "-ffp-contract=fast", "-o", binary, "-x", "c", filepath.Join(s.scripts, source)}, flags...)
		var out []byte
		if out, err = exec.Command(compiler, args...).CombinedOutput(); err == nil {
			break
		}
		first, _, _ := strings.Cut(string(out), "\n")
		err = fmt.Errorf("cc: %s", first)
	}
	if err != nil {
		return 0, 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	rates := make([]float64, threads)
	for i := range threads {
		g.Go(func() error {
			args := []string{binary}
			if s.pin != "" && i < len(s.processors) {
				args = []string{s.pin, "-c", s.processors[i], binary}
			}
			out, err := exec.CommandContext(ctx, args[0], args[1:]...).Output()
			if err != nil {
				return err
			}
			var wide int // each process says the same
			if _, err := fmt.Sscan(string(out), &wide, &rates[i]); err != nil {
				return err
			}
			if i == 0 {
				bytes = wide
			}
			return nil
		})
	}
	err = g.Wait()
	for _, rate := range rates {
		sum += rate
	}
	return sum, bytes, err
}

// product is PyTorch's rate in its largest product.
func (s contest) product(threads int) (float64, error) {
	const n = 2048
	p, _, err := s.ready(contender{Program: python, Way: "torch-product"},
		work{Job: job{Units: []int{n}, Rows: 1, Deviation: 1, Warm: 3}}, threads)
	if err != nil {
		return 0, err
	}
	defer p.end()
	a, err := p.ask(10)
	if err != nil {
		return 0, err
	}
	best := a.Seconds[0]
	for _, v := range a.Seconds {
		best = min(best, v)
	}
	return 2 * n * n * n / best / 1e9, nil
}

// peak is the roof over c: the narrower registers' where it may use no others.
func (r roof) peak(c contender) float64 {
	if c.Tier == "avx2" {
		return r.AVX2
	}
	return r.Register
}
