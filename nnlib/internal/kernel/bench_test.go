package kernel

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// Sizes of the net that the benchmarks are of: 784-64-10.
const (
	benchCols  = 784
	benchUnits = 64
	benchBatch = Column
)

// images is rows of 784 bytes: those of MNIST where they are, or made-up ones
// that have as many zeros in as long runs.
func images(b *testing.B) []byte {
	b.Helper()
	const header = 16
	file, err := os.ReadFile(filepath.Join("..", "..", "..", "data", "mnist", "train-images-idx3-ubyte"))
	if err == nil && len(file) > header {
		return append(file[header:], make([]byte, Group)...)
	}
	r := rand.New(rand.NewPCG(1, 2))
	made := make([]byte, 10000*benchCols+Group)
	for i := 0; i < len(made); {
		i += 8 + r.IntN(40)
		for stroke := 3 + r.IntN(6); stroke > 0 && i < len(made); stroke-- {
			made[i] = byte(1 + r.IntN(255))
			i++
		}
	}
	return made
}

// floats is n random numbers.
func floats(n int) []Float {
	r := rand.New(rand.NewPCG(3, 4))
	x := make([]Float, n)
	for i := range x {
		x[i] = Float(r.NormFloat64())
	}
	return x
}

// eachTier runs f as a benchmark of every tier but the definition.
func eachTier(b *testing.B, f func(b *testing.B, t *tier)) {
	for _, t := range tiersHere[:max(1, len(tiersHere)-1)] {
		b.Run(t.name, func(b *testing.B) { f(b, t) })
	}
}

// perRow reports the time of one of n rows.
func perRow(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
}

// batches calls f for one batch of rows after the other, in order or shuffled.
func batches(b *testing.B, shuffled bool, f func(data []byte, at []int)) {
	data := images(b)
	rows := (len(data) - Group) / benchCols
	order := make([]int, rows)
	for i := range order {
		order[i] = i * benchCols
	}
	if shuffled {
		r := rand.New(rand.NewPCG(5, 6))
		r.Shuffle(rows, func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	i := 0
	for b.Loop() {
		f(data, order[i:i+benchBatch])
		if i += benchBatch; i+benchBatch > rows {
			i = 0
		}
	}
	perRow(b, benchBatch)
}

// levels is the values of the bytes.
func levels() *[256]Float {
	var level [256]Float
	for i := range level {
		level[i] = Float(i) / 255
	}
	return &level
}

func BenchmarkBytesForward(b *testing.B) {
	for _, order := range []string{"in order", "shuffled"} {
		b.Run(order, func(b *testing.B) {
			eachTier(b, func(b *testing.B, t *tier) {
				level, w := levels(), floats(benchCols*benchUnits)
				c, bias := make([]Float, benchBatch*benchUnits), floats(benchUnits)
				batches(b, order == "shuffled", func(data []byte, at []int) {
					from, step := &bias[0], 0
					for p, lines := 0, 13; p < benchCols; p, lines = p+2*Group, 0 {
						groups, skip, q := 2, 0, p
						if left := benchCols - p; left < Group {
							groups, skip, q = 1, Group-left, benchCols-Group
						}
						t.bytesForward(benchUnits, len(at), groups, &data[q], &at[0], skip, &level[0], &w[p*benchUnits], benchUnits, from, step, &c[0], benchUnits, lines)
						from, step = &c[0], benchUnits
					}
				})
			})
		})
	}
}

func BenchmarkBytesTranspose(b *testing.B) {
	eachTier(b, func(b *testing.B, t *tier) {
		columns := make([]byte, Group*Column)
		batches(b, false, func(data []byte, at []int) {
			for p := 0; p < benchCols; p += Group {
				t.bytesTranspose(&columns[0], len(at), &data[min(p, benchCols-Group)], &at[0])
			}
		})
	})
}

func BenchmarkBytesGradient(b *testing.B) {
	eachTier(b, func(b *testing.B, t *tier) {
		data := images(b)
		columns, at := make([]byte, 20*benchCols*Column), make([]int, benchBatch)
		for batch := range 20 {
			for p := 0; p < benchCols; p++ {
				for i := range at {
					columns[(batch*benchCols+p)*Column+i] = data[(batch*benchBatch+i)*benchCols+p]
				}
			}
		}
		level, d, g := levels(), floats(benchBatch*benchUnits), make([]Float, benchCols*benchUnits)
		batch := 0
		for b.Loop() {
			for p := 0; p < benchCols; p += Group {
				count := min(Group, benchCols-p)
				t.bytesGradient(benchUnits, count, 2, &columns[(batch*benchCols+p)*Column], &level[0], &d[0], benchUnits, &g[p*benchUnits], benchUnits, nil, nil, 0)
			}
			batch = (batch + 1) % 20
		}
		perRow(b, benchBatch)
	})
}

// BenchmarkProduct is the first layer as if no byte were zero.
func BenchmarkProduct(b *testing.B) {
	eachTier(b, func(b *testing.B, t *tier) {
		x, w, c := floats(benchBatch*benchCols), floats(benchCols*benchUnits), make([]Float, benchBatch*benchUnits)
		for b.Loop() {
			for k := 0; k < benchCols; k += depth {
				t.product(benchBatch, benchUnits, min(depth, benchCols-k), &x[k], benchCols, 1, &w[k*benchUnits], benchUnits, &c[0], benchUnits, &c[0], benchUnits)
			}
		}
		perRow(b, benchBatch)
		b.ReportMetric(2*benchBatch*benchCols*benchUnits*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
	})
}
