package main

import (
	"flag"
	"math"
	"strconv"
	"strings"

	"digitlab/nnlib/sweep"
)

// variationFlags say what a sweep compares.
type variationFlags struct {
	rates, grid, seeds string
	random             int
	randomSeed         uint64
}

func (v *variationFlags) register(f *flag.FlagSet) {
	f.StringVar(&v.rates, "rates", "", "learning rates: `LOW:HIGH:N` for N in equal ratios, or a list such as 0.01,0.1,1")
	f.StringVar(&v.grid, "grid", "", "flags and their values: `FLAG=VALUES;...`, such as \"rate=0.1,0.3;batch=32,64\". VALUES are separated by commas, or by | where a value holds commas "+
		"(\"net=784 affine:10 softmax+cross-entropy|784 affine:32 tanh affine:10 softmax+cross-entropy\"); LOW:HIGH:N as in -rates; with -random also LOW..HIGH, drawn with uniform logarithm")
	f.StringVar(&v.seeds, "seeds", "", "`seeds` of every variation, such as 1,2,3,4,5; the table has mean and standard deviation over them (default: -seed)")
	f.IntVar(&v.random, "random", 0, "this many combinations of -grid and -rates drawn at random; 0: all of them")
	f.Uint64Var(&v.randomSeed, "random-seed", 1, "seed of these draws")
}

// plan is the flags as a plan, and what varies in it.
func (v *variationFlags) plan(f *flag.FlagSet, flags *recipeFlags) (p sweep.Plan, settings []sweep.Setting, err error) {
	if v.random < 0 {
		return p, nil, usagef("-random must not be negative")
	}
	if settings, err = v.settings(); err != nil {
		return p, nil, err
	}
	if p.Seeds, err = readSeeds(v.seeds); err != nil {
		return p, nil, err
	}
	f.Visit(func(g *flag.Flag) {
		if g.Name == "seed" && p.Seeds != nil {
			err = usagef("-seed and -seeds: use one of them")
		}
	})
	if err != nil {
		return p, nil, err
	}
	p.Steps = flags.steps
	if flags.epochs > 0 {
		p.Steps, p.Epochs = 0, flags.epochs
	}
	combinations := [][]sweep.Value{nil}
	switch {
	case len(settings) == 0 && (p.Seeds == nil || v.random > 0):
		return p, nil, usagef("nothing varies: give -rates, -grid or -seeds")
	case v.random > 0:
		combinations, err = sweep.Draw(v.random, v.randomSeed, settings...)
	case len(settings) > 0:
		combinations, err = sweep.Combine(settings...)
	}
	if err != nil {
		return p, nil, usageError{err}
	}
	for _, values := range combinations {
		r, err := recipeOf(f, settings, values)
		if err != nil {
			return p, nil, err
		}
		name := sweep.Name(settings, values)
		if name == "" {
			name = "as given"
		}
		p.Variations = append(p.Variations, sweep.Variation{Name: name, Recipe: r})
	}
	return p, settings, nil
}

// fixed are flags of train's that are no part of what is compared.
var fixed = map[string]string{"steps": "", "epochs": "", "time": "", "seed": ": use -seeds"}

func (v *variationFlags) settings() (list []sweep.Setting, err error) {
	var specs []string
	if v.rates != "" {
		specs = append(specs, "rate="+v.rates)
	}
	for _, spec := range strings.Split(v.grid, ";") {
		if spec = strings.TrimSpace(spec); spec != "" {
			specs = append(specs, spec)
		}
	}
	known, _ := sweepRecipe()
	seen := map[string]bool{}
	for _, spec := range specs {
		name, text, has := strings.Cut(spec, "=")
		name = strings.TrimSpace(name)
		why, not := fixed[name]
		switch {
		case !has || text == "":
			return nil, usagef("-grid %q: write it as FLAG=VALUE,VALUE", spec)
		case not:
			return nil, usagef("-grid: -%s does not vary in a sweep%s", name, why)
		case known.Lookup(name) == nil:
			return nil, usagef("-grid: there is no flag -%s of the recipe", name)
		case seen[name]:
			return nil, usagef("-%s is varied twice", name)
		}
		seen[name] = true
		s, err := v.setting(name, text)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// setting reads the values of one flag.
func (v *variationFlags) setting(name, text string) (sweep.Setting, error) {
	s := sweep.Setting{Name: name}
	if low, high, is := strings.Cut(text, ".."); is {
		x, err := floats(low, high)
		if err != nil || !(x[0] > 0 && x[1] > x[0]) {
			return s, usagef("-%s=%s: write a range as 0.001..1, from above 0 to something larger", name, text)
		}
		if v.random == 0 {
			return s, usagef("-%s=%s: a range is for -random; write a grid as 0.001:1:10", name, text)
		}
		s.Draw = func(u float64) sweep.Value {
			return sweep.Value{Text: number(sweep.Figures(x[0] * math.Pow(x[1]/x[0], u)))}
		}
		return s, nil
	}
	if parts := strings.Split(text, ":"); len(parts) == 3 {
		if x, err := floats(parts...); err == nil {
			list, err := sweep.Geometric(x[0], x[1], int(x[2]))
			if err != nil || x[2] != math.Trunc(x[2]) {
				return s, usagef("-%s=%s: write it as LOW:HIGH:N, such as 0.001:1:10, with LOW above 0 and below HIGH, and N two or more", name, text)
			}
			for _, x := range list {
				s.Values = append(s.Values, sweep.Value{Text: number(x)})
			}
			return s, nil
		}
	}
	separator := ","
	if strings.Contains(text, "|") {
		separator = "|"
	}
	for _, word := range strings.Split(text, separator) {
		if word = strings.TrimSpace(word); word != "" {
			s.Values = append(s.Values, sweep.Value{Text: word})
		}
	}
	return s, nil
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

func floats(words ...string) (list []float64, err error) {
	for _, w := range words {
		x, err := strconv.ParseFloat(strings.TrimSpace(w), 64)
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return list, nil
}

func readSeeds(text string) (list []uint64, err error) {
	for _, w := range strings.Split(text, ",") {
		if w = strings.TrimSpace(w); w == "" {
			continue
		}
		seed, err := strconv.ParseUint(w, 10, 64)
		if err != nil {
			return nil, usagef("-seeds %s: %q is not a whole number from 0 on", text, w)
		}
		list = append(list, seed)
	}
	return list, nil
}
