package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// summary counts what passed, failed and was skipped. A test counts when it has no subtests: those count instead.
type summary struct {
	out    io.Writer
	strict bool // a skipped test is a failed one
	passed int
	failed []string
	skips  []string
}

func newSummary(out io.Writer, strict bool) *summary { return &summary{out: out, strict: strict} }

// check runs one check that is not a Go test.
func (s *summary) check(name string, f func() (string, error)) {
	if out, err := f(); err != nil {
		fmt.Fprintf(s.out, "FAIL  %s: %v\n%s\n", name, err, strings.TrimRight(out, "\n"))
		s.failed = append(s.failed, name)
		return
	}
	fmt.Fprintf(s.out, "ok    %s\n", name)
	s.passed++
}

// tests runs `go test` with args and counts its tests; variant is added to their names.
func (s *summary) tests(variant string, args []string) {
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.check("go test", func() (string, error) { return "", err })
		return
	}
	failedBefore := len(s.failed)
	s.read(variant, pipe)
	if err := cmd.Wait(); err != nil && len(s.failed) == failedBefore {
		s.check("go test "+strings.Join(args, " "), func() (string, error) { return "", err })
	}
}

// action is one line of `go test -json`.
type action struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

// read counts the tests of one `go test -json` stream, and shows each package as it ends and what failed tests said.
func (s *summary) read(variant string, stream io.Reader) {
	said := map[string]*strings.Builder{} // by package and test
	parents := map[string]bool{}
	failures := map[string]int{} // by package
	say := func(key, text string) {
		if said[key] == nil {
			said[key] = &strings.Builder{}
		}
		said[key].WriteString(text)
	}
	heard := func(key string) string {
		if b := said[key]; b != nil {
			delete(said, key)
			return b.String()
		}
		return ""
	}
	in := bufio.NewScanner(stream)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		var a action
		if json.Unmarshal(in.Bytes(), &a) != nil {
			fmt.Fprintln(s.out, in.Text())
			continue
		}
		key := a.Package + " " + a.Test
		name := strings.TrimSpace(strings.TrimPrefix(a.Package, "digitlab/") + " " + a.Test)
		if variant != "" {
			name += " (" + variant + ")"
		}
		switch a.Action {
		case "build-output":
			fmt.Fprint(s.out, a.Output)
		case "run":
			if i := strings.LastIndex(a.Test, "/"); i >= 0 {
				parents[a.Package+" "+a.Test[:i]] = true
			}
		case "output":
			say(key, a.Output)
		case "pass", "skip", "fail":
			text := heard(key)
			switch {
			case a.Test == "":
				s.packageEnded(a, name, text, failures[a.Package])
			case a.Action == "skip":
				s.skips = append(s.skips, name+": "+reason(text))
			case a.Action == "fail":
				fmt.Fprintf(s.out, "%s", text)
				if !parents[key] {
					failures[a.Package]++
					s.failed = append(s.failed, name)
				}
			case !parents[key]:
				s.passed++
			}
			if a.Test != "" && a.Action == "fail" && parents[key] && failures[a.Package] == 0 {
				failures[a.Package]++ // the parent itself failed, none of its subtests
				s.failed = append(s.failed, name)
			}
		}
	}
}

// packageEnded shows a package's line. One that failed without a failed test did not build, or died: that is a
// failure of its own.
func (s *summary) packageEnded(a action, name, text string, failures int) {
	took := time.Duration(a.Elapsed * float64(time.Second)).Round(100 * time.Millisecond)
	switch {
	case a.Action == "fail":
		if failures == 0 {
			fmt.Fprint(s.out, text)
			s.failed = append(s.failed, name)
		}
		fmt.Fprintf(s.out, "FAIL  %s  %s\n", name, took)
	case a.Action == "pass":
		fmt.Fprintf(s.out, "ok    %s  %s\n", name, took)
	}
}

// reason is what a skipped test said: the text after "file.go:12: ".
func reason(text string) string {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "===") || strings.HasPrefix(line, "---") {
			continue
		}
		if _, after, ok := strings.Cut(line, ".go:"); ok {
			if _, message, ok := strings.Cut(after, ": "); ok {
				return message
			}
		}
		return line
	}
	return "no reason given"
}

// end shows what was skipped and what failed, and the last line; it reports whether all is well.
func (s *summary) end() bool {
	if len(s.skips) > 0 {
		fmt.Fprintf(s.out, "\nskipped:\n  %s\n", strings.Join(s.skips, "\n  "))
	}
	failed, skipped := len(s.failed), len(s.skips)
	if s.strict && skipped > 0 {
		fmt.Fprintln(s.out, "DIGITLAB_REQUIRE=all: what was skipped counts as failed")
		failed, skipped = failed+skipped, 0
	}
	if len(s.failed) > 0 {
		fmt.Fprintf(s.out, "\nfailed:\n  %s\n", strings.Join(s.failed, "\n  "))
	}
	fmt.Fprintf(s.out, "%d passed, %d failed, %d skipped\n", s.passed, failed, skipped)
	return failed == 0
}
