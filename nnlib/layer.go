package nnlib

// Layer describes one layer of a topology. It is a plain value; Bind makes the
// worker. Layers without weights that keep their input's shape embed Plain.
type Layer interface {
	// Out is the shape of the output, or an error that says what is wrong with
	// the layer or its input.
	Out(in Shape) (Shape, error)
	// Weights lists the layer's weights, front to back.
	Weights(in Shape) []Span
	// Init overwrites w with weights to start from.
	Init(w []Float, in Shape, rng *Random)
	// Bind allocates what one worker needs for up to Chunk rows.
	Bind(in Shape) LayerModel
}

// LayerModel is a layer bound for one worker. Calls for one chunk follow each
// other: Forward, then Backward, then Gradient. No argument aliases another. w
// and grad are the layer's own part of the flat vector.
type LayerModel interface {
	// Forward overwrites out, one row an example.
	Forward(p Pass, w []Float, out Matrix, in *Input)
	// Backward overwrites dIn with the derivative of the cost by the input, from
	// dOut, the one by the output. It is not called for the lowest layer with
	// weights.
	Backward(p Pass, w []Float, dIn, dOut, out Matrix, in *Input)
	// Gradient adds the derivative by the weights to grad. It is linear in dOut:
	// in a direct update grad is the weights themselves, and dOut is scaled.
	Gradient(p Pass, grad []Float, dOut Matrix, in *Input)
}

// Loss is a layer on top that also knows the cost. It is the last layer, and
// only the last.
type Loss interface {
	Layer
	// Delta overwrites d with the derivative of the total cost of the rows by
	// in, the loss's input, each row times its weight and not divided by
	// anything. out is what Forward made of in. The rows are a part of the chunk,
	// 16 or fewer: nothing may depend on which rows come together. Several workers
	// call it at once.
	Delta(d, out, in Matrix, t Targets) Sum
}

// Kind says how weights are treated by penalties.
type Kind uint8

const (
	Weight    Kind = iota // penalised
	Bias                  // not penalised
	Statistic             // not penalised; its gradient is zero
)

// Span is a named run of weights in the flat vector.
type Span struct {
	Name  string // of the matrix or vector, within its layer
	Len   int
	Kind  Kind
	Units int // weights in a row: weight i leads to unit i mod Units; zero: not known
}

// Plain is embedded by layers that keep the shape and have no weights.
type Plain struct{}

// Out is in.
func (Plain) Out(in Shape) (Shape, error) { return in, nil }

// Weights is empty.
func (Plain) Weights(Shape) []Span { return nil }

// Init does nothing.
func (Plain) Init([]Float, Shape, *Random) {}

// weightless is embedded by layer models without weights.
type weightless struct{}

func (weightless) Gradient(Pass, []Float, Matrix, *Input) {}

// Sum is totals over rows. Penalty is that of the weights, added once.
type Sum struct {
	Cost, Weight, Penalty float64
	Examples, Correct     int64
}

// Mean is the number that training makes smaller: the mean cost of a row plus
// the penalty. Rows that weigh nothing cost nothing.
func (s Sum) Mean() float64 {
	if s.Weight == 0 {
		return s.Penalty
	}
	return s.Cost/s.Weight + s.Penalty
}

// scale is rate divided by the weight: what totals are multiplied by.
func (s Sum) scale(rate float64) Float {
	if s.Weight == 0 {
		return 0
	}
	return Float(rate / s.Weight)
}

// Accuracy is the share of rows whose largest output is at the largest target.
func (s Sum) Accuracy() float64 { return float64(s.Correct) / float64(s.Examples) }

// add adds the totals of other rows.
func (s *Sum) add(t Sum) {
	s.Cost += t.Cost
	s.Weight += t.Weight
	s.Examples += t.Examples
	s.Correct += t.Correct
}

// count adds one row with the given outputs.
func (s *Sum) count(t Targets, i int, out []Float) {
	s.tally(t.weight(i), first(out, t.class(i)))
}

// tally adds one row of that weight.
func (s *Sum) tally(weight Float, right bool) {
	s.Examples++
	s.Weight += float64(weight)
	if right {
		s.Correct++
	}
}

// first says whether place is argmax(x): without a branch to guess for each
// value, since this is asked for every row.
func first(x []Float, place int) bool {
	v, above, equal := x[place], 0, 0
	for _, y := range x {
		if y > v {
			above++
		}
		if y == v {
			equal++
		}
	}
	if equal == 1 && x[0] == x[0] {
		return above == 0
	}
	return argmax(x) == place
}
