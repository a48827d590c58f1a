package kernel

// Bytes is rows of Cols bytes, row i at Data[At[i]]: byte x stands for the
// value Level[x], and 0 for zero. There are at most Column rows.
type Bytes struct {
	Data  []byte
	At    []int
	Cols  int
	Level *[256]Float
	Next  []int // rows that come after these: they are asked for ahead of time
	Asked bool  // these rows have been
}

// few rows do not repay that weights are moved together for them.
const few = 32

// BytesForward sets c[i] = bias + sum over p of x[i, p] w[p] in the columns lo
// to hi of n. Bytes of zero cost nothing. What follows the weights in w is read
// where it is there, and not used.
func (s *Scratch) BytesForward(c []Float, stride int, bias []Float, x Bytes, w []Float, n, lo, hi int) {
	if len(x.At) == 0 {
		return
	}
	if len(x.At) > Column {
		panic("kernel: too many rows")
	}
	for j := lo; j < hi; j += slab {
		cols := min(slab, hi-j)
		full := whole(cols)
		to, step := c[j:], stride
		if full > cols {
			s.c = grown(s.c, Column*slab)
			to, step = s.c, full
		}
		s.d = grown(s.d, slab)
		copy(s.d, bias[j:j+cols])
		from, fs := s.d, 0
		s.groups(x, func(data []byte, at []int, first, skip, count, lines int) {
			wide, ws, p := w[first*n+j:], n, min(count*Group-skip, x.Cols-first)
			if len(wide) < (p-1)*n+full || len(at) >= few && (full > cols || n > slab) {
				s.b = grown(s.b, 2*Group*slab)
				pack(s.b, full, wide, n, p, cols)
				wide, ws = s.b, full
			}
			now.bytesForward(full, len(at), count, &data[0], &at[0], skip, &x.Level[0], &wide[0], ws, &from[0], fs, &to[0], step, lines)
			from, fs = to, step
		})
		if full > cols {
			unpack(c[j:], stride, s.c, full, len(x.At), cols)
		}
	}
}

// groups calls f for the bytes of all rows: count groups whose first byte that
// counts is number first of the row, after skip that do not.
func (s *Scratch) groups(x Bytes, f func(data []byte, at []int, first, skip, count, lines int)) {
	s.at = grown(s.at, len(x.At))
	if x.Cols < Group {
		s.rest = grown(s.rest, Column*Group)
		clear(s.rest)
		for i, from := range x.At {
			copy(s.rest[i*Group:], x.Data[from:from+x.Cols])
			s.at[i] = i * Group
		}
		f(s.rest, s.at, 0, 0, 1, 0)
		return
	}
	lines := (x.Cols + Group - 1) / Group
	if x.Asked {
		lines = 0
	}
	for p := 0; p+Group <= x.Cols; {
		count := min(2, (x.Cols-p)/Group)
		f(x.Data[p:], x.At, p, 0, count, lines)
		p += count * Group
		lines = 0
	}
	if rest := x.Cols % Group; rest > 0 {
		f(x.Data[x.Cols-Group:], x.At, x.Cols-rest, Group-rest, 1, 0)
	}
}

// BytesGradient adds sum over i of x[i, p] d[i] to row p of g, in the columns
// lo to hi of n. Rows of d have stride values.
func (s *Scratch) BytesGradient(g []Float, n, lo, hi int, d []Float, stride int, x Bytes) {
	rows := len(x.At)
	if rows == 0 {
		return
	}
	if rows > Column {
		panic("kernel: too many rows")
	}
	for j := lo; j < hi; j += slab {
		cols := min(slab, hi-j)
		full := whole(cols)
		from, ds := d[j:], stride
		if full > cols || stride > slab {
			s.d = grown(s.d, Column*slab)
			pack(s.d, full, from, stride, rows, cols)
			from, ds = s.d, full
		}
		s.groups(x, func(data []byte, at []int, first, skip, count, _ int) {
			for ; count > 0; count-- {
				slot := 0
				if hi-lo > slab { // columns are there for the next slab
					slot = first / Group
				}
				if j == lo {
					s.transposed(slot, data, at)
				}
				columns := s.t[slot*Group*Column+skip*Column:]
				p := min(Group-skip, x.Cols-first)
				to, gs := g[first*n+j:], n
				if full > cols {
					s.c = grown(s.c, Group*slab)
					pack(s.c, full, to, n, p, cols)
					to, gs = s.c, full
				}
				next, asked := &at[0], 0
				if j == lo && len(x.Next) >= 4 && x.Cols >= Group {
					next, asked = &x.Next[0], len(x.Next)&^3
				}
				now.bytesGradient(full, p, (rows+Group-1)/Group, &columns[0], &x.Level[0], &from[0], ds, &to[0], gs, &data[0], next, asked)
				if full > cols {
					unpack(g[first*n+j:], n, s.c, full, p, cols)
				}
				if first += Group; count > 1 {
					data = data[Group:]
				}
			}
		})
	}
}

// transposed brings a group of every row into the columns of a slot, with zeros
// behind.
func (s *Scratch) transposed(slot int, data []byte, at []int) {
	for slot >= len(s.tall) {
		s.t, s.tall = append(s.t, make([]byte, Group*Column)...), append(s.tall, 0)
	}
	t, tall := s.t[slot*Group*Column:][:Group*Column], s.tall[slot]
	rows := len(at) &^ (Lanes - 1)
	if rows > 0 {
		now.bytesTranspose(&t[0], rows, &data[0], &at[0])
	}
	if rows < tall {
		for p := range Group {
			clear(t[p*Column+rows : p*Column+tall])
		}
	}
	s.tall[slot] = len(at)
	for i, from := range at[rows:] {
		for p, v := range data[from : from+Group] {
			t[p*Column+rows+i] = v
		}
	}
}
