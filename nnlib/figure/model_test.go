package figure

import (
	"context"
	"math"
	"strings"
	"testing"

	"digitlab/nnlib"
	"digitlab/nnlib/metrics"

	"gonum.org/v1/gonum/mat"
)

// small is a network of two hidden layers with weights, and rows of two values
// in two classes.
func small(t testing.TB) (*nnlib.Model, *nnlib.Examples) {
	topology, err := nnlib.ParseTopology("2 affine:5 tanh affine:4 sigmoid affine:2 softmax+cross-entropy")
	if err != nil {
		t.Fatal(err)
	}
	w, err := topology.Init(3, nnlib.Uniform{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	var x []nnlib.Float
	var class []int
	for i := range 200 { // more than a chunk
		a := float64(i)
		x = append(x, nnlib.Float(math.Cos(a)), nnlib.Float(math.Sin(1.3*a)))
		class = append(class, i%2)
	}
	d, err := nnlib.NewExamples(nnlib.Units(2), 2, x, class)
	if err != nil {
		t.Fatal(err)
	}
	return &nnlib.Model{Topology: topology, Weights: w}, d
}

// modelFigures is every figure of a model.
func modelFigures(t testing.TB) map[string]drawn {
	m, d := small(t)
	list := map[string]drawn{}
	add := func(name string, f drawn, err error) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		list[name] = f
	}
	plane, err := Plane(m, d)
	add("plane", plane, err)
	hidden, err := Hidden(context.Background(), m, d, nil)
	add("hidden", hidden, err)
	weights, err := WeightHistograms(m)
	add("weight histograms", weights, err)
	gradients, err := GradientHistograms(context.Background(), m, d)
	add("gradient histograms", gradients, err)
	activations, err := Activate(m, d, 7)
	add("activations", activations, err)
	p, err := m.Predict(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := Mistakes(stored{}, d.Class(), p, 5, nil)
	add("mistakes", sheet, err)
	return list
}

// stored is images of two pixels.
type stored struct{}

func (stored) Pixels(row int) []byte { return []byte{byte(row), 255} }
func (stored) Shape() nnlib.Shape    { return nnlib.Pixels(1, 2) }

func TestGradientIsThatOfTheMeanCost(t *testing.T) {
	m, d := small(t)
	p, err := newProbe(m)
	if err != nil {
		t.Fatal(err)
	}
	g, err := p.gradient(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	cost := func() float64 {
		p, err := m.Predict(context.Background(), d)
		if err != nil {
			t.Fatal(err)
		}
		return p.Sum.Mean()
	}
	const h = 1e-2
	for i, w := range m.Weights {
		m.Weights[i] = w + h
		above := cost()
		m.Weights[i] = w - h
		central := (above - cost()) / (2 * h)
		m.Weights[i] = w
		if math.Abs(central-float64(g[i])) > 2e-4 {
			t.Errorf("weight %d: %v, measured %v", i, g[i], central)
		}
	}
}

func TestActivationsAreThoseOfTheModel(t *testing.T) {
	m, d := small(t)
	a, err := Activate(m, d, 150)
	if err != nil {
		t.Fatal(err)
	}
	p, err := m.Predict(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range p.Output.Row(150) {
		if math.Abs(float64(v)-a.Output[k]) > 1e-6 {
			t.Errorf("output %d is %v, not %v", k, a.Output[k], v)
		}
	}
	if len(a.Layers) != 2 || len(a.Layers[0].Values) != 5 || len(a.Layers[1].Values) != 4 || a.Layers[0].Name != "affine:5 tanh" || a.True != 0 || !a.Probability {
		t.Errorf("%+v", a)
	}
	wide := &nnlib.Model{Topology: nnlib.Perceptron(3, 2), Weights: make([]nnlib.Float, 8)}
	if _, err := Activate(wide, d, 0); err == nil {
		t.Error("rows of two values are sent through a network of three inputs")
	}
	if _, err := Activate(&nnlib.Model{Topology: m.Topology}, d, 0); err == nil {
		t.Error("a model without its weights is accepted")
	}
}

func TestVerdict(t *testing.T) {
	for _, test := range []struct {
		p    []float64
		want string
	}{
		{[]float64{0.012, 0.988}, "It reads a 1, 98.8\u202f% sure."},
		{[]float64{0, 1}, "It reads a 1, over 99.9\u202f% sure."},
		{[]float64{0.7, 0.2, 0.1}, "Probably a 0, 70.0\u202f% sure."},
		{[]float64{0.4, 0.1, 0.5}, "Not sure: a 2, or a 0."},
		{nil, ""},
	} {
		if got := Verdict(test.p, nil); got != test.want {
			t.Errorf("%v: %q, not %q", test.p, got, test.want)
		}
	}
}

// Points near a line have nearly all their variance along it.
func TestComponentsFindTheLongestDirection(t *testing.T) {
	x := mat.NewDense(5, 2, []float64{-2, -4.1, -1, -2, 0, 0.1, 1, 2, 2, 4})
	at, shares, err := components(x)
	if err != nil {
		t.Fatal(err)
	}
	if shares[0] < 0.99 || shares[0]+shares[1] < 1-1e-12 {
		t.Errorf("shares %v", shares)
	}
	for i := 1; i < len(at); i++ {
		if at[i][0] <= at[i-1][0] {
			t.Errorf("%v does not go up along the line", at)
		}
	}
}

func TestHistogramsCountEverything(t *testing.T) {
	m, d := small(t)
	weights, err := WeightHistograms(m)
	if err != nil {
		t.Fatal(err)
	}
	if len(weights.List) != 3 || !strings.HasPrefix(weights.List[0].Title, "Layer 1, affine:5: 10 weights") || !strings.Contains(weights.List[0].Note, "5 biases") {
		t.Errorf("%+v", weights.List[0])
	}
	gradients, err := GradientHistograms(context.Background(), m, d)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range append(weights.List, gradients.List...) {
		sum := 0.0
		for _, v := range c.Series[0].Y {
			sum += v
		}
		if math.Abs(sum-100) > 1e-6 {
			t.Errorf("%s: bars of %v %%", c.Title, sum)
		}
	}
	for _, n := range []int{-1, 1} {
		if _, err := partsOf(m.Topology, make([]nnlib.Float, len(m.Weights)+n)); err == nil {
			t.Errorf("%+d weights are accepted", n)
		}
	}
}

func TestPlaneIsForTwoInputs(t *testing.T) {
	m, d := small(t)
	c, err := Plane(m, d)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := m.Predict(context.Background(), d)
	if want := Number(float64(p.Sum.Correct), 0) + " of 200 points"; !strings.HasPrefix(c.Title, want) || !strings.Contains(c.Note, "the 5 first hidden units") {
		t.Errorf("%q, %q", c.Title, c.Note)
	}
	wide := &nnlib.Model{Topology: nnlib.Perceptron(3, 2), Weights: make([]nnlib.Float, 8)}
	if _, err := Plane(wide, d); err == nil {
		t.Error("a network of three inputs has a plane")
	}
}

// Unit 0 of a network whose first weights are 1, 0 and bias -0.25 splits the
// plane at x = 0.25.
func TestUnitLines(t *testing.T) {
	m := &nnlib.Model{Topology: nnlib.Perceptron(2, 1, 2), Weights: []nnlib.Float{1, 0, -0.25, 1, 1, 0, 0}}
	if got := unitLines(m); len(got) != 1 || got[0] != (unitLine{1, 0, -0.25}) {
		t.Errorf("%v", got)
	}
	if got := unitLines(&nnlib.Model{Topology: nnlib.Perceptron(2, 2), Weights: make([]nnlib.Float, 6)}); got != nil {
		t.Errorf("outputs are hidden units: %v", got)
	}
}

func TestMistakesBeginWithTheCostliest(t *testing.T) {
	out := nnlib.NewMatrix(3, 2)
	out.Row(0)[1], out.Row(1)[0], out.Row(2)[1] = 1, 1, 1
	p := &nnlib.Predictions{Output: out, Class: []int{1, 0, 1}, Cost: []float64{2, 0.1, 7}}
	s, err := Mistakes(stored{}, []int{0, 0, 0}, p, 9, []string{"cat", "dog"})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Images) != 2 || s.Images[0].Caption != "cat → dog" || strings.Join(s.Images[0].Lines, ",") != "p 1.000,cost 7.0,#2" || s.Title != "All 2 wrong answers, the costliest first" {
		t.Errorf("%+v", s)
	}
	html, err := s.HTML()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(html, "<b>cat → <em>dog</em></b><span>p 1.000</span>") || !strings.Contains(html, `alt="image 2: true cat, read as dog with p 1.000"`) {
		t.Error(html)
	}
	if _, err := Mistakes(stored{}, []int{0}, p, 9, nil); err == nil {
		t.Error("one class for three predictions is accepted")
	}
}

func TestTables(t *testing.T) {
	m, _ := small(t)
	s, err := Summary(m.Topology)
	if err != nil {
		t.Fatal(err)
	}
	if s.Title != "49 numbers to learn in 6 layers" || strings.Join(s.Rows[1], " ") != "1 affine:5 5 10 5 15" {
		t.Errorf("%q %q", s.Title, s.Rows[1])
	}
	html, err := Scores(confusion(t), []string{"<a>", "b", "c"}).Figure()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"5 of 7 read correctly; hardest is &lt;a&gt;, F1 0.667", `<i></i>&lt;a&gt;</span></th><td>100.0</td><td>50.0</td><td>0.667</td><td>2</td>`, `<tfoot><tr><th scope="row" class="l">All</th>`} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is missing in\n%s", want, html)
		}
	}
	if _, err := (Table{Head: []string{"a"}, Rows: [][]string{{"1", "2"}}}).HTML(); err == nil {
		t.Error("a row with too many cells is accepted")
	}
}

func TestROCNamesTheEnds(t *testing.T) {
	var list []*metrics.ROC
	for _, score := range [][]float64{{0.9, 0.8, 0.2, 0.1}, {0.1, 0.9, 0.8, 0.2}, {0.9, 0.5, 0.8, 0.2}} {
		r, err := metrics.NewROC([]bool{true, true, false, false}, score)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	c := ROC(list, []string{"a", "b", "c"})
	svg, err := c.SVG()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a, dotted: 1.0000", "b, solid: 0.5000", "a 1.0000; b 0.5000; c 0.7500", "guessing"} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s is missing", want)
		}
	}
}
