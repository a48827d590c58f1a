package nnlib

// Schedule sets the learning rate. It is a pure function, called once a step,
// before the update.
type Schedule interface {
	// Next is the rate of the coming update. With undo the weights first return
	// to before the last update, which is taken again in the same direction at
	// the new rate; only an Undoer may ask for it.
	Next(p Progress) (rate float64, undo bool)
}

// Undoer is a Schedule that may take updates back. For one whose Undoes is true
// two more vectors are kept.
type Undoer interface {
	Schedule
	Undoes() bool
}

// Progress is what a Schedule knows. Where the step is the epoch, Cost is this
// step's; in mini-batches it is the mean over the last whole epoch. LastCost is
// the one before that. New says that both exist, and that Cost has not been
// shown before.
type Progress struct {
	Step, Epoch    int // from 0
	Start, Rate    float64
	Cost, LastCost float64
	New            bool
}

// BoldDriver multiplies the rate by Grow (zero means 1.05) when the cost has
// fallen and by Shrink (zero means 0.5) when it has not. The PySpark project's
// takes the step all the same; the classic one, with Undo, takes the bad step
// back first and is for steps that are whole epochs.
type BoldDriver struct {
	Grow, Shrink float64
	Undo         bool
}

// Undoes is Undo.
func (b BoldDriver) Undoes() bool { return b.Undo }

// Next compares Cost with LastCost. An equal cost counts as worse.
func (b BoldDriver) Next(p Progress) (float64, bool) {
	switch {
	case !p.New:
		return p.Rate, false
	case p.Cost < p.LastCost:
		return p.Rate * orDefault(b.Grow, 1.05), false
	}
	return p.Rate * orDefault(b.Shrink, 0.5), b.Undo
}

// orDefault is x, or the default where x is zero.
func orDefault(x, standard float64) float64 {
	if x == 0 {
		return standard
	}
	return x
}
