package figure

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Tick is a marked place of an axis.
type Tick struct {
	Value float64
	Text  string
}

// nice is the step of at most n intervals that cover a span: 1, 2, 2.5, 4 or
// 5 times a power of ten.
func nice(span float64, n int) float64 {
	if !(span > 0) || math.IsInf(span, 0) {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(span/float64(n)))-1)
	for ; ; unit *= 10 {
		for _, m := range []float64{1, 2, 2.5, 4, 5} {
			if m*unit*float64(n) >= span*(1-1e-9) {
				return m * unit
			}
		}
	}
}

// linear marks an axis from low to high in at most n intervals and gives the
// ends of the axis, which are marked too.
func linear(low, high float64, n int) (ticks []Tick, from, to float64) {
	step := nice(high-low, n)
	for {
		from, to = math.Floor(low/step+1e-9)*step, math.Ceil(high/step-1e-9)*step
		if to <= from {
			to = from + step
		}
		if to-from < (float64(n)+0.5)*step {
			break
		}
		step = nice(1.01*step*float64(n), n)
	}
	decimals := places(step)
	for k := 0; ; k++ {
		v := from + float64(k)*step
		if v > to+step/2 {
			return ticks, from, to
		}
		if math.Abs(v) < step/2 {
			v = 0
		}
		text := "0"
		switch {
		case v != 0 && max(-from, to) >= huge:
			text = power(v, -1)
		case v != 0:
			text = Number(v, decimals)
		}
		ticks = append(ticks, Tick{v, text})
	}
}

// huge is where numbers are written as powers of ten.
const huge = 1e9

// places is the number of decimals that a step of ticks needs.
func places(step float64) int {
	for d := range 12 {
		if v := step * math.Pow(10, float64(d)); math.Abs(v-math.Round(v)) < 1e-6*v {
			return d
		}
	}
	return 12
}

// steps marks step numbers from 1 to last, both ends of the axis: 1, and
// multiples of a nice whole number.
func steps(last int) (ticks []Tick) {
	by := 1
	if last > 8 {
		by = int(math.Ceil(nice(float64(last), 4) - 1e-9))
		ticks = append(ticks, Tick{1, "1"})
	}
	for k := by; k <= last; k += by {
		ticks = append(ticks, Tick{float64(k), Number(float64(k), 0)})
	}
	return ticks
}

// logarithmic marks an axis from low to high, both above zero, at powers of
// ten, and also at 2 and 5 times these where there are fewer than three; it
// gives the ends, which are 1, 2 or 5 times a power of ten.
func logarithmic(low, high float64) (ticks []Tick, from, to float64) {
	if !(low > 0) {
		low = 1
	}
	high = max(high, low)
	a, b := int(math.Floor(math.Log10(low))), int(math.Ceil(math.Log10(high)))
	var all []float64
	for e := a - 1; e <= b+1; e++ {
		for _, f := range []float64{1, 2, 5} {
			all = append(all, f*math.Pow(10, float64(e)))
		}
	}
	from, to = all[0], all[len(all)-1]
	for _, v := range all {
		if v <= low*(1+1e-9) {
			from = v
		}
	}
	for _, v := range slices.Backward(all) {
		if v >= high*(1-1e-9) && v > from*1.5 {
			to = v
		}
	}
	decades := 0
	for e := a - 1; e <= b+1; e++ {
		if v := math.Pow(10, float64(e)); v >= from*(1-1e-9) && v <= to*(1+1e-9) {
			decades++
		}
	}
	every := max(1, (decades+3)/5)
	for i, v := range all {
		if v < from*(1-1e-9) || v > to*(1+1e-9) {
			continue
		}
		if power := a - 1 + i/3; decades < 3 || i%3 == 0 && power%every == 0 {
			ticks = append(ticks, Tick{v, short(v)})
		}
	}
	return ticks, from, to
}

// short writes 0.001, 5, 100, 10 k or 2 M.
func short(v float64) string {
	switch {
	case v >= huge:
		return power(v, 1)
	case v >= 1e6:
		return Number(v/1e6, 0) + "\u202fM"
	case v >= 1e4:
		return Number(v/1e3, 0) + "\u202fk"
	case v < 1e-4:
		return power(v, 1)
	case v < 1:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return Number(v, 0)
}

// Number writes v with so many decimals, a comma between thousands and a true
// minus sign: 9,752 and −0.50. What is not a number is a dash.
func Number(v float64, decimals int) string {
	if math.IsNaN(v) {
		return "–"
	}
	s := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, rest := s, ""
	if i := strings.IndexByte(s, '.'); i >= 0 {
		whole, rest = s[:i], s[i:]
	}
	for i := len(whole) - 3; i > 0 && !math.IsInf(v, 0); i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if v < 0 && strings.Trim(s, "0.") != "" {
		whole = "−" + whole
	}
	return whole + rest
}

// Percent writes a share with so many decimals: 97.5 % for 0.975, with a
// narrow space that does not break.
func Percent(share float64, decimals int) string { return Number(100*share, decimals) + "\u202f%" }

// Figures writes v with so many significant figures: 1.80, 0.146, 12,300.
func Figures(v float64, n int) string {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return Number(v, 0)
	}
	e := int(math.Floor(math.Log10(math.Abs(v))))
	if math.Abs(v) < 1e-5 || math.Abs(v) >= huge {
		return power(v, n)
	}
	if scale := math.Pow(10, float64(e-n+1)); math.Abs(math.Round(v/scale)) >= math.Pow(10, float64(n)) {
		e++ // rounds up to the next power of ten
	}
	return Number(v, max(0, n-1-e))
}

// power writes 1.5e−6 with n figures; −1: as many as it has, of six.
func power(v float64, n int) string {
	s := strconv.FormatFloat(v, 'e', n-1, 64)
	if n < 0 {
		s = strconv.FormatFloat(v, 'e', 5, 64)
		mantissa, rest, _ := strings.Cut(s, "e")
		s = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".") + "e" + rest
	}
	return strings.NewReplacer("e-0", "e−", "e+0", "e", "e+", "e", "-", "−").Replace(s)
}
