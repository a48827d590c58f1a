package nnlib

import (
	"fmt"
	"strings"
	"time"
)

// Phase is a part of a step.
type Phase int

const (
	sampling Phase = iota // choose the rows
	reading               // bring them into a block
	forward               // outputs
	backward              // cost, deltas and gradient; in a direct update the weights too
	reducing              // sum the leaves
	applying              // change the weights
	Phases                // how many there are
)

// String is the phase in lower case.
func (p Phase) String() string {
	return [Phases]string{"sample", "read", "forward", "backward", "reduce", "update"}[p]
}

// Profile is the time that steps took, by phase: of the first worker, who is
// there in every step.
type Profile struct {
	Steps int
	Time  [Phases]time.Duration
}

// String is a line for each phase: its name, its mean time in a step and its
// share.
func (p Profile) String() string {
	if p.Steps == 0 {
		return "no steps were measured\n"
	}
	var all time.Duration
	for _, t := range p.Time {
		all += t
	}
	var b strings.Builder
	row := func(name string, t time.Duration) {
		fmt.Fprintf(&b, "%-8s %12.1f us a step %5.1f %%\n", name, float64(t.Nanoseconds())/1e3/float64(p.Steps), 100*float64(t)/float64(max(all, 1)))
	}
	for i, t := range p.Time {
		row(Phase(i).String(), t)
	}
	row("all", all)
	return b.String()
}

// clock measures the phases of one worker, where it is wanted.
type clock struct {
	on   bool
	last time.Time
	time [Phases]time.Duration
}

// lap counts the time since the last lap to a phase.
func (k *worker) lap(p Phase) {
	if !k.clock.on {
		return
	}
	now := time.Now()
	k.clock.time[p] += now.Sub(k.clock.last)
	k.clock.last = now
}

// start begins a step.
func (c *clock) start(on bool) {
	c.on, c.time = on, [Phases]time.Duration{}
	if on {
		c.last = time.Now()
	}
}
