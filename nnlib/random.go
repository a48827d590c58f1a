package nnlib

// Randomness is a function of its keys (seed, purpose, step or epoch, row) and
// never a stream: nothing about it has to be saved, and workers need not agree
// on an order. The functions are SplitMix64's (Steele, Lea, Flood 2014).

// purpose keeps draws for different ends apart.
type purpose = uint64

const (
	forInit purpose = iota + 1
	forOrder
	forSample
	forHoldout
	forLayer
)

// draw hashes its keys, in order, to 64 random bits.
func draw(keys ...uint64) uint64 {
	h := uint64(golden)
	for _, k := range keys {
		h = mix(h ^ mix(k+golden))
	}
	return h
}

const golden = 0x9e3779b97f4a7c15

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// unit is the random bits as a number in [0, 1).
func unit(h uint64) float64 { return float64(h>>11) * 0x1p-53 }

// Random hands one layer's Init its numbers: they depend on the seed and the
// layer's place alone, not on what other layers draw.
type Random struct{ seed, layer, i uint64 }

// Float64 is the next number, uniform in [0, 1).
func (r *Random) Float64() float64 {
	r.i++
	return unit(draw(r.seed, forInit, r.layer, r.i))
}
