package kernel

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// arena is the memory of one call: areas that end where a page does. Two arenas
// of the same seed hand out the same contents, one for the definition and one
// for a tier; afterwards all of it is compared.
type arena struct {
	*rand.Rand
	values func(*rand.Rand) Float
	areas  []area
	used   int
}

// area is a part of an arena. What is in use ends where memory ends; in front
// of it is a fence.
type area struct {
	memory []byte
	used   []byte // with the fence
	size   int    // of an element
	float  bool
}

const (
	areaBytes = 1 << 20
	fence     = 256 // bytes
	sizeFloat = int(unsafe.Sizeof(Float(0)))
)

func newArena(t testing.TB) *arena {
	a := &arena{areas: make([]area, 8)}
	for i := range a.areas {
		a.areas[i].memory = pages(t, areaBytes)
	}
	return a
}

// start begins another call.
func (a *arena) start(seed uint64) {
	a.Rand, a.used = rand.New(rand.NewPCG(seed, 11)), 0
	a.values = kinds[a.IntN(len(kinds))]
}

// kinds of values: ordinary ones with zeros, all finite ones, and those at
// which arithmetic turns special.
var kinds = []func(*rand.Rand) Float{
	ordinary,
	ordinary,
	func(r *rand.Rand) Float { // of any size
		x := math.Ldexp(r.Float64()+1, r.IntN(253)-126)
		return Float(math.Copysign(x, r.Float64()-0.5))
	},
	func(r *rand.Rand) Float {
		if r.IntN(2) == 0 {
			return ordinary(r)
		}
		return special[r.IntN(len(special))]
	},
}

func ordinary(r *rand.Rand) Float {
	if r.IntN(8) == 0 {
		return 0
	}
	return Float(r.NormFloat64() * 3)
}

var special = []Float{
	0, Float(math.Copysign(0, -1)), 1, -1, Float(math.Inf(1)), Float(math.Inf(-1)), Float(math.NaN()),
	1e-40, -1e-45, 1.17549435e-38, -1.17549435e-38, 3.4028235e38, -3.4028235e38, 87, -87, 87.1, -88, 0.625, -0.625, 0.62499994, 1e-20, 16777216,
}

func (a *arena) take(n, size int, float bool, fill byte) []byte {
	m := &a.areas[a.used]
	a.used++
	m.used, m.size, m.float = m.memory[len(m.memory)-n*size-fence:], size, float
	for i := range m.used {
		m.used[i] = fill
	}
	return m.used[fence:]
}

// in is a matrix to read, with NaN between its rows.
func (a *arena) in(rows, cols, stride int) *Float { return a.matrix(rows, cols, stride, 0xff) }

// out is a matrix that may be written. 0xaa fills the rest: no calculation
// yields that.
func (a *arena) out(rows, cols, stride int) *Float { return a.matrix(rows, cols, stride, 0xaa) }

func (a *arena) matrix(rows, cols, stride int, fill byte) *Float {
	n := max(0, (rows-1)*stride+cols)
	b := a.take(n, sizeFloat, true, fill)
	if n == 0 {
		return new(Float)
	}
	x := unsafe.Slice((*Float)(unsafe.Pointer(&b[0])), n)
	for i := range rows {
		for j := range cols {
			x[i*stride+j] = a.values(a.Rand)
		}
	}
	return &x[0]
}

func (a *arena) bytes(n int) []byte { return a.take(n, 1, false, 0xaa) }

// positions is n numbers up to last, which is one of them.
func (a *arena) positions(n, last int) *int {
	b := a.take(n, int(unsafe.Sizeof(0)), false, 0xaa)
	x := unsafe.Slice((*int)(unsafe.Pointer(&b[0])), n)
	for i := range x {
		x[i] = a.IntN(last + 1)
	}
	x[a.IntN(n)] = last
	return &x[0]
}

// compare tells the first element that is not the same. All NaNs are.
func (a *arena) compare(want *arena) error {
	for i, m := range a.areas[:a.used] {
		for k := 0; k < len(m.used); k += m.size {
			g, w := m.used[k:k+m.size], want.areas[i].used[k:k+m.size]
			if string(g) == string(w) {
				continue
			}
			if !m.float {
				return fmt.Errorf("area %d, element %d: % x, want % x", i, (k-fence)/m.size, g, w)
			}
			if x, y := number(g), number(w); x == x || y == y {
				return fmt.Errorf("area %d, element %d: %v (% x), want %v (% x)", i, (k-fence)/m.size, x, g, y, w)
			}
		}
	}
	return nil
}

func number(b []byte) float64 {
	if len(b) == 8 {
		return math.Float64frombits(binary.NativeEndian.Uint64(b))
	}
	return float64(math.Float32frombits(binary.NativeEndian.Uint32(b)))
}
