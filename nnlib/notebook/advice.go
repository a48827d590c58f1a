package notebook

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"digitlab/nnlib"
	"digitlab/nnlib/figure"
)

// failure is the block of an error that has no run to show.
func failure(err error) block {
	if stopped(err) {
		b := block{Class: halt, Symbol: "■", State: "interrupted", Title: "The cell was interrupted"}
		b.Text = "What is saved stays. Run the cell again to go on."
		if errors.Is(err, context.DeadlineExceeded) {
			b.Title = "The cell's time has run out"
		}
		return b
	}
	b := block{Class: failed, Symbol: "✕", State: "failed", Todo: advice(err)}
	b.Title, b.Lines, _ = strings.Cut(err.Error(), "\n")
	if len(b.Title) > 90 { // more than a heading holds
		b.Title, b.Text = "The cell ended with an error", b.Title
	}
	return b
}

// advice is what to do about an error. What the error's text says already is
// not said again.
func advice(err error) []string {
	var recipe *nnlib.RecipeError
	var shape *nnlib.ShapeError
	switch {
	case errors.As(err, &recipe):
		return []string{fmt.Sprintf("Correct the field %s of the recipe and run the cell that declares it, then this one.", recipe.Field)}
	case errors.As(err, &shape):
		return []string{"Compare the topology with the data: the input's size and the units of the last layer must be theirs."}
	case errors.Is(err, nnlib.ErrDiverged):
		return []string{"Use a smaller rate, in a run directory of its own."}
	case errors.Is(err, fs.ErrNotExist):
		return []string{"Do what the message says, or correct the path: paths begin at the notebook's folder.", "Run the cell again."}
	case errors.Is(err, fs.ErrPermission):
		return []string{"Make the named file or folder readable and writable for you, and run the cell again."}
	}
	return []string{"Put right what the message names, and run the cell again."}
}

// diverged tells with numbers how a run was lost and what to do.
func (w *watched) diverged(b *block) {
	n := len(w.steps)
	b.Title = "Training stopped: the cost is no longer a finite number"
	b.State = fmt.Sprintf("failed at step %s", count(n+1))
	if n == 0 {
		b.Text = "The first step gave no finite cost: the weights to start from, or the data, are too large."
	} else {
		first, last := w.steps[0], w.steps[n-1]
		b.Text = fmt.Sprintf("The cost was %s at step 1 and %s at step %s; step %s gave no finite number. The learning rate had come to %.3g.",
			figure.Figures(first.Cost, 3), figure.Figures(last.Cost, 3), count(n), count(n+1), last.Rate)
		if n == 1 {
			b.Text = fmt.Sprintf("The cost was %s at step 1; step 2 gave no finite number. The learning rate is %.3g.", figure.Figures(last.Cost, 3), last.Rate)
		}
		from := max(0, n-12)
		var costs strings.Builder
		fmt.Fprintf(&costs, "cost of steps %d to %d:", from+1, n)
		for _, s := range w.steps[from:] {
			costs.WriteString(" " + figure.Figures(s.Cost, 3))
		}
		b.Details = costs.String()
	}
	if o, ok := w.run.Recipe().Optimizer.(nnlib.GradientDescent); ok {
		b.Todo = append(b.Todo, fmt.Sprintf("Begin with a smaller rate, such as Rate: %.3g instead of %.3g, and run the cell that declares the recipe.", o.Rate/10, o.Rate))
	} else {
		b.Todo = append(b.Todo, "Choose an optimizer that takes smaller steps, and run the cell that declares the recipe.")
	}
	if w.run.Dir() != "" {
		b.Todo = append(b.Todo, fmt.Sprintf("Another recipe needs another run directory: give OpenRun a new name, or remove %s.", w.run.Dir()))
	}
	b.Todo = append(b.Todo, "Run this cell again.")
}
