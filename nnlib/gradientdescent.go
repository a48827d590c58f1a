package nnlib

import (
	"context"
	"errors"
	"math"

	"digitlab/nnlib/internal/kernel"
)

// GradientDescent is w -= rate * direction, where the Rule makes the direction
// from the gradient.
type GradientDescent struct {
	Rate     float64  // to start with, above zero
	Rule     Rule     // nil: the direction is the gradient
	Schedule Schedule // nil: the rate stays
	Clip     float64  // the gradient is scaled down to this norm; zero: never
}

var _ Optimizer = GradientDescent{}

// Rule turns gradients into directions.
type Rule interface {
	// Vectors is how many vectors of state the rule keeps.
	Vectors() int
	// Direct overwrites d with the direction for gradient g. t counts the
	// updates, from 1.
	Direct(d, g []Float, state [][]Float, t int)
}

// Momentum is v = Keep*v + g, and v the direction (Polyak, 1964, in the form of
// Sutskever and others, 2013).
type Momentum struct{ Keep float64 }

// Vectors is 1: v.
func (Momentum) Vectors() int { return 1 }

// Direct updates v and copies it to d.
func (m Momentum) Direct(d, g []Float, state [][]Float, _ int) {
	v := state[0]
	kernel.Scale(v, Float(m.Keep))
	kernel.Axpy(v, 1, g)
	copy(d, v)
}

// check says what is wrong with the description.
func (o GradientDescent) check() error {
	if !(o.Rate > 0) || math.IsInf(o.Rate, 1) {
		return &RecipeError{"Optimizer.Rate", "must be above 0"}
	}
	if !(o.Clip >= 0) {
		return &RecipeError{"Optimizer.Clip", "must not be negative"}
	}
	if m, ok := o.Rule.(Momentum); ok && !(m.Keep >= 0 && m.Keep < 1) {
		return &RecipeError{"Optimizer.Rule.Keep", "must be in [0, 1)"}
	}
	if b, ok := o.Schedule.(BoldDriver); ok && (b.Grow < 0 || b.Shrink < 0) {
		return &RecipeError{"Optimizer.Schedule", "factors must not be negative"}
	}
	return nil
}

// undoes says whether the schedule may take updates back.
func (o GradientDescent) undoes() bool {
	u, ok := o.Schedule.(Undoer)
	return ok && u.Undoes()
}

// Start allocates the gradient, the direction and the rule's vectors.
func (o GradientDescent) Start(n int) Stepper {
	s := &descent{o: o, rate: o.Rate, grad: make([]Float, n), dir: make([]Float, n)}
	if o.Rule != nil {
		for range o.Rule.Vectors() {
			s.moments = append(s.moments, make([]Float, n))
		}
	}
	if o.undoes() {
		s.before = make([]Float, n)
	}
	return s
}

type descent struct {
	o       GradientDescent
	grad    []Float // scratch
	dir     []Float // of the last update
	before  []Float // weights before the last update; nil where nothing is undone
	moments [][]Float
	rate    float64
	updates int64
	judge   judge
}

// judge gives a schedule one cost an epoch to compare.
type judge struct {
	Cost  float64 // shown last
	Count int64   // costs shown
	Epoch Sum     // totals of the epoch under way
}

func (s *descent) Step(ctx context.Context, w []Float, f Objective) (Update, error) {
	at := f.At()
	if at.Direct && s.o.Rule == nil && s.o.Clip == 0 {
		return s.descend(ctx, w, f, at)
	}
	sum, err := f.Eval(ctx, w, s.grad)
	if err != nil {
		return Update{}, err
	}
	if !finite(sum.Mean()) {
		return Update{}, ErrDiverged
	}
	judge := s.judge
	rate, undo := s.schedule(&judge, at, sum, true)
	if undo {
		if !at.First || !at.Last || !s.o.undoes() {
			return Update{}, errors.New("nnlib: a schedule that takes updates back is for steps that are whole epochs, and says so by Undoes")
		}
		copy(w, s.before)
		judge.Cost = s.judge.Cost
	} else {
		s.updates++
		s.direct()
		if s.before != nil {
			copy(s.before, w)
		}
	}
	s.rate, s.judge = rate, judge
	kernel.Axpy(w, Float(-rate), s.dir)
	return Update{sum, rate, 1}, nil
}

// descend is a step by the direct update.
func (s *descent) descend(ctx context.Context, w []Float, f Objective, at Position) (Update, error) {
	judge := s.judge
	rate, undo := s.schedule(&judge, at, Sum{}, false)
	if undo {
		return Update{}, errors.New("nnlib: a direct update cannot be taken back")
	}
	sum, err := f.Descend(ctx, w, rate)
	if err != nil {
		return Update{}, err
	}
	if !finite(sum.Mean()) {
		return Update{}, ErrDiverged
	}
	judge.Epoch.add(sum)
	s.rate, s.judge = rate, judge
	return Update{sum, rate, 1}, nil
}

// schedule asks for the rate, and counts this step's totals where they are
// known already.
func (s *descent) schedule(j *judge, at Position, sum Sum, known bool) (rate float64, undo bool) {
	cost, fresh := j.Cost, true
	switch {
	case at.First && at.Last && known:
		cost = sum.Mean()
	case at.First && at.Step > 0:
		cost = j.Epoch.Mean()
	default:
		fresh = false
	}
	rate = s.rate
	if s.o.Schedule != nil {
		rate, undo = s.o.Schedule.Next(Progress{
			Step: at.Step, Epoch: at.Epoch, Start: s.o.Rate, Rate: s.rate,
			Cost: cost, LastCost: j.Cost, New: fresh && j.Count > 0,
		})
	}
	if fresh {
		j.Cost = cost
		j.Count++
	}
	if at.First {
		j.Epoch = Sum{}
	}
	j.Epoch.add(sum)
	j.Epoch.Penalty = sum.Penalty
	return rate, undo
}

// direct makes the direction from the gradient.
func (s *descent) direct() {
	if s.o.Clip > 0 {
		if norm := math.Sqrt(kernel.Dot64(s.grad, s.grad)); norm > s.o.Clip {
			kernel.Scale(s.grad, Float(s.o.Clip/norm))
		}
	}
	if s.o.Rule == nil {
		copy(s.dir, s.grad)
		return
	}
	s.o.Rule.Direct(s.dir, s.grad, s.moments, int(s.updates))
}

func (s *descent) AppendBinary(b []byte) ([]byte, error) {
	b, err := pack(b, s.rate, s.updates, s.judge, s.moments)
	if err == nil && s.before != nil {
		b, err = pack(b, s.before, s.dir)
	}
	return b, err
}

func (s *descent) UnmarshalBinary(b []byte) error {
	b, err := unpack(b, &s.rate, &s.updates, &s.judge, s.moments)
	if err == nil && s.before != nil {
		b, err = unpack(b, s.before, s.dir)
	}
	if err == nil && len(b) > 0 {
		err = errState
	}
	return err
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
