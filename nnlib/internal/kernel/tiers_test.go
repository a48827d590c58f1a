package kernel

import (
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/cpu"
)

// TestTiersOfTheProcessor asks the processor itself: a tier that it could run
// and that is not there is a failure.
func TestTiersOfTheProcessor(t *testing.T) {
	var want []string
	if Precision == "float32" {
		switch x := cpu.X86; {
		case runtime.GOARCH == "arm64":
			want = []string{"neon"}
		case runtime.GOARCH == "amd64" && x.HasAVX2 && x.HasFMA && x.HasBMI1 && x.HasBMI2:
			if x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL {
				want = []string{"avx512"}
			}
			want = append(want, "avx2")
		}
	}
	want = append(want, "go")
	if got := Tiers(); !slices.Equal(got, want) {
		t.Errorf("tiers %v, want %v", got, want)
	}
}

func TestTierByName(t *testing.T) {
	for i, name := range Tiers() {
		got, all, err := choose(name)
		if err != nil || got.name != name || got != all[i] {
			t.Errorf("%s: tier %s, error %v", name, got.name, err)
		}
	}
	got, _, err := choose("")
	if err != nil || got.name != Tiers()[0] {
		t.Errorf("no name: tier %s, error %v", got.name, err)
	}
	got, _, err = choose("sse9")
	if err == nil || got.name != Tiers()[0] {
		t.Fatalf("sse9: tier %s, error %v", got.name, err)
	}
	if want := "DIGITLAB_SIMD=sse9"; !strings.Contains(err.Error(), want) || !strings.HasSuffix(err.Error(), "has "+strings.Join(Tiers(), ", ")) {
		t.Errorf("error %q does not say %s and what there is", err, want)
	}
}

// TestEveryFunctionOfEveryTier compares all memory after a call with that after
// the definition's, bit for bit; reads beyond what is the caller's are faults.
func TestEveryFunctionOfEveryTier(t *testing.T) {
	fields := reflect.TypeFor[tier]()
	for i := range fields.NumField() {
		if name := fields.Field(i).Name; name != "name" && calls[name] == nil {
			t.Errorf("no test of %s", name)
		}
	}
	got, want := newArena(t), newArena(t)
	for _, k := range tiersHere {
		for name, call := range calls {
			t.Run(name+"/"+k.name, func(t *testing.T) {
				for seed := range uint64(200) {
					want.start(seed)
					about := call(&defined, want)
					got.start(seed)
					if err := guard(func() { call(k, got) }); err != nil {
						t.Fatalf("%s: %v", about, err)
					}
					if err := got.compare(want); err != nil {
						t.Fatalf("%s: %v", about, err)
					}
				}
			})
		}
	}
}

// guard makes a fault an error.
func guard(f func()) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("fault: %v", r)
		}
	}()
	f()
	return nil
}
