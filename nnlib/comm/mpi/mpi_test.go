//go:build (linux || darwin) && (amd64 || arm64) && !nompi

package mpi

import (
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"digitlab/nnlib/comm"
)

// each runs a test for every launcher and count of ranks.
func each(t *testing.T, f func(t *testing.T, l launcher, ranks int), ranks ...int) {
	for _, l := range launchers {
		for _, n := range ranks {
			t.Run(fmt.Sprintf("%s/%d", l.family.name, n), func(t *testing.T) { f(t, l, n) })
		}
	}
}

// succeed is the lines of a program that must end well.
func succeed(t *testing.T, r result) []string {
	t.Helper()
	if r.status != 0 {
		t.Fatalf("status %d\n%s%s", r.status, r.out, r.err)
	}
	return strings.Split(strings.TrimSpace(r.out), "\n")
}

func TestSumsHaveTheBitsOfTheMesh(t *testing.T) {
	var want string
	for size := 1; size <= 5; size++ {
		all := comm.Mesh(size)
		got := make([]string, size)
		done := make(chan error)
		for i, c := range all {
			go func() {
				var err error
				got[i], err = hashSums(c)
				done <- err
			}()
		}
		for range all {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		for _, h := range got {
			if want == "" {
				want = h
			}
			if h != want {
				t.Fatalf("a mesh of %d has other bits", size)
			}
		}
	}
	each(t, func(t *testing.T, l launcher, ranks int) {
		lines := succeed(t, l.run(t, ranks, "sums", nil))
		if len(lines) != (3+3*trials/2+2)*ranks {
			t.Fatalf("%d lines of %d ranks", len(lines), ranks)
		}
		for _, line := range lines {
			if line != want {
				t.Fatalf("got %s, the mesh has %s", line, want)
			}
		}
	}, 1, 2, 3, 4, 5)
}

func TestCalls(t *testing.T) {
	each(t, func(t *testing.T, l launcher, ranks int) {
		r := l.run(t, ranks, "calls", nil)
		lines := succeed(t, r)
		if ranks > 1 && !strings.Contains(r.out, fmt.Sprintf("%d ranks on 1 host: ", ranks)) {
			t.Errorf("not described: %s", lines[0])
		}
		t.Log(lines[0])
		for i := range ranks {
			if !strings.Contains(r.out, fmt.Sprintf("rank %d of %d", i, ranks)) {
				t.Errorf("rank %d says nothing: %s", i, r.out)
			}
		}
	}, 1, 3)
}

func TestFailuresTravel(t *testing.T) {
	each(t, func(t *testing.T, l launcher, ranks int) {
		if lines := succeed(t, l.run(t, ranks, "failures", nil)); len(lines) != ranks {
			t.Errorf("%q", lines)
		}
	}, 2, 3, 5)
}

func TestStepsAllocateNothing(t *testing.T) {
	if info, _ := debug.ReadBuildInfo(); slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("the race detector allocates")
	}
	each(t, func(t *testing.T, l launcher, ranks int) {
		for _, line := range succeed(t, l.run(t, ranks, "allocates", nil)) {
			if line != "0" {
				t.Errorf("%s allocations in a step", line)
			}
		}
	}, 3)
}
