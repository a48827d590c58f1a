package data

import (
	"context"
	"errors"
	"sync"
	"testing"

	"digitlab/nnlib"
	"digitlab/nnlib/comm"

	"github.com/google/go-cmp/cmp"
)

// away is rows of bytes in some file, which can be broken.
type away struct {
	*nnlib.Examples
	level  [256]nnlib.Float
	bytes  []byte
	broken error
	mu     sync.Mutex
	read   map[int]int // how often each row was
}

// newAway is rows of 12 values, with many of them zero or few.
func newAway(n int, dense bool) *away {
	a := &away{bytes: make([]byte, 12*n), read: map[int]int{}}
	class := make([]int, n)
	for i := range class {
		class[i] = i * 7 % 3
	}
	for i := range a.bytes {
		if a.bytes[i] = byte(i * 31); !dense && i%3 > 0 {
			a.bytes[i] = 0
		}
	}
	for b := range a.level {
		a.level[b] = nnlib.Float(b) / 255
	}
	a.Examples = must(nnlib.PackExamples(nnlib.Pixels(3, 4), 3, &a.level, a.bytes, class))
	return a
}

func (a *away) Level() *[256]nnlib.Float { return &a.level }

func (a *away) ReadRows(first int, bytes []byte, class []int32) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range class {
		a.read[first+i]++
		class[i] = int32(a.Class()[first+i])
	}
	copy(bytes, a.bytes[12*first:])
	return a.broken
}

func equal(t *testing.T, got, want []example) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestKeptRowsAreTheSame(t *testing.T) {
	for _, dense := range []bool{false, true} {
		a := newAway(300, dense)
		k := must(Keep(a, nil))
		if k.Len() != 300 || k.Classes() != 3 || k.Shape() != nnlib.Pixels(3, 4) {
			t.Errorf("%d rows of %v in %d classes", k.Len(), k.Shape(), k.Classes())
		}
		for _, begun := range []bool{false, true} {
			if begun && must(k.Fingerprint()) != must(nnlib.Fingerprint(a.Examples)) {
				t.Error("another fingerprint")
			}
			which := []int{299, 0, 0, 5, 127, 128, 200}
			equal(t, rows(t, k, which...), rows(t, a.Examples, which...))
			if want := map[bool]int{true: 300}[begun]; k.Held() != want {
				t.Errorf("begun %v: %d rows are held", begun, k.Held())
			}
		}
		var b nnlib.Block
		if err := k.Fill(&b, nnlib.Pass{Rows: []int{1}}); err != nil || b.Listed() == dense {
			t.Errorf("dense %v: rows are listed: %v, %v", dense, b.Listed(), err)
		}
		for i := range 300 {
			if a.read[i] != 1 {
				t.Fatalf("row %d was read %d times", i, a.read[i])
			}
		}
	}
}

func TestRowsThatCannotBeReadAreReadLater(t *testing.T) {
	a := newAway(300, false)
	a.broken = errors.New("the disk is gone")
	k := must(Keep(a, nil))
	if _, err := k.Fingerprint(); !errors.Is(err, a.broken) {
		t.Errorf("error %v", err)
	}
	var b nnlib.Block
	if err := k.Fill(&b, nnlib.Pass{Rows: []int{200}}); !errors.Is(err, a.broken) || k.Held() != 0 {
		t.Errorf("error %v, %d rows are held", err, k.Held())
	}
	a.broken = nil
	equal(t, rows(t, k, 200, 3), rows(t, a.Examples, 200, 3))
}

func TestKeptNumbersAreTheSame(t *testing.T) {
	for name, d := range map[string]nnlib.Dataset{
		"dense": digits(1, 300, "dense"), "entries": digits(2, 300, "entries"), "packed": digits(3, 300, "packed"), "values": regression(300),
	} {
		k := must(Keep(d, nil))
		if must(k.Fingerprint()) != must(d.Fingerprint()) {
			t.Errorf("%s: another fingerprint", name)
		}
		equal(t, all(t, k), all(t, d))
	}
	if _, err := Keep(must(WeighClasses(digits(1, 10, "dense"), []float64{1, 2, 3})), nil); err == nil {
		t.Error("rows with weights are kept")
	}
}

// TestRanksHoldTheirOwnRows trains on 1 to 5 ranks to the same weights. Of
// several each holds little more than its share, unless steps mix all rows.
func TestRanksHoldTheirOwnRows(t *testing.T) {
	const n = 512 * nnlib.Chunk
	topology := must(nnlib.ParseTopology("3x4 affine:4 tanh affine:3 softmax+cross-entropy"))
	for name, c := range map[string]struct {
		recipe nnlib.Recipe
		spare  int // rows beyond the share, at most: a leaf, and where samples end
		all    bool
	}{
		"full":    {recipe: nnlib.Recipe{}, spare: n / 64},
		"samples": {recipe: nnlib.Recipe{Sample: 0.5}, spare: n / 32},
		"holdout": {recipe: nnlib.Recipe{Holdout: 0.2}, spare: n / 12}, // the rows held out have 12 leaves
		"batches": {recipe: nnlib.Recipe{Batch: 512}, all: true},
	} {
		r := c.recipe
		r.Topology, r.Optimizer, r.Seed = topology, nnlib.GradientDescent{Rate: 0.5}, 5
		a := newAway(n, false)
		trained := func(m nnlib.Machine, d nnlib.Dataset) ([32]byte, error) {
			run := must(nnlib.NewRun(r, m))
			for range run.To(context.Background(), d, 4) {
			}
			return run.Model().Hash(), run.Err()
		}
		want := must(trained(nnlib.Machine{Workers: 1}, a.Examples))
		for size := 1; size <= 5; size++ {
			var all sync.WaitGroup
			for i, ranks := range comm.Mesh(size) {
				all.Go(func() {
					k := must(Keep(a, ranks))
					got, err := trained(nnlib.Machine{Workers: 2, Comm: ranks}, k)
					most := n/size + c.spare
					if c.all {
						most = n
					}
					if err != nil || got != want || k.Held() > most || c.all && k.Held() < n/2 {
						t.Errorf("%s: rank %d of %d: %v, the same weights: %v, %d rows are held, %d expected", name, i, size, err, got == want, k.Held(), most)
					}
				})
			}
			all.Wait()
		}
	}
}

// What measures all rows before a run leaves nothing in memory.
func TestMeasuringKeepsNothing(t *testing.T) {
	a := newAway(300, true)
	k := must(Keep(a, nil))
	train, _, err := Split(k, 0.2, 1)
	if err == nil {
		_, err = Standardize(train)
	}
	if err == nil {
		_, err = WeighClasses(k, must(Balanced(k)))
	}
	if err != nil || k.Held() != 0 {
		t.Errorf("%v, %d rows are held", err, k.Held())
	}
}
