package notebook

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"digitlab/nnlib"
)

// told is a figure of a few words.
type told string

func (t told) Figure() (string, error) {
	if t == "" {
		return "", errors.New("nothing to draw")
	}
	return "<figure>" + string(t) + "</figure>", nil
}

// unhurried lets films run without waiting, and gives what they would have waited.
func unhurried(t *testing.T) *[]time.Duration {
	var list []time.Duration
	was := wait
	wait = func(ctx context.Context, d time.Duration) error { list = append(list, d); return ctx.Err() }
	t.Cleanup(func() { wait = was })
	return &list
}

func TestFilmShowsFramesAndKeepsThemAll(t *testing.T) {
	waited := unhurried(t)
	s, r, _, _ := lab()
	run := must(nnlib.NewRun(recipe()))
	var seen [][32]byte
	err := s.film(context.Background(), run, dots(50), []int{0, 1, 30}, func(m *nnlib.Model) Figure {
		seen = append(seen, m.Hash())
		return told("<b>weights</b>")
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) != 3 || seen[0] == seen[1] || seen[1] == seen[2] {
		t.Errorf("models %x", seen)
	}
	start := must(recipe().Topology.Init(recipe().Seed, recipe().Init))
	if first := (&nnlib.Model{Topology: recipe().Topology, Weights: start}); seen[0] != first.Hash() {
		t.Error("frame 0 is not of the weights that the run starts from")
	}
	if len(r.updates) != 3 || len(*waited) != 2 || (*waited)[0] <= 0 || (*waited)[0] > every {
		t.Fatalf("%d updates, waited %v", len(r.updates), *waited)
	}
	for i, u := range r.updates {
		if u.id != r.updates[0].id {
			t.Errorf("update %d is of another block", i)
		}
	}
	holds(t, bare(r.updates[1].html), "Step 1<", "<b>weights</b>")
	lacks(t, bare(r.updates[1].html), "Step 0<", "<script")
	last := r.last(t)
	holds(t, last, "Step 0<", "Step 1<", "Step 30<", "<script>")
	if n := strings.Count(last, "<figure>"); n != 3 {
		t.Errorf("%d frames stay", n)
	}
}

func TestStillFilmIsShownOnce(t *testing.T) {
	waited := unhurried(t)
	s, r, _, _ := lab()
	s.still = true
	if err := s.film(context.Background(), must(nnlib.NewRun(recipe())), dots(50), []int{0, 2}, func(*nnlib.Model) Figure { return told("a") }); err != nil {
		t.Fatal(err)
	}
	if len(r.updates) != 1 || len(*waited) != 0 {
		t.Errorf("%d updates, waited %v", len(r.updates), *waited)
	}
}

func TestFilmsThatCannotBeMade(t *testing.T) {
	unhurried(t)
	ctx, stop := context.WithCancel(context.Background())
	draw := func(*nnlib.Model) Figure { return told("a") }
	for _, c := range []struct {
		name    string
		steps   []int
		picture func(*nnlib.Model) Figure
		want    string
	}{
		{"no steps", nil, draw, "at least one"},
		{"steps that go back", []int{5, 2}, draw, "they ascend"},
		{"a picture that fails", []int{1}, func(*nnlib.Model) Figure { return told("") }, "nothing to draw"},
		{"a step before the first", []int{-1}, draw, "counted from 0"},
		{"an interrupt", []int{1, 2, 3}, func(*nnlib.Model) Figure { stop(); return told("a") }, "interrupted"},
	} {
		s, _, _, _ := lab()
		err := s.film(ctx, must(nnlib.NewRun(recipe())), dots(50), c.steps, c.picture)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
		if c.name == "an interrupt" && !errors.Is(err, nnlib.ErrInterrupted) {
			t.Errorf("%s: error %v", c.name, err)
		}
	}
}
