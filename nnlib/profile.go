package nnlib

import "time"

// Phase is a part of a step.
type Phase int

const (
	Sample   Phase = iota // choose the rows
	Read                  // bring them into a block
	Forward               // outputs
	Backward              // cost, deltas and gradient; in a direct update the weights too
	Reduce                // sum the leaves
	Apply                 // change the weights
	phases
)

// String is the phase in lower case.
func (p Phase) String() string {
	return [phases]string{"sample", "read", "forward", "backward", "reduce", "update"}[p]
}

// Profile is the time that steps took, by phase: of the first worker, who is
// there in every step.
type Profile struct {
	Steps int
	Time  [phases]time.Duration
}

// clock measures the phases of one worker, where it is wanted.
type clock struct {
	on   bool
	last time.Time
	time [phases]time.Duration
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
	c.on, c.time = on, [phases]time.Duration{}
	if on {
		c.last = time.Now()
	}
}
