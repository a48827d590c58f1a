package metrics

// Score is the quality of one class, or an average over classes. All values
// but Support are shares from 0 to 1; a share of nothing is 0, as in
// scikit-learn with zero_division=0.
type Score struct {
	Precision float64 `json:"precision"` // of the examples read as the class, the share that are
	Recall    float64 `json:"recall"`    // of the examples of the class, the share read as it
	F1        float64 `json:"f1"`        // harmonic mean: 2 tp / (2 tp + fp + fn)
	Support   int64   `json:"support"`   // examples of the class
}

func score(tp, predicted, support int64) Score {
	return Score{ratio(tp, predicted), ratio(tp, support), ratio(2*tp, predicted+support), support}
}

// Scores is the quality of each class.
func (c *Confusion) Scores() []Score {
	s := make([]Score, len(c.Counts))
	for k := range s {
		s[k] = score(c.Counts[k][k], c.Predicted(k), c.Support(k))
	}
	return s
}

// Macro is the plain mean over the classes, absent ones included.
func (c *Confusion) Macro() Score {
	return c.mean(func(Score) float64 { return 1 })
}

// Weighted is the mean over the classes weighted by support, zeros when there
// are no examples.
func (c *Confusion) Weighted() Score {
	return c.mean(func(s Score) float64 { return float64(s.Support) })
}

// Micro pools the counts of all classes. Where every example has one class
// and one prediction, its three shares equal the accuracy.
func (c *Confusion) Micro() Score {
	n := c.Total()
	return score(c.Correct(), n, n)
}

func (c *Confusion) mean(weight func(Score) float64) (m Score) {
	var sum float64
	for _, s := range c.Scores() {
		w := weight(s)
		sum += w
		m.Precision += w * s.Precision
		m.Recall += w * s.Recall
		m.F1 += w * s.F1
		m.Support += s.Support
	}
	if sum == 0 {
		return Score{Support: m.Support}
	}
	m.Precision /= sum
	m.Recall /= sum
	m.F1 /= sum
	return m
}
