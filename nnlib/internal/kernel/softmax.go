package kernel

// Softmax sets p = exp(x-most)/sum for every row, of n values, where most is the
// row's largest value and sum that of exp(x-most). It goes by lanes: value j to lane j mod Lanes, the lanes by halves. x with
// room for Lanes behind it, beyond its length, is read there and need not be moved.
func (s *Scratch) Softmax(p []Float, ps int, x []Float, xs, rows, n int) {
	if rows == 0 {
		return
	}
	if n <= Lanes {
		if cap(x) < (rows-1)*xs+Lanes {
			s.c = grown(s.c, max(Column, rows)*Lanes)
			pack(s.c, Lanes, x, xs, rows, n)
			x, xs = s.c, Lanes
		}
		now.softmax(rows, n, &x[0], xs, &p[0], ps)
		return
	}
	s.c = grown(s.c, whole(n))
	for i := range rows {
		row, e := x[i*xs:i*xs+n], s.c
		VectorExp(e[:n], row, largest(row))
		clear(e[n:])
		lanes := [Lanes]Float(e)
		for j := Lanes; j < len(e); j += Lanes {
			for k := range lanes {
				lanes[k] += e[j+k]
			}
		}
		sum := halve(lanes)
		for j, v := range e[:n] {
			p[i*ps+j] = v / sum
		}
	}
}

// largest is the first value, or a larger one: NaN is the largest as the first
// alone.
func largest(x []Float) Float {
	most := x[0]
	for _, v := range x {
		if v > most {
			most = v
		}
	}
	return most
}
