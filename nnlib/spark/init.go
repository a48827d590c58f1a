package spark

import (
	"encoding/binary"
	"math"
	"math/bits"

	"digitlab/nnlib"
)

// Init draws the weights that Spark 4.3 starts from: one generator for the
// whole network, and each weight and bias uniform in +-2.4/sqrt(inputs). The
// recipe's seed, as int64, is Spark's parameter seed. With the build tag
// float64 the weights have Spark's bits.
type Init struct{}

var _ nnlib.Initializer = Init{}

// Start makes the network's generator.
func (Init) Start(seed uint64) nnlib.Filler {
	r := newXORShift(seed)
	return func(w []nnlib.Float, _ nnlib.Span, in, _ int, _ *nnlib.Random) {
		width := math.Sqrt(float64(in))
		for i := range w {
			w[i] = nnlib.Float((float64(r.float64()*4.8) - 2.4) / width)
		}
	}
}

// xorShift is Spark's XORShiftRandom (Marsaglia, 2003, with the shifts 21, 35
// and 4). It hands out the low bits of its state.
type xorShift uint64

// newXORShift scrambles the seed, big-endian, by two rounds of MurmurHash3.
func newXORShift(seed uint64) *xorShift {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], seed)
	low := murmur3(b, 0x3c074a61)
	high := murmur3(b, low)
	r := xorShift(uint64(high)<<32 | uint64(low))
	return &r
}

func (r *xorShift) next(n int) uint64 {
	x := uint64(*r)
	x ^= x << 21
	x ^= x >> 35
	x ^= x << 4
	*r = xorShift(x)
	return x & (1<<n - 1)
}

// float64 is uniform in [0, 1), with 53 bits.
func (r *xorShift) float64() float64 {
	high := r.next(26)
	return float64(high<<27+r.next(27)) * 0x1p-53
}

// murmur3 is MurmurHash3_x86_32 of eight bytes (Appleby, 2011).
func murmur3(b [8]byte, h uint32) uint32 {
	for i := 0; i < len(b); i += 4 {
		k := binary.LittleEndian.Uint32(b[i:]) * 0xcc9e2d51
		h ^= bits.RotateLeft32(k, 15) * 0x1b873593
		h = bits.RotateLeft32(h, 13)*5 + 0xe6546b64
	}
	h ^= uint32(len(b))
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}
