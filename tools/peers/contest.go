package main

// contest is one measurement of everything.
type contest struct {
	place
	rounds, times int
	threads       int // 0: 1 and 2
	say           func(format string, args ...any)
}

// counts is the numbers of threads that are measured.
func (s contest) counts(processors int) []int {
	switch {
	case s.threads > 0:
		return []int{s.threads}
	case processors < 2:
		return []int{1}
	default:
		return []int{1, 2}
	}
}

// row measures one work on so many threads: all contenders are made ready, then they take turns.
func (s contest) row(w work, threads int) table {
	t := table{Work: w, Threads: threads}
	var running []*process
	for _, c := range contenders {
		if !c.takesPart(w) {
			continue
		}
		t.Results = append(t.Results, result{Contender: c.Name})
		running = append(running, nil)
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
	for range s.rounds {
		for i, p := range running {
			r := &t.Results[i]
			if p == nil || r.Error != "" {
				continue
			}
			a, err := p.ask(s.times)
			s.fail(r, err)
			r.add(a)
		}
	}
	for i, p := range running {
		if p != nil {
			t.Results[i].Memory = p.end()
		}
	}
	t.compare()
	return t
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
