package nnlib

// selection lists data rows by their position in a step.
type selection struct {
	n     int   // positions
	list  []int // rows of the positions from first on; nil: a row's number is its position
	first int
}

// chunk is the rows of chunk i, empty where they are not in the list. room is
// memory for Chunk of them.
func (r selection) chunk(i int, room []int) []int {
	from, to := min(i*Chunk, r.n), min((i+1)*Chunk, r.n)
	if r.list != nil {
		if to-r.first > len(r.list) {
			return nil
		}
		return r.list[from-r.first : to-r.first]
	}
	room = room[:0]
	for row := from; row < to; row++ {
		room = append(room, row)
	}
	return room
}

// sampler says which rows a step reads. Whether a row is held out depends on
// (seed, row), whether it is sampled on (seed, step, row), and its place in an
// epoch on (seed, epoch): there is no stream to save, and no pass over the data.
type sampler struct {
	recipe Recipe
	train  selection // in order
	held   []int
	order  []int // of the epoch drawn last: rows, or blocks
	epoch  int   // whose order it is; -1: none
	block  int   // rows of a block; 0: rows change places on their own
	last   int   // place of the data's last block, which may be shorter
	inside []int // rows of the block at the place within, in order
	within int   // -1: none
	sample []int // of a step
	counts []int // rows sampled of each stretch
	steady bool  // no layer depends on the step
	// part is the positions of a sample of n rows that this process reads; nil:
	// all.
	part func(n int) (first, last int)
}

// stretch is how many rows are counted together.
const stretch = 1 << 16

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
	if r.Shuffle != nil {
		s.block = r.Shuffle.blockRows()
	}
	for i := range rows {
		if held(i) {
			if s.held == nil {
				s.train.list = sequence(make([]int, 0, rows), i)
			}
			s.held = append(s.held, i)
		} else if s.held != nil {
			s.train.list = append(s.train.list, i)
		}
	}
	s.train.n = rows - len(s.held)
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
	return (s.train.n + s.recipe.Batch - 1) / s.recipe.Batch
}

// at gives the rows of a step, counted from 0. They hold until the next call.
func (s *sampler) at(step int) (selection, Position) {
	r, k := s.recipe, s.perEpoch()
	p := Position{Step: step, Epoch: step / k, First: step%k == 0, Last: step%k == k-1}
	x := s.train
	switch {
	case r.Batch > 0:
		s.shuffle(p.Epoch)
		x.list = s.batch(step)
		x.n = len(x.list)
	case r.Sample > 0 && r.Sample < 1:
		x = s.bernoulli(step)
	default:
		p.Fixed = step > 0 && s.steady
	}
	p.Rows = x.n
	p.Direct = r.Batch > 0 && r.Batch <= Chunk && r.Penalty == nil
	return x, p
}

// after is the rows of the step after this one where they are known already.
func (s *sampler) after(step int) []int {
	if k := s.perEpoch(); s.recipe.Batch == 0 || s.block > 0 || step%k == k-1 {
		return nil
	}
	return s.batch(step + 1)
}

// bernoulli draws each row on its own. A sample is never empty. Of a process
// with a part, only that part is listed.
func (s *sampler) bernoulli(step int) selection {
	key := draw(s.recipe.Seed, forSample, uint64(step))
	s.sample = s.sample[:0]
	x := selection{}
	if s.part == nil {
		s.collect(key, 0, s.train.n)
		x.n = len(s.sample)
	} else {
		x = s.collectPart(key)
	}
	if x.n == 0 {
		s.sample = append(s.sample, s.train.at(step%s.train.n))
		x.n = 1
	}
	x.list = s.sample
	return x
}

// collect appends the rows drawn of the positions first to last.
func (s *sampler) collect(key uint64, first, last int) {
	if s.train.list == nil {
		for i := first; i < last; i++ {
			if unit(mix(key+uint64(i))) < s.recipe.Sample {
				s.sample = append(s.sample, i)
			}
		}
		return
	}
	for _, i := range s.train.list[first:last] {
		if unit(mix(key+uint64(i))) < s.recipe.Sample {
			s.sample = append(s.sample, i)
		}
	}
}

// collectPart counts all rows drawn, stretch by stretch, and collects those of
// the part's stretches.
func (s *sampler) collectPart(key uint64) (x selection) {
	s.counts = s.counts[:0]
	for first := 0; first < s.train.n; first += stretch {
		s.sample = s.sample[:0]
		s.collect(key, first, min(first+stretch, s.train.n))
		s.counts = append(s.counts, len(s.sample))
		x.n += len(s.sample)
	}
	s.sample = s.sample[:0]
	first, last := s.part(x.n)
	if most := last - first + 2*stretch; cap(s.sample) < most {
		s.sample = make([]int, 0, most+most/16)
	}
	at := 0 // position of a stretch's first row
	for i, n := range s.counts {
		if at < last && at+n > first {
			if len(s.sample) == 0 {
				x.first = at
			}
			s.collect(key, i*stretch, min((i+1)*stretch, s.train.n))
		}
		at += n
	}
	return x
}

// at is the row at a position.
func (r selection) at(i int) int {
	if r.list == nil {
		return i
	}
	return r.list[i-r.first]
}

// sequence appends the numbers below n.
func sequence(x []int, n int) []int {
	for i := range n {
		x = append(x, i)
	}
	return x
}
