package notebook

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"digitlab/nnlib"
)

// update is what a recorder was given, and when.
type update struct {
	id, html string
	at       time.Time
}

// recorder is a sink that keeps everything.
type recorder struct {
	s       *screen
	updates []update
	synced  int // updates that had arrived at the last Sync
	then    func(u update)
}

func (r *recorder) Update(id, html string) {
	u := update{id, html, r.s.clock()}
	r.updates = append(r.updates, u)
	if r.then != nil {
		r.then(u)
	}
}

func (r *recorder) Sync() { r.synced = len(r.updates) }

// last is the HTML that stays, without its style sheet.
func (r *recorder) last(t *testing.T) string {
	t.Helper()
	if len(r.updates) == 0 || r.synced != len(r.updates) {
		t.Fatalf("%d updates, %d of them synced", len(r.updates), r.synced)
	}
	return bare(r.updates[len(r.updates)-1].html)
}

func bare(html string) string {
	if _, after, ok := strings.Cut(html, "</style>"); ok {
		return after
	}
	return html
}

// clock is the time without its going on.
func (s *screen) clock() time.Time { return s.now().Add(-tick) }

// tick is how far the tests' clock goes at each look.
const tick = 20 * time.Millisecond

// lab is a screen that records, whose clock goes on by itself and whose exit
// is remembered: -1 until then.
func lab() (s *screen, r *recorder, status *int, words *bytes.Buffer) {
	status, words = new(int), new(bytes.Buffer)
	*status = -1
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s = &screen{words: words, exit: func(n int) { *status = n }}
	s.now = func() time.Time { now = now.Add(tick); return now }
	r = &recorder{s: s}
	s.sink = r
	return s, r, status, words
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// dots is rows of four values in two classes.
func dots(rows int) *nnlib.Examples {
	r := rand.New(rand.NewPCG(1, 2))
	x, class := make([]nnlib.Float, 4*rows), make([]int, rows)
	for i := range class {
		class[i] = i % 2
		for k := range 4 {
			x[4*i+k] = nnlib.Float(r.Float64()) + nnlib.Float(class[i]*(k%2))
		}
	}
	return must(nnlib.NewExamples(nnlib.Pixels(2, 2), 2, x, class))
}

// recipe is a small network's, by Bold Driver.
func recipe() nnlib.Recipe {
	return nnlib.Recipe{
		Topology:  must(nnlib.ParseTopology("2x2 affine:3 tanh affine:2 sigmoid+squared")),
		Optimizer: nnlib.GradientDescent{Rate: 0.1, Schedule: nnlib.BoldDriver{}},
		Sample:    0.7, Seed: 11,
	}
}

// holds fails for each word that is not in the text.
func holds(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not in:\n%s", w, text)
		}
	}
}

// lacks fails for each word that is in the text.
func lacks(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(text, w) {
			t.Errorf("%q is in:\n%s", w, text)
		}
	}
}
