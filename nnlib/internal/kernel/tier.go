package kernel

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// now is the tier in use.
var now, tiersHere, wrong = choose(os.Getenv("DIGITLAB_SIMD"))

// choose is the tier of that name, or the best one, and all that run here, the
// best one first.
func choose(name string) (*tier, []*tier, error) {
	all := append(assembly(), &defined)
	if name == "" {
		return all[0], all, nil
	}
	if i := slices.IndexFunc(all, func(t *tier) bool { return t.name == name }); i >= 0 {
		return all[i], all, nil
	}
	var names []string
	for _, t := range all {
		names = append(names, t.name)
	}
	return all[0], all, fmt.Errorf("DIGITLAB_SIMD=%s: this processor, at this precision, has %s", name, strings.Join(names, ", "))
}

// Tier names the instructions in use: avx512, avx2, neon or go. The error says
// that DIGITLAB_SIMD asks for what is not there.
func Tier() (string, error) { return now.name, wrong }

// Tiers names what runs here, the fastest first.
func Tiers() (names []string) {
	for _, t := range tiersHere {
		names = append(names, t.name)
	}
	return names
}

// Use changes the tier, for tests: nothing else may run. Call what it returns
// to go back.
func Use(name string) (back func()) {
	before := now
	i := slices.IndexFunc(tiersHere, func(t *tier) bool { return t.name == name })
	if i < 0 {
		panic("kernel: no tier " + name)
	}
	now = tiersHere[i]
	return func() { now = before }
}
