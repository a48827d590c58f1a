package sweep

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"math"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"

	"digitlab/nnlib"
)

// Plan says what is compared: each variation with each seed.
type Plan struct {
	Variations    []Variation
	Seeds         []uint64 // in place of the recipes' own; nil: those
	Steps, Epochs int      // each run goes to; one of them
}

// Machine says where a sweep runs. It changes no number of the result, the
// seconds aside.
type Machine struct {
	Parallel int // runs at a time; zero means 1
	Workers  int // goroutines of each run; zero means an equal share of the processors, at least 1
	// Part and Parts share a sweep out among processes with one folder: each
	// makes the runs number Part, Part+Parts and so on, and leaves out others
	// that are not there yet. Zero Parts: all.
	Part, Parts int
}

// Sweep is a plan's runs, in a folder or in memory. One goroutine uses it at a
// time.
type Sweep struct {
	plan    Plan
	machine Machine
	folder  string
	jobs    []job
	done    map[int]finished // by place in jobs
	err     error
}

// job is one run to be made.
type job struct {
	number int // of the variation
	name   string
	recipe nnlib.Recipe
	text   string // of the recipe
}

// Open prepares a sweep whose run directories lie in a folder; an empty folder
// keeps them in memory. It writes nothing. It fails on an impossible recipe, on
// variations with the same name or the same recipe, and where not one of Steps
// and Epochs is given. At most one Machine is given.
func Open(folder string, p Plan, m ...Machine) (*Sweep, error) {
	s := &Sweep{plan: p, folder: folder, done: map[int]finished{}}
	if len(m) > 0 {
		s.machine = m[0]
	}
	switch {
	case len(p.Variations) == 0:
		return nil, errors.New("sweep: no variations")
	case (p.Steps > 0) == (p.Epochs > 0) || p.Steps < 0 || p.Epochs < 0:
		return nil, fmt.Errorf("sweep: %d steps and %d epochs: one of them must be above 0", p.Steps, p.Epochs)
	}
	names, texts := map[string]bool{}, map[string]string{}
	for k, v := range p.Variations {
		if names[v.Name] {
			return nil, fmt.Errorf("sweep: two variations are named %q", v.Name)
		}
		names[v.Name] = true
		seeds := p.Seeds
		if seeds == nil {
			seeds = []uint64{v.Recipe.Seed}
		}
		if _, err := nnlib.NewRun(v.Recipe); err != nil {
			return nil, fmt.Errorf("sweep: %s: %w", v.Name, err)
		}
		for _, seed := range seeds {
			j := job{number: k, name: v.Name, recipe: v.Recipe}
			j.recipe.Seed = seed
			j.text = j.recipe.String()
			if other, has := texts[j.text]; has && other == v.Name {
				return nil, fmt.Errorf("sweep: the seed %d is given twice", seed)
			} else if has {
				return nil, fmt.Errorf("sweep: %q and %q are the same recipe", other, v.Name)
			}
			texts[j.text] = v.Name
			s.jobs = append(s.jobs, j)
		}
	}
	return s, nil
}

// Len is the number of runs.
func (s *Sweep) Len() int { return len(s.jobs) }

// Err is the error of the Points ranged over last, or nil.
func (s *Sweep) Err() error { return s.err }

// Points trains and yields each run as it is finished, first those that are
// there already, in the plan's order, marked as replayed. Validation may be
// nil: then the rows that recipe or data hold out are measured, where there are
// any. A run that diverges is a point. Leaving the loop stops and saves the
// runs under way and is no error; so does the end of ctx, which makes Err an
// nnlib.ErrInterrupted. Ranging again goes on.
func (s *Sweep) Points(ctx context.Context, train, validation nnlib.Dataset) iter.Seq[Point] {
	return func(yield func(Point) bool) { s.err = s.run(ctx, train, validation, yield) }
}

type outcome struct {
	at    int
	point Point
	err   error
}

func (s *Sweep) run(ctx context.Context, train, validation nnlib.Dataset, yield func(Point) bool) error {
	ids, err := s.identify(train, validation)
	if err != nil {
		return err
	}
	var open []int
	for i, id := range ids {
		f, found := s.done[i]
		if found = found && f.Identity == id; !found && s.folder != "" {
			if f.Point, found, err = recall(s.dir(i), id); err != nil {
				return err
			}
		}
		if !found {
			delete(s.done, i)
			if s.machine.Parts == 0 || i%s.machine.Parts == s.machine.Part {
				open = append(open, i)
			}
			continue
		}
		f.Identity, f.Point.Dir, f.Point.Replayed = id, s.dir(i), true
		// A folder may be shared by plans that count and name otherwise.
		f.Point.Number, f.Point.Name = s.jobs[i].number, s.jobs[i].name
		s.done[i] = f
		if !yield(f.Point) {
			return nil
		}
	}
	within, cancel := context.WithCancel(ctx)
	todo, results := make(chan int, len(open)), make(chan outcome, len(open))
	for _, i := range open {
		todo <- i
	}
	close(todo)
	var wait sync.WaitGroup
	defer func() { cancel(); wait.Wait() }()
	for range min(max(s.machine.Parallel, 1), len(open)) {
		wait.Go(func() {
			for i := range todo {
				p, err := s.point(within, i, ids[i], train, validation)
				results <- outcome{i, p, err}
				if err != nil {
					return
				}
			}
		})
	}
	go func() { wait.Wait(); close(results) }()
	var failed error
	stopped := false
	for o := range results {
		switch {
		case o.err == nil:
			s.done[o.at] = finished{ids[o.at], o.point}
			if !stopped && !yield(o.point) {
				stopped = true
				cancel()
			}
		case failed == nil && !stopped:
			failed = o.err
			cancel()
		}
	}
	if ctx.Err() != nil && (errors.Is(failed, nnlib.ErrInterrupted) || errors.Is(failed, ctx.Err())) {
		where := "run the sweep again to go on"
		if s.folder == "" {
			where = "runs in memory that were not finished are lost"
		}
		return fmt.Errorf("%w after %d of %d runs: %s", nnlib.ErrInterrupted, len(s.done), len(s.jobs), where)
	}
	return failed
}

// identify says what each point follows from.
func (s *Sweep) identify(train, validation nnlib.Dataset) ([]identity, error) {
	id := identity{Precision: nnlib.Precision}
	for _, d := range []struct {
		set  nnlib.Dataset
		text *string
	}{{train, &id.Data}, {validation, &id.Validation}} {
		if d.set == nil {
			continue
		}
		f, err := d.set.Fingerprint()
		if err != nil {
			return nil, fmt.Errorf("sweep: %w", err)
		}
		*d.text = fmt.Sprintf("sha256:%x", f)
	}
	list := make([]identity, len(s.jobs))
	for i, j := range s.jobs {
		id.Recipe, id.Steps = j.text, s.plan.Steps
		if s.plan.Epochs > 0 {
			id.Steps = j.recipe.Steps(train, s.plan.Epochs)
		}
		list[i] = id
	}
	return list, nil
}

var unusual = regexp.MustCompile(`[^A-Za-z0-9.=+-]+`)

// dir is a run's directory: readable, and the recipe's own whatever the names.
func (s *Sweep) dir(i int) string {
	if s.folder == "" {
		return ""
	}
	j := s.jobs[i]
	name := strings.Trim(unusual.ReplaceAllString(j.name, "_"), "_.")
	return filepath.Join(s.folder, fmt.Sprintf("%.60s_seed=%d_%.4x", name, j.recipe.Seed, sha256.Sum256([]byte(j.text))))
}

// point makes one run and measures its model.
func (s *Sweep) point(ctx context.Context, i int, id identity, train, validation nnlib.Dataset) (Point, error) {
	j, nan := s.jobs[i], math.NaN()
	p := Point{Name: j.name, Number: j.number, Seed: j.recipe.Seed, Rate: nan, Cost: nan, Accuracy: nan, Validation: nan, ValidationAccuracy: nan, Dir: s.dir(i)}
	if o, ok := j.recipe.Optimizer.(nnlib.GradientDescent); ok {
		p.Rate = o.Rate
	}
	workers := s.machine.Workers
	if workers == 0 {
		workers = max(1, runtime.GOMAXPROCS(0)/max(s.machine.Parallel, 1))
	}
	named := func(err error) error { return fmt.Errorf("sweep: %s, seed %d: %w", j.name, j.recipe.Seed, err) }
	run, err := nnlib.OpenRun(p.Dir, j.recipe, nnlib.Machine{Workers: workers})
	if err != nil {
		return p, named(err)
	}
	for step := range run.To(ctx, train, id.Steps) {
		p.Steps, p.Seconds = step.Number, p.Seconds+step.Seconds
	}
	switch err := run.Err(); {
	case errors.Is(err, nnlib.ErrDiverged):
		p.Diverged = true
	case err != nil:
		return p, named(err)
	default:
		p.Stopped = p.Steps < id.Steps
		if err := p.measure(ctx, run.Model(), j.recipe, train, validation); err != nil {
			return p, named(err)
		}
	}
	if p.Dir != "" {
		return p, p.write(id)
	}
	return p, nil
}

// measure fills in costs and accuracies.
func (p *Point) measure(ctx context.Context, m *nnlib.Model, r nnlib.Recipe, train, validation nnlib.Dataset) error {
	own, held, err := split(r, train)
	if err != nil {
		return err
	}
	if validation == nil {
		validation = held
	}
	for _, part := range []struct {
		set            nnlib.Dataset
		cost, accuracy *float64
	}{{own, &p.Cost, &p.Accuracy}, {validation, &p.Validation, &p.ValidationAccuracy}} {
		if part.set == nil {
			continue
		}
		all, err := m.Predict(ctx, part.set)
		if err != nil {
			return err
		}
		*part.cost, *part.accuracy = all.Sum.Mean(), all.Sum.Accuracy()
	}
	if math.IsNaN(p.Cost) || math.IsInf(p.Cost, 0) {
		nan := math.NaN()
		p.Diverged, p.Cost, p.Accuracy, p.Validation, p.ValidationAccuracy = true, nan, nan, nan, nan
	}
	return nil
}
