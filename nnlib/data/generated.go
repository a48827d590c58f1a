package data

import (
	"crypto/sha256"
	"fmt"

	"digitlab/nnlib"
)

// Generated is rows that are computed when they are asked for, and kept nowhere:
// as many as one likes. Each is a point near the centre of its class, which is a
// corner of a cube. Row i depends on the seed and i alone.
type Generated struct {
	Rows, Inputs int
	Labels       int     // how many classes
	Noise        float64 // a value differs from its centre's, -1 or 1, by up to this; zero means 2
	Seed         uint64
}

var _ nnlib.Dataset = Generated{}

// Len is the number of rows.
func (g Generated) Len() int { return g.Rows }

// Shape is a vector of the inputs.
func (g Generated) Shape() nnlib.Shape { return nnlib.Units(g.Inputs) }

// Classes is Labels.
func (g Generated) Classes() int { return g.Labels }

// Steady says that the rows are the same in every step.
func (g Generated) Steady() {}

// Fingerprint is that of the description.
func (g Generated) Fingerprint() ([32]byte, error) {
	return sha256.Sum256(fmt.Appendf(nil, "generated %+v", g)), nil
}

// Fill computes the rows.
func (g Generated) Fill(b *nnlib.Block, p nnlib.Pass) error {
	noise := g.Noise
	if noise == 0 {
		noise = 2
	}
	x := b.DenseRows(len(p.Rows), g.Inputs)
	for i, row := range p.Rows {
		key := scramble(g.Seed + uint64(row))
		b.Class[i] = int(key % uint64(g.Labels))
		centre := scramble(g.Seed ^ scramble(uint64(b.Class[i])))
		for k := range x.Row(i) {
			if k > 0 && k%64 == 0 {
				centre = scramble(centre)
			}
			key += 0x9e3779b97f4a7c15
			away := float64(noise * (float64(scramble(key)>>11)*0x1p-52 - 1))
			x.Row(i)[k] = nnlib.Float(float64(2*int(centre>>(k%64)&1)-1) + away)
		}
	}
	return nil
}

// scramble is the finisher of SplitMix64 (Steele, Lea, Flood 2014).
func scramble(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
