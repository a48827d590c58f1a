package nnlib

// sampler says which rows a step reads. Whether a row is held out depends on
// (seed, row), whether it is sampled on (seed, step, row), and its place in an
// epoch on (seed, epoch): there is no stream to save, and no pass over the data.
type sampler struct {
	recipe      Recipe
	train, held []int
	order       []int // of the epoch drawn last
	epoch       int   // whose order it is; -1: none
	sample      []int
	steady      bool // no layer depends on the step
}

// HeldOut says whether a row is among the share that a seed holds out. It is
// the rule of Recipe.Holdout.
func HeldOut(seed uint64, share float64, row int) bool {
	return unit(mix(draw(seed, forHoldout)+uint64(row))) < share
}

// samplerOf is the sampler of d's rows, which may say itself what is held out.
func samplerOf(r Recipe, d Dataset) *sampler {
	if v, ok := d.(Validation); ok {
		return newSampler(r, d.Len(), v.Held)
	}
	return newSampler(r, d.Len(), func(row int) bool { return HeldOut(r.Seed, r.Holdout, row) })
}

func newSampler(r Recipe, rows int, held func(row int) bool) *sampler {
	s := &sampler{recipe: r, epoch: -1, steady: true}
	for i := range rows {
		if held(i) {
			s.held = append(s.held, i)
		} else {
			s.train = append(s.train, i)
		}
	}
	for _, l := range r.Topology.Layers {
		if _, ok := l.(Steady); !ok {
			s.steady = false
		}
	}
	return s
}

// perEpoch is the number of steps in an epoch.
func (s *sampler) perEpoch() int {
	if s.recipe.Batch == 0 {
		return 1
	}
	return (len(s.train) + s.recipe.Batch - 1) / s.recipe.Batch
}

// at gives the rows of a step, counted from 0. They hold until the next call.
func (s *sampler) at(step int) ([]int, Position) {
	r, k := s.recipe, s.perEpoch()
	p := Position{Step: step, Epoch: step / k, First: step%k == 0, Last: step%k == k-1}
	rows := s.train
	switch {
	case r.Batch > 0:
		s.shuffle(p.Epoch)
		first := step % k * r.Batch
		rows = s.order[first:min(first+r.Batch, len(s.order))]
	case r.Sample > 0 && r.Sample < 1:
		rows = s.bernoulli(step)
	default:
		p.Fixed = step > 0 && s.steady
	}
	p.Rows = len(rows)
	p.Direct = r.Batch > 0 && r.Batch <= Chunk && r.Penalty == nil
	return rows, p
}

// after is the rows of the step after this one where they are known already.
func (s *sampler) after(step int) []int {
	k := s.perEpoch()
	if s.recipe.Batch == 0 || step%k == k-1 {
		return nil
	}
	first := (step%k + 1) * s.recipe.Batch
	return s.order[first:min(first+s.recipe.Batch, len(s.order))]
}

// shuffle draws the epoch's order (Fisher and Yates).
func (s *sampler) shuffle(epoch int) {
	if s.epoch == epoch {
		return
	}
	s.order, s.epoch = append(s.order[:0], s.train...), epoch
	key := draw(s.recipe.Seed, forOrder, uint64(epoch))
	for i := len(s.order) - 1; i > 0; i-- {
		j := int(mix(key+uint64(i)) % uint64(i+1))
		s.order[i], s.order[j] = s.order[j], s.order[i]
	}
}

// bernoulli draws each row on its own. A sample is never empty.
func (s *sampler) bernoulli(step int) []int {
	s.sample = s.sample[:0]
	key := draw(s.recipe.Seed, forSample, uint64(step))
	for _, i := range s.train {
		if unit(mix(key+uint64(i))) < s.recipe.Sample {
			s.sample = append(s.sample, i)
		}
	}
	if len(s.sample) == 0 {
		s.sample = append(s.sample, s.train[step%len(s.train)])
	}
	return s.sample
}
