package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"digitlab/nnlib"
	"digitlab/nnlib/metrics"

	"github.com/google/go-cmp/cmp"
)

// pictures is a dataset of small grey images that can be drawn.
type pictures struct {
	*nnlib.Examples
	shape  nnlib.Shape
	pixels []byte
}

func (p pictures) Shape() nnlib.Shape { return p.shape }

func (p pictures) Pixels(row int) []byte {
	n := p.shape.Len()
	return p.pixels[row*n : (row+1)*n]
}

// stripes makes n images of so many classes: an image of class k is bright in
// column k, with a little of the next column.
func stripes(t testing.TB, n, classes int, shape nnlib.Shape) pictures {
	t.Helper()
	p := pictures{shape: shape, pixels: make([]byte, n*shape.Len())}
	x, class := make([]nnlib.Float, len(p.pixels)), make([]int, n)
	for i := range n {
		class[i] = i % classes
		for k := range shape.Len() {
			v := 0
			switch k % shape.Width {
			case class[i]:
				v = 200
			case (class[i] + 1) % classes:
				v = i % 250
			}
			p.pixels[i*shape.Len()+k] = byte(v)
			x[i*shape.Len()+k] = nnlib.Float(v) / 255
		}
	}
	e, err := nnlib.NewExamples(shape, classes, x, class)
	if err != nil {
		t.Fatal(err)
	}
	p.Examples = e
	return p
}

// trained is a model after a few steps on the images, with its history.
func trained(t testing.TB, topology string, d nnlib.Dataset) *nnlib.Run {
	t.Helper()
	top, err := nnlib.ParseTopology(topology)
	if err != nil {
		t.Fatal(err)
	}
	run, err := nnlib.NewRun(nnlib.Recipe{Topology: top, Optimizer: nnlib.GradientDescent{Rate: 0.5}, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	for range run.To(t.Context(), d, 12) {
	}
	if run.Err() != nil {
		t.Fatal(run.Err())
	}
	return run
}

// page is a whole report of 120 images.
func page(t testing.TB, loss string) Page {
	t.Helper()
	d := stripes(t, 120, 4, nnlib.Pixels(5, 6))
	run := trained(t, "5x6 affine:7 tanh affine:4 "+loss, d)
	e, err := Evaluate(t.Context(), run.Model(), d)
	if err != nil {
		t.Fatal(err)
	}
	data, err := SourceOf("test", d)
	if err != nil {
		t.Fatal(err)
	}
	return Page{Name: "stripes", Evaluation: e, Model: run.Model(), Recipe: run.Recipe().String(), History: run.History(), Data: []Source{data},
		Commands: []string{"digitlab digits runs/stripes"}, Images: d}
}

func TestEvaluate(t *testing.T) {
	p := page(t, "softmax+cross-entropy")
	e := p.Evaluation
	if len(e.True) != 120 || e.True[5] != 1 || e.Confusion.Total() != 120 {
		t.Fatalf("%d rows, class %d, %d counted", len(e.True), e.True[5], e.Confusion.Total())
	}
	for i := range e.True {
		row := e.Output.Row(i)
		for _, v := range row {
			if v > row[e.Predicted[i]] {
				t.Fatalf("row %d: %v: not %d", i, row, e.Predicted[i])
			}
		}
		// The cost of cross-entropy is -ln p(true).
		if want := -math.Log(float64(row[e.True[i]])); math.Abs(e.Cost[i]-want) > 1e-4 {
			t.Fatalf("row %d: cost %v, not %v", i, e.Cost[i], want)
		}
	}
	if !e.Probabilities() {
		t.Error("softmax gives no probabilities")
	}
	wrong := e.Mistakes()
	if int64(len(wrong)) != e.Confusion.Total()-e.Confusion.Correct() {
		t.Errorf("%d mistakes", len(wrong))
	}
	for k := 1; k < len(wrong); k++ {
		if e.Sure(wrong[k]) > e.Sure(wrong[k-1]) {
			t.Error("the surest mistake is not the first")
		}
	}
}

func TestEvaluateReadsTargetValues(t *testing.T) {
	d := values{stripes(t, 8, 4, nnlib.Pixels(5, 6))}
	got, err := classes(d)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{0, 1, 2, 3, 0, 1, 2, 3}, got); diff != "" {
		t.Error(diff)
	}
}

// values hands classes out as rows of values.
type values struct{ pictures }

func (v values) Fill(b *nnlib.Block, p nnlib.Pass) error {
	if err := v.pictures.Fill(b, p); err != nil {
		return err
	}
	m := nnlib.NewMatrix(len(p.Rows), 4)
	for i, k := range b.Class {
		m.Row(i)[k] = 1
	}
	b.Class, b.Value = nil, m
	return nil
}

func TestEvaluatePassesErrorsOn(t *testing.T) {
	d := stripes(t, 8, 4, nnlib.Pixels(5, 6))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	run := trained(t, "5x6 affine:4 softmax+cross-entropy", d)
	if _, err := Evaluate(ctx, run.Model(), d); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	var shape *nnlib.ShapeError
	if _, err := Evaluate(t.Context(), run.Model(), stripes(t, 8, 4, nnlib.Pixels(2, 6))); !errors.As(err, &shape) {
		t.Errorf("%v", err)
	}
}

func TestText(t *testing.T) {
	p := page(t, "softmax+cross-entropy")
	s, err := p.Text()
	if err != nil {
		t.Fatal(err)
	}
	table, err := p.Evaluation.Confusion.Text(nil, 2)
	if err != nil {
		t.Fatal(err)
	}
	hash := p.Model.Hash()
	for _, want := range []string{table, fmt.Sprintf("sha256:%x\n", hash), "Seed: 3\n", "step       12\n", "nats per image\n", fmt.Sprintf("%x", p.Data[0].Fingerprint), "of 120 test digits read correctly"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is missing in\n%s", want, s)
		}
	}
}

func TestJSON(t *testing.T) {
	b, err := page(t, "softmax+cross-entropy").JSON()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"name", "set", "recipe", "seed", "step", "weights_sha256", "data", "cost", "cost_unit", "probabilities", "calibration", "scores", "surest_mistakes", "commands"} {
		if _, ok := got[field]; !ok {
			t.Errorf("%s is missing", field)
		}
	}
	if got["seed"] != "3" || got["step"] != 12.0 || got["scores"].(map[string]any)["total"] != 120.0 {
		t.Errorf("%s", b)
	}
}

var address = regexp.MustCompile(`(src|href)="([^"]{0,12})`)

// whole fails unless the page loads nothing and links to parts that exist.
func whole(t *testing.T, s string) {
	t.Helper()
	if len(s) > 2<<20 {
		t.Errorf("%d bytes", len(s))
	}
	for _, m := range address.FindAllStringSubmatch(s, -1) {
		switch {
		case strings.HasPrefix(m[2], "data:image/p"):
		case strings.HasPrefix(m[2], "#"):
			if !strings.Contains(s, `id="`+m[2][1:]+`"`) {
				t.Errorf("%s leads nowhere", m[2])
			}
		default:
			t.Errorf("%s %s", m[1], m[2])
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(s, -1) {
		if ids[m[1]] {
			t.Errorf("two elements are %s", m[1])
		}
		ids[m[1]] = true
	}
	for _, bad := range []string{"<script", "url(", "@import", "ZgotmplZ", "NaN", "%!"} {
		if strings.Contains(s, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
}

func html(t *testing.T, p Page) string {
	t.Helper()
	s, err := p.HTML()
	if err != nil {
		t.Fatal(err)
	}
	whole(t, s)
	return s
}

func has(s, id string) bool { return strings.Contains(s, `id="`+id+`"`) }

func TestPageOfProbabilities(t *testing.T) {
	p := page(t, "softmax+cross-entropy")
	s := html(t, p)
	for _, id := range []string{"repeat", "classes", "confusion", "learning", "trust", "gallery", "weights", "c3"} {
		if !has(s, id) {
			t.Errorf("no section %s", id)
		}
	}
	h := p.Model.Hash()
	for _, want := range []string{"<h1>" + p.headline(), fmt.Sprintf("%x", h[:16]), "95\u202f% interval", "nats per image; guessing costs 1.386", "probability", "What the 7 units", "<dt>Seed</dt><dd>3"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(s, "Training time") {
		t.Error("training time is shown unasked")
	}
	if s != html(t, p) {
		t.Error("a second page has other bytes")
	}
	p.History = append([]nnlib.Step(nil), p.History...)
	p.History[0].Seconds += 100
	if s != html(t, p) {
		t.Error("time changes the page")
	}
	p.Times = true
	if !strings.Contains(html(t, p), "Training time") {
		t.Error("training time is not shown when asked for")
	}
}

func TestPageOfOutputsThatAreNoProbabilities(t *testing.T) {
	p := page(t, "sigmoid+squared")
	s := html(t, p)
	if has(s, "trust") || strings.Contains(s, "Calibration") || strings.Contains(s, "probability") || !strings.Contains(s, "half squared error per image; guessing costs 0.375") {
		t.Error("sigmoid outputs are taken for probabilities")
	}
	if _, err := p.Evaluation.Calibration(); err == nil {
		t.Error("they are calibrated")
	}
	tally, err := p.Evaluation.Rounded()
	if err != nil || len(tally) != 4 || tally[0].TruePositive+tally[0].FalseNegative != 30 {
		t.Errorf("%v %v", tally, err)
	}
}

func TestSectionsWithoutASourceAreLeftOut(t *testing.T) {
	p := page(t, "softmax+cross-entropy")
	s := html(t, Page{Evaluation: p.Evaluation})
	for _, id := range []string{"learning", "gallery", "weights"} {
		if has(s, id) || strings.Contains(s, "#"+id) {
			t.Errorf("section %s", id)
		}
	}
	if strings.Contains(s, "<img") || !has(s, "confusion") {
		t.Error("images without a source")
	}
	if _, err := (Page{}).HTML(); err == nil {
		t.Error("a page without an evaluation")
	}
	if _, err := (Page{Evaluation: p.Evaluation, Classes: []string{"a"}}).Text(); err == nil || !strings.Contains(err.Error(), "1 names for 4 classes") {
		t.Errorf("%v", err)
	}
}

func TestNamedClassesAreEscaped(t *testing.T) {
	p := page(t, "softmax+cross-entropy")
	p.Classes = []string{"<i>", "b & c", "d", `"e"`}
	p.Name = "<b>"
	s := html(t, p)
	if strings.Contains(s, "<i>0") || strings.Contains(s, `<i></i><i>`) || !strings.Contains(s, "&lt;i&gt;") || strings.Contains(s, "· <b>") {
		t.Error("a name is taken for markup")
	}
	if !strings.Contains(s, "Class by class") || strings.Contains(s, "hardest digit") {
		t.Error("named classes are called digits")
	}
}

func TestManyClassesAndLargeColourImages(t *testing.T) {
	const classes = 26
	shape := nnlib.Shape{Height: 200, Width: 150, Channels: 3}
	d := stripes(t, 3*classes, classes, nnlib.Pixels(1, 30))
	run := trained(t, "30 affine:26 softmax+cross-entropy", d)
	e, err := Evaluate(t.Context(), run.Model(), d)
	if err != nil {
		t.Fatal(err)
	}
	noise := pictures{shape: shape, pixels: make([]byte, 3*classes*shape.Len())}
	state := uint32(1)
	for i := range noise.pixels {
		state = state*1664525 + 1013904223
		noise.pixels[i] = byte(state >> 24)
	}
	s := html(t, Page{Evaluation: e, Model: run.Model(), Images: noise, History: run.History()})
	if !strings.Contains(s, "--d5") || !strings.Contains(s, "best and worst") {
		t.Error("no galleries")
	}
}

func TestAPerfectAndAHopelessModel(t *testing.T) {
	for _, answer := range []int{0, 1} {
		e := &Evaluation{True: []int{0, 0, 1}, Predicted: []int{answer, answer, 1 - answer}, Output: nnlib.NewMatrix(3, 2), Cost: make([]float64, 3)}
		for i, k := range e.Predicted {
			e.Output.Row(i)[k] = 1
		}
		var err error
		if e.Confusion, err = metrics.NewConfusion(2, e.True, e.Predicted); err != nil {
			t.Fatal(err)
		}
		s := html(t, Page{Evaluation: e})
		if answer == 0 && (has(s, "mistakes") || !strings.Contains(s, "Every digit is read without a mistake")) {
			t.Error("a perfect model has mistakes")
		}
		if answer == 1 && !strings.Contains(s, "0 of 3 test digits") {
			t.Error("a hopeless model is right")
		}
	}
}

func TestShrinkKeepsTheMean(t *testing.T) {
	s, px := shrink(nnlib.Pixels(2, 200), append(make([]byte, 200), bytesOf(200, 90)...))
	if s != (nnlib.Pixels(1, 67)) {
		t.Fatalf("%v", s)
	}
	for _, v := range px {
		if v != 45 {
			t.Fatalf("%v", px)
		}
	}
	if s, _ := shrink(nnlib.Pixels(28, 28), make([]byte, 784)); s != nnlib.Pixels(28, 28) {
		t.Errorf("MNIST becomes %v", s)
	}
}

func TestArticle(t *testing.T) {
	for name, want := range map[string]string{"4": "a 4", "8": "an 8", "18": "an 18", "80": "an 80", "1": "a 1", "owl": "an owl", "": ""} {
		if got := article(name); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

func bytesOf(n int, v byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = v
	}
	return b
}

// rivals is a page with a second run beside it: the same images, fewer steps.
func rivals(t testing.TB) Page {
	t.Helper()
	p := page(t, "softmax+cross-entropy")
	d := p.Images.(pictures)
	top, err := nnlib.ParseTopology("5x6 affine:4 softmax+cross-entropy")
	if err != nil {
		t.Fatal(err)
	}
	run, err := nnlib.NewRun(nnlib.Recipe{Topology: top, Optimizer: nnlib.GradientDescent{Rate: 0.001}, Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	for range run.To(t.Context(), d, 2) {
	}
	e, err := Evaluate(t.Context(), run.Model(), d)
	if err != nil {
		t.Fatal(err)
	}
	p.Other = &Page{Name: "two <steps>", Evaluation: e, Model: run.Model(), Recipe: run.Recipe().String(), History: run.History()}
	return p
}

func TestComparisonWithASecondRun(t *testing.T) {
	p := rivals(t)
	s := html(t, p)
	var first, second int
	for i := range p.Evaluation.True {
		switch a, b := p.Evaluation.Right(i), p.Other.Evaluation.Right(i); {
		case a && !b:
			first++
		case b && !a:
			second++
		}
	}
	if first <= second {
		t.Fatalf("%d and %d: the runs do not differ enough for a test", first, second)
	}
	for _, want := range []string{
		fmt.Sprintf("<h2>stripes reads %d images more than two &lt;steps&gt;", first-second),
		fmt.Sprintf("Only stripes reads these %d images", first),
		"<dt>Both right</dt>", `<th scope="row">Seed</th><td>3</td><td>4</td>`, `href="#comparison"`, "McNemar",
	} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is missing", want)
		}
	}
	text, err := p.Text()
	if err != nil || !strings.Contains(text, fmt.Sprintf("stripes alone %d, two <steps> alone %d", first, second)) {
		t.Errorf("%v\n%s", err, text)
	}
	b, err := p.JSON()
	if err != nil || !strings.Contains(string(b), fmt.Sprintf(`"first_alone": %d`, first)) {
		t.Errorf("%v\n%s", err, b)
	}
	same := p
	same.Other = nil
	p.Other = &same
	if s := html(t, p); !strings.Contains(s, "read equally many images") || !strings.Contains(s, "answer alike on every image") {
		t.Error("a run differs from itself")
	}
}

func TestComparisonNeedsTheSameRows(t *testing.T) {
	p, q := rivals(t), page(t, "softmax+cross-entropy")
	q.Evaluation.True[7] = (q.Evaluation.True[7] + 1) % 4
	p.Other = &q
	if _, err := p.HTML(); err == nil || !strings.Contains(err.Error(), "different rows") {
		t.Errorf("%v", err)
	}
	p.Other = &Page{}
	if _, err := p.Text(); err == nil || !strings.Contains(err.Error(), "without an evaluation") {
		t.Errorf("%v", err)
	}
}
