package nnlib

import "fmt"

// Dropout sets each value to 0 with the chance Rate in training, and divides
// the others by 1-Rate; elsewhere it hands on what it gets (Srivastava and
// others, 2014, in the inverted form). What is dropped is a function of seed,
// step and row.
type Dropout struct {
	Plain
	Rate float64 // in [0, 1)
}

// String is the layer in the topology's text.
func (d Dropout) String() string { return fmt.Sprintf("dropout:%v", d.Rate) }

// Out is in.
func (d Dropout) Out(in Shape) (Shape, error) {
	if !(d.Rate >= 0 && d.Rate < 1) {
		return in, fmt.Errorf("dropout: rate %v: it must be in [0, 1)", d.Rate)
	}
	return in, nil
}

// Bind needs no memory: Backward draws the same mask again.
func (d Dropout) Bind(Shape) LayerModel { return dropout{rate: d.Rate} }

type dropout struct {
	weightless
	rate float64
}

func (l dropout) Forward(p Pass, _ []Float, out Matrix, in *Input) { l.apply(p, out, in.Dense()) }

func (l dropout) Backward(p Pass, _ []Float, dIn, dOut, _ Matrix, _ *Input) { l.apply(p, dIn, dOut) }

func (l dropout) apply(p Pass, to, from Matrix) {
	scale := Float(1 / (1 - l.rate))
	for i := range to.Rows {
		x, y := from.Row(i), to.Row(i)
		if !p.Train || l.rate == 0 {
			copy(y, x)
			continue
		}
		key := draw(p.Seed, p.Step, uint64(p.Rows[i]))
		for j, v := range x {
			if unit(mix(key+uint64(j))) < l.rate {
				y[j] = 0
			} else {
				y[j] = v * scale
			}
		}
	}
}
