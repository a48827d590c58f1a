package main

import (
	"math"
	"math/rand/v2"
	"runtime/debug"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// net is the products of gonum's blas32 with the rest as loops; everything is allocated once.
type net struct {
	job                job
	x                  []float32
	class              []int
	rng                *rand.Rand
	order              []int
	bytes              []float32 // what classes scales to
	w1, w2, g1, g2     matrix    // a row of units for each input
	b1, b2             []float32 // biases
	batch, hidden, out []float32 // rows of a step
	below              []float32 // the error of hidden
	labels             []int     // of a step
}

type matrix = blas32.General

func newGonum(j job, x []float32, class []int) way {
	n, h, k := j.Units[0], j.Units[1], j.Units[2]
	rows := min(j.Batch, len(class))
	m := &net{job: j, x: x, class: class, rng: rand.New(rand.NewPCG(j.Seed, 0)), order: make([]int, len(class)),
		w1: rowsOf(nil, n, h), w2: rowsOf(nil, h, k), g1: rowsOf(nil, n, h), g2: rowsOf(nil, h, k),
		b1: make([]float32, h), b2: make([]float32, k),
		hidden: make([]float32, rows*h), out: make([]float32, rows*k), below: make([]float32, rows*h), labels: make([]int, rows)}
	if rows < len(class) {
		m.batch = make([]float32, rows*n)
	}
	for i := range m.order {
		m.order[i] = i
	}
	for _, l := range []struct {
		w    []float32
		from int
	}{{m.w1.Data, n}, {m.b1, n}, {m.w2.Data, h}, {m.b2, h}} {
		for i := range l.w {
			l.w[i] = float32((2*m.rng.Float64() - 1) / math.Sqrt(float64(l.from)))
		}
	}
	return m
}

// rowsOf is data as a matrix; nil: a new one.
func rowsOf(data []float32, rows, cols int) matrix {
	if data == nil {
		data = make([]float32, rows*cols)
	}
	return matrix{Rows: rows, Cols: cols, Stride: cols, Data: data[:rows*cols]}
}

func (m *net) version() string {
	if b, ok := debug.ReadBuildInfo(); ok {
		for _, d := range b.Deps {
			if d.Path == "gonum.org/v1/gonum" {
				return "gonum " + d.Version
			}
		}
	}
	return "gonum"
}

func (m *net) epoch() float64 {
	n, rows, width := len(m.class), m.job.Batch, m.job.Units[0]
	if rows >= n {
		return m.step(m.x, m.class) / float64(n)
	}
	m.rng.Shuffle(n, func(i, k int) { m.order[i], m.order[k] = m.order[k], m.order[i] })
	total := 0.0
	for first := 0; first < n; first += rows {
		some := m.order[first:min(first+rows, n)]
		for i, row := range some {
			copy(m.batch[i*width:(i+1)*width], m.x[row*width:])
			m.labels[i] = m.class[row]
		}
		total += m.step(m.batch[:len(some)*width], m.labels[:len(some)])
	}
	return total / float64(n)
}

// forward fills hidden and returns the logits.
func (m *net) forward(x []float32, rows int, hidden, out []float32) (h, o matrix) {
	h, o = rowsOf(hidden, rows, m.w1.Cols), rowsOf(out, rows, m.w2.Cols)
	for i := range rows {
		copy(h.Data[i*h.Cols:], m.b1)
		copy(o.Data[i*o.Cols:], m.b2)
	}
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, rowsOf(x, rows, m.w1.Rows), m.w1, 1, h)
	for i, v := range h.Data {
		h.Data[i] = float32(1 / (1 + math.Exp(-float64(v))))
	}
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, h, m.w2, 1, o)
	return h, o
}

// step is the total cost before it.
func (m *net) step(x []float32, class []int) (cost float64) {
	rows := len(class)
	h, o := m.forward(x, rows, m.hidden, m.out)
	for i, c := range class {
		row := o.Data[i*o.Cols : (i+1)*o.Cols]
		most, sum := row[0], 0.0
		for _, v := range row {
			most = max(most, v)
		}
		for _, v := range row {
			sum += math.Exp(float64(v - most))
		}
		cost += math.Log(sum) - float64(row[c]-most)
		for k, v := range row {
			row[k] = float32(math.Exp(float64(v-most)) / sum)
		}
		row[c]--
	}
	below, scale := rowsOf(m.below, rows, h.Cols), 1/float32(rows)
	blas32.Gemm(blas.Trans, blas.NoTrans, scale, h, o, 0, m.g2)
	blas32.Gemm(blas.NoTrans, blas.Trans, 1, o, m.w2, 0, below)
	for i, v := range h.Data {
		below.Data[i] *= v * (1 - v)
	}
	blas32.Gemm(blas.Trans, blas.NoTrans, scale, rowsOf(x, rows, m.w1.Rows), below, 0, m.g1)
	rate := m.job.Rate
	add(-rate, m.g1.Data, m.w1.Data)
	add(-rate, m.g2.Data, m.w2.Data)
	for i := range rows {
		add(-rate*scale, below.Data[i*below.Cols:(i+1)*below.Cols], m.b1)
		add(-rate*scale, o.Data[i*o.Cols:(i+1)*o.Cols], m.b2)
	}
	return cost
}

// add is y += a x.
func add(a float32, x, y []float32) {
	blas32.Axpy(a, blas32.Vector{N: len(x), Inc: 1, Data: x}, blas32.Vector{N: len(y), Inc: 1, Data: y})
}

func (m *net) classes(images []byte) []int {
	m.bytes = scaled(m.bytes, images)
	rows := len(images) / m.w1.Rows
	_, o := m.forward(m.bytes, rows, nil, nil)
	class := make([]int, rows)
	for i := range class {
		row := o.Data[i*o.Cols : (i+1)*o.Cols]
		for k, v := range row {
			if v > row[class[i]] {
				class[i] = k
			}
		}
	}
	return class
}
