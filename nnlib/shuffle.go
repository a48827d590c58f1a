package nnlib

// Shuffle is how the order of mini-batches' rows is drawn for every epoch.
type Shuffle interface {
	blockRows() int
}

// Blocks keeps rows that are neighbours in the data near each other: blocks of
// rows change places, and then the rows within each. Data too large for memory,
// or spread over machines, are read a stretch at a time.
type Blocks struct {
	Rows int // of a block; zero means 8,192
}

func (b Blocks) blockRows() int {
	if b.Rows == 0 {
		return 8192
	}
	return b.Rows
}

func (b Blocks) check() error {
	if b.Rows < 0 {
		return &RecipeError{"Shuffle.Rows", "must not be negative"}
	}
	return nil
}

// permute draws an order of x (Fisher and Yates).
func permute(x []int, key uint64) {
	for i := len(x) - 1; i > 0; i-- {
		j := int(mix(key+uint64(i)) % uint64(i+1))
		x[i], x[j] = x[j], x[i]
	}
}

// shuffle draws the epoch's order: of all rows, or of blocks.
func (s *sampler) shuffle(epoch int) {
	if s.epoch == epoch {
		return
	}
	s.epoch, s.within = epoch, -1
	s.order = s.order[:0]
	switch {
	case s.block > 0:
		s.order = sequence(s.order, (s.train.n+s.block-1)/s.block)
	case s.train.list == nil:
		s.order = sequence(s.order, s.train.n)
	default:
		s.order = append(s.order, s.train.list...)
	}
	permute(s.order, draw(s.recipe.Seed, forOrder, uint64(epoch)))
	if s.block > 0 {
		for place, b := range s.order {
			if b == len(s.order)-1 {
				s.last = place
			}
		}
	}
}

// batch is the rows of a step of the epoch whose order has been drawn.
func (s *sampler) batch(step int) []int {
	first := step % s.perEpoch() * s.recipe.Batch
	end := min(first+s.recipe.Batch, s.train.n)
	if s.block == 0 {
		return s.order[first:end]
	}
	s.sample = s.sample[:0]
	short := s.train.n - (len(s.order)-1)*s.block // rows of the data's last block
	for at := first; at < end; {
		place, begin := at/s.block, 0
		switch edge := s.last * s.block; {
		case at < edge:
			begin = place * s.block
		case at < edge+short:
			place, begin = s.last, edge
		default:
			place = s.last + 1 + (at-edge-short)/s.block
			begin = place*s.block - s.block + short
		}
		s.enter(place)
		n := min(end-at, begin+len(s.inside)-at)
		s.sample = append(s.sample, s.inside[at-begin:at-begin+n]...)
		at += n
	}
	return s.sample
}

// enter draws the order of the rows in the block at a place.
func (s *sampler) enter(place int) {
	if s.within == place {
		return
	}
	s.within, s.inside = place, s.inside[:0]
	b := s.order[place]
	for i := b * s.block; i < min((b+1)*s.block, s.train.n); i++ {
		s.inside = append(s.inside, s.train.at(i))
	}
	permute(s.inside, draw(s.recipe.Seed, forOrder, uint64(s.epoch), uint64(b)))
}
