package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// guarded is a slice of n random numbers between NaNs: a read or write beyond
// its ends shows.
func guarded(r *rand.Rand, n int) (x, all []Float) {
	all = make([]Float, n+32)
	for i := range all {
		all[i] = Float(math.NaN())
	}
	x = all[16 : 16+n : 16+n]
	for i := range x {
		x[i] = Float(r.NormFloat64())
	}
	return x, all
}

func intact(all []Float) bool {
	for i := range 16 {
		if all[i] == all[i] || all[len(all)-1-i] == all[len(all)-1-i] {
			return false
		}
	}
	return true
}

// everyTier runs f with each tier in use.
func everyTier(t *testing.T, f func(t *testing.T)) {
	for _, name := range Tiers() {
		t.Run(name, func(t *testing.T) {
			defer Use(name)()
			f(t)
		})
	}
}

func TestVectorsAtAllLengths(t *testing.T) {
	step := AdamStep{0.9, 0.1, 0.99, 0.01, 10, 100, 1e-8, 0.01}
	functions := map[string]struct {
		run  func(a, b, c, d []Float)
		want func(a, b, c, d *Float, n int)
	}{
		"axpy":     {func(a, b, _, _ []Float) { Axpy(a, 1.5, b) }, func(a, b, _, _ *Float, n int) { defined.axpy(a, b, 1.5, n) }},
		"add":      {func(a, b, _, _ []Float) { Add(a, b) }, func(a, b, _, _ *Float, n int) { defined.add(a, b, n) }},
		"scale":    {func(a, _, _, _ []Float) { Scale(a, 1.5) }, func(a, _, _, _ *Float, n int) { defined.scale(a, 1.5, n) }},
		"exp":      {func(a, b, _, _ []Float) { VectorExp(a, b, 2) }, func(a, b, _, _ *Float, n int) { defined.exp(a, b, 2, n) }},
		"sigmoid":  {func(a, b, _, _ []Float) { VectorSigmoid(a, b) }, func(a, b, _, _ *Float, n int) { defined.sigmoid(a, b, n) }},
		"tanh":     {func(a, b, _, _ []Float) { VectorTanh(a, b) }, func(a, b, _, _ *Float, n int) { defined.tanh(a, b, n) }},
		"leaky":    {func(a, b, _, _ []Float) { Leaky(a, b, 0.1) }, func(a, b, _, _ *Float, n int) { defined.leaky(a, b, 0.1, n) }},
		"sigmoid'": {func(a, b, c, _ []Float) { SigmoidSlope(a, b, c) }, func(a, b, c, _ *Float, n int) { defined.sigmoidSlope(a, b, c, n) }},
		"tanh'":    {func(a, b, c, _ []Float) { TanhSlope(a, b, c) }, func(a, b, c, _ *Float, n int) { defined.tanhSlope(a, b, c, n) }},
		"leaky'":   {func(a, b, c, _ []Float) { LeakySlope(a, b, c, 0.1) }, func(a, b, c, _ *Float, n int) { defined.leakySlope(a, b, c, 0.1, n) }},
		"momentum": {func(a, b, c, _ []Float) { Momentum(a, b, c, 0.9, 0.1) }, func(a, b, c, _ *Float, n int) { defined.momentum(a, b, c, 0.9, 0.1, n) }},
		"nesterov": {func(a, b, c, _ []Float) { Nesterov(a, b, c, 0.9, 0.1) }, func(a, b, c, _ *Float, n int) { defined.nesterov(a, b, c, 0.9, 0.1, n) }},
		"adam":     {func(a, b, c, d []Float) { Adam(a, b, c, d, step) }, func(a, b, c, d *Float, n int) { defined.adam(a, b, c, d, step, n) }},
	}
	everyTier(t, func(t *testing.T) {
		for name, f := range functions {
			for n := 1; n <= 130; n++ {
				r := rand.New(rand.NewPCG(1, uint64(n)))
				var got, all, want [4][]Float
				for i := range got {
					got[i], all[i] = guarded(r, n)
					if name == "adam" && i == 2 {
						for j, v := range got[i] {
							got[i][j] = v * v // a mean of squares
						}
					}
					want[i] = append([]Float(nil), got[i]...)
				}
				f.run(got[0], got[1], got[2], got[3])
				f.want(&want[0][0], &want[1][0], &want[2][0], &want[3][0], n)
				for i := range got {
					if at := differs(got[i], want[i]); at >= 0 {
						t.Fatalf("%s of %d: vector %d, element %d: %v, want %v", name, n, i, at, got[i][at], want[i][at])
					}
					if !intact(all[i]) {
						t.Fatalf("%s of %d: vector %d: wrote outside", name, n, i)
					}
				}
			}
			f.run(nil, nil, nil, nil)
		}
	})
}

// differs is the first place where the bits are not the same, or -1.
func differs(x, y []Float) int {
	for i := range x {
		if math.Float64bits(float64(x[i])) != math.Float64bits(float64(y[i])) {
			return i
		}
	}
	return -1
}

func TestDot64(t *testing.T) {
	for n := range 131 {
		x, _ := guarded(rand.New(rand.NewPCG(1, 2)), n)
		y, _ := guarded(rand.New(rand.NewPCG(3, 4)), n)
		want := 0.0
		for i := range x {
			want += float64(x[i]) * float64(y[i])
		}
		if got := Dot64(x, y); math.Abs(got-want) > 1e-13 {
			t.Errorf("Dot64 of %d: %v, want %v", n, got, want)
		}
	}
}

// chain is c0 + a b by its definition: one chain for each element.
func chain(c0 Float, k int, a, b func(l int) Float) Float {
	for l := range k {
		c0 = fma(a(l), b(l), c0)
	}
	return c0
}

func TestProductAtOddShapes(t *testing.T) {
	shapes := [][3]int{{1, 1, 1}, {1, 10, 64}, {3, 10, 0}, {5, 16, 130}, {7, 17, 3}, {33, 100, 129}, {40, 130, 5}, {6, 64, 128}, {128, 10, 64}, {2, 300, 260}}
	for n := 1; n <= 130; n += 3 {
		shapes = append(shapes, [3]int{n % 9, n, n % 7}, [3]int{n, n % 70, 12})
	}
	everyTier(t, func(t *testing.T) {
		var s Scratch
		for _, shape := range shapes {
			m, n, k := shape[0], shape[1], shape[2]
			for _, way := range []string{"plain", "transposed", "bias", "onto", "zero", "wide", "turned"} {
				r := rand.New(rand.NewPCG(uint64(m*n+k), 5))
				cs, bs := n, n
				if way == "wide" {
					cs, bs = whole(n)+16, n+3
				}
				a, _ := guarded(r, m*k)
				b, _ := guarded(r, k*bs)
				c, all := guarded(r, m*cs)
				before := append([]Float(nil), c...)
				bias, _ := guarded(r, n)
				A, C := Rows(a, k), Rows(c, cs)
				if way == "transposed" {
					A = Transposed(a, m)
				}
				B := Rows(b, bs)
				if way == "turned" {
					B = Transposed(b, k)
				}
				var C0 Matrix
				switch way {
				case "onto", "wide", "transposed", "turned":
					C0 = C
				case "bias":
					C0 = Matrix{bias, 0, 1}
				case "plain":
					C0 = Rows(before, cs)
				}
				s.Product(C, C0, A, B, m, n, k)
				for i := range m {
					for j := range cs {
						start, want := before[i*cs+j], before[i*cs+j]
						if way == "bias" && j < n {
							start = bias[j]
						} else if way == "zero" {
							start = 0
						}
						if j < n {
							want = chain(start, k, func(l int) Float { return a[i*A.Row+l*A.Col] }, func(l int) Float { return b[l*B.Row+j*B.Col] })
						}
						if got := c[i*cs+j]; got != want {
							t.Fatalf("%dx%dx%d %s: element %d, %d: %v, want %v", m, n, k, way, i, j, got, want)
						}
					}
				}
				if !intact(all) {
					t.Fatalf("%dx%dx%d %s: wrote outside", m, n, k, way)
				}
			}
		}
	})
}

func TestTransposeAtOddShapes(t *testing.T) {
	everyTier(t, func(t *testing.T) {
		for _, shape := range [][2]int{{1, 1}, {7, 9}, {8, 8}, {10, 64}, {64, 10}, {17, 33}, {130, 5}} {
			rows, cols := shape[0], shape[1]
			src, _ := guarded(rand.New(rand.NewPCG(1, 2)), rows*cols)
			dst, all := guarded(rand.New(rand.NewPCG(3, 4)), rows*cols)
			Transpose(dst, rows, src, cols, rows, cols)
			for i := range rows {
				for j := range cols {
					if dst[j*rows+i] != src[i*cols+j] {
						t.Fatalf("%dx%d: element %d, %d", rows, cols, i, j)
					}
				}
			}
			if !intact(all) {
				t.Fatalf("%dx%d: wrote outside", rows, cols)
			}
		}
	})
}

// someBytes is rows of bytes at scattered places, a fifth of them not zero.
func someBytes(r *rand.Rand, rows, cols int) Bytes {
	x := Bytes{Data: make([]byte, 2*rows*cols), Cols: cols, Level: new([256]Float)}
	for i := range x.Level {
		x.Level[i] = Float(i) / 255
	}
	for i := range x.Data {
		if r.IntN(5) == 0 {
			x.Data[i] = byte(r.IntN(256))
		}
	}
	for range rows {
		x.At = append(x.At, r.IntN(2*rows)*cols)
	}
	return x
}

func TestBytesForwardAndGradientAtOddShapes(t *testing.T) {
	type shape struct{ rows, cols, n, lo, hi int }
	shapes := []shape{{1, 784, 64, 0, 64}, {128, 784, 64, 0, 64}, {128, 784, 64, 32, 64}, {100, 784, 10, 0, 10}, {3, 64, 65, 0, 65},
		{128, 128, 130, 0, 130}, {40, 200, 150, 48, 150}, {33, 65, 1, 0, 1}, {16, 63, 16, 0, 16}, {5, 1, 3, 0, 3}}
	for n := 1; n <= 130; n += 7 {
		shapes = append(shapes, shape{n % 41, n + 3, n, 0, n}, shape{n, 100 + n, 48, 16, 48})
	}
	everyTier(t, func(t *testing.T) {
		var s Scratch
		for _, h := range shapes {
			r := rand.New(rand.NewPCG(uint64(h.rows*h.cols+h.n), 7))
			x := someBytes(r, h.rows, h.cols)
			value := func(i, p int) Float { return x.Level[x.Data[x.At[i]+p]] }
			w, _ := guarded(r, h.cols*h.n)
			bias, _ := guarded(r, h.n)
			stride := h.n + 5
			c, all := guarded(r, h.rows*stride)
			before := append([]Float(nil), c...)
			s.BytesForward(c, stride, bias, x, w, h.n, h.lo, h.hi)
			for i := range h.rows {
				for j := range stride {
					want := before[i*stride+j]
					if j >= h.lo && j < h.hi {
						want = chain(bias[j], h.cols, func(p int) Float { return value(i, p) }, func(p int) Float { return w[p*h.n+j] })
					}
					if got := c[i*stride+j]; got != want {
						t.Fatalf("%+v: forward: element %d, %d: %v, want %v", h, i, j, got, want)
					}
				}
			}
			g, allG := guarded(r, h.cols*h.n)
			before = append([]Float(nil), g...)
			s.BytesGradient(g, h.n, h.lo, h.hi, c, stride, x)
			for p := range h.cols {
				for j := range h.n {
					want := before[p*h.n+j]
					if j >= h.lo && j < h.hi {
						want = chain(want, h.rows, func(i int) Float { return value(i, p) }, func(i int) Float { return c[i*stride+j] })
					}
					if got := g[p*h.n+j]; got != want {
						t.Fatalf("%+v: gradient: element %d, %d: %v, want %v", h, p, j, got, want)
					}
				}
			}
			if !intact(all) || !intact(allG) {
				t.Fatalf("%+v: wrote outside", h)
			}
		}
	})
}

func TestSoftmaxOfAllWidths(t *testing.T) {
	everyTier(t, func(t *testing.T) {
		var s Scratch
		for n := 1; n <= 130; n++ {
			const rows = 5
			r := rand.New(rand.NewPCG(uint64(n), 9))
			x, _ := guarded(r, rows*n)
			p, all := guarded(r, rows*n)
			s.Softmax(p, n, x, n, rows, n)
			for i := range rows {
				row, best := x[i*n:(i+1)*n], 0
				var lanes [Lanes]Float
				for j, v := range row {
					if v > row[best] {
						best = j
					}
				}
				for j, v := range row {
					lanes[j%Lanes] += expOf(v - row[best])
				}
				total := halve(lanes)
				for j, v := range row {
					if want := expOf(v-row[best]) / total; p[i*n+j] != want {
						t.Fatalf("%d values: row %d, value %d: %v, want %v", n, i, j, p[i*n+j], want)
					}
				}
			}
			if !intact(all) {
				t.Fatalf("%d values: wrote outside", n)
			}
		}
	})
}

// TestNothingDecaysToSubnormals: rows of weights that get no gradient for
// thousands of steps must not slow the others down.
func TestNothingDecaysToSubnormals(t *testing.T) {
	smallest := 0x1p-126 // that is not subnormal
	if Precision == "float64" {
		smallest = 0x1p-1022
	}
	everyTier(t, func(t *testing.T) {
		const n = 37
		fill := func(x Float) []Float {
			v := make([]Float, n)
			for i := range v {
				v[i] = x * Float(i+1)
			}
			return v
		}
		w, v, u, m, s, zero := fill(1), fill(0.1), fill(0.1), fill(0.1), fill(0.01), make([]Float, n)
		for range 20000 {
			Momentum(w, v, zero, 0.9, 0.1)
			Nesterov(w, u, zero, 0.9, 0.1)
			Adam(w, m, s, zero, AdamStep{0.9, 0.1, 0.99, 0.01, 1, 1, 1e-8, 0.001})
		}
		for name, x := range map[string][]Float{"momentum": v, "nesterov": u, "adam's mean": m, "adam's squares": s} {
			for i, y := range x {
				if y != 0 && math.Abs(float64(y)) < smallest || y > 1e-20 {
					t.Fatalf("%s: element %d is %v", name, i, y)
				}
			}
		}
	})
}
