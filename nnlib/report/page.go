package report

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"digitlab/nnlib"
	"digitlab/nnlib/figure"
	"digitlab/nnlib/metrics"
)

// Source is a dataset that took part.
type Source struct {
	Name        string // such as "test"
	Rows        int
	Fingerprint [32]byte // of the Dataset
}

// SourceOf asks a dataset for its fingerprint.
func SourceOf(name string, d nnlib.Dataset) (Source, error) {
	f, err := d.Fingerprint()
	if err != nil {
		return Source{}, fmt.Errorf("report: %s data: %w", name, err)
	}
	return Source{name, d.Len(), f}, nil
}

// Page is a report. Evaluation is needed; a section whose source is missing is
// left out. The same page gives the same bytes: training time, which no second
// run repeats, is left out unless Times is set.
type Page struct {
	Name       string // of the run
	Evaluation *Evaluation
	Set        string       // what was evaluated, "test" when empty
	Model      *nnlib.Model // nil: no hash, no tiles
	Recipe     string       // text of recipe.txt or Recipe.String: "Field: value" lines
	History    []nnlib.Step // nil: no learning curves
	Data       []Source
	Commands   []string      // to repeat the report
	Images     figure.Images // nil: no pictures; the rows are those of the evaluation
	Classes    []string      // names; nil: digits or numbers from 0
	Times      bool          // show the training time of History
	// Other is a second run to compare with, evaluated on the same rows; nil:
	// none. Its evaluation, name, recipe, model and history are used.
	Other *Page
}

func (p Page) check() error {
	if p.Evaluation == nil || p.Evaluation.Confusion == nil {
		return errors.New("report: a page without an evaluation: make one with Evaluate")
	}
	if n := p.Evaluation.Confusion.Classes(); p.Classes != nil && len(p.Classes) != n {
		return fmt.Errorf("report: %d names for %d classes: give one for each", len(p.Classes), n)
	}
	return p.checkOther()
}

func (p Page) set() string {
	if p.Set == "" {
		return "test"
	}
	return p.Set
}

// name is a class as the reader knows it.
func (p Page) name(class int) string {
	if p.Classes != nil {
		return p.Classes[class]
	}
	return strconv.Itoa(class)
}

// noun is "digit" where classes are digits.
func (p Page) noun() string {
	if p.Classes == nil && p.Evaluation.Confusion.Classes() <= 10 {
		return "digit"
	}
	return "class"
}

func plural(noun string) string {
	if noun == "class" {
		return "classes"
	}
	return noun + "s"
}

// headline is "9,752 of 10,000 test digits read correctly".
func (p Page) headline() string {
	c := p.Evaluation.Confusion
	what := "images"
	if p.noun() == "digit" {
		what = "digits"
	}
	return fmt.Sprintf("%s of %s %s %s read correctly", count(c.Correct()), count(c.Total()), p.set(), what)
}

func count(n int64) string { return figure.Number(float64(n), 0) }

// field is the value of a line of the recipe.
func (p Page) field(name string) string {
	for line := range strings.Lines(p.Recipe) {
		if v, ok := strings.CutPrefix(line, name+": "); ok {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// seed is the recipe's; a recipe's text leaves a zero out.
func (p Page) seed() string {
	if s := p.field("Seed"); s != "" {
		return s
	}
	return "0"
}

// hash is the SHA-256 of the weights, empty without a model.
func (p Page) hash() string {
	if p.Model == nil {
		return ""
	}
	h := p.Model.Hash()
	return hex.EncodeToString(h[:])
}

// step is the last step of the history, 0 without one.
func (p Page) step() int {
	if len(p.History) == 0 {
		return 0
	}
	return p.History[len(p.History)-1].Number
}

// loss says in what unit the cost is, and what guessing all classes alike
// would cost; an empty unit is unknown.
func (p Page) loss() (unit string, guessing float64) {
	return Unit(p.Model), guess(p.Model, p.Evaluation.Output.Cols)
}

// Text is the report for a terminal: what was run, then the table in
// scikit-learn's layout, then the commonest confusions.
func (p Page) Text() (string, error) {
	if err := p.check(); err != nil {
		return "", err
	}
	c := p.Evaluation.Confusion
	var b strings.Builder
	line := func(name, value string) { fmt.Fprintf(&b, "%-10s %s\n", name, value) }
	low, high := metrics.Wilson(c.Correct(), c.Total())
	fmt.Fprintf(&b, "%s: %.2f %% (95 %% interval %.2f to %.2f)\n\n", p.headline(), 100*c.Accuracy(), 100*low, 100*high)
	if p.Name != "" {
		line("run", p.Name)
	}
	if p.Recipe != "" {
		name := "recipe"
		for l := range strings.Lines(p.Recipe) {
			line(name, strings.TrimRight(l, "\n"))
			name = ""
		}
		if p.field("Seed") == "" {
			line("", "Seed: 0")
		}
	}
	if n := p.step(); n > 0 {
		line("step", strconv.Itoa(n))
	}
	if h := p.hash(); h != "" {
		line("weights", "sha256:"+h)
	}
	for _, d := range p.Data {
		line("data", fmt.Sprintf("%s: %d rows, %x", d.Name, d.Rows, d.Fingerprint))
	}
	unit, _ := p.loss()
	line("cost", strings.TrimSpace(fmt.Sprintf("%.4f %s", p.Evaluation.MeanCost(), unit)))
	b.WriteString("\n")
	names := make([]string, c.Classes())
	for k := range names {
		names[k] = p.name(k)
	}
	table, err := c.Text(names, -1)
	if err != nil {
		return "", err
	}
	b.WriteString(table)
	if f, err := p.Evaluation.Forecast(); err == nil {
		text, err := f.Text(names)
		if err != nil {
			return "", err
		}
		b.WriteString("\n" + text)
	}
	if m := c.Mistakes(8); len(m) > 0 {
		b.WriteString("\ncommonest confusions, true -> read\n")
		for _, k := range m {
			fmt.Fprintf(&b, "%12s -> %s %8d\n", p.name(k.True), p.name(k.Read), k.Count)
		}
	}
	if p.Other != nil {
		m, err := p.mcnemar()
		if err != nil {
			return "", err
		}
		first, second := p.names()
		fmt.Fprintf(&b, "\n%s beside %s\n%s", first, second, m.Text(first, second))
	}
	return b.String(), nil
}

// surest is the number of mistakes that a report shows as those it was surest
// of.
const surest = 24

type jsonSource struct {
	Name        string `json:"name"`
	Rows        int    `json:"rows"`
	Fingerprint string `json:"fingerprint"`
}

type jsonMistake struct {
	Row    int     `json:"row"`
	True   int     `json:"true"`
	Read   int     `json:"read"`
	Output float64 `json:"output"` // of the answer
	Cost   float64 `json:"cost"`
}

type jsonComparison struct {
	Name    string           `json:"name"`
	Weights string           `json:"weights_sha256"`
	Test    *metrics.McNemar `json:"mcnemar"`
}

// JSON is the report for programs. Field names are stable: name, set, recipe,
// seed, step, weights_sha256, data, cost, cost_unit, probabilities,
// calibration, scores (a metrics.Summary), surest_mistakes, comparison (with
// the other run, where there is one), commands.
func (p Page) JSON() ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	e := p.Evaluation
	names := make([]string, e.Confusion.Classes())
	for k := range names {
		names[k] = p.name(k)
	}
	summary, err := e.Confusion.Summary(names)
	if err != nil {
		return nil, err
	}
	unit, _ := p.loss()
	out := struct {
		Name          string               `json:"name"`
		Set           string               `json:"set"`
		Recipe        string               `json:"recipe"`
		Seed          string               `json:"seed"`
		Step          int                  `json:"step"`
		Weights       string               `json:"weights_sha256"`
		Data          []jsonSource         `json:"data"`
		Cost          float64              `json:"cost"`
		Unit          string               `json:"cost_unit"`
		Probabilities bool                 `json:"probabilities"`
		Calibration   *metrics.Calibration `json:"calibration,omitempty"`
		Forecast      *metrics.Forecast    `json:"forecast,omitempty"` // without the calibration, which stands above
		Scores        *metrics.Summary     `json:"scores"`
		Surest        []jsonMistake        `json:"surest_mistakes"`
		Comparison    *jsonComparison      `json:"comparison,omitempty"`
		Commands      []string             `json:"commands"`
	}{
		Name: p.Name, Set: p.set(), Recipe: p.Recipe, Seed: p.seed(), Step: p.step(), Weights: p.hash(), Data: []jsonSource{}, Cost: e.MeanCost(),
		Unit: unit, Probabilities: e.Probabilities(), Scores: summary, Surest: []jsonMistake{}, Commands: append([]string{}, p.Commands...),
	}
	for _, d := range p.Data {
		out.Data = append(out.Data, jsonSource{d.Name, d.Rows, hex.EncodeToString(d.Fingerprint[:])})
	}
	if out.Probabilities {
		if out.Calibration, err = e.Calibration(); err != nil {
			return nil, err
		}
	}
	if f, err := e.Forecast(); err == nil {
		f.Calibration = nil
		out.Forecast = f
	}
	rows := e.Mistakes()
	for _, i := range rows[:min(surest, len(rows))] {
		out.Surest = append(out.Surest, jsonMistake{i, e.True[i], e.Predicted[i], e.Sure(i), e.Cost[i]})
	}
	if p.Other != nil {
		m, err := p.mcnemar()
		if err != nil {
			return nil, err
		}
		out.Comparison = &jsonComparison{p.Other.Name, p.Other.hash(), m}
	}
	b, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		return nil, fmt.Errorf("report: JSON: %w", err)
	}
	return append(b, '\n'), nil
}

// Unit is the unit of a model's cost: "nats per image" for cross-entropy,
// "half squared error per image" for squared error, empty for other losses.
func Unit(m *nnlib.Model) string {
	switch top(m).(type) {
	case nnlib.SoftmaxCrossEntropy:
		return "nats per image"
	case nnlib.SigmoidSquaredError:
		return "half squared error per image"
	}
	return ""
}

func top(m *nnlib.Model) nnlib.Layer {
	if m == nil || len(m.Topology.Layers) == 0 {
		return nil
	}
	return m.Topology.Layers[len(m.Topology.Layers)-1]
}
