// Command suite runs the whole test suite and ends with a summary of what ran, what was skipped, and why.
//
//	go run ./tools/suite [go test flags]
//
// It checks formatting and go vet, and runs all tests in single precision and nnlib's again in double precision
// (-tags float64). A package may take half an hour, unless the flags have a -timeout of their own. The environment variable DIGITLAB_REQUIRE=all makes a skipped test a failed one. The last line is
// alone: `N passed, N failed, N skipped`. The status is 1 when anything failed.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	start := time.Now()
	s := newSummary(os.Stdout, os.Getenv("DIGITLAB_REQUIRE") == "all")
	flags := os.Args[1:]
	s.check("gofmt", gofmt)
	s.check("go vet", func() (string, error) { return output("go", "vet", "./...") })
	s.check("go vet -tags float64", func() (string, error) { return output("go", "vet", "-tags", "float64", "./...") })
	s.tests("", testArgs(flags, "./..."))
	s.tests("float64", testArgs(append([]string{"-tags", "float64"}, flags...), "./nnlib/..."))
	fmt.Printf("\nin %s\n", time.Since(start).Round(time.Second))
	if !s.end() {
		os.Exit(1)
	}
}

// testArgs is what `go test` is called with. Two processors run the browser's tests beside others: longer than Go's ten
// minutes for a package may be right. Of two -timeout flags the last holds.
func testArgs(flags []string, packages string) []string {
	return append(append([]string{"-timeout", "30m"}, flags...), packages)
}

// gofmt fails with the names of the files that are not formatted.
func gofmt() (string, error) {
	files, err := output("go", "list", "-f", "{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}\n{{end}}{{range .IgnoredGoFiles}}{{$d}}/{{.}}\n{{end}}"+
		"{{range .TestGoFiles}}{{$d}}/{{.}}\n{{end}}{{range .XTestGoFiles}}{{$d}}/{{.}}\n{{end}}", "./...")
	if err != nil {
		return files, err
	}
	out, err := output("gofmt", append([]string{"-l"}, strings.FieldsFunc(files, func(r rune) bool { return r == '\n' })...)...)
	if err == nil && out != "" {
		err = fmt.Errorf("not formatted: run gofmt -w on these files")
	}
	return out, err
}

// output runs a command and returns all that it wrote.
func output(name string, args ...string) (string, error) {
	var out bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}
