package notebook

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"digitlab/nnlib"
	"digitlab/nnlib/figure"
)

// history is the run for its charts. The axis of steps goes to the target from
// the beginning, so that lines grow to the right and nothing jumps.
func (w *watched) history() figure.History {
	t := w.run.Recipe().Topology
	return figure.History{Steps: w.steps, Earlier: w.before(), Last: w.target, Unit: unit(t), Rows: rowName(t)}
}

// before is the earlier run as far as the axis goes.
func (w *watched) before() []nnlib.Step {
	if w.earlier == nil {
		return nil
	}
	h := w.earlier.History()
	return h[:min(len(h), w.target)]
}

// unit is the cost's.
func unit(t nnlib.Topology) string {
	one := strings.TrimSuffix(rowName(t), "s")
	switch t.Layers[len(t.Layers)-1].(type) {
	case nnlib.SigmoidSquaredError:
		return "half squared error per " + one
	case nnlib.SoftmaxCrossEntropy:
		return "nats per " + one
	}
	return ""
}

// rowName is what the network reads in one word: images, where its input has
// height and width, else rows.
func rowName(t nnlib.Topology) string {
	if t.Input.Height > 1 && t.Input.Width > 1 {
		return "images"
	}
	return "rows"
}

// charts is cost, accuracy and rate beside each other.
func (w *watched) charts() template.HTML {
	h := w.history()
	cost, accuracy, rate := h.Cost(), h.Accuracy(), h.Rate()
	cost.Title, accuracy.Title, rate.Title = "Cost", "Accuracy", "Learning rate"
	rows := rowName(w.run.Recipe().Topology)
	which := "training " + rows + ", before the update"
	if w.perEpoch > 1 {
		which = "training " + rows + ", mean of the last " + count(min(w.perEpoch, max(len(w.steps), 1))) + " steps"
	}
	cost.Note = which
	accuracy.Note = strings.TrimSuffix(which+"; "+accuracy.Note, "; ")
	if w.measured {
		cost.Note = "training and validation " + rows
		accuracy.Note = strings.Replace(accuracy.Note, which, which+"; validation after it", 1)
	}
	if n := len(w.steps); n > 0 {
		c, a := w.mean(w.steps)
		cost.Title += " " + figure.Figures(c, 3)
		accuracy.Title += " " + figure.Percent(a, 1)
		rate.Title += " " + figure.Figures(w.steps[n-1].Rate, 3)
	}
	switch o := w.run.Recipe().Optimizer.(type) {
	case nnlib.GradientDescent:
		rate.Y.Min, rate.Y.Max = w.decades(o.Rate)
		rate.Note = "constant"
		if o.Schedule != nil {
			rate.Note = rule(o.Schedule)
		}
		for i, line := range rate.Series { // smaller rates run along the axis
			line.Y = slices.Clone(line.Y)
			for k, v := range line.Y {
				line.Y[k] = max(v, rate.Y.Min)
			}
			rate.Series[i] = line
		}
	case nnlib.LBFGS:
		rate.Title = strings.Replace(rate.Title, "Learning rate", "Step length", 1)
		rate.Y.Title = strings.Replace(rate.Y.Title, "learning rate", "step length", 1)
		rate.Label = strings.Replace(rate.Label, "Learning rate", "Step length", 1)
		for i := range rate.Series {
			if rate.Series[i].Name == "rate" {
				rate.Series[i].Name = "length"
			}
		}
		rate.Note = "searched for at every step; 1 is the first try"
	default:
		rate.Note = ""
	}
	return w.figures(append([]figure.Chart{cost, accuracy, rate}, w.drawPictures()...)...)
}

// drawPictures is the charts of the model as it is now.
func (w *watched) drawPictures() (list []figure.Chart) {
	for _, draw := range w.pictures {
		c, err := draw(w.run.Model())
		if err != nil {
			if w.broken == nil {
				w.broken = fmt.Errorf("notebook: picture of the model: %w", err)
			}
			continue
		}
		list = append(list, c)
	}
	return list
}

// costChart is the cost alone, for the block of a run that diverged.
func (w *watched) costChart() template.HTML {
	if len(w.steps) == 0 {
		return ""
	}
	c := w.history().Cost()
	c.Title = "Cost up to step " + count(len(w.steps))
	return w.figures(c)
}

// figures draws charts at the live block's size.
func (w *watched) figures(charts ...figure.Chart) template.HTML {
	var s strings.Builder
	for _, c := range charts {
		if c.Width == 0 {
			c.Width, c.Height = 280, 196
		}
		f, err := c.Figure()
		if err != nil {
			f = "<p>" + template.HTMLEscapeString(err.Error()) + "</p>"
		}
		s.WriteString(f)
	}
	return template.HTML(s.String())
}

// mean is the mean cost and accuracy of as many steps at the end of a list as
// an epoch has.
func (w *watched) mean(list []nnlib.Step) (cost, accuracy float64) {
	last := list[len(list)-min(w.perEpoch, len(list)):]
	for _, s := range last {
		cost += s.Cost / float64(len(last))
		accuracy += s.Accuracy / float64(len(last))
	}
	return cost, accuracy
}

// decades is the axis of rates: two powers of ten on either side of the first
// rate, so that it seldom has to grow. It does not go below a billionth of the
// first rate: what is smaller moves no weight.
func (w *watched) decades(start float64) (low, high float64) {
	e := math.Floor(math.Log10(start) + 1e-9)
	low, high = math.Pow(10, e-2), math.Pow(10, e+2)
	for _, s := range w.steps {
		for s.Rate > high {
			high *= 10
		}
		for s.Rate < low && low > start*1e-9 {
			low /= 10
		}
	}
	return low, high
}

// rule is a schedule in words.
func rule(s nnlib.Schedule) string {
	if b, ok := s.(nnlib.BoldDriver); ok {
		grow, shrink := b.Grow, b.Shrink
		if grow == 0 {
			grow = 1.05
		}
		if shrink == 0 {
			shrink = 0.5
		}
		rule := fmt.Sprintf("cost fell: × %g, else × %g", grow, shrink)
		if b.Undo {
			rule += "; a bad step is taken back"
		}
		return rule
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", s), "nnlib.")
}
