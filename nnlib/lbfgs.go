package nnlib

import (
	"context"
	"errors"
	"math"

	"digitlab/nnlib/internal/kernel"
)

// LBFGS is the limited-memory method of Broyden, Fletcher, Goldfarb and Shanno
// with a strong Wolfe line search (Nocedal and Wright, Numerical Optimization,
// algorithms 7.4, 7.5, 3.5 and 3.6). It follows Breeze 2.1 as Spark ML's
// perceptron uses it, stopping rules included: on Spark's objective it takes
// Spark's steps.
type LBFGS struct {
	Memory    int     // pairs of steps and gradient changes; zero means 10
	Tolerance float64 // of the stopping rules; zero means 1e-6, below zero means 0
}

var _ Optimizer = LBFGS{}

const (
	wolfeDecrease  = 1e-4 // share of the first slope's promise that a step must keep
	wolfeCurvature = 0.9  // share of the first slope that may be left
	searchSteps    = 10   // to bracket a step, and again to narrow it
	costsKept      = 20   // the cost must have fallen below the largest of these
)

func (o LBFGS) check() error {
	if o.Memory < 0 {
		return &RecipeError{"Optimizer.Memory", "must not be negative"}
	}
	return nil
}

func (o LBFGS) memory() int {
	if o.Memory == 0 {
		return 10
	}
	return o.Memory
}

func (o LBFGS) tolerance() float64 { return max(orDefault(o.Tolerance, 1e-6), 0) }

// Start allocates two vectors for each pair and five more.
func (o LBFGS) Start(spans []Span) Stepper {
	n := length(spans)
	return &lbfgs{o: o, grad: make([]Float, n), trial: make([]Float, n), trialGrad: make([]Float, n), dir: make([]float64, n)}
}

type lbfgs struct {
	o     LBFGS
	pairs []pair // newest first
	state struct {
		Cost, First float64 // at the weights, and of step 0
		Taken       int64   // steps that moved
		Known       bool    // Cost and grad belong to the weights
		Failed      bool    // the search before failed
		Costs       [costsKept]float64
	}
	grad []Float // at the weights
	sum  Sum     // at the weights

	trial, trialGrad []Float // of the search's last point
	trialSum         Sum
	dir              []float64
	evals            int
}

// pair is a step s and the change y of the gradient over it.
type pair struct{ s, y []Float }

// errSearch is a line search without a result. The pairs are forgotten, and the
// second in a row ends the run.
var errSearch = errors.New("line search failed")

func (l *lbfgs) Step(ctx context.Context, w []Float, f Objective) (Update, error) {
	at, s := f.At(), &l.state
	l.evals = 0
	var sum Sum
	if s.Known && at.Fixed {
		sum = l.sum
	} else {
		var err error
		if sum, err = f.Eval(ctx, w, l.grad); err != nil {
			return Update{}, err
		}
		l.evals++
		s.Cost = sum.Mean()
	}
	if !finite(s.Cost) {
		return Update{}, ErrDiverged
	}
	if !s.Known {
		s.First, s.Known = s.Cost, true
		for i := range s.Costs {
			s.Costs[i] = math.Inf(1)
		}
		if l.converged() {
			return Update{}, ErrConverged
		}
	}
	t, err := l.search(ctx, w, f)
	switch {
	case errors.Is(err, errSearch):
		l.pairs, l.sum = l.pairs[:0], sum
		last := s.Failed
		s.Failed = true
		return Update{Sum: sum, Evals: l.evals, Last: last}, nil
	case err != nil:
		return Update{}, err
	}
	l.remember(w)
	copy(w, l.trial)
	l.grad, l.trialGrad = l.trialGrad, l.grad
	l.sum = l.trialSum
	s.Cost, s.Failed = l.sum.Mean(), false
	s.Taken++
	copy(s.Costs[:], s.Costs[1:])
	s.Costs[costsKept-1] = s.Cost
	return Update{Sum: sum, Rate: t, Evals: l.evals, Last: l.converged()}, nil
}

// converged is Breeze's rule: the cost no longer falls below those of the last
// steps, or the gradient is short.
func (l *lbfgs) converged() bool {
	s, tolerance := &l.state, l.o.tolerance()
	most := s.Costs[0]
	for _, c := range s.Costs {
		most = max(most, c)
	}
	return math.Abs(s.Cost-most) <= tolerance*math.Abs(s.First) ||
		norm(l.grad) <= max(tolerance*math.Abs(s.Cost), 1e-8)
}

// remember keeps the step from w to the trial point as the newest pair.
func (l *lbfgs) remember(w []Float) {
	var p pair
	if m := l.o.memory(); len(l.pairs) == m {
		p = l.pairs[m-1]
		l.pairs = l.pairs[:m-1]
	} else {
		p = pair{make([]Float, len(w)), make([]Float, len(w))}
	}
	for i := range w {
		p.s[i], p.y[i] = l.trial[i]-w[i], l.trialGrad[i]-l.grad[i]
	}
	l.pairs = append([]pair{p}, l.pairs...)
}

// direct makes the direction by the two-loop recursion.
func (l *lbfgs) direct() error {
	d := l.dir
	for i, g := range l.grad {
		d[i] = float64(g)
	}
	scale := 1.0
	if len(l.pairs) > 0 {
		p := l.pairs[0]
		sy := kernel.Dot64(p.s, p.y)
		if !(sy >= 0) {
			return errSearch
		}
		scale = sy / kernel.Dot64(p.y, p.y)
	}
	alpha, rho := make([]float64, len(l.pairs)), make([]float64, len(l.pairs))
	for i, p := range l.pairs {
		rho[i] = kernel.Dot64(p.s, p.y)
		alpha[i] = dotWide(p.s, d) / rho[i]
		if math.IsNaN(alpha[i]) {
			return errSearch
		}
		axpyWide(d, -alpha[i], p.y)
	}
	for i := range d {
		d[i] *= scale
	}
	for i := len(l.pairs) - 1; i >= 0; i-- {
		p := l.pairs[i]
		axpyWide(d, alpha[i]-dotWide(p.y, d)/rho[i], p.s)
	}
	for i := range d {
		d[i] = -d[i]
	}
	return nil
}

// point is a place on the search's line: cost and slope at step t.
type point struct{ t, slope, cost float64 }

// promise is the most that the cost at t may be, seen from the start (Armijo).
func (p point) promise(t float64) float64 {
	return p.cost + float64(float64(wolfeDecrease*t)*p.slope)
}

// search finds a step, and leaves its weights, totals and gradient in trial,
// trialSum and trialGrad.
func (l *lbfgs) search(ctx context.Context, w []Float, f Objective) (t float64, err error) {
	if err := l.direct(); err != nil {
		return 0, err
	}
	start := point{0, dotWide(l.grad, l.dir), l.state.Cost}
	if start.slope > 0 {
		return 0, errSearch
	}
	evaluate := func(t float64) (point, error) {
		for i, d := range l.dir {
			l.trial[i] = Float(float64(w[i]) + float64(t*d))
		}
		sum, err := f.Eval(ctx, l.trial, l.trialGrad)
		l.evals++
		l.trialSum = sum
		return point{t, dotWide(l.trialGrad, l.dir), sum.Mean()}, err
	}
	t = 1
	if l.state.Taken == 0 {
		squares := 0.0
		for _, d := range l.dir {
			squares += float64(d * d)
		}
		t = 1 / math.Sqrt(squares)
	}
	if t, err = bracket(start, t, evaluate); err != nil {
		return 0, err
	}
	if t*norm(l.grad) < 1e-10 {
		return 0, errSearch
	}
	return t, nil
}

// bracket lengthens the step until it is good, or until a good one lies between
// two points.
func bracket(start point, t float64, evaluate func(float64) (point, error)) (float64, error) {
	low := start
	for i := range searchSteps {
		c, err := evaluate(t)
		switch {
		case err != nil:
			return 0, err
		case !finite(c.cost):
			t /= 2
			continue
		case c.cost > start.promise(t) || c.cost >= low.cost && i > 0:
			return narrow(start, low, c, evaluate)
		case math.Abs(c.slope) <= wolfeCurvature*math.Abs(start.slope):
			return t, nil
		case c.slope >= 0:
			return narrow(start, c, low, evaluate)
		}
		low = c
		t *= 1.5
	}
	return 0, errSearch
}

// narrow finds a good step between two points, the first of which is the
// better.
func narrow(start, low, high point, evaluate func(float64) (point, error)) (float64, error) {
	for range searchSteps {
		t := interpolate(low, high)
		if math.IsNaN(t) {
			return 0, errSearch
		}
		c, err := evaluate(t)
		switch {
		case err != nil:
			return 0, err
		case c.cost > start.promise(t) || c.cost >= low.cost:
			high = c
			continue
		case math.Abs(c.slope) <= wolfeCurvature*math.Abs(start.slope):
			return t, nil
		case c.slope*(high.t-low.t) >= 0:
			high = low
		}
		low = c
	}
	return 0, errSearch
}

// interpolate is the minimum of the cubic through two points and their slopes,
// kept away from both by a tenth of their distance.
func interpolate(a, b point) float64 {
	if a.t > b.t {
		a, b = b, a
	}
	width := b.t - a.t
	d1 := a.slope + b.slope - 3*(a.cost-b.cost)/(a.t-b.t)
	d2 := math.Sqrt(float64(d1*d1) - float64(a.slope*b.slope))
	t := b.t - width*(b.slope+d2-d1)/(b.slope-a.slope+2*d2)
	if least := a.t + float64(0.1*width); t < least {
		return least
	}
	if most := a.t + float64(0.9*width); t > most {
		return most
	}
	return t
}

// dotWide is the sum of x[i]*y[i] in float64.
func dotWide(x []Float, y []float64) (s float64) {
	for i, v := range x {
		s += float64(float64(v) * y[i])
	}
	return s
}

// axpyWide adds a*x to y.
func axpyWide(y []float64, a float64, x []Float) {
	for i, v := range x {
		y[i] += float64(a * float64(v))
	}
}

func (l *lbfgs) AppendBinary(b []byte) ([]byte, error) {
	b, err := pack(b, l.state, l.sum, l.grad, int64(len(l.pairs)))
	for _, p := range l.pairs {
		if err == nil {
			b, err = pack(b, p.s, p.y)
		}
	}
	return b, err
}

func (l *lbfgs) UnmarshalBinary(b []byte) error {
	var pairs int64
	b, err := unpack(b, &l.state, &l.sum, l.grad, &pairs)
	if err != nil || pairs < 0 || pairs > int64(l.o.memory()) {
		return errState
	}
	l.pairs = nil
	for range pairs {
		p := pair{make([]Float, len(l.grad)), make([]Float, len(l.grad))}
		if b, err = unpack(b, p.s, p.y); err != nil {
			return err
		}
		l.pairs = append(l.pairs, p)
	}
	if len(b) > 0 {
		return errState
	}
	return nil
}
