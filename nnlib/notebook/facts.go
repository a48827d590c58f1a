package notebook

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"time"

	"digitlab/nnlib/figure"
)

// running is the block while training goes on. What is not known yet has its
// place already, and values have the room that they will need: nothing moves.
func (w *watched) running(now time.Time) block {
	b := w.block()
	b.Symbol, b.State = "●", "running"
	b.Facts = w.place("step")
	for i := range b.Facts {
		_, of, _ := strings.Cut(b.Facts[i].Value, " of ")
		b.Facts[i].Room = 2*len(of) + 4
	}
	b.Facts = append(b.Facts, fact{"elapsed", clock(now.Sub(w.start)), 5}, fact{"left", w.left(now), 11})
	room := 22 // 99.9 % at step 12,345
	if w.measured {
		room = 36 // validation cost 0.0123 at step 12,345
	}
	for _, f := range []struct {
		name string
		list []fact
		room int
	}{{"speed", w.speed(len(w.steps) - w.replayed), 19}, {"best so far", w.bestFact("best so far"), room}} {
		if f.list == nil {
			f.list = []fact{{Name: f.name, Value: "–"}}
		}
		f.list[0].Room = f.room
		b.Facts = append(b.Facts, f.list...)
	}
	return b
}

// left estimates the time to the target from the steps computed here.
func (w *watched) left(now time.Time) string {
	computed := len(w.steps) - w.replayed
	if computed < 5 {
		return "estimating"
	}
	each := now.Sub(w.first) / time.Duration(computed-1)
	return "about " + clock(each*time.Duration(w.target-len(w.steps)))
}

// block is what all states have in common.
func (w *watched) block() block {
	r := w.run.Recipe()
	b := block{Step: len(w.steps), Target: w.target, Charts: w.charts()}
	if w.run.Dir() != "" {
		b.Title = filepath.Base(w.run.Dir()) + " · "
	}
	b.Title += fmt.Sprintf("%v · seed\u00a0%d", r.Topology, r.Seed) // a long title does not break before the number
	b.Note = w.grey()
	return b
}

// grey says what the grey lines are: in what the earlier run's recipe differs,
// and where it stood at the last step that is drawn.
func (w *watched) grey() string {
	before := w.before()
	if len(before) == 0 {
		return ""
	}
	name := "an earlier run"
	if w.earlier.Dir() != "" {
		name = filepath.Base(w.earlier.Dir())
	}
	var differs []string
	ours := w.run.Recipe().String()
	for line := range strings.Lines(w.earlier.Recipe().String()) {
		if !strings.Contains("\n"+ours, "\n"+line) {
			differs = append(differs, strings.TrimSpace(line))
		}
	}
	what := " with the same recipe"
	if len(differs) > 0 {
		what = " with " + strings.ReplaceAll(strings.Join(differs, "; "), "nnlib.", "")
	}
	cost, accuracy := w.mean(before)
	return fmt.Sprintf("Grey: %s%s; at step %s it had cost %s and read %s of the %s.", name, what, count(before[len(before)-1].Number), figure.Figures(cost, 3), figure.Percent(accuracy, 1), rowName(w.run.Recipe().Topology))
}

// place is the step and, where an epoch has several, the epoch.
func (w *watched) place(name string) []fact {
	n := len(w.steps)
	facts := []fact{{Name: name, Value: count(n) + " of " + count(w.target)}}
	if w.perEpoch > 1 {
		epochs := (w.target + w.perEpoch - 1) / w.perEpoch
		facts = append(facts, fact{Name: "epoch", Value: count((n+w.perEpoch-1)/w.perEpoch) + " of " + count(epochs)})
	}
	return facts
}

// seconds is how long the last n steps took, and how many rows they read.
func (w *watched) seconds(n int) (seconds, rows float64) {
	for _, s := range w.steps[len(w.steps)-n:] {
		seconds += s.Seconds
		rows += float64(s.Examples)
	}
	return seconds, rows
}

// speed is the rows a second of the last n steps.
func (w *watched) speed(n int) []fact {
	seconds, read := w.seconds(n)
	if !(seconds > 0) {
		return nil
	}
	return []fact{{Name: "speed", Value: figure.Number(rounded(read/seconds), 0) + " " + rowName(w.run.Recipe().Topology) + "/s"}}
}

// rounded is v to three significant figures.
func rounded(v float64) float64 {
	unit := math.Pow(10, max(0, math.Floor(math.Log10(v))-2))
	return math.Round(v/unit) * unit
}

// took is the time of all steps, those read back included.
func (w *watched) took() []fact {
	seconds, _ := w.seconds(len(w.steps))
	if seconds < 60 {
		return []fact{{Name: "took", Value: figure.Number(seconds, 1) + " s"}}
	}
	return []fact{{Name: "took", Value: clock(time.Duration(seconds * float64(time.Second)))}}
}

// bestFact names the best epoch: by its validation cost where that is
// measured, else by its training accuracy.
func (w *watched) bestFact(name string) []fact {
	if w.bestStep == 0 {
		return nil
	}
	v := figure.Percent(w.best, 1)
	if w.measured {
		v = "validation cost " + figure.Figures(w.best, 3)
	}
	v += " at step " + count(w.bestStep)
	if w.measured && w.run.Recipe().Patience > 0 {
		v += ", weights kept"
	}
	return []fact{{Name: name, Value: v}}
}

// clock writes minutes and seconds: 0:09.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
