package kernel

import (
	"fmt"
	"unsafe"
)

// calls calls each function of a tier with arguments of all shapes that it
// must take, drawn from the arena, and tells what they were.
var calls = map[string]func(*tier, *arena) string{
	"product": func(k *tier, a *arena) string {
		m, n, depth := 1+a.IntN(20), width(a), 1+a.IntN(140)
		x, row, col := a.transposable(m, depth)
		bs, cs := n+a.IntN(20), n+a.IntN(20)
		b, c := a.in(depth, n, bs), a.out(m, n, cs)
		c0, c0s := a.before(c, cs, m, n)
		k.product(m, n, depth, x, row, col, b, bs, c0, c0s, c, cs)
		return fmt.Sprintf("%d x %d, %d deep, strides %d %d, %d, %d, %d", m, n, depth, row, col, bs, c0s, cs)
	},
	"bytesForward": func(k *tier, a *arena) string {
		n, rows, groups, skip := width(a), 1+a.IntN(20), []int{1, 1, 1, 2, 2, 3, 13}[a.IntN(7)], 0
		if groups == 1 && a.IntN(2) == 0 {
			skip = a.IntN(Group)
		}
		pixels := groups*Group - a.IntN(Group-skip) // zeros after them: there are no weights
		data := a.bytes(groups*Group*(rows+2) + a.IntN(99))
		at := a.positions(rows, len(data)-groups*Group)
		sparse(a, data)
		for _, from := range unsafe.Slice(at, rows) {
			clear(data[from+pixels : from+groups*Group])
		}
		ws, cs := n+a.IntN(20), n+a.IntN(20)
		level, w, c := a.levels(), a.in(pixels-skip, n, ws), a.out(rows, n, cs)
		c0, c0s := a.before(c, cs, rows, n)
		lines := a.IntN(14)
		k.bytesForward(n, rows, groups, &data[0], at, skip, level, w, ws, c0, c0s, c, cs, lines)
		return fmt.Sprintf("%d columns, %d rows, %d groups, skip %d, %d pixels, strides %d, %d, %d, %d lines", n, rows, groups, skip, pixels, ws, c0s, cs, lines)
	},
	"bytesGradient": func(k *tier, a *arena) string {
		n, count, groups := width(a), 1+a.IntN(Group), 1+a.IntN(2)
		rows := 1 + a.IntN(Group*groups)
		t := a.bytes(count * Column)
		sparse(a, t)
		for p := range count {
			clear(t[p*Column+rows : p*Column+Group*groups]) // there are no more deltas
		}
		ds, gs := n+a.IntN(20), n+a.IntN(20)
		level, d, g := a.levels(), a.in(rows, n, ds), a.out(count, n, gs)
		finite(of(level, 256))
		of(level, 256)[0] = 0
		finite(of(d, (rows-1)*ds+n))
		for p := range count {
			for j := range n {
				of(past(g, p*gs), n)[j] += 0
			}
		}
		k.bytesGradient(n, count, groups, &t[0], level, d, ds, g, gs, &t[0], asked(a), 4*a.IntN(3))
		return fmt.Sprintf("%d columns, %d bytes of %d rows, %d groups, strides %d, %d", n, count, rows, groups, ds, gs)
	},
	"bytesTranspose": func(k *tier, a *arena) string {
		rows := 16 * (1 + a.IntN(Column/16))
		t, data := a.bytes(Group*Column), a.bytes(Group*(rows+2)+a.IntN(99))
		for i := range data {
			data[i] = byte(a.Uint32())
		}
		at := a.positions(rows, len(data)-Group)
		k.bytesTranspose(&t[0], rows, &data[0], at)
		return fmt.Sprintf("%d rows", rows)
	},
	"pack": func(k *tier, a *arena) string {
		n, rows := width(a), 1+a.IntN(20)
		ss := n + a.IntN(20)
		k.pack(a.out(rows, n, n), a.in(rows, n, ss), ss, rows, n)
		return fmt.Sprintf("%d rows of %d, stride %d", rows, n, ss)
	},
	"transpose": func(k *tier, a *arena) string {
		rows, cols := 8*(1+a.IntN(6)), 8*(1+a.IntN(6))
		ds, ss := rows+a.IntN(20), cols+a.IntN(20)
		k.transpose(a.out(cols, rows, ds), ds, a.in(rows, cols, ss), ss, rows, cols)
		return fmt.Sprintf("%d x %d, strides %d, %d", rows, cols, ss, ds)
	},
	"softmax": func(k *tier, a *arena) string {
		rows, n := 1+a.IntN(20), 1+a.IntN(Lanes)
		xs, ps := n+a.IntN(20), n+a.IntN(20)
		x, p := a.in((rows-1)*xs+Lanes, 1, 1), a.out(rows, n, ps)
		k.softmax(rows, n, x, xs, p, ps)
		return fmt.Sprintf("%d rows of %d, strides %d, %d", rows, n, xs, ps)
	},
	"axpy":         two(func(k *tier, y, x *Float, a *arena, n int) { k.axpy(y, x, a.values(a.Rand), n) }),
	"add":          two(func(k *tier, y, x *Float, _ *arena, n int) { k.add(y, x, n) }),
	"scale":        two(func(k *tier, y, _ *Float, a *arena, n int) { k.scale(y, a.values(a.Rand), n) }),
	"exp":          two(func(k *tier, y, x *Float, a *arena, n int) { k.exp(y, x, a.values(a.Rand), n) }),
	"leaky":        two(func(k *tier, y, x *Float, a *arena, n int) { k.leaky(y, x, a.values(a.Rand), n) }),
	"sigmoid":      two(func(k *tier, y, x *Float, _ *arena, n int) { k.sigmoid(y, x, n) }),
	"tanh":         two(func(k *tier, y, x *Float, _ *arena, n int) { k.tanh(y, x, n) }),
	"sigmoidSlope": slope(func(k *tier, dx, dy, y *Float, _ *arena, n int) { k.sigmoidSlope(dx, dy, y, n) }),
	"tanhSlope":    slope(func(k *tier, dx, dy, y *Float, _ *arena, n int) { k.tanhSlope(dx, dy, y, n) }),
	"leakySlope":   slope(func(k *tier, dx, dy, y *Float, a *arena, n int) { k.leakySlope(dx, dy, y, a.values(a.Rand), n) }),
	"momentum": update(func(k *tier, w, v, g, _ *Float, a *arena, n int) {
		k.momentum(w, v, g, a.values(a.Rand), a.values(a.Rand), n)
	}),
	"nesterov": update(func(k *tier, w, v, g, _ *Float, a *arena, n int) {
		k.nesterov(w, v, g, a.values(a.Rand), a.values(a.Rand), n)
	}),
	"adam": update(func(k *tier, w, m, v, g *Float, a *arena, n int) {
		c := AdamStep{0.9, 0.1, 0.999, 0.001, 2, 3, 1e-8, 0.01}
		if a.IntN(2) == 0 {
			for _, p := range []*Float{&c.Keep1, &c.New1, &c.Keep2, &c.New2, &c.Full1, &c.Full2, &c.Epsilon, &c.Rate} {
				*p = a.values(a.Rand)
			}
		}
		for i, x := range of(v, n) {
			of(v, n)[i] = max(x, -x) // mostly: NaN is not
		}
		k.adam(w, m, v, g, c, n)
	}),
}

// two is a call with y, x and a length; x may be y.
func two(f func(k *tier, y, x *Float, a *arena, n int)) func(*tier, *arena) string {
	return func(k *tier, a *arena) string {
		n := a.length()
		y := a.out(1, n, n)
		x := a.or(y, n)
		f(k, y, x, a, n)
		return fmt.Sprintf("%d values, in place: %t", n, x == y)
	}
}

// slope is a call with dx, dy, y and a length; dy or y may be dx.
func slope(f func(k *tier, dx, dy, y *Float, a *arena, n int)) func(*tier, *arena) string {
	return func(k *tier, a *arena) string {
		n := a.length()
		dx := a.out(1, n, n)
		dy, y := a.or(dx, n), a.or(dx, n)
		f(k, dx, dy, y, a, n)
		return fmt.Sprintf("%d values, dy in place: %t, y in place: %t", n, dx == dy, dx == y)
	}
}

// update is a call with four vectors, which are apart, and a length.
func update(f func(k *tier, w, m, v, g *Float, a *arena, n int)) func(*tier, *arena) string {
	return func(k *tier, a *arena) string {
		n := a.length()
		f(k, a.out(1, n, n), a.out(1, n, n), a.out(1, n, n), a.out(1, n, n), a, n)
		return fmt.Sprintf("%d values", n)
	}
}

func (a *arena) length() int { return Lanes * a.IntN(14) }

// or is n values of their own, or p.
func (a *arena) or(p *Float, n int) *Float {
	if a.IntN(3) == 0 {
		return p
	}
	return a.in(1, n, n)
}

// width is a number of columns that kernels take.
func width(a *arena) int { return Lanes * (1 + a.IntN(4)) }

// transposable is an m x k matrix by rows or by columns, and its strides.
func (a *arena) transposable(m, k int) (x *Float, row, col int) {
	if a.IntN(2) == 0 {
		row = k + a.IntN(9)
		return a.in(m, k, row), row, 1
	}
	col = m + a.IntN(9)
	return a.in(k, m, col), 1, col
}

// before is c0: a matrix of its own, one row for all, or c.
func (a *arena) before(c *Float, cs, m, n int) (c0 *Float, stride int) {
	switch a.IntN(3) {
	case 0:
		return c, cs
	case 1:
		return a.in(1, n, n), 0
	}
	stride = n + a.IntN(20)
	return a.in(m, n, stride), stride
}

// levels is the values of bytes. That of zero is not used.
func (a *arena) levels() *Float {
	level := a.in(1, 256, 256)
	*level = special[6]
	return level
}

// sparse fills with bytes: none, some or all of them zero.
func sparse(a *arena, data []byte) {
	share := []float64{0, 0.2, 0.2, 0.9, 1}[a.IntN(5)]
	for i := range data {
		data[i] = 0
		if a.Float64() < share {
			data[i] = byte(a.Uint32())
		}
	}
}

// asked is places of bytes that a gradient asks for.
func asked(a *arena) *int {
	at := make([]int, 8)
	for i := range at {
		at[i] = a.IntN(Column)
	}
	return &at[0]
}

// finite puts 1 in the place of infinities and what is no number.
func finite(x []Float) {
	for i, v := range x {
		if v-v != 0 {
			x[i] = 1
		}
	}
}
