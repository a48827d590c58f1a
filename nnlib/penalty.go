package nnlib

import "digitlab/nnlib/internal/kernel"

// Penalty is a cost of the weights themselves. It is not asked for biases.
type Penalty interface {
	// Add adds its derivative to grad (nil: not wanted) and returns the cost of
	// w, one span of kind Weight.
	Add(w, grad []Float) float64
}

// L2 is the penalty Rate/2 * sum w^2.
type L2 struct{ Rate float64 }

// Add adds Rate*w to grad.
func (p L2) Add(w, grad []Float) float64 {
	if grad != nil {
		kernel.Axpy(grad, Float(p.Rate), w)
	}
	return float64(p.Rate / 2 * kernel.Dot64(w, w))
}

// L1 is the penalty Rate * sum |w|. Its derivative at 0 is taken as 0.
type L1 struct{ Rate float64 }

// Add adds Rate*sign(w) to grad.
func (p L1) Add(w, grad []Float) float64 {
	sum, rate := 0.0, Float(p.Rate)
	for i, v := range w {
		switch {
		case v > 0:
			sum += float64(v)
			if grad != nil {
				grad[i] += rate
			}
		case v < 0:
			sum -= float64(v)
			if grad != nil {
				grad[i] -= rate
			}
		}
	}
	return float64(p.Rate * sum)
}

// ElasticNet is the sum of both penalties (Zou and Hastie, 2005).
type ElasticNet struct{ L1, L2 float64 }

// Add adds both derivatives.
func (p ElasticNet) Add(w, grad []Float) float64 {
	return L1{p.L1}.Add(w, grad) + L2{p.L2}.Add(w, grad)
}
