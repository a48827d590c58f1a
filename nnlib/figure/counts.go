package figure

import (
	"fmt"

	"digitlab/nnlib/metrics"
)

// Classes is a bar for the number of images of each class, the count above it.
// Nil names number the classes from 0.
func Classes(counts []int64, names []string) Chart {
	c := Chart{Y: Axis{Title: "images"}, X: Axis{Title: "class", Min: -0.5, Max: float64(len(counts)) - 0.5, Ticks: classTicks(names, len(counts))}}
	s := Series{Colour: Training, Shape: Bars}
	var total, least, most int64
	for k, n := range counts {
		s.X, s.Y = append(s.X, float64(k)), append(s.Y, float64(n))
		total += n
		if k == 0 || n < least {
			least = n
		}
		most = max(most, n)
	}
	c.Series = []Series{s}
	c.Width = 380
	c.Title = fmt.Sprintf("%s images, %s to %s a class", Number(float64(total), 0), Number(float64(least), 0), Number(float64(most), 0))
	if least == most {
		c.Title = fmt.Sprintf("%s images, %s of each class", Number(float64(total), 0), Number(float64(least), 0))
	}
	c.marks = append(c.marks, func(p *pen, x, y func(float64) float64) {
		for k, n := range counts {
			p.text(x(float64(k)), y(float64(n))-5, words{colour: Ink, size: 11, anchor: middle, halo: true}, Number(float64(n), 0))
		}
	})
	return c
}

// PixelValues is a histogram of the bytes of images: how many pixels have the
// values 1 to 255, in sixteen bars. Zeros would dwarf the rest and are told in
// the title. counts[b] is the number of pixels with the value b.
func PixelValues(counts [256]int64) Chart {
	var total int64
	s := Series{Colour: Training, Shape: Bars}
	bins := make([]float64, 16)
	for v, n := range counts {
		total += n
		if v > 0 {
			bins[v/16] += float64(n)
		}
	}
	for k, n := range bins {
		s.X, s.Y = append(s.X, float64(16*k)+8), append(s.Y, 100*n/float64(max(total, 1)))
	}
	return Chart{
		Title:  fmt.Sprintf("%s of the pixels are zero", Percent(float64(counts[0])/float64(max(total, 1)), 1)),
		Note:   "zeros are not drawn; each bar spans 16 values",
		Y:      Axis{Title: "share of all pixels, %"},
		X:      Axis{Title: "value of the pixel", Min: 0, Max: 256, Ticks: []Tick{{0, "0"}, {64, "64"}, {128, "128"}, {192, "192"}, {255, "255"}}},
		Series: []Series{s},
	}
}

// few is the number of images below which a bin is drawn hollow.
const few = 30

// Reliability draws the share of right answers against the probability that
// the network gave them, with 95 % intervals.
func Reliability(c *metrics.Calibration) Chart {
	chart := percentChart("answers that were right, %", "probability of its answer, %")
	chart.Title = fmt.Sprintf("Its probabilities are off by %s points on average", Number(100*c.Gap, 1))
	chart.Note = fmt.Sprintf("%d equal bins; lines: 95\u202f%% interval; hollow: under %d images", len(c.Bins), few)
	chart.Label = "Reliability"
	sign := ": "
	for _, b := range c.Bins {
		if b.Count > 0 {
			chart.Label += fmt.Sprintf("%s%s sure, %s right, %s images", sign, Percent(b.Mean, 0), Percent(b.Share(), 0), Number(float64(b.Count), 0))
			sign = "; "
		}
	}
	chart.marks = append(chart.marks, func(p *pen, x, y func(float64) float64) {
		p.stroke(Ink, 1, []float64{2, 3}, x(0), y(0), x(100), y(100))
		p.text(x(70), y(38), words{colour: Mute, halo: true}, "as sure as right")
		for _, b := range c.Bins {
			if b.Count == 0 {
				continue
			}
			low, high := metrics.Wilson(b.Right, b.Count)
			p.stroke(Validation, 1.5, nil, x(100*b.Mean), y(100*low), x(100*b.Mean), y(100*high))
			inside := Validation
			if b.Count < few {
				inside = Paper
			}
			p.ring(Validation, inside, 4, 1.5, x(100*b.Mean), y(100*b.Share()))
		}
	})
	return chart
}

func percentChart(yTitle, xTitle string) Chart {
	hundred := linearTicks(0, 100, 25)
	return Chart{Height: 280, X: Axis{Title: xTitle, Min: 0, Max: 100, Ticks: hundred}, Y: Axis{Title: yTitle, Min: 0, Max: 100, Ticks: hundred}}
}

func linearTicks(from, to, step float64) (ticks []Tick) {
	for v := from; v <= to; v += step {
		ticks = append(ticks, Tick{v, Number(v, 0)})
	}
	return ticks
}

// Certainty draws how many answers fall in each bin of probability, and how
// many of them were wrong.
func Certainty(c *metrics.Calibration) Chart {
	chart := percentChart("images, log scale", fmt.Sprintf("probability of its answer, %d equal bins, %%", len(c.Bins)))
	chart.Y.Ticks, chart.Y.Log = nil, true
	all := Series{Colour: Earlier, Shape: Thin}
	wrong := Series{Colour: Mistake, Shape: Thin}
	most := 10.0
	chart.Label = "Images by probability of the answer"
	sign := ": "
	for _, b := range c.Bins {
		at, n, w := 50*(b.Low+b.High), float64(b.Count), float64(b.Count-b.Right)
		most = max(most, n)
		if n > 0 {
			all.X, all.Y = append(all.X, at), append(all.Y, n)
			chart.Label += fmt.Sprintf("%s%s to %s: %s images, %s wrong", sign, Number(100*b.Low, 0), Percent(b.High, 0), Number(n, 0), Number(w, 0))
			sign = "; "
		}
		if w > 0 {
			wrong.X, wrong.Y = append(wrong.X, at), append(wrong.Y, w)
		}
	}
	_, chart.Y.Min, chart.Y.Max = logarithmic(1, 1.6*most)
	chart.Y.Max = 1.6 * most
	dots := func(s Series) Series { s.Shape = Points; return s }
	chart.Series = []Series{all, wrong, dots(all), dots(wrong)}
	chart.marks = append(chart.marks, func(p *pen, x, y func(float64) float64) {
		for i := range all.X {
			p.text(x(all.X[i]), y(all.Y[i])-8, words{colour: Ink, anchor: middle, halo: true}, Number(all.Y[i], 0))
		}
		for i := range wrong.X {
			at := y(wrong.Y[i]) + 17
			if at > y(chart.Y.Min)-2 {
				continue
			}
			p.text(x(wrong.X[i]), at, words{colour: Mistake, anchor: middle, halo: true}, Number(wrong.Y[i], 0))
		}
	})
	chart.Title = "How sure the answers were"
	chart.Note = "grey: all answers in the bin; red: the wrong ones"
	return chart
}

// Withheld draws the share of mistakes that is left when the least sure
// answers are withheld, and rings the first place where mistakes fall to a
// share of target, such as 0.005.
func Withheld(list []metrics.Abstention, target float64) Chart {
	c := Chart{Height: 280, Y: Axis{Title: "mistakes among the rest, %"}, X: Axis{Title: "left unanswered, % of images", Min: 0, Max: 80, Ticks: linearTicks(0, 80, 20)}}
	c.Title, c.Note = "Leaving the least sure unanswered", "images left unanswered in order of probability"
	s := Series{Colour: Mistake, Shape: Thin}
	last := -1
	for _, a := range list {
		if at := 100 * a.Share; at <= 80 && int(at*3) != last {
			s.X, s.Y, last = append(s.X, at), append(s.Y, 100*a.Wrong), int(at*3)
		}
	}
	c.Series = []Series{s}
	for _, a := range list {
		if a.Wrong <= target && a.Withheld > 0 && a.Share <= 0.8 {
			c.Title = fmt.Sprintf("Leaving the least sure %s unanswered brings mistakes to %s", Percent(a.Share, 1), Percent(a.Wrong, 1))
			c.marks = append(c.marks, func(p *pen, x, y func(float64) float64) {
				px, py := x(100*a.Share), y(100*a.Wrong)
				p.ring(Ink, Paper, 4, 1.5, px, py)
				w, text := words{colour: Ink, halo: true}, fmt.Sprintf("%s unanswered: %s wrong", Percent(a.Share, 1), Percent(a.Wrong, 1))
				if dx := 8.0; a.Share > 0.4 {
					w.anchor = end
					p.text(px-dx, py-8, w, text)
				} else {
					p.text(px+dx, py-8, w, text)
				}
			})
			break
		}
	}
	if len(list) > 0 {
		c.Label = fmt.Sprintf("Mistakes against share left unanswered, from %s. %s.", Percent(list[0].Wrong, 1), c.Title)
	}
	return c
}
