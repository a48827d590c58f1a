package nnlib

import (
	"math"

	"digitlab/nnlib/internal/kernel"
)

// Schedule sets the learning rate. It is a pure function, called once a step,
// before the update.
type Schedule interface {
	// Next is the rate of the coming update. With undo the weights first return
	// to before the last update, which is taken again in the same direction at
	// the new rate; only an Undoer may ask for it.
	Next(p Progress) (rate float64, undo bool)
}

// Undoer is a Schedule that may take updates back. For one whose Undoes is true
// two more vectors are kept.
type Undoer interface {
	Schedule
	Undoes() bool
}

// Progress is what a Schedule knows. Where the step is the epoch, Cost is this
// step's; in mini-batches it is the mean over the last whole epoch. LastCost is
// the one before that. New says that both exist, and that Cost has not been
// shown before.
type Progress struct {
	Step, Epoch    int // from 0
	Start, Rate    float64
	Cost, LastCost float64
	New            bool
}

// BoldDriver multiplies the rate by Grow (zero means 1.05) when the cost has
// fallen and by Shrink (zero means 0.5) when it has not. The PySpark project's
// takes the step all the same; the classic one, with Undo, takes the bad step
// back first and is for steps that are whole epochs.
type BoldDriver struct {
	Grow, Shrink float64
	Undo         bool
}

// Undoes is Undo.
func (b BoldDriver) Undoes() bool { return b.Undo }

// Next compares Cost with LastCost. An equal cost counts as worse.
func (b BoldDriver) Next(p Progress) (float64, bool) {
	switch {
	case !p.New:
		return p.Rate, false
	case p.Cost < p.LastCost:
		return p.Rate * orDefault(b.Grow, 1.05), false
	}
	return p.Rate * orDefault(b.Shrink, 0.5), b.Undo
}

func (b BoldDriver) check() error { return scheduleFields(b.Grow, b.Shrink) }

// StepDecay is Start * Factor^floor(step/Every).
type StepDecay struct {
	Every  int     // steps, above 0
	Factor float64 // zero means 0.1
}

// Next follows the step alone.
func (s StepDecay) Next(p Progress) (float64, bool) {
	return p.Start * power(orDefault(s.Factor, 0.1), p.Step/s.Every), false
}

func (s StepDecay) check() error { return scheduleFields(float64(s.Every)-1, s.Factor) }

// Exponential is Start * Factor^step.
type Exponential struct{ Factor float64 }

// Next follows the step alone.
func (s Exponential) Next(p Progress) (float64, bool) {
	return p.Start * power(s.Factor, p.Step), false
}

func (s Exponential) check() error { return scheduleFields(s.Factor) }

// InverseSqrt is Start / sqrt(1 + step/Scale).
type InverseSqrt struct{ Scale float64 } // steps; zero means 1

// Next follows the step alone.
func (s InverseSqrt) Next(p Progress) (float64, bool) {
	return p.Start / math.Sqrt(1+float64(p.Step)/orDefault(s.Scale, 1)), false
}

func (s InverseSqrt) check() error { return scheduleFields(s.Scale) }

// Cosine falls from Start to Floor*Start over Steps steps, as
// (1 + cos(pi*step/Steps)) / 2, and stays there (Loshchilov and Hutter, 2017).
type Cosine struct {
	Steps int // above 0
	Floor float64
}

// Next follows the step alone.
func (s Cosine) Next(p Progress) (float64, bool) {
	return p.Start * between(s.Floor, 1, halfCosine(p.Step, s.Steps)), false
}

func (s Cosine) check() error { return scheduleFields(float64(s.Steps)-1, s.Floor) }

// WarmUp rises in even steps from Start/Steps to Start, and then hands over to
// Then, which counts its own steps from there (nil: the rate stays).
type WarmUp struct {
	Steps int // above 0
	Then  Schedule
}

// Next is (step+1)/Steps of Start, or Then's rate.
func (s WarmUp) Next(p Progress) (float64, bool) {
	if p.Step < s.Steps {
		return p.Start * float64(p.Step+1) / float64(s.Steps), false
	}
	if s.Then == nil {
		return p.Start, false
	}
	p.Step -= s.Steps
	return s.Then.Next(p)
}

func (s WarmUp) check() error {
	if c, ok := s.Then.(interface{ check() error }); ok {
		if err := c.check(); err != nil {
			return err
		}
	}
	return scheduleFields(float64(s.Steps) - 1)
}

// Undoes is Then's.
func (s WarmUp) Undoes() bool {
	u, ok := s.Then.(Undoer)
	return ok && u.Undoes()
}

// OneCycle rises along a cosine from Start/25 to Start in the first 0.3 of
// Steps, falls to Start/250,000 in the rest, and stays there (Smith and Topin,
// 2018, with PyTorch's numbers).
type OneCycle struct{ Steps int } // above 1

// Next follows the step alone.
func (s OneCycle) Next(p Progress) (float64, bool) {
	top := max(3*s.Steps/10, 1)
	if p.Step < top {
		return p.Start * between(1, 1.0/25, halfCosine(p.Step, top)), false
	}
	return p.Start * between(1.0/250000, 1, halfCosine(p.Step-top, s.Steps-top)), false
}

func (s OneCycle) check() error { return scheduleFields(float64(s.Steps) - 2) }

// between is a at share 0 and b at share 1.
func between(a, b, share float64) float64 { return a + float64((b-a)*share) }

// halfCosine falls from 1 at step 0 to 0 at steps, and stays.
func halfCosine(step, steps int) float64 {
	x := min(float64(step)/float64(steps), 1)
	return (1 + kernel.Cos(math.Pi*x)) / 2
}

// scheduleFields refuses negative numbers.
func scheduleFields(x ...float64) error {
	for _, v := range x {
		if !(v >= 0) || math.IsInf(v, 1) {
			return &RecipeError{"Optimizer.Schedule", "numbers must not be negative, and steps at least 1"}
		}
	}
	return nil
}

// orDefault is x, or the default where x is zero.
func orDefault(x, standard float64) float64 {
	if x == 0 {
		return standard
	}
	return x
}
