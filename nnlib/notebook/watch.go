package notebook

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/janpfeifer/gonb/gonbui"

	"digitlab/nnlib"
	"digitlab/nnlib/figure"
)

// Watch goes to a step as run.To does, and draws the run below the cell while
// it goes on: how far it is, when it will be there, cost, accuracy and rate.
// The one block is drawn again in place, at most four times a second and for at
// most a tenth of the time; its last state stays. Steps that the run has are
// drawn at once. The interrupt button ends the run after a whole step, which is
// ErrInterrupted. Errors are shown in the block, and not again by Check. What
// else the block shows is said by extras: Earlier, Picture.
func Watch(run *nnlib.Run, data nnlib.Dataset, step int, extras ...Extra) error {
	return cell.watch(Context(), run, data, step, extras...)
}

// Extra is something more that Watch shows.
type Extra func(w *watched)

// Earlier draws another run in grey behind this one, and says below the charts
// in what its recipe differs and how far it came.
func Earlier(run *nnlib.Run) Extra { return func(w *watched) { w.earlier = run } }

// Picture draws a chart of the model beside the others each time that the block
// is drawn, such as
//
//	nb.Picture(func(m *nnlib.Model) (figure.Chart, error) { return figure.Plane(m, data) })
//
// A chart that cannot be drawn ends up as an error of Watch; training goes on.
func Picture(draw func(m *nnlib.Model) (figure.Chart, error)) Extra {
	return func(w *watched) { w.pictures = append(w.pictures, draw) }
}

// every is the least time between two drawings.
const every = 250 * time.Millisecond

func (s *screen) watch(ctx context.Context, run *nnlib.Run, data nnlib.Dataset, step int, extras ...Extra) error {
	id := gonbui.UniqueId()
	w := &watched{run: run, target: step, perEpoch: 1, still: s.still, start: s.now()}
	for _, add := range extras {
		add(w)
	}
	if data.Len() > 0 {
		w.perEpoch = max(1, run.Recipe().Steps(data, 1))
	}
	var broken error // a block that cannot be drawn; training goes on
	var drawn time.Time
	pause := every
	draw := func(b func() block) {
		start := s.now()
		h, err := b().html()
		if broken == nil {
			broken = errors.Join(err, w.broken)
		}
		if err == nil {
			s.sink.Update(id, h)
		}
		drawn = s.now()
		pause = max(every, 9*drawn.Sub(start))
	}
	if have := run.History(); len(have) < step {
		early := *w
		for _, h := range have {
			early.add(h, w.start)
		}
		draw(func() block { return early.running(s.now()) })
		w.broken = early.broken
	}
	drawn = s.now()
	for st := range run.To(ctx, data, step) {
		now := s.now()
		w.add(st, now)
		if !st.Replayed && st.Number < step && now.Sub(drawn) >= pause {
			draw(func() block { return w.running(now) })
		}
	}
	err := run.Err()
	draw(func() block { return w.ended(ctx, err) })
	s.sink.Sync()
	if err = errors.Join(err, broken); err != nil {
		return shown{err}
	}
	return nil
}

// watched is a run on its way.
type watched struct {
	run      *nnlib.Run
	target   int
	perEpoch int // steps
	still    bool
	start    time.Time // of Watch

	steps    []nnlib.Step
	replayed int
	first    time.Time // when the first step was computed
	epoch    mean      // accuracy of the epoch under way
	best     float64   // lowest validation cost or, where none is measured, the highest accuracy of an epoch
	bestStep int
	measured bool // validation is

	earlier  *nnlib.Run
	pictures []func(m *nnlib.Model) (figure.Chart, error)
	broken   error // of the first picture that could not be drawn
}

// mean is a running sum.
type mean struct {
	sum float64
	n   int
}

// add takes a step that has arrived.
func (w *watched) add(s nnlib.Step, now time.Time) {
	w.steps = append(w.steps, s)
	switch {
	case s.Replayed:
		w.replayed++
	case w.first.IsZero():
		w.first = now
	}
	w.epoch.sum += s.Accuracy
	w.epoch.n++
	if !s.EpochEnd {
		return
	}
	accuracy := w.epoch.sum / float64(w.epoch.n)
	w.epoch = mean{}
	if v := s.Validation; v == v { // a number
		if !w.measured || v < w.best {
			w.best, w.bestStep = v, s.Number
		}
		w.measured = true
	} else if !w.measured && (w.bestStep == 0 || accuracy > w.best) {
		w.best, w.bestStep = accuracy, s.Number
	}
}

// ended is the block that stays.
func (w *watched) ended(ctx context.Context, err error) block {
	b := w.block()
	switch {
	case err == nil:
		b.Class, b.Symbol, b.State = finished, "✓", "finished"
		b.Facts = w.place("steps")
		r := w.run.Recipe()
		b.Trained = &trained{
			Run: filepath.Base(w.run.Dir()), Recipe: strings.Join(strings.Split(strings.TrimSpace(r.String()), "\n"), "; "),
			Seed: r.Seed, Step: len(w.steps), Weights: fmt.Sprintf("%x", w.run.Model().Hash()),
		}
		if w.run.Dir() == "" {
			b.Trained.Run = "a run in memory"
		}
		if len(w.steps) < w.target && len(w.steps) > 0 {
			b.Text = w.endedEarly()
		}
	case errors.Is(err, nnlib.ErrDiverged):
		b.Class, b.Symbol, b.Target = failed, "✕", 0
		w.diverged(&b)
		b.Charts = w.costChart()
		return b
	case errors.Is(err, nnlib.ErrInterrupted):
		b.Class, b.Symbol, b.State = halt, "■", "interrupted"
		b.Facts = w.place("stopped after step")
		b.Text = w.kept(ctx, err)
	default:
		b := failure(err)
		b.State = "failed before step 1"
		if n := len(w.steps); n > 0 {
			b.State = "failed after step " + count(n)
		}
		return b
	}
	if !w.still {
		b.Facts = append(b.Facts, w.took()...)
		b.Facts = append(b.Facts, w.speed(len(w.steps))...)
		if w.replayed > 0 {
			b.Facts = append(b.Facts, fact{Name: "read back", Value: number(w.replayed, "step")})
		}
	}
	b.Facts = append(b.Facts, w.bestFact("best")...)
	return b
}

// endedEarly says why a run ended before its target: by Patience, or because
// its optimizer had no step left to take.
func (w *watched) endedEarly() string {
	n, patience := len(w.steps), w.run.Recipe().Patience
	if patience > 0 && w.measured && n-w.bestStep >= patience*w.perEpoch {
		return fmt.Sprintf("The run ended by itself after step %s: %s without a better validation cost. The weights are those of step %s.",
			count(n), number(patience, "epoch"), count(w.bestStep))
	}
	return fmt.Sprintf("The run ended by itself after step %s: by its optimizer's tolerance there is nothing left to gain. The weights are those of that step.", count(n))
}

// kept says what an interrupted run has and how to go on.
func (w *watched) kept(ctx context.Context, err error) string {
	why := "The run was interrupted."
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		why = "The time given has run out."
	}
	n := len(w.steps)
	if _, more, ok := strings.Cut(err.Error(), "\n"); ok {
		return why + " It could not be saved: " + more
	}
	switch {
	case w.run.Dir() == "":
		return why + " It is in memory alone: run the cell again to begin anew, or open it in a directory by OpenRun to keep its steps."
	case n == 0:
		return why + " No step was finished. Run the cell again to begin."
	}
	return fmt.Sprintf("%s Nothing is lost: %s kept in %s. Run the cell again to go on from there.", why, number(n, "step"), w.run.Dir())
}
