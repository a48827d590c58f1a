package sweep

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"digitlab/nnlib"
)

// Variation is a recipe with a name that is its own within a sweep.
type Variation struct {
	Name   string // such as "rate=0.1, batch=32"
	Recipe nnlib.Recipe
}

// Setting is one thing that varies between recipes.
type Setting struct {
	Name   string
	Values []Value
	// Draw makes a value from a number in [0, 1), for Random. Nil: one of
	// Values, all equally likely.
	Draw func(u float64) Value
}

// Value is one choice of a setting. Set replaces fields of the recipe; it must
// not write into slices that the recipe shares with its base.
type Value struct {
	Text string
	Set  func(*nnlib.Recipe) error
}

// Choice is a setting of any values, named by how they print.
func Choice[T any](name string, set func(*nnlib.Recipe, T), values ...T) Setting {
	s := Setting{Name: name}
	for _, v := range values {
		s.Values = append(s.Values, Value{fmt.Sprint(v), func(r *nnlib.Recipe) error { set(r, v); return nil }})
	}
	return s
}

// Rate is the setting of gradient descent's rate to start with.
func Rate(rates ...float64) Setting {
	s := Setting{Name: "rate"}
	for _, x := range rates {
		s.Values = append(s.Values, rate(x))
	}
	return s
}

// RateBetween draws rates whose logarithm is uniform, with three significant
// figures. It is for Random alone.
func RateBetween(low, high float64) Setting {
	return Setting{Name: "rate", Draw: func(u float64) Value { return rate(Figures(low * math.Pow(high/low, u))) }}
}

func rate(x float64) Value {
	return Value{strconv.FormatFloat(x, 'g', -1, 64), func(r *nnlib.Recipe) error {
		o, ok := r.Optimizer.(nnlib.GradientDescent)
		if !ok {
			return fmt.Errorf("sweep: %T has no rate: only nnlib.GradientDescent has", r.Optimizer)
		}
		o.Rate = x
		r.Optimizer = o
		return nil
	}}
}

// Figures rounds to three significant figures, which keeps names short.
func Figures(x float64) float64 {
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 3, 64), 64)
	return x
}

// Geometric is n numbers from low to high, both above 0, in equal ratios; each
// between them rounded to three significant figures.
func Geometric(low, high float64, n int) ([]float64, error) {
	if !(low > 0 && high > low) || math.IsInf(high, 0) || n < 2 {
		return nil, fmt.Errorf("sweep: %d numbers from %v to %v: give two or more, from above 0 to something larger", n, low, high)
	}
	list := make([]float64, n)
	for i := range list {
		list[i] = Figures(low * math.Pow(high/low, float64(i)/float64(n-1)))
	}
	list[0], list[n-1] = low, high
	return list, nil
}

// Rates is base at each rate.
func Rates(base nnlib.Recipe, rates ...float64) ([]Variation, error) {
	return Grid(base, Rate(rates...))
}

// Grid is base at every combination of values, the last setting changing
// fastest.
func Grid(base nnlib.Recipe, settings ...Setting) ([]Variation, error) {
	all, err := Combine(settings...)
	if err != nil {
		return nil, err
	}
	return apply(base, settings, all)
}

// Random is base at n different combinations, drawn by the seed.
func Random(base nnlib.Recipe, n int, seed uint64, settings ...Setting) ([]Variation, error) {
	drawn, err := Draw(n, seed, settings...)
	if err != nil {
		return nil, err
	}
	return apply(base, settings, drawn)
}

func apply(base nnlib.Recipe, settings []Setting, all [][]Value) (list []Variation, err error) {
	for _, values := range all {
		v := Variation{Name(settings, values), base}
		for _, x := range values {
			if x.Set == nil {
				return nil, fmt.Errorf("sweep: %s: the value %s sets nothing", v.Name, x.Text)
			}
			if err := x.Set(&v.Recipe); err != nil {
				return nil, fmt.Errorf("sweep: %s: %w", v.Name, err)
			}
		}
		list = append(list, v)
	}
	return list, nil
}

// Name is "rate=0.1, batch=32" for a value of each setting.
func Name(settings []Setting, values []Value) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = settings[i].Name + "=" + v.Text
	}
	return strings.Join(words, ", ")
}

// Combine is every combination: element k of each is a value of settings[k]. It
// fails without settings and on one without values.
func Combine(settings ...Setting) ([][]Value, error) {
	if len(settings) == 0 {
		return nil, fmt.Errorf("sweep: a grid of no settings")
	}
	all := [][]Value{nil}
	for _, s := range settings {
		if len(s.Values) == 0 {
			return nil, fmt.Errorf("sweep: the setting %s has no list of values, which a grid needs", s.Name)
		}
		var longer [][]Value
		for _, head := range all {
			for _, v := range s.Values {
				longer = append(longer, append(head[:len(head):len(head)], v))
			}
		}
		all = longer
	}
	return all, nil
}

// Draw is n different combinations drawn by the seed. It fails where there are
// not that many.
func Draw(n int, seed uint64, settings ...Setting) (list [][]Value, err error) {
	if len(settings) == 0 || n < 1 {
		return nil, fmt.Errorf("sweep: %d draws of %d settings: there must be one of each", n, len(settings))
	}
	for _, s := range settings {
		if len(s.Values) == 0 && s.Draw == nil {
			return nil, fmt.Errorf("sweep: the setting %s has no values to draw from", s.Name)
		}
	}
	r, seen := rand.New(rand.NewPCG(seed, 0)), map[string]bool{}
	for tries := 0; len(list) < n; tries++ {
		if tries == 1000+100*n {
			return nil, fmt.Errorf("sweep: %d different combinations were wanted, only %d were found", n, len(list))
		}
		values := make([]Value, len(settings))
		for i, s := range settings {
			if s.Draw != nil {
				values[i] = s.Draw(r.Float64())
			} else {
				values[i] = s.Values[r.IntN(len(s.Values))]
			}
		}
		if name := Name(settings, values); !seen[name] {
			seen[name] = true
			list = append(list, values)
		}
	}
	return list, nil
}
