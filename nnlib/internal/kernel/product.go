package kernel

// Matrix is a view for Product: element (i, j) is Data[i*Row+j*Col]. Row may be
// 0: all rows are the same one.
type Matrix struct {
	Data     []Float
	Row, Col int
}

// Rows is a row-major matrix.
func Rows(data []Float, stride int) Matrix { return Matrix{data, stride, 1} }

// Transposed is the transpose of a row-major matrix, without moving it.
func Transposed(data []Float, stride int) Matrix { return Matrix{data, 1, stride} }

// Product sets c = c0 + a b, where c is m x n, a is m x k and b is k x n. c0
// without data is zero; it may be c. The columns of c0 and c are adjacent (Col is
// 1), and either the columns or the rows of b. What has room behind it, beyond
// its length, is read there and need not be moved for that.
func (s *Scratch) Product(c, c0, a, b Matrix, m, n, k int) {
	if m == 0 || n == 0 {
		return
	}
	if c0.Data == nil {
		c0 = Matrix{s.zeros(whole(n)), 0, 1}
	}
	for j := 0; j < n; j += slab {
		cols := min(slab, n-j)
		full := whole(cols)
		to, stride := c.Data[j:], c.Row
		from, step := c0.Data[j:], c0.Row
		if full > cols {
			// The last columns: a full matrix of our own, copied back at the end.
			s.c = grown(s.c, m*full)
			if step == 0 {
				s.d = grown(s.d, full)
				copy(s.d[:cols], from)
				from = s.d
			} else {
				pack(s.c, full, from, step, m, cols)
				from, step = s.c, full
			}
			to, stride = s.c, full
		}
		if k == 0 {
			pack(to, stride, from, step, m, cols)
		}
		for l := 0; l < k; l += depth {
			deep := min(depth, k-l)
			bs, x := b.Row, b.Data[l*b.Row+j*b.Col:]
			if b.Col != 1 {
				s.b = grown(s.b, depth*slab)
				Transpose(s.b, full, x, b.Col, cols, deep)
				x, bs = s.b, full
			} else if full > cols && cap(x) < (deep-1)*bs+full || bs > slab && m >= few {
				s.b = grown(s.b, depth*slab)
				pack(s.b, full, x, bs, deep, cols)
				x, bs = s.b, full
			}
			now.product(m, full, deep, &a.Data[l*a.Col], a.Row, a.Col, &x[0], bs, &from[0], step, &to[0], stride)
			from, step = to, stride
		}
		if full > cols {
			unpack(c.Data[j:], c.Row, s.c, full, m, cols)
		}
	}
}

// Transpose sets dst = src transposed: rows x cols to cols x rows.
func Transpose(dst []Float, ds int, src []Float, ss, rows, cols int) {
	r, c := rows&^7, cols&^7
	if r > 0 && c > 0 {
		now.transpose(&dst[0], ds, &src[0], ss, r, c)
	}
	for i := range rows {
		j := c
		if i >= r {
			j = 0
		}
		for ; j < cols; j++ {
			dst[j*ds+i] = src[i*ss+j]
		}
	}
}
