package main

// job is one kind of work, as it is asked of every contender. In training, a timing is an epoch; where Iterations is
// not zero it is a whole training of so many from fresh weights, and where Calls is not zero the mean of so many calls
// that go from bytes to classes.
type job struct {
	Way        string  `json:"way"`   // which of the other programs' ways; Digitlab has one
	Units      []int   `json:"units"` // of each layer, the input's first
	Hidden     string  `json:"hidden"`
	Rule       string  `json:"rule"` // plain, momentum, adam or lbfgs
	Rate       float64 `json:"rate"`
	Batch      int     `json:"batch"` // from Rows on: the step is the epoch
	Rows       int     `json:"rows"`  // trained on, or predicted in one call
	Mean       float64 `json:"mean"`  // inputs are (byte/255 - Mean) / Deviation
	Deviation  float64 `json:"deviation"`
	Warm       int     `json:"warm"`       // epochs before the first timing; of lbfgs, iterations
	Iterations int     `json:"iterations"` // of lbfgs, in a timing
	Calls      int     `json:"calls"`
	Seed       uint64  `json:"seed"`
	Profile    bool    `json:"profile,omitempty"` // Digitlab says what its steps spend on each phase; its timings do not count then
}

// answer is what a contender says: its version once it is ready, then what it has measured.
type answer struct {
	Version  string    `json:"version,omitempty"`
	Error    string    `json:"error,omitempty"`
	Seconds  []float64 `json:"seconds,omitempty"`
	End      float64   `json:"end,omitempty"`  // Unix time after the last timing
	Accuracy float64   `json:"accuracy"`       // on the test images, then
	Cost     float64   `json:"cost"`           // mean of the last epoch; of lbfgs, after the last iteration
	Hash     string    `json:"hash,omitempty"` // of Digitlab's weights, then
	Profile  phases    `json:"profile,omitempty"`
}

// phases is the mean microseconds that a step of Digitlab spends on each of its phases.
type phases map[string]float64

// operations is the floating-point work of an epoch, a multiplication with its addition counted as two: all of it as
// if every input were multiplied, and what is left where filled, a share of the inputs, is not zero and the first
// layer's forward product or its gradient leaves the zeros out.
func (j job) operations(filled float64, forward, gradient bool) (dense, done float64) {
	for i, n := range j.Units[1:] {
		product := 2 * float64(j.Rows) * float64(j.Units[i]) * float64(n)
		dense += 3 * product // forward, gradient, and the error that goes down
		done += 3 * product
		if i > 0 {
			continue
		}
		dense, done = dense-product, done-product // nothing goes down to the input
		if forward {
			done -= (1 - filled) * product
		}
		if gradient {
			done -= (1 - filled) * product
		}
	}
	return dense, done
}

// parts cuts so many rows into the partitions that Spark is given, one for each thread.
func parts(rows, n int) (sizes []int) {
	for i := range n {
		sizes = append(sizes, (i+1)*rows/n-i*rows/n)
	}
	return sizes
}
