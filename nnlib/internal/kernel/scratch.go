package kernel

// Scratch is memory for one worker's products. Its zero value is ready; it
// grows to what is asked of it and is then reused.
type Scratch struct {
	b, c, d []Float // packed columns of b, of c, and of deltas
	zero    []Float // as a matrix of no rows: a row of zeros
	t       []byte  // transposed bytes: slots of Group columns
	tall    []int   // rows of a slot that are not known to be zero
	rest    []byte  // bytes of rows that end before a whole group
	at      []int
}

// slab is the columns that are worked on together: four of the widest vectors.
const slab = 4 * Lanes

// depth is the inputs that are worked on together: that many rows of a slab,
// and a few rows of the other matrix, fit a first-level cache.
const depth = 128

// grown is x with room for n elements.
func grown[T any](x []T, n int) []T {
	if cap(x) < n {
		return make([]T, n)
	}
	return x[:n]
}

// whole is n rounded up to whole Lanes.
func whole(n int) int { return (n + Lanes - 1) &^ (Lanes - 1) }

// zeros is a row of n zeros.
func (s *Scratch) zeros(n int) []Float {
	if len(s.zero) < n {
		s.zero = make([]Float, n)
	}
	return s.zero[:n]
}

// pack copies rows of cols values to dst, whose rows have full values; what is
// beyond cols stays as it is.
func pack(dst []Float, full int, src []Float, stride, rows, cols int) {
	if cols == full && rows > 0 {
		_, _ = dst[rows*full-1], src[(rows-1)*stride+cols-1]
		now.pack(&dst[0], &src[0], stride, rows, cols)
		return
	}
	for i := range rows {
		copy(dst[i*full:i*full+cols], src[i*stride:])
	}
}

// unpack copies cols values of every row of src, full values long, to dst.
func unpack(dst []Float, stride int, src []Float, full, rows, cols int) {
	for i := range rows {
		copy(dst[i*stride:i*stride+cols], src[i*full:])
	}
}
