package main

import (
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// machine is what the figures depend on.
type machine struct {
	CPU    string  `json:"cpu"`
	Count  int     `json:"processors"`
	System string  `json:"system"`
	Go     string  `json:"go"`
	Load   float64 `json:"load"`   // mean number of waiting processes in the minute before; 0 where it is not known
	Pinned bool    `json:"pinned"` // contenders are tied to as many processors as they have threads
	Commit string  `json:"commit"` // of the checkout; empty: it is not known
}

// commit is what git says of the checkout.
func commit() string {
	b, err := exec.Command("git", "rev-parse", "--short=12", "HEAD").Output()
	if err != nil {
		return ""
	}
	c := strings.TrimSpace(string(b))
	if b, err = exec.Command("git", "status", "--porcelain", "--untracked-files=no", "--", "*.go", "*.s", "*.py", "*.c").Output(); err != nil || len(b) > 0 {
		c += " with changes that are not committed"
	}
	return c
}

// describe reads what Linux tells of the machine; elsewhere less is known.
func describe() machine {
	m := machine{CPU: runtime.GOARCH, Count: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(), Commit: commit()}
	if name := field("/proc/cpuinfo", "model name"); name != "" {
		m.CPU = name
	}
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.Load, _ = strconv.ParseFloat(strings.Fields(string(b))[0], 64)
	}
	return m
}

// processors lists the processors that this process may use, as Linux numbers them.
func processors() (all []string) {
	for part := range strings.SplitSeq(field("/proc/self/status", "Cpus_allowed_list"), ",") {
		from, to, more := strings.Cut(part, "-")
		first, err := strconv.Atoi(from)
		if err != nil {
			return nil
		}
		last := first
		if more {
			last, _ = strconv.Atoi(to)
		}
		for ; first <= last; first++ {
			all = append(all, strconv.Itoa(first))
		}
	}
	return all
}

// field is the first value of a name in a file of lines "name : value".
func field(file, name string) string {
	b, _ := os.ReadFile(file)
	if m := regexp.MustCompile(`(?m)^` + name + `\s*:\s*(.*)$`).FindSubmatch(b); m != nil {
		return string(m[1])
	}
	return ""
}
