package notebook

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"digitlab/nnlib"
	"digitlab/nnlib/metrics"
)

type drawn struct {
	html string
	err  error
}

func (d drawn) HTML() (string, error) { return d.html, d.err }

type named struct{}

func (named) String() string { return "a < b" }

func TestShowKinds(t *testing.T) {
	for _, c := range []struct {
		value any
		want  []string
	}{
		{drawn{html: "<b>figure</b>"}, []string{"<b>figure</b>"}},
		{"x <\ny", []string{"<pre>x &lt;\ny</pre>"}},
		{named{}, []string{"<pre>a &lt; b</pre>"}},
		{42, []string{"<pre>42</pre>"}},
		{must(metrics.NewConfusion(2, []int{0, 1, 1}, []int{0, 1, 0})), []string{"1 is taken for 0 most often, once", `class="cm"`}},
		{recipe(), []string{"Recipe", ">Topology</th>", "2x2 affine:3 tanh", ">GradientDescent{Rate: 0.1, Schedule: BoldDriver{}}<"}},
		{recipe().Topology, []string{"23 numbers to learn", ">affine:3<"}},
		{must(nnlib.NewRun(recipe())).Model(), []string{"23 numbers to learn"}},
		{must(nnlib.NewRun(recipe())), []string{"half squared error per image", "learning rate"}},
		{[]nnlib.Step{{Number: 1, Cost: 2}, {Number: 2, Cost: 1}}, []string{"Training cost falls from 2.00 to 1.00"}},
		{[][]string{{"name", "share, %"}, {"<a>", "12.5"}}, []string{`<th scope="col" class="l">name</th><th scope="col">share, %</th>`, `&lt;a&gt;</th><td>12.5</td>`}},
		{image.NewGray(image.Rect(0, 0, 28, 28)), []string{`class="px"`, `width="84"`, "data:image/png;base64,"}},
		{image.NewRGBA(image.Rect(0, 0, 200, 90)), []string{`class="co"`, `width="200" height="90"`}},
		{errors.New("no <ink>"), []string{"✕ failed", "no &lt;ink&gt;", "What to do"}},
	} {
		s, r, status, _ := lab()
		s.values([]any{c.value})
		holds(t, r.last(t), c.want...)
		if *status != -1 {
			t.Errorf("%v ends the program", c.value)
		}
	}
}

func TestShownBlocksAreApart(t *testing.T) {
	s, r, _, _ := lab()
	s.values([]any{"a", "b"})
	if len(r.updates) != 2 || r.updates[0].id == r.updates[1].id {
		t.Errorf("updates %v", r.updates)
	}
}

func TestFigureThatCannotBeDrawn(t *testing.T) {
	s, r, status, words := lab()
	s.values([]any{drawn{err: errors.New("figure: 3 places, 2 values")}})
	holds(t, r.last(t), "✕ failed", "3 places, 2 values")
	if *status != 1 || words.String() != "figure: 3 places, 2 values\n" {
		t.Errorf("status %d, words %q", *status, words)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	_, unusable := nnlib.NewRun(nnlib.Recipe{Topology: nnlib.Perceptron(4, 2)})
	for _, c := range []struct {
		err    error
		status int
		want   []string
	}{
		{nil, -1, nil},
		{fmt.Errorf("mnist: %w: run datagen", fs.ErrNotExist), 1, []string{"run datagen", "paths begin at the notebook"}},
		{fmt.Errorf("open: %w", fs.ErrPermission), 1, []string{"readable and writable"}},
		{unusable, 1, []string{"nnlib: recipe: Optimizer", "the field Optimizer"}},
		{errors.New("first\nsecond <line>"), 1, []string{">first<span ", "✕ failed", "second &lt;line&gt;</pre>"}},
		{errors.New(strings.Repeat("long ", 20)), 1, []string{"The cell ended with an error<span", "long </p>"}},
		{fmt.Errorf("%w: %w", nnlib.ErrInterrupted, context.Canceled), 0, []string{"■ interrupted", "Run the cell again to go on."}},
		{fmt.Errorf("%w: %w", nnlib.ErrInterrupted, context.DeadlineExceeded), 0, []string{"time has run out"}},
	} {
		s, r, status, words := lab()
		s.check(c.err)
		if *status != c.status || (words.Len() > 0) != (c.status == 1) {
			t.Errorf("%v: status %d, words %q", c.err, *status, words)
		}
		if c.want != nil {
			holds(t, r.last(t), c.want...)
		} else if len(r.updates) > 0 {
			t.Errorf("%v is shown", c.err)
		}
	}
}

func TestMustIsItsValue(t *testing.T) {
	if v := Must(7, nil); v != 7 {
		t.Errorf("Must is %d", v)
	}
}

func TestContextEndsAtInterrupt(t *testing.T) {
	interrupted = sync.OnceValue(untilInterrupt)
	ctx := Context()
	if ctx != Context() || ctx.Err() != nil {
		t.Fatal("not one context, or ended before its time")
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ctx.Done():
	case <-time.After(5 * time.Second):
		t.Error("it goes on after an interrupt")
	}
}

func TestEnvironment(t *testing.T) {
	for value, want := range map[string]bool{"": false, "0": false, "1": true} {
		t.Setenv("NB_QUICK", value)
		if Quick() != want {
			t.Errorf("NB_QUICK=%q: %v", value, !want)
		}
		t.Setenv("NB_STILL", value)
		if Exporting() != want {
			t.Errorf("NB_STILL=%q: %v", value, !want)
		}
	}
}
