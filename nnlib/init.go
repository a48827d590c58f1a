package nnlib

import "math"

// Init makes a flat weight vector to start from, by init or, where init is nil,
// by each layer's own rule.
func (t Topology) Init(seed uint64, init Initializer) ([]Float, error) {
	places, n, err := t.places()
	if err != nil {
		return nil, err
	}
	w := make([]Float, n)
	var fill Filler
	if init != nil {
		fill = init.Start(seed)
	}
	for i, p := range places {
		part, rng := w[p.at:p.at+p.n], &Random{seed: seed, layer: uint64(i)}
		if fill == nil {
			t.Layers[i].Init(part, p.in, rng)
			continue
		}
		for _, s := range t.Layers[i].Weights(p.in) {
			fill(part[:s.Len], s, p.in.Len(), p.out.Len(), rng)
			part = part[s.Len:]
		}
	}
	return w, nil
}

// Initializer replaces the layers' own way to draw weights to start from.
type Initializer interface {
	// Start makes what fills one network's spans, from the front.
	Start(seed uint64) Filler
}

// Filler overwrites w, the weights of span s in a layer of so many input and
// output values. rng is the layer's own.
type Filler func(w []Float, s Span, in, out int, rng *Random)

// Uniform draws every weight and bias uniformly from [-Limit, Limit). The
// PySpark project's is Uniform{0.5}.
type Uniform struct{ Limit float64 }

// Start draws one number for each weight.
func (u Uniform) Start(uint64) Filler {
	return func(w []Float, _ Span, _, _ int, rng *Random) { uniform(w, u.Limit, rng) }
}

// Glorot draws weights uniformly from +-sqrt(6/(in+out)); biases are zero
// (Glorot and Bengio, 2010). It suits sigmoid and tanh.
type Glorot struct{}

// Start draws one number for each weight that is no bias.
func (Glorot) Start(uint64) Filler {
	return func(w []Float, s Span, in, out int, rng *Random) {
		if s.Kind == Weight {
			uniform(w, math.Sqrt(6/float64(in+out)), rng)
		}
	}
}

// He draws weights uniformly from +-sqrt(6/in); biases are zero (He and others,
// 2015). It suits ReLU.
type He struct{}

// Start draws one number for each weight that is no bias.
func (He) Start(uint64) Filler {
	return func(w []Float, s Span, in, _ int, rng *Random) {
		if s.Kind == Weight {
			uniform(w, math.Sqrt(6/float64(in)), rng)
		}
	}
}

func uniform(w []Float, limit float64, rng *Random) {
	for i := range w {
		w[i] = Float(float64(2*rng.Float64()-1) * limit)
	}
}
