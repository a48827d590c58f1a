package figure

import (
	"fmt"
	"math"
	"slices"

	"digitlab/nnlib/sweep"
)

// Rates draws the costs that runs end with against the learning rate they
// start with: a dot a run, and lines through the means over the seeds. A rate
// at which runs diverged is marked at the top. The chart picks no rate.
func Rates(r *sweep.Result) Chart {
	c := Chart{Width: 380, Height: 280, X: Axis{Title: "learning rate, log scale", Log: true}, Y: Axis{Title: "cost after " + length(r)}}
	train := Series{Name: "training", Colour: Training, Shape: Dotted}
	held := Series{Name: "validation", Colour: Validation, Shape: Solid}
	rows := slices.Clone(r.Rows)
	slices.SortStableFunc(rows, func(a, b sweep.Row) int {
		if a.Rate < b.Rate {
			return -1
		}
		if a.Rate > b.Rate {
			return 1
		}
		return 0
	})
	low, high, least, most := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, v := range rows {
		if !(v.Rate > 0) {
			continue
		}
		least, most = min(least, v.Rate), max(most, v.Rate)
		train.X, train.Y = append(train.X, v.Rate), append(train.Y, v.Cost.Mean)
		held.X, held.Y = append(held.X, v.Rate), append(held.Y, v.Validation.Mean)
	}
	measured := slices.ContainsFunc(held.Y, finite)
	for _, p := range r.Points {
		for _, cost := range []float64{p.Cost, p.Validation} {
			if finite(cost) {
				low, high = min(low, cost), max(high, cost)
			}
		}
	}
	if least <= most { // a little room beside the first and the last rate
		c.X.Min, c.X.Max = least/1.3, most*1.3
	}
	if low > 0 && high > 20*low {
		c.Y.Log = true
		c.Y.Title += ", log scale"
		_, c.Y.Min, c.Y.Max = logarithmic(low, high)
	} else if low < high {
		_, c.Y.Min, c.Y.Max = linear(min(0, low), high, 5)
	}
	c.Series = []Series{held, train}
	single := [2]Series{{Colour: Training, Shape: Points}, {Colour: Validation, Shape: Points}}
	for _, p := range r.Points {
		single[0].X, single[0].Y = append(single[0].X, p.Rate), append(single[0].Y, p.Cost)
		single[1].X, single[1].Y = append(single[1].X, p.Rate), append(single[1].Y, p.Validation)
	}
	c.marks = append(c.marks, func(p *pen, x, y func(float64) float64) {
		for k, s := range single {
			for i := range s.X {
				if s.X[i] > 0 && finite(s.Y[i]) && (!c.Y.Log || s.Y[i] > 0) {
					inside := Paper
					if k == 0 {
						inside = s.Colour
					}
					p.ring(s.Colour, inside, 2.5, 1.25, x(s.X[i]), y(s.Y[i]))
				}
			}
		}
		for _, v := range rows {
			if v.Rate > 0 && v.Diverged > 0 {
				w := words{colour: Mistake, anchor: middle, bold: true, halo: true}
				p.text(x(v.Rate), top-2, w, fmt.Sprintf("%d×", v.Diverged))
				p.stroke(Mistake, 1, []float64{2, 3}, x(v.Rate), top+3, x(v.Rate), p.height-bottom)
			}
		}
	})
	diverged := 0
	for _, v := range rows {
		diverged += v.Diverged
	}
	c.Title = fmt.Sprintf("Cost after %s at %d learning rates", length(r), len(train.X))
	c.Note = "filled: rows trained on"
	if measured {
		c.Note += "; hollow: held out"
	}
	if several(r) {
		c.Note += "; lines: mean over seeds"
	}
	if diverged > 0 {
		c.Note += "; red: runs that diverged"
	}
	c.Label = c.Title
	sign := ": "
	for i, x := range train.X {
		c.Label += fmt.Sprintf("%srate %s: training %s", sign, Figures(x, 3), Figures(train.Y[i], 3))
		if measured {
			c.Label += ", validation " + Figures(held.Y[i], 3)
		}
		sign = "; "
	}
	return c
}

// SeedCosts draws the cost of every run, a line a variation in the plan's
// order: a dot a seed, a bar at the mean and a line of one standard deviation
// to each side. Costs are those of the rows held out, where they were measured.
// rows names these, such as "test images"; without it they are validation rows.
func SeedCosts(r *sweep.Result, rows ...string) Chart {
	held, what := heldOut(r), "training cost"
	if held {
		what = "validation cost"
		if len(rows) > 0 {
			what = "cost of the " + rows[0]
		}
	}
	return spreads(r, what, 1, func(p sweep.Point) float64 {
		if held {
			return p.Validation
		}
		return p.Cost
	}, func(v sweep.Row) sweep.Spread {
		if held {
			return v.Validation
		}
		return v.Cost
	})
}

// SeedAccuracies draws the accuracies of every run as SeedCosts draws costs.
func SeedAccuracies(r *sweep.Result, rows ...string) Chart {
	held, what := heldOut(r), "training rows read correctly, %"
	if held {
		what = "validation rows read correctly, %"
		if len(rows) > 0 {
			what = rows[0] + " read correctly, %"
		}
	}
	return spreads(r, what, 100, func(p sweep.Point) float64 {
		if held {
			return p.ValidationAccuracy
		}
		return p.Accuracy
	}, func(v sweep.Row) sweep.Spread {
		if held {
			return v.ValidationAccuracy
		}
		return v.Accuracy
	})
}

func spreads(r *sweep.Result, what string, times float64, value func(sweep.Point) float64, spread func(sweep.Row) sweep.Spread) Chart {
	n := len(r.Rows)
	c := Chart{X: Axis{Title: what + ", after " + length(r)}, Y: Axis{Title: "variation", Min: -float64(max(n, 1)), Max: 0, Ticks: []Tick{}}}
	c.Height = float64(top + bottom + 36*max(n, 1))
	c.Title = fmt.Sprintf("%d variations, %d runs", n, len(r.Points))
	c.Note = "dots: runs"
	if several(r) {
		c.Note = "dots: seeds; bar: mean; line: one standard deviation to each side"
	}
	c.Label = c.Title + ", " + c.X.Title
	place := map[int]int{} // of a variation
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range r.Points {
		if _, has := place[p.Number]; !has {
			place[p.Number] = len(place)
		}
		if v := times * value(p); finite(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	names := shortNames(r.Rows)
	wide, sign := 0.0, ": "
	for k, v := range r.Rows {
		name := names[k]
		if v.Diverged > 0 {
			name += fmt.Sprintf(" (%d of %d diverged)", v.Diverged, v.Runs)
		}
		wide = max(wide, words{}.room(name))
		names[k] = name
		s := spread(v)
		c.Label += fmt.Sprintf("%s%s %s", sign, v.Name, Figures(times*s.Mean, 4))
		sign = "; "
		if from, to := times*(s.Mean-s.Deviation), times*(s.Mean+s.Deviation); finite(from) {
			low, high = min(low, from), max(high, to)
		}
	}
	if low > high {
		low, high = 0, 1
	}
	room := 0.03 * (high - low) // for the dots at the ends
	from := low - room
	if low >= 0 {
		from = max(0, from)
	}
	_, c.X.Min, c.X.Max = linear(from, high+room, 5)
	c.Width = max(380, wide+30)
	c.marks = append(c.marks, func(p *pen, x, y func(float64) float64) {
		line := func(k int) float64 { return y(-float64(k)) + 25 }
		for k, v := range r.Rows {
			s, at := spread(v), line(k)
			p.text(x(c.X.Min), at-11, words{colour: Ink}, names[k])
			p.stroke(Line, 1, nil, x(c.X.Min), at, x(c.X.Max), at)
			if !finite(s.Mean) {
				continue
			}
			if finite(s.Deviation) {
				p.stroke(Ink, 1.25, nil, x(times*(s.Mean-s.Deviation)), at, x(times*(s.Mean+s.Deviation)), at)
				p.bar(Ink, x(times*s.Mean)-1.25, at-7, 2.5, 14)
			}
		}
		for _, q := range r.Points {
			if v := times * value(q); finite(v) {
				p.ring(Validation, Paper, 3, 1.5, x(v), line(place[q.Number]))
			}
		}
	})
	return c
}

// length is "100 steps" or "3 epochs".
func length(r *sweep.Result) string {
	n, unit := r.Steps, "step"
	if r.Epochs > 0 {
		n, unit = r.Epochs, "epoch"
	}
	if n != 1 {
		unit += "s"
	}
	return Number(float64(n), 0) + " " + unit
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// heldOut says whether rows that were not trained on were measured.
func heldOut(r *sweep.Result) bool {
	return slices.ContainsFunc(r.Points, func(p sweep.Point) bool { return finite(p.Validation) })
}

// several says whether a variation has more runs than one.
func several(r *sweep.Result) bool {
	return slices.ContainsFunc(r.Rows, func(v sweep.Row) bool { return v.Runs > 1 })
}
