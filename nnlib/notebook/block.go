package notebook

import (
	_ "embed"
	"html/template"
	"strings"

	"digitlab/nnlib/figure"
)

// block is everything that a live block shows.
type block struct {
	Class         class
	Symbol, State string // beside the title; the colour repeats them
	Title         string
	Step, Target  int // no Target: no bar
	Facts         []fact
	Charts        template.HTML
	Note          string        // below the charts
	Body          template.HTML // a table
	Text          string
	Lines         string // more of the text, as preformatted lines
	Todo          []string
	Details       string // folded
	Trained       *trained
}

// trained is what repeats a finished run, for programs that read the block.
type trained struct {
	Run     string // the name of its directory
	Recipe  string // in one line
	Seed    uint64
	Step    int
	Weights string // SHA-256 in hexadecimal
}

// class is a state as the style sheet calls it.
type class string

const (
	running  class = ""
	finished class = "done"
	halt     class = "halt"
	failed   class = "err"
)

// fact is a name and its value in the line below the bar.
type fact struct {
	Name, Value string
	Room        int // characters that the value takes at least; zero means as many as it has
}

// Failed says that the block is one of an error.
func (b block) Failed() bool { return b.Class == failed }

// Label is the block in a few words.
func (b block) Label() string {
	label := strings.ReplaceAll(b.Title, "\u00a0", " ") + ", " + b.State
	if b.Target > 0 {
		label += ", step " + count(b.Step) + " of " + count(b.Target)
	}
	return label
}

// Share is how far the bar goes, in percent.
func (b block) Share() int {
	if b.Class == finished {
		return 100
	}
	return 100 * b.Step / max(b.Target, 1)
}

//go:embed block.html
var source string

var page = template.Must(template.New("block").Parse(source))

// html is the block with its style.
func (b block) html() (string, error) {
	var s strings.Builder
	if err := page.Execute(&s, b); err != nil {
		return "", err
	}
	return figure.Fragment(s.String()), nil
}

// number is "1 step" or "2 steps".
func number(n int, of string) string {
	if n != 1 {
		of += "s"
	}
	return count(n) + " " + of
}

// count writes a whole number: 9,752.
func count(n int) string { return figure.Number(float64(n), 0) }
