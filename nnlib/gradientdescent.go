package nnlib

import (
	"context"
	"errors"
	"math"

	"digitlab/nnlib/internal/kernel"
)

// GradientDescent is w -= rate * direction, where the Rule makes the direction
// from the gradient. Spark ML's solver "gd" is GradientDescent{Rate: 0.03,
// Tolerance: 1e-6} on all rows.
type GradientDescent struct {
	Rate      float64  // to start with, above zero
	Rule      Rule     // nil: the direction is the gradient
	Schedule  Schedule // nil: the rate stays
	Clip      float64  // the gradient is scaled down to this norm; zero: never
	Decay     float64  // before each update weights, not biases, shrink by rate*Decay of themselves; zero: never
	MaxNorm   float64  // after each update the weights into a unit are scaled down to this norm; zero: never
	Tolerance float64  // from the second update on, one shorter than Tolerance*max(|w|, 1) ends the run; zero: never
}

var _ Optimizer = GradientDescent{}

// check says what is wrong with the description.
func (o GradientDescent) check() error {
	if !(o.Rate > 0) || math.IsInf(o.Rate, 1) {
		return &RecipeError{"Optimizer.Rate", "must be above 0"}
	}
	for name, x := range map[string]float64{"Clip": o.Clip, "Decay": o.Decay, "MaxNorm": o.MaxNorm, "Tolerance": o.Tolerance} {
		if !(x >= 0) {
			return &RecipeError{"Optimizer." + name, "must not be negative"}
		}
	}
	if err := checkRule(o.Rule); err != nil {
		return err
	}
	if o.undoes() && o.Decay+o.MaxNorm > 0 {
		return &RecipeError{"Optimizer.Schedule.Undo", "takes back the update alone: not with Decay or MaxNorm"}
	}
	if c, ok := o.Schedule.(interface{ check() error }); ok {
		return c.check()
	}
	return nil
}

// undoes says whether the schedule may take updates back.
func (o GradientDescent) undoes() bool {
	u, ok := o.Schedule.(Undoer)
	return ok && u.Undoes()
}

// plain says that an update is rate times the gradient and nothing else.
func (o GradientDescent) plain() bool {
	return o.Rule == nil && o.Clip == 0 && o.Decay == 0 && o.MaxNorm == 0 && o.Tolerance == 0
}

// Start allocates the gradient, the direction and the rule's vectors.
func (o GradientDescent) Start(spans []Span) Stepper {
	n := length(spans)
	s := &descent{o: o, spans: spans, rate: o.Rate, grad: make([]Float, n)}
	s.rule = fast(o.Rule)
	if o.undoes() || o.Tolerance > 0 || o.Rule != nil && s.rule == nil {
		s.dir = make([]Float, n)
	}
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
	spans   []Span
	rule    updating // of the description, where it is one
	grad    []Float  // scratch
	dir     []Float  // of the last update; nil where nobody looks at it
	before  []Float  // weights before the last update; nil where nothing is undone
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
	if at.Direct && s.o.plain() {
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
		s.clip()
		if s.before != nil {
			copy(s.before, w)
		}
	}
	s.rate, s.judge = rate, judge
	s.decay(w, rate)
	s.update(w, rate, !undo)
	s.bound(w)
	last := s.o.Tolerance > 0 && s.updates > 1 &&
		rate*norm(s.dir) < s.o.Tolerance*max(norm(w), 1)
	return Update{sum, rate, 1, last}, nil
}

// decay shrinks weights before the update, as PyTorch's AdamW does.
func (s *descent) decay(w []Float, rate float64) {
	if s.o.Decay == 0 {
		return
	}
	for _, span := range s.spans {
		if span.Kind == Weight {
			kernel.Scale(w[:span.Len], Float(1-float64(rate*s.o.Decay)))
		}
		w = w[span.Len:]
	}
}

// bound scales the weights into each unit down to MaxNorm (Srebro and Shraibman,
// 2005).
func (s *descent) bound(w []Float) {
	if s.o.MaxNorm == 0 {
		return
	}
	for _, span := range s.spans {
		if span.Kind == Weight && span.Units > 0 {
			for j := range span.Units {
				squares := 0.0
				for i := j; i < span.Len; i += span.Units {
					squares += float64(float64(w[i]) * float64(w[i]))
				}
				if norm := math.Sqrt(squares); norm > s.o.MaxNorm {
					scale := Float(s.o.MaxNorm / norm)
					for i := j; i < span.Len; i += span.Units {
						w[i] *= scale
					}
				}
			}
		}
		w = w[span.Len:]
	}
}

// norm is the Euclidean length.
func norm(x []Float) float64 { return math.Sqrt(kernel.Dot64(x, x)) }

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
	return Update{Sum: sum, Rate: rate, Evals: 1}, nil
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

// clip scales a gradient down that is too long.
func (s *descent) clip() {
	if s.o.Clip > 0 {
		if n := norm(s.grad); n > s.o.Clip {
			kernel.Scale(s.grad, Float(s.o.Clip/n))
		}
	}
}

// update takes rate times the direction from w: a new one, or the last one
// again. The direction itself is made only where somebody looks at it later.
func (s *descent) update(w []Float, rate float64, fresh bool) {
	switch {
	case s.dir != nil && fresh && s.o.Rule == nil:
		copy(s.dir, s.grad)
	case s.dir != nil && fresh:
		s.o.Rule.Direct(s.dir, s.grad, s.moments, int(s.updates))
	case s.dir == nil && s.rule != nil:
		s.rule.update(w, s.grad, s.moments, int(s.updates), rate)
		return
	}
	direction := s.dir
	if direction == nil {
		direction = s.grad
	}
	kernel.Axpy(w, Float(-rate), direction)
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
