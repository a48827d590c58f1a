package main

import "time"

// contest is one measurement of everything.
type contest struct {
	place
	contenders    []contender
	rounds, times int
	threads       int  // 0: those that a work has goals for
	all           bool // 1 and 2 threads, goals or not
	say           func(format string, args ...any)
}

// counts is the numbers of threads that w is measured on.
func (s contest) counts(w work, processors int) []int {
	if s.threads > 0 {
		return []int{s.threads}
	}
	return w.threads(processors, s.all)
}

// calm is the time before a turn: threads of the contender before, above all OpenMP's and OpenBLAS's, keep their
// processors busy for a tenth of a second after its last timing.
const calm = 500 * time.Millisecond

// row measures one work on so many threads: all contenders are made ready, then they take turns.
func (s contest) row(w work, threads int) table {
	t := table{Work: w, Threads: threads}
	var running []*process
	var who []contender
	for _, c := range s.contenders {
		if !c.takesPart(w) {
			continue
		}
		t.Results = append(t.Results, result{Contender: c.Name})
		running, who = append(running, nil), append(who, c)
		r := &t.Results[len(t.Results)-1]
		if w.Cold {
			for range s.rounds {
				s.fail(r, s.cold(r, c, w, threads))
			}
			continue
		}
		p, a, err := s.ready(c, w, threads)
		if err != nil {
			s.fail(r, err)
			continue
		}
		r.Version, running[len(running)-1] = a.Version, p
	}
	times := s.times
	if w.Job.Iterations > 0 {
		times = 1
	}
	for round := range s.rounds {
		for i, p := range running {
			r := &t.Results[i]
			if p == nil || r.Error != "" || who[i].Once && round > 0 {
				continue
			}
			time.Sleep(calm)
			a, err := p.ask(times)
			s.fail(r, err)
			r.add(a)
		}
	}
	for i, p := range running {
		if p != nil {
			t.Results[i].Memory = p.end()
		}
	}
	for i, c := range who {
		if r := &t.Results[i]; c.isOurs() && r.Error == "" && w.profiled() {
			a, err := s.profile(c, w, threads)
			s.fail(r, err)
			r.Profile = a.Profile
		}
	}
	t.compare()
	return t
}

// profile is what Digitlab's steps spend on each phase, in a process of its own: reading clocks takes time too.
func (s contest) profile(c contender, w work, threads int) (answer, error) {
	w.Job.Profile = true
	p, _, err := s.ready(c, w, threads)
	if err != nil {
		return answer{}, err
	}
	defer p.end()
	return p.ask(s.times)
}

// ready starts a contender and gives it its job; without an error it is to be ended by the caller.
func (s contest) ready(c contender, w work, threads int) (*process, answer, error) {
	p, err := s.start(c, threads)
	if err != nil {
		return nil, answer{}, err
	}
	j := w.Job
	j.Way = c.Way
	a, err := p.ask(j)
	if err != nil {
		p.end()
	}
	return p, a, err
}

// cold is a timing of a process from its start to the end of its first epoch.
func (s contest) cold(r *result, c contender, w work, threads int) error {
	if r.Error != "" {
		return nil
	}
	start := unix()
	p, a, err := s.ready(c, w, threads)
	if err != nil {
		return err
	}
	r.Version = a.Version
	a, err = p.ask(1)
	r.Memory = max(r.Memory, p.end())
	if err != nil {
		return err
	}
	a.Seconds = []float64{a.End - start}
	r.add(a)
	return nil
}

// fail takes a contender out of a row, loudly.
func (s contest) fail(r *result, err error) {
	if err != nil {
		s.say("%s IS LEFT OUT of this row: %v", r.Contender, err)
		r.Error = err.Error()
	}
}
