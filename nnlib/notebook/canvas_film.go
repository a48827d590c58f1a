package notebook

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"github.com/janpfeifer/gonb/gonbui"

	"digitlab/nnlib"
	"digitlab/nnlib/figure"
)

// Figure is what the figures of package figure are: an HTML element for a page
// that has figure.Style.
type Figure interface{ Figure() (string, error) }

// Film takes a run to one step after the other, and shows what picture makes of
// the model there: below the cell the frames follow each other in one place, at
// most four a second, and what stays is all of them, with a button and a slider
// to go through them where scripts run. Steps ascend; step 0 is the weights
// that the run starts from. The interrupt button ends the run as it ends Watch.
func Film(run *nnlib.Run, data nnlib.Dataset, steps []int, picture func(m *nnlib.Model) Figure) error {
	return cell.film(Context(), run, data, steps, picture)
}

func (s *screen) film(ctx context.Context, run *nnlib.Run, data nnlib.Dataset, steps []int, picture func(m *nnlib.Model) Figure) error {
	if len(steps) == 0 || !slices.IsSorted(steps) {
		return fmt.Errorf("notebook: film: steps %v: there is at least one, and they ascend", steps)
	}
	id := gonbui.UniqueId()
	var frames []frame
	for _, step := range steps {
		start := s.now()
		for range run.To(ctx, data, step) {
		}
		if err := run.Err(); err != nil {
			return err
		}
		m, err := run.ModelAt(step)
		if err != nil {
			return err
		}
		f := frame{title: "Step " + count(step)}
		if f.figure, err = picture(m).Figure(); err != nil {
			return err
		}
		frames = append(frames, f)
		if s.still || len(frames) == len(steps) {
			continue
		}
		s.sink.Update(id, figure.Fragment(`<div class="film">`+f.html()+"</div>"))
		if wait(ctx, every-s.now().Sub(start)) != nil {
			return errors.Join(nnlib.ErrInterrupted, ctx.Err())
		}
	}
	s.sink.Update(id, reel(frames))
	s.sink.Sync()
	return nil
}

// wait lets a frame be seen. Tests do not wait.
var wait = func(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// frame is one picture of a film.
type frame struct{ title, figure string }

func (f frame) html() string {
	return `<div class="frame"><p class="note">` + html.EscapeString(f.title) + "</p>" + f.figure + "</div>"
}

var (
	//go:embed canvas_film.css
	filmStyle string
	//go:embed canvas_film.js
	filmScript string
)

// reel is all frames beside each other, which the script turns into one place.
func reel(frames []frame) string {
	var b strings.Builder
	b.WriteString("<style>" + filmStyle + `</style><div class="film"><div class="frames">`)
	for _, f := range frames {
		b.WriteString(f.html())
	}
	b.WriteString("</div></div>\n<script>\n(() => {\n\"use strict\";\n" + filmScript + "})();\n</script>")
	return figure.Fragment(b.String())
}
