package figure

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"digitlab/nnlib/sweep"
)

// Rates draws the costs that runs end with against the learning rate they
// start with: a dot a run, and lines through the means over the seeds. A rate
// at which runs diverged is marked at the top. The chart picks no rate.
func Rates(r *sweep.Result) Chart {
	c := Chart{Width: 460, Height: 280, X: Axis{Title: "learning rate, log scale", Log: true}, Y: Axis{Title: "cost after " + length(r)}}
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
// to each side. Costs are those of the rows held out, where they were
// measured.
func SeedCosts(r *sweep.Result) Chart {
	held, what := heldOut(r), "training cost"
	if held {
		what = "validation cost"
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
func SeedAccuracies(r *sweep.Result) Chart {
	held, what := heldOut(r), "training rows read correctly, %"
	if held {
		what = "validation rows read correctly, %"
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
	c := Chart{X: Axis{Title: what + ", after " + length(r)}, Y: Axis{Title: "variation", Min: -float64(n) + 0.5, Max: 0.5, Ticks: []Tick{}}}
	c.Height = float64(top + bottom + 22*max(n, 1))
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
		wide = max(wide, words{}.width(name))
		c.Y.Ticks = append(c.Y.Ticks, Tick{-float64(k), name})
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
	c.margin = math.Ceil(1.15*wide) + 10 // fonts of viewers may be wider than that of PNG files
	c.Width = c.margin + 350
	c.marks = append(c.marks, func(p *pen, x, y func(float64) float64) {
		for k, v := range r.Rows {
			s, at := spread(v), y(-float64(k))
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
				p.ring(Validation, Paper, 3, 1.5, x(v), y(-float64(place[q.Number])))
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

// shortNames is the rows' names; where one is long, without the words at both
// ends of a setting's value that all rows share.
func shortNames(rows []sweep.Row) []string {
	names, long := make([]string, len(rows)), false
	var settings [][][]string // words, by row and setting
	for i, v := range rows {
		names[i] = v.Name
		long = long || len(v.Name) > longest
		var row [][]string
		for _, s := range strings.Split(v.Name, ", ") {
			row = append(row, strings.Fields(strings.Replace(s, "=", "= ", 1)))
		}
		settings = append(settings, row)
	}
	same := !slices.ContainsFunc(settings, func(row [][]string) bool { return len(row) != len(settings[0]) })
	if !long || !same || len(rows) < 2 {
		return shortened(names)
	}
	for k := range settings[0] {
		var head, tail int
		shared := func(at func(words []string, n int) string) (n int) {
			for ; ; n++ {
				for _, row := range settings {
					if n+head >= len(row[k]) || at(row[k], n) != at(settings[0][k], n) {
						return n
					}
				}
			}
		}
		head = shared(func(words []string, n int) string { return words[n] })
		if first := settings[0][k]; head == len(first) && head <= 2 {
			continue
		}
		tail = shared(func(words []string, n int) string { return words[len(words)-1-n] })
		for _, row := range settings {
			words := row[k][head : len(row[k])-tail]
			if head > 1 {
				words = append([]string{"…"}, words...)
			}
			if tail > 0 {
				words = append(words[:len(words):len(words)], "…")
			}
			if head > 0 {
				words = append([]string{row[k][0]}, words...)
			}
			row[k] = words
		}
	}
	for i, row := range settings {
		var list []string
		for _, words := range row {
			list = append(list, strings.Replace(strings.Join(words, " "), "= ", "=", 1))
		}
		names[i] = strings.Join(list, ", ")
	}
	return shortened(names)
}

// longest is the number of characters of a name that is shown as it is.
const longest = 48

// shortened cuts the middle out of names that are much longer.
func shortened(names []string) []string {
	for i, s := range names {
		if r, n := []rune(s), longest+longest/2; len(r) > n {
			names[i] = string(r[:n/2]) + "…" + string(r[len(r)-(n-1-n/2):])
		}
	}
	return names
}
