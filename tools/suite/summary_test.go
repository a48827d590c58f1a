package main

import (
	"slices"
	"strings"
	"testing"
)

// A package with a passed test, one with a skipped and a failed subtest, and one that does not build.
const stream = `{"Action":"run","Package":"digitlab/a","Test":"TestOne"}
{"Action":"output","Package":"digitlab/a","Test":"TestOne","Output":"=== RUN   TestOne\n"}
{"Action":"pass","Package":"digitlab/a","Test":"TestOne","Elapsed":0}
{"Action":"pass","Package":"digitlab/a","Elapsed":0.01}
{"Action":"run","Package":"digitlab/b","Test":"TestTwo"}
{"Action":"run","Package":"digitlab/b","Test":"TestTwo/net"}
{"Action":"output","Package":"digitlab/b","Test":"TestTwo/net","Output":"=== RUN   TestTwo/net\n"}
{"Action":"output","Package":"digitlab/b","Test":"TestTwo/net","Output":"    b_test.go:7: no data: run make data\n"}
{"Action":"output","Package":"digitlab/b","Test":"TestTwo/net","Output":"    --- SKIP: TestTwo/net (0.00s)\n"}
{"Action":"skip","Package":"digitlab/b","Test":"TestTwo/net","Elapsed":0}
{"Action":"run","Package":"digitlab/b","Test":"TestTwo/sum"}
{"Action":"output","Package":"digitlab/b","Test":"TestTwo/sum","Output":"    b_test.go:9: 3 is not 4\n"}
{"Action":"fail","Package":"digitlab/b","Test":"TestTwo/sum","Elapsed":0}
{"Action":"fail","Package":"digitlab/b","Test":"TestTwo","Elapsed":0}
{"Action":"fail","Package":"digitlab/b","Elapsed":0.02}
{"ImportPath":"digitlab/c","Action":"build-output","Output":"c.go:1: undefined: x\n"}
{"Action":"output","Package":"digitlab/c","Output":"FAIL\tdigitlab/c [build failed]\n"}
{"Action":"fail","Package":"digitlab/c","Elapsed":0}
{"Action":"skip","Package":"digitlab/d","Elapsed":0}
`

func TestSummaryCountsLeavesAndBrokenPackages(t *testing.T) {
	var out strings.Builder
	s := newSummary(&out, false)
	s.read("float64", strings.NewReader(stream))
	if s.end() {
		t.Error("a failed test passed for success")
	}
	for _, want := range []string{
		"b TestTwo/net (float64): no data: run make data",
		"b_test.go:9: 3 is not 4",
		"c.go:1: undefined: x",
		"failed:\n  b TestTwo/sum (float64)\n  c (float64)\n",
		"\n1 passed, 2 failed, 1 skipped\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
}

func TestStrictSummaryFailsOnSkips(t *testing.T) {
	var out strings.Builder
	s := newSummary(&out, true)
	s.read("", strings.NewReader(`{"Action":"skip","Package":"digitlab/a","Test":"TestOne"}`))
	if s.end() || !strings.HasSuffix(out.String(), "\n0 passed, 1 failed, 0 skipped\n") {
		t.Errorf("a skipped test passed where everything is required:\n%s", out.String())
	}
}

func TestParentThatFailsAloneIsCounted(t *testing.T) {
	var out strings.Builder
	s := newSummary(&out, false)
	s.read("", strings.NewReader(`{"Action":"run","Package":"digitlab/a","Test":"TestOne"}
{"Action":"run","Package":"digitlab/a","Test":"TestOne/sub"}
{"Action":"pass","Package":"digitlab/a","Test":"TestOne/sub"}
{"Action":"fail","Package":"digitlab/a","Test":"TestOne"}
{"Action":"fail","Package":"digitlab/a"}
`))
	if len(s.failed) != 1 || s.failed[0] != "a TestOne" {
		t.Errorf("failed: %q, want the parent", s.failed)
	}
}

// Go's own limit of ten minutes for a package is too little on a slow machine; what the caller says goes before ours.
func TestPackagesHaveHalfAnHour(t *testing.T) {
	if got, want := testArgs(nil, "./..."), []string{"-timeout", "30m", "./..."}; !slices.Equal(got, want) {
		t.Errorf("go test %q, want %q", got, want)
	}
	if got, want := testArgs([]string{"-tags", "float64", "-timeout", "1h"}, "./nnlib/..."), []string{"-timeout", "30m", "-tags", "float64", "-timeout", "1h", "./nnlib/..."}; !slices.Equal(got, want) {
		t.Errorf("go test %q, want %q", got, want)
	}
}
