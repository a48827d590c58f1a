package notebook

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"digitlab/nnlib"
	"digitlab/nnlib/figure"
)

func TestOneBlockAtMostFourTimesASecond(t *testing.T) {
	s, r, _, _ := lab()
	if err := s.watch(context.Background(), must(nnlib.NewRun(recipe())), dots(50), 100); err != nil {
		t.Fatal(err)
	}
	if n := len(r.updates); n < 5 {
		t.Fatalf("%d updates in 100 steps of %v", n, tick)
	}
	for i, u := range r.updates[1:] {
		if u.id != r.updates[0].id {
			t.Errorf("update %d is of another block", i+1)
		}
		if gap := u.at.Sub(r.updates[i].at); gap < every && i+2 < len(r.updates) {
			t.Errorf("update %d comes %v after the one before", i+1, gap)
		}
	}
	holds(t, r.updates[0].html, "● running", "0 of 100", "estimating")
	holds(t, r.last(t), "✓ finished", "100 of 100", `class="live done"`, ` data-step="100" data-weights="sha256:`, "images/s", ">took</span>", ">best</span> <b>")
}

func TestBlockFollowsTheRun(t *testing.T) {
	s, r, _, _ := lab()
	s.watch(context.Background(), must(nnlib.NewRun(recipe())), dots(50), 100)
	seen := map[string]bool{}
	for _, u := range r.updates {
		if seen[bare(u.html)] {
			t.Error("the same block twice")
		}
		seen[bare(u.html)] = true
		holds(t, u.html, `class="digitlab"`, `viewBox="0 0 280 196"`, ">100</text>", "cost fell: × 1.05, else × 0.5", " · seed\u00a0", ` · seed `)
	}
}

func TestTimeLeft(t *testing.T) {
	w := &watched{run: must(nnlib.NewRun(recipe())), target: 14, perEpoch: 1}
	at := time.Unix(0, 0)
	for n := 1; n <= 6; n++ {
		at = at.Add(time.Second)
		w.add(nnlib.Step{Number: n, EpochEnd: true, Replayed: n == 1}, at)
		want := "estimating"
		if n == 6 { // five of them computed
			want = "about 0:08"
		}
		if got := w.left(at); got != want {
			t.Errorf("after step %d: %s, want %s", n, got, want)
		}
	}
}

func TestStepsReadBackAreDrawnAtOnce(t *testing.T) {
	s, r, _, _ := lab()
	dir, d := t.TempDir(), dots(50)
	for i, to := range []int{60, 60, 80} {
		r.updates = nil
		if err := s.watch(context.Background(), must(nnlib.OpenRun(dir, recipe())), d, to); err != nil {
			t.Fatal(err)
		}
		switch {
		case to == 80:
			holds(t, r.updates[0].html, "● running", "60 of 80")
			holds(t, r.last(t), "80 of 80", "60 steps")
		case i == 1:
			holds(t, r.last(t), "60 of 60", "60 steps")
			if len(r.updates) != 1 {
				t.Errorf("%d updates for steps that are all there", len(r.updates))
			}
		}
	}
}

func TestStillBlocksAreEqual(t *testing.T) {
	s, r, _, _ := lab()
	s.still = true
	dir, d := filepath.Join(t.TempDir(), "run"), dots(50)
	s.watch(context.Background(), must(nnlib.OpenRun(dir, recipe())), d, 30)
	first := r.last(t)
	s.watch(context.Background(), must(nnlib.OpenRun(dir, recipe())), d, 30)
	if again := r.last(t); again != first {
		t.Errorf("the second block differs:\n%s\n%s", first, again)
	}
	lacks(t, first, "images/s", "took", "read back")
}

func TestInterruptedBlockSaysHowToGoOn(t *testing.T) {
	s, r, status, words := lab()
	ctx, stop := context.WithCancel(context.Background())
	r.then = func(u update) {
		if len(r.updates) == 3 {
			stop()
		}
	}
	dir, d := filepath.Join(t.TempDir(), "mine"), dots(50)
	run := must(nnlib.OpenRun(dir, recipe()))
	err := s.watch(ctx, run, d, 100)
	if !errors.Is(err, nnlib.ErrInterrupted) || !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	n := len(run.History())
	if n == 0 || n >= 100 {
		t.Fatalf("%d steps", n)
	}
	holds(t, r.last(t), "■ interrupted", `class="live halt"`, "mine · 2x2", count(n)+" of 100",
		count(n)+" steps kept in "+dir, "Run the cell again to go on from there.")
	blocks := len(r.updates)
	s.check(err)
	if *status != 0 || len(r.updates) != blocks || words.Len() > 0 {
		t.Errorf("status %d, %d more blocks, words %q", *status, len(r.updates)-blocks, words)
	}
	r.then = nil
	if err := s.watch(context.Background(), must(nnlib.OpenRun(dir, recipe())), d, 100); err != nil {
		t.Fatal(err)
	}
	holds(t, r.last(t), "✓ finished")
}

func TestDeadline(t *testing.T) {
	s, r, _, _ := lab()
	ctx, stop := context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer stop()
	if err := s.watch(ctx, must(nnlib.NewRun(recipe())), dots(50), 9); !errors.Is(err, nnlib.ErrInterrupted) {
		t.Fatalf("error %v", err)
	}
	holds(t, r.last(t), "■ interrupted", "The time given has run out", "in memory alone")
}

func TestDivergedBlockTellsNumbers(t *testing.T) {
	s, r, status, words := lab()
	bad := recipe()
	bad.Topology = must(nnlib.ParseTopology("2x2 affine:3 relu affine:2 softmax+cross-entropy"))
	bad.Optimizer = nnlib.GradientDescent{Rate: 1e200} // too much for either precision
	dir := t.TempDir()
	err := s.watch(context.Background(), must(nnlib.OpenRun(dir, bad)), dots(50), 100)
	if !errors.Is(err, nnlib.ErrDiverged) {
		t.Fatalf("error %v", err)
	}
	html := r.last(t)
	holds(t, html, `class="live err" role="alert"`, "✕ failed at step", "The cost was", "The learning rate",
		"What to do", "Rate: 1e&#43;199 instead of 1e&#43;200", "remove "+dir, "<details>")
	lacks(t, html, "progressbar")
	s.check(err)
	if *status != 1 || !strings.Contains(words.String(), "smaller rate") {
		t.Errorf("status %d, words %q", *status, words)
	}
}

func TestRunThatCannotStart(t *testing.T) {
	s, r, _, _ := lab()
	wide := recipe()
	wide.Topology.Input = nnlib.Pixels(3, 3)
	err := s.watch(context.Background(), must(nnlib.NewRun(wide)), dots(50), 10)
	var shape *nnlib.ShapeError
	if !errors.As(err, &shape) {
		t.Fatalf("error %v", err)
	}
	holds(t, r.last(t), "✕ failed before step 1", "rows of 4 values, the topology reads 9", "Compare the topology with the data")
}

func TestValidationAndEpochs(t *testing.T) {
	s, r, _, _ := lab()
	batches := recipe()
	batches.Sample, batches.Batch, batches.Holdout, batches.Patience = 0, 10, 0.3, 3
	batches.Optimizer = nnlib.GradientDescent{Rate: 30}
	d := dots(100)
	run := must(nnlib.NewRun(batches))
	to := batches.Steps(d, 200)
	if err := s.watch(context.Background(), run, d, to); err != nil {
		t.Fatal(err)
	}
	holds(t, r.last(t), ">epoch</span> <b>", " of 200</b>", "validation cost", ", weights kept", "training and validation images",
		"mean of the last", "The run ended by itself after step", "3 epochs without a better validation cost", `style="width:100%"`)
}

func TestEarlierRunIsGrey(t *testing.T) {
	s, r, _, _ := lab()
	d, before := dots(50), recipe()
	before.Optimizer = nnlib.GradientDescent{Rate: 0.3}
	earlier := must(nnlib.OpenRun(filepath.Join(t.TempDir(), "steep"), before))
	if err := s.watch(context.Background(), earlier, d, 60); err != nil {
		t.Fatal(err)
	}
	if err := s.watch(context.Background(), must(nnlib.NewRun(recipe())), d, 40, Earlier(earlier)); err != nil {
		t.Fatal(err)
	}
	for _, u := range r.updates[len(r.updates)-2:] {
		holds(t, u.html, ">earlier run<", "Grey: steep with Optimizer: GradientDescent{Rate: 0.3}; at step 40 it had cost ")
	}
	r.updates = nil
	if err := s.watch(context.Background(), must(nnlib.NewRun(recipe())), d, 40, Earlier(must(nnlib.NewRun(before)))); err != nil {
		t.Fatal(err)
	}
	lacks(t, r.last(t), "earlier run", "Grey")
}

func TestPictureFollowsTheModel(t *testing.T) {
	s, r, _, _ := lab()
	seen, drawings := map[[32]byte]bool{}, 0
	picture := Picture(func(m *nnlib.Model) (figure.Chart, error) {
		seen[m.Hash()] = true
		drawings++
		return figure.Chart{Title: "The picture", Width: 300, Height: 300}, nil
	})
	run := must(nnlib.NewRun(recipe()))
	if err := s.watch(context.Background(), run, dots(50), 100, picture); err != nil {
		t.Fatal(err)
	}
	if drawings != len(r.updates) || len(seen) < 3 || !seen[run.Model().Hash()] {
		t.Errorf("%d drawings of %d models in %d blocks, the last one %v", drawings, len(seen), len(r.updates), seen[run.Model().Hash()])
	}
	holds(t, r.last(t), "The picture", `viewBox="0 0 300 300"`)
	broken := Picture(func(*nnlib.Model) (figure.Chart, error) { return figure.Chart{}, errors.New("no plane") })
	run = must(nnlib.NewRun(recipe()))
	err := s.watch(context.Background(), run, dots(50), 20, broken)
	if err == nil || !strings.Contains(err.Error(), "picture of the model: no plane") || len(run.History()) != 20 {
		t.Errorf("%v after %d steps", err, len(run.History()))
	}
}

// Drawing takes a tenth of the time at most, however slow a picture is.
func TestSlowPicturesAreDrawnSeldom(t *testing.T) {
	s, r, _, _ := lab()
	slow := Picture(func(*nnlib.Model) (figure.Chart, error) {
		for range 10 {
			s.now()
		}
		return figure.Chart{}, nil
	})
	if err := s.watch(context.Background(), must(nnlib.NewRun(recipe())), dots(50), 400, slow); err != nil {
		t.Fatal(err)
	}
	if n := len(r.updates); n < 3 {
		t.Fatalf("%d updates", n)
	}
	for i, u := range r.updates[1 : len(r.updates)-1] {
		if gap := u.at.Sub(r.updates[i].at); gap < 9*10*tick {
			t.Errorf("update %d comes %v after the one before", i+1, gap)
		}
	}
}
