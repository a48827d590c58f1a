package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// place says where contenders run: the folder of the IDX files, the Python that has the peers, the one that has Spark,
// the command of the Go libraries, the folder of peers.py.
type place struct {
	data, python, spark, goLibraries, scripts string
	cache                                     string // folder for what torch.compile makes
	pin                                       string // the program that ties a process to processors; empty: there is none
	processors                                []string
}

// process is one contender at one work, on so many threads.
type process struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	noise bytes.Buffer
}

// start starts c. Each has as many processors as threads, where the system can tie it to them.
func (p place) start(c contender, threads int) (*process, error) {
	n := strconv.Itoa(threads)
	var args []string
	switch c.Program {
	case self:
		own, err := os.Executable()
		if err != nil {
			return nil, err
		}
		args = []string{own, "-serve", p.data, "-threads", n}
	case python:
		args = []string{p.python, filepath.Join(p.scripts, "peers.py"), p.data, n}
	case sparkML:
		args = []string{p.spark, filepath.Join(p.scripts, "peers.py"), p.data, n}
	case goLibrary:
		args = []string{p.goLibraries, p.data}
	}
	if p.pin != "" && len(p.processors) >= threads {
		args = append([]string{p.pin, "-c", strings.Join(p.processors[:threads], ",")}, args...)
	}
	r := &process{cmd: exec.Command(args[0], args[1:]...)}
	r.cmd.Env = append(os.Environ(), "GOMAXPROCS="+n, "OMP_NUM_THREADS="+n, "MKL_NUM_THREADS="+n, "OPENBLAS_NUM_THREADS="+n, "JAX_PLATFORMS=cpu",
		"TORCHINDUCTOR_CACHE_DIR="+p.cache, "SPARK_LOCAL_IP=127.0.0.1")
	if c.Tier != "" {
		r.cmd.Env = append(r.cmd.Env, "DIGITLAB_SIMD="+c.Tier)
	}
	r.cmd.Stderr = &r.noise
	in, err := r.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	r.in, r.out = in, bufio.NewReader(out)
	return r, r.cmd.Start()
}

// ask sends a line, a job or a number of timings, and waits for the answer.
func (r *process) ask(question any) (a answer, err error) {
	b, err := json.Marshal(question)
	if err != nil {
		return a, err
	}
	if _, err = r.in.Write(append(b, '\n')); err == nil {
		var line []byte
		if line, err = r.out.ReadBytes('\n'); err == nil {
			err = json.Unmarshal(line, &a)
		}
	}
	if err != nil {
		said := strings.Split(strings.TrimSpace(r.noise.String()), "\n")
		return a, fmt.Errorf("it ended: %s", said[len(said)-1])
	}
	if a.Error != "" {
		first, _, _ := strings.Cut(a.Error, "\n")
		return a, fmt.Errorf("%s", first)
	}
	return a, nil
}

// end ends the process and returns the most memory that it has held, in bytes.
func (r *process) end() int64 {
	r.in.Close()
	r.cmd.Wait()
	u, ok := r.cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(u.Maxrss)
	}
	return int64(u.Maxrss) * 1024
}
