package main

import "runtime"

// contender is a program that does the work in one way.
type contender struct {
	Name    string
	Program program
	Way     string // which of the program's ways; Digitlab has one
	Tier    string // SIMD tier that Digitlab is made to use; empty: its own choice
	Once    bool   // it takes so long that it has one turn of one timing

	// What its first layer does with zeros.
	Forward, Gradient bool // it leaves them out of the forward product, of the gradient
}

// program is what is started.
type program int

const (
	self      program = iota + 1 // Digitlab: this command with -serve
	python                       // peers.py in .env/peers
	sparkML                      // peers.py in .env/spark
	goLibrary                    // the command in _golibs
)

const (
	ours  = "Digitlab"
	idiom = "PyTorch, eager" // the way most of its users know
	avx2  = "Digitlab, AVX2"
)

var contenders = []contender{
	{Name: ours, Program: self, Forward: true, Gradient: true},
	{Name: avx2, Program: self, Tier: "avx2", Forward: true, Gradient: true},
	{Name: idiom, Program: python, Way: "torch-eager"},
	{Name: "PyTorch, backward by hand", Program: python, Way: "torch-by-hand"},
	{Name: "PyTorch, sparse tensors", Program: python, Way: "torch-sparse", Forward: true},
	{Name: "PyTorch, torch.compile", Program: python, Way: "torch-compile"},
	{Name: "JAX, jit and scan", Program: python, Way: "jax"},
	{Name: "scikit-learn, dense", Program: python, Way: "sklearn-dense"},
	{Name: "scikit-learn, CSR", Program: python, Way: "sklearn-csr", Forward: true, Gradient: true},
	{Name: "Spark ML", Program: sparkML, Way: "spark", Once: true},
	{Name: "Go: gonum blas32 by hand", Program: goLibrary, Way: "gonum", Forward: true, Gradient: true},
}

// isOurs says whether c is Digitlab in one of its forms.
func (c contender) isOurs() bool { return c.Program == self }

// takesPart leaves out what nobody would do or nobody can.
func (c contender) takesPart(w work) bool {
	lbfgs, zeros := w.Job.Iterations > 0, w.Job.Mean == 0
	switch {
	case c.Tier == "avx2" && runtime.GOARCH != "amd64":
		return false
	case c.Program == self:
		return true
	case c.Program == sparkML || lbfgs:
		return c.Program == sparkML && lbfgs
	case c.Program == goLibrary: // its products run at a twentieth of the others'
		return w.Job.Rule == "plain" && len(w.Job.Units) == 3 && zeros && !w.Cold
	case c.Way == "torch-compile": // a compiler for one epoch
		return !w.Cold
	case c.Way == "torch-sparse" || c.Way == "sklearn-csr": // lists of entries without a zero among them
		return zeros
	}
	return true
}

// contender is the one of that name; without one it has no properties.
func contenderNamed(name string) (found contender) {
	for _, c := range contenders {
		if c.Name == name {
			return c
		}
	}
	return found
}
