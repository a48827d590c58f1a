package kernel

// Softmax sets p = exp(x-most)/sum for every row, of n values, and tells each
// row's largest value, where it first stands, and the sum of exp(x-most). The
// sum goes by lanes: value j to lane j mod Lanes, the lanes by halves. x with
// room for Lanes behind it, beyond its length, is read there and need not be moved.
func (s *Scratch) Softmax(p []Float, ps int, x []Float, xs, rows, n int, most, sum []Float, place []int32) {
	if rows == 0 {
		return
	}
	most, sum, place = most[:rows], sum[:rows], place[:rows]
	if n <= Lanes {
		if cap(x) < (rows-1)*xs+Lanes {
			s.c = grown(s.c, max(Column, rows)*Lanes)
			pack(s.c, Lanes, x, xs, rows, n)
			x, xs = s.c, Lanes
		}
		now.softmax(rows, n, &x[0], xs, &p[0], ps, &most[0], &sum[0], &place[0])
		return
	}
	s.c = grown(s.c, whole(n))
	for i := range rows {
		row, e := x[i*xs:i*xs+n], s.c
		best := 0
		for j, v := range row {
			if v > row[best] {
				best = j
			}
		}
		VectorExp(e[:n], row, row[best])
		clear(e[n:])
		lanes := [Lanes]Float(e)
		for j := Lanes; j < len(e); j += Lanes {
			for k := range lanes {
				lanes[k] += e[j+k]
			}
		}
		most[i], sum[i], place[i] = row[best], halve(lanes), int32(best)
		for j, v := range e[:n] {
			p[i*ps+j] = v / sum[i]
		}
	}
}
