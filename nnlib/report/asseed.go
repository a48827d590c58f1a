package report

import "digitlab/nnlib"

// AsSeed is the model that the PySpark-Neural-Network project tests: the same
// weights, with sigmoids where tanh was trained. Its rounded tallies
// (Evaluation.Rounded) are the project's published metrics.
func AsSeed(m *nnlib.Model) *nnlib.Model {
	t := nnlib.Topology{Input: m.Topology.Input}
	for _, l := range m.Topology.Layers {
		if _, ok := l.(nnlib.Tanh); ok {
			l = nnlib.Sigmoid{}
		}
		t.Layers = append(t.Layers, l)
	}
	return &nnlib.Model{Topology: t, Weights: m.Weights}
}
