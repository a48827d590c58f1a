package figure

import (
	"fmt"
	"io"
	"math"
	"slices"

	"digitlab/nnlib"
)

// History is a run's steps to be drawn. Cost, Accuracy and Rate are its
// figures; HTML shows the three beside each other.
type History struct {
	Steps   []nnlib.Step
	Earlier []nnlib.Step // of another run, drawn in grey behind
	Last    int          // the last step of the axis, so that nothing jumps while training goes on; zero: as far as the steps go
	Unit    string       // of the cost, such as "nats per image"; empty: none
	Rows    string       // what the rows of the data are called; empty: images
	Epochs  bool         // the axis counts epochs, where an epoch has more than one step, and may cut off the first steps' accuracies
	Log     bool         // the cost has a logarithmic axis
}

// Cost draws the cost of each step and, where it was measured, the cost of the
// images held out for validation.
func (h History) Cost() Chart {
	c := h.chart()
	c.Y.Title = "cost"
	if h.Unit != "" {
		c.Y.Title += ", " + h.Unit
	}
	if h.Log {
		c.Y.Log = true
		c.Y.Title += ", log scale"
	}
	cost := func(s nnlib.Step) float64 { return s.Cost }
	held := func(s nnlib.Step) float64 { return s.Validation }
	c.Series = append(c.Series, h.earlier(cost, c)...)
	best, at := math.Inf(1), 0
	var last float64
	var measured int // the last step that was
	for _, s := range h.Steps {
		if v := s.Validation; !math.IsNaN(v) && v < best {
			best, at = v, s.Number
		}
		if !math.IsNaN(s.Validation) {
			last, measured = s.Validation, s.Number
		}
	}
	training := h.lines("training", Training, Dotted, cost, c)
	n := len(training) - 1 // the band, where there is one, goes behind everything
	c.Series = append(c.Series, training[:n]...)
	c.Series = append(c.Series, h.lines("validation", Validation, Solid, held, c)...)
	c.Series = append(c.Series, training[n])
	if len(h.Steps) == 0 {
		return c
	}
	from, to := h.Steps[0].Cost, h.final(cost)
	c.Title = "Training cost " + course(from, to)
	c.Label = fmt.Sprintf("Cost against %s. Training ends at %s", c.X.Title, Figures(to, 3))
	if at > 0 {
		c.Title += fmt.Sprintf("; validation ends at %s", Figures(last, 3))
		c.Label += fmt.Sprintf(", validation at %s; best validation %s at step %s", Figures(last, 3), Figures(best, 3), Number(float64(at), 0))
		if at != measured {
			c.marks = append(c.marks, ringed(h.place(float64(at)), best, "best "+Figures(best, 3), -10))
		}
	}
	c.Label += "."
	return c
}

// Accuracy draws the share of each step's images that were read correctly
// before the step's update and, where it was measured, that of the images held
// out for validation.
func (h History) Accuracy() Chart {
	c := h.chart()
	c.Y.Title = h.rows() + " read correctly, %"
	value := func(s nnlib.Step) float64 { return 100 * s.Accuracy }
	held := func(s nnlib.Step) float64 {
		if math.IsNaN(s.Validation) {
			return s.Validation
		}
		return 100 * s.ValidationAccuracy
	}
	c.Series = append(c.Series, h.earlier(value, c)...)
	training := h.lines("training", Training, Dotted, value, c)
	n := len(training) - 1
	c.Series = append(c.Series, training[:n]...)
	c.Series = append(c.Series, h.lines("validation", Validation, Solid, held, c)...)
	c.Series = append(c.Series, training[n])
	c.Y.Min, c.Y.Max = 0, 100
	_, _, epochs := h.epoch()
	if cut := floor(c.Series, epochs); cut > 0 {
		c.Y.Min = cut
		c.Note = fmt.Sprintf("the axis starts at %s", Percent(cut/100, 0))
		for i := range c.Series {
			c.Series[i] = c.Series[i].above(cut)
		}
	}
	if len(h.Steps) > 0 {
		last, to := h.Steps[len(h.Steps)-1], h.final(value)/100
		c.Title = fmt.Sprintf("%s of the training %s read correctly at step %s", Percent(to, 1), h.rows(), Number(float64(last.Number), 0))
		c.Label = fmt.Sprintf("Accuracy against %s. Training ends at %s", c.X.Title, Percent(to, 1))
		for _, s := range slices.Backward(h.Steps) {
			if v := held(s) / 100; !math.IsNaN(v) {
				c.Title += "; validation " + Percent(v, 1)
				c.Label += ", validation at " + Percent(v, 1)
				break
			}
		}
		c.Label += "."
	}
	return c
}

// floor is where an axis of percentages may be cut: below everything drawn or,
// where the start may be cut off, below all but a twentieth.
func floor(all []Series, start bool) float64 {
	var values []float64
	for _, s := range all {
		if s.Shape != Band {
			values = append(values, s.Y...)
		}
	}
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	least := values[0]
	if start {
		least = values[len(values)/20]
	}
	for _, cut := range []float64{95, 90, 80, 50} {
		if least >= cut && least < 100 {
			return cut
		}
	}
	return 0
}

// above leaves out what lies below a cut axis.
func (s Series) above(cut float64) Series {
	t := s
	t.X, t.Y, t.Low = nil, nil, nil
	for i, v := range s.Y {
		if v < cut {
			continue
		}
		t.X, t.Y = append(t.X, s.X[i]), append(t.Y, v)
		if s.Shape == Band {
			t.Low = append(t.Low, max(cut, s.Low[i]))
		}
	}
	return t
}

// Rate draws the learning rate of each step.
func (h History) Rate() Chart {
	c := h.chart()
	c.Y.Title, c.Y.Log = "learning rate, log scale", true
	rate := func(s nnlib.Step) float64 { return s.Rate }
	if len(h.Earlier) > 0 {
		s := h.exact(h.Earlier, rate)
		s.Name, s.Colour, s.Shape, s.Mute = "earlier run", Earlier, Thin, true
		c.Series = append(c.Series, s)
	}
	s := h.exact(h.Steps, rate)
	s.Name, s.Colour = "rate", Rate
	c.Series = append(c.Series, s)
	if n := len(h.Steps); n > 0 {
		from, to := h.Steps[0].Rate, h.Steps[n-1].Rate
		c.Title = "Learning rate " + course(from, to)
		c.Label = fmt.Sprintf("Learning rate against %s, from %s to %s.", c.X.Title, Figures(from, 3), Figures(to, 3))
	}
	return c
}

// Steep says whether the cost falls to less than a twentieth, so that a
// logarithmic axis shows its end better.
func (h History) Steep() bool {
	if len(h.Steps) == 0 {
		return false
	}
	end := h.final(func(s nnlib.Step) float64 { return s.Cost })
	return end > 0 && h.Steps[0].Cost > 20*end
}

// HTML is the three figures beside each other, with their style.
func (h History) HTML() (string, error) { return h.charts().HTML() }

// Figures is the three figures beside each other, for a page that has Style.
func (h History) Figures() (string, error) { return h.charts().Figure() }

// SVG is the three figures as a document of its own.
func (h History) SVG() (string, error) { return h.charts().SVG() }

// PNG writes the three figures on light paper, two pixels to one.
func (h History) PNG(w io.Writer) error { return h.charts().PNG(w) }

func (h History) charts() Charts { return Charts{List: []Chart{h.Cost(), h.Accuracy(), h.Rate()}} }

// course is "falls from 1.80 to 0.146".
func course(from, to float64) string {
	a, b := Figures(from, 3), Figures(to, 3)
	switch {
	case a == b:
		return "stays at " + b
	case to < from:
		return "falls from " + a + " to " + b
	}
	return "rises from " + a + " to " + b
}

// epoch is the number of steps and images in an epoch, and whether the axis
// counts epochs.
func (h History) epoch() (steps int, images int64, use bool) {
	for _, s := range h.Steps {
		images += s.Examples
		if s.EpochEnd {
			return s.Number, images, h.Epochs && s.Number > 1
		}
	}
	return 0, 0, false
}

// final is the value a run ends with: that of the last step or, where an epoch
// has more steps than one, the mean of as many steps at the end.
func (h History) final(value func(nnlib.Step) float64) (mean float64) {
	n, _, _ := h.epoch()
	n = min(max(n, 1), len(h.Steps))
	for _, s := range h.Steps[len(h.Steps)-n:] {
		mean += value(s) / float64(n)
	}
	return mean
}

// rows is Rows, or images.
func (h History) rows() string {
	if h.Rows == "" {
		return "images"
	}
	return h.Rows
}

// place is where a step stands on the axis.
func (h History) place(step float64) float64 {
	if n, _, use := h.epoch(); use {
		return step / float64(n)
	}
	return step
}

func (h History) last() int {
	n := h.Last
	for _, list := range [][]nnlib.Step{h.Steps, h.Earlier} {
		if len(list) > 0 && h.Last == 0 {
			n = max(n, list[len(list)-1].Number)
		}
	}
	return max(n, 2)
}

// chart has the axis of steps or epochs.
func (h History) chart() Chart {
	var c Chart
	if n, images, use := h.epoch(); use {
		c.X.Title = fmt.Sprintf("epochs of %s %s", Number(float64(images), 0), h.rows())
		c.X.Min, c.X.Max = 0, float64(h.last())/float64(n)
		return c
	}
	c.X.Title = "step"
	c.X.Min, c.X.Max, c.X.Ticks = 1, float64(h.last()), steps(h.last())
	return c
}

func (h History) earlier(value func(nnlib.Step) float64, c Chart) []Series {
	if len(h.Earlier) == 0 {
		return nil
	}
	x, y := h.values(h.Earlier, value)
	wide := columns
	if n, _, _ := h.epoch(); n > 1 { // single mini-batches differ by chance
		wide = columns / 4
	}
	s := Series{Name: "earlier run", Colour: Earlier, Shape: Thin, Mute: true}
	for _, k := range thin(x, y, c.X.Min, c.X.Max, wide) {
		s.X, s.Y = append(s.X, k.x), append(s.Y, k.mean)
	}
	return []Series{s}
}

// ringed marks a place with a hollow circle and words so many pixels below, or above.
func ringed(vx, vy float64, name string, below float64) mark {
	return func(p *pen, x, y func(float64) float64) {
		p.ring(Ink, Paper, 4, 1.5, x(vx), y(vy))
		p.text(x(vx), y(vy)+below, words{colour: Ink, anchor: middle, halo: true}, name)
	}
}

// CostHistory is the chart of costs, one an epoch, in the order of training.
func CostHistory(cost []float64) Chart {
	c := History{Steps: numbered(cost, func(s *nnlib.Step, v float64) { s.Cost = v })}.Cost()
	return c.byEpoch()
}

// AccuracyHistory is the chart of accuracies, shares from 0 to 1, one an
// epoch, in the order of training.
func AccuracyHistory(accuracy []float64) Chart {
	c := History{Steps: numbered(accuracy, func(s *nnlib.Step, v float64) { s.Accuracy = v })}.Accuracy()
	return c.byEpoch()
}

func (c Chart) byEpoch() Chart {
	c.X.Title = "epoch"
	return c
}

func numbered(values []float64, set func(*nnlib.Step, float64)) []nnlib.Step {
	list := make([]nnlib.Step, len(values))
	for i, v := range values {
		list[i] = nnlib.Step{Number: i + 1, Epoch: i + 1, EpochEnd: true, Validation: math.NaN(), ValidationAccuracy: math.NaN()}
		set(&list[i], v)
	}
	return list
}
