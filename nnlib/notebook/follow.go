package notebook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/janpfeifer/gonb/gonbui"

	"digitlab/nnlib"
	"digitlab/nnlib/figure"
)

// Job is a training in processes of its own, as far as its lines have told.
type Job struct {
	Command        *exec.Cmd
	World          string // which ranks are where
	Ranks, Workers int
	Target         int
	Steps          []nnlib.Step
	Tested         string // what the test data say
	Weights        string // SHA-256 in hexadecimal; empty before the end

	hurt bool // one of its processes was killed
}

// Follow runs a command that prints what `digitlab train -json` prints, such as
//
//	nb.Follow("2 ranks", exec.Command("mpirun", "-np", "2", program, "train", "-json", ...))
//
// and draws a live block from its lines, as Watch does for a run of the cell's
// own. Each is called with every step that has arrived. The interrupt button ends
// the processes: they are asked to save, and killed when they are still there
// after some seconds. An error says that the command did not come to its end; it
// is shown in the block, and not again by Check. The job is not nil in any case.
func Follow(title string, c *exec.Cmd, each ...func(j *Job, s nnlib.Step)) (*Job, error) {
	return cell.follow(Context(), title, c, each...)
}

func (s *screen) follow(ctx context.Context, title string, c *exec.Cmd, each ...func(j *Job, s nnlib.Step)) (*Job, error) {
	f := &followed{Job: &Job{Command: c}, title: title, still: s.still, start: s.now()}
	id := gonbui.UniqueId()
	var drawn time.Time
	var broken error
	pause := every
	draw := func(b block) {
		start := s.now()
		h, err := b.html()
		if broken = errors.Join(broken, err); err == nil {
			s.sink.Update(id, h)
		}
		drawn = s.now()
		pause = max(every, 9*drawn.Sub(start))
	}
	draw(f.running(s.now()))
	err := command(ctx, c, func(line []byte) {
		st, isStep := f.read(line, s.now())
		if !isStep {
			return
		}
		for _, call := range each {
			call(f.Job, st)
		}
		if now := s.now(); !st.Replayed && now.Sub(drawn) >= pause {
			draw(f.running(now))
		}
	})
	draw(f.ended(ctx, err))
	s.sink.Sync()
	if err = errors.Join(err, broken); err != nil {
		return f.Job, shown{err}
	}
	return f.Job, nil
}

// Kill ends one of the processes that the command itself has started, counted
// from 0, by a signal that no program can catch: where the command is mpirun, a
// rank on this machine. Steps that arrive after that do not count.
func (j *Job) Kill(process int) error {
	ids, err := children(j.Command)
	if err != nil {
		return err
	}
	if process < 0 || process >= len(ids) {
		return fmt.Errorf("notebook: process %d is to be killed, and %s has started %d", process, j.Command.Path, len(ids))
	}
	j.hurt = true
	return syscall.Kill(ids[process], syscall.SIGKILL)
}

// followed is a job on its way.
type followed struct {
	*Job
	title    string
	still    bool
	start    time.Time
	first    time.Time // when the first step that is no replay came
	replayed int
	saved    int // step that the job says it has saved
}

// read takes a line. Lines that are no events are left alone: launchers print too.
func (f *followed) read(line []byte, now time.Time) (s nnlib.Step, isStep bool) {
	var e struct {
		Event          string
		Ranks, Workers int
		World          string
		Target         int

		Step, Epoch, Evals                        int
		EpochEnd                                  bool `json:"epoch_end"`
		Examples                                  int64
		Cost, Accuracy, Rate, Validation, Seconds *float64
		ValidationAccuracy                        *float64 `json:"validation_accuracy"`
		Replayed                                  bool
		Tested, Weights                           string
	}
	if json.Unmarshal(line, &e) != nil {
		return s, false
	}
	switch e.Event {
	case "start":
		f.Ranks, f.Workers, f.World, f.Target = e.Ranks, e.Workers, e.World, e.Target
	case "saved":
		f.saved = e.Step
	case "end":
		f.Tested, f.Weights = e.Tested, strings.TrimPrefix(e.Weights, "sha256:")
	case "step":
		value := func(v *float64) float64 {
			if v == nil {
				return math.NaN()
			}
			return *v
		}
		s = nnlib.Step{
			Number: e.Step, Epoch: e.Epoch, EpochEnd: e.EpochEnd, Examples: e.Examples, Evals: e.Evals, Replayed: e.Replayed,
			Cost: value(e.Cost), Accuracy: value(e.Accuracy), Rate: value(e.Rate), Seconds: value(e.Seconds),
			Validation: value(e.Validation), ValidationAccuracy: value(e.ValidationAccuracy),
		}
		if f.hurt {
			return s, false
		}
		f.Steps = append(f.Steps, s)
		if s.Replayed {
			f.replayed++
		} else if f.first.IsZero() {
			f.first = now
		}
		return s, true
	}
	return s, false
}

func (f *followed) block() block {
	b := block{Title: f.title, Step: len(f.Steps), Target: f.Target}
	last := nnlib.Step{Cost: math.NaN(), Accuracy: math.NaN()}
	if n := len(f.Steps); n > 0 {
		last = f.Steps[n-1]
	}
	h := figure.History{Steps: f.Steps, Last: max(f.Target, 1), Rows: "rows"}
	cost, accuracy := h.Cost(), h.Accuracy()
	cost.Title, accuracy.Title = "Cost", "Accuracy"
	if last.Cost == last.Cost {
		cost.Title += " " + figure.Figures(last.Cost, 3)
	}
	if last.Accuracy == last.Accuracy {
		accuracy.Title += " " + figure.Percent(last.Accuracy, 1)
	}
	cost.Note, accuracy.Note = "training rows, before the update", "training rows, before the update"
	b.Charts = (&watched{}).figures(cost, accuracy)
	b.Facts = []fact{{Name: "step", Value: count(len(f.Steps)) + " of " + count(f.Target), Room: 2*len(count(f.Target)) + 4}}
	if f.Ranks > 0 {
		b.Facts = append(b.Facts, fact{Name: "ranks", Value: count(f.Ranks)}, fact{Name: "workers in each", Value: count(f.Workers)})
	}
	return b
}

func (f *followed) running(now time.Time) block {
	b := f.block()
	b.Symbol, b.State = "●", "running"
	left := "estimating"
	if fresh := len(f.Steps) - f.replayed; fresh >= 5 {
		each := now.Sub(f.first) / time.Duration(fresh-1)
		left = "about " + clock(each*time.Duration(f.Target-len(f.Steps)))
	}
	if f.Target == 0 {
		b.State, left = "starting", "–"
	}
	b.Facts = append(b.Facts, fact{"elapsed", clock(now.Sub(f.start)), 5}, fact{"left", left, 11})
	return b
}

// ended is the block that stays.
func (f *followed) ended(ctx context.Context, err error) block {
	b := f.block()
	if !f.still {
		var seconds float64
		for _, s := range f.Steps {
			seconds += s.Seconds
		}
		b.Facts = append(b.Facts, fact{Name: "took", Value: figure.Number(seconds, 1) + " s"})
		if f.replayed > 0 {
			b.Facts = append(b.Facts, fact{Name: "read back", Value: number(f.replayed, "step")})
		}
	}
	exit := new(Ended)
	const again = "Run the cell again to go on from there."
	switch {
	case err == nil:
		b.Class, b.Symbol, b.State = finished, "✓", "finished"
		if f.Weights != "" {
			b.Facts = append(b.Facts, fact{Name: "weights", Value: f.Weights[:min(12, len(f.Weights))]})
		}
	case stopped(err) && ctx.Err() != nil:
		b.Class, b.Symbol, b.State = halt, "■", "interrupted"
		b.Text = "All of its processes have ended. " + again
		if f.saved > 0 {
			b.Text = fmt.Sprintf("All of its processes have ended, after saving step %s. %s", count(f.saved), again)
		}
	case errors.As(err, &exit) && f.saved > 0:
		b.Class, b.Symbol, b.State = halt, "■", "stopped"
		b.Text = fmt.Sprintf("Step %s was saved, and the command ended with status %d. %s", count(f.saved), exit.Status, again)
	case errors.As(err, &exit) && len(f.Steps) > 0:
		b.Class, b.Symbol, b.State = halt, "■", "lost after step "+count(len(f.Steps))
		b.Text = fmt.Sprintf("%s ended with status %d. What the last checkpoint holds is kept: the same command goes on from there.", exit.Command, exit.Status)
	default:
		b.Class, b.Symbol, b.State, b.Target, b.Charts = failed, "✕", "failed before step 1", 0, ""
		b.Text = err.Error()
		if exit.Said != "" {
			b.Text, b.Details = fmt.Sprintf("%s ended with status %d.", exit.Command, exit.Status), exit.Said
		}
		b.Todo = []string{"Put right what the details say, and run the cell again."}
	}
	return b
}
