package figure

import (
	"strings"
	"testing"

	"digitlab/nnlib"
	"digitlab/nnlib/metrics"

	"github.com/google/go-cmp/cmp"
)

func TestTintGoesByThePrintedPercentage(t *testing.T) {
	for _, test := range []struct {
		share float64
		want  int
	}{{0, 0}, {0.0004, 0}, {0.0005, 1}, {0.0024, 1}, {0.0026, 2}, {0.0054, 2}, {0.0056, 3}, {0.0094, 3}, {0.0096, 4}, {0.5, 4}} {
		if got := tint(test.share); got != test.want {
			t.Errorf("%v: %d, not %d", test.share, got, test.want)
		}
	}
}

func TestMixup(t *testing.T) {
	matrix := func(counts ...[]int64) *metrics.Confusion { return &metrics.Confusion{Counts: counts} }
	for _, test := range []struct{ got, want string }{
		{Mixup(matrix([]int64{5, 3}, []int64{21, 5}), nil), "0 and 1 are taken for each other most often, 24 times"},
		{Mixup(matrix([]int64{5, 1}, []int64{0, 5}), []string{"cat", "dog"}), "cat is taken for dog most often, once"},
		{Mixup(matrix([]int64{5, 2}, []int64{230, 5}), nil), "1 is taken for 0 most often, 230 times"},
		{Mixup(matrix([]int64{5, 0}, []int64{0, 5}), nil), "No class is taken for another"},
		{Mixup(matrix([]int64{5, 1, 0}, []int64{0, 5, 1}, []int64{0, 0, 1}), nil), "No two are mixed up more often than 0 and 1, once"},
	} {
		if test.got != test.want {
			t.Errorf("%q, not %q", test.got, test.want)
		}
	}
}

func TestConfusionTable(t *testing.T) {
	s := Confusion(confusion(t)).Table()
	for _, want := range []string{
		`<tr><th scope="row">0</th><td class="d">1<small>50.0</small></td><td class="m4">1<small>50.0</small></td><td class="z">·</td><td class="tot">2</td></tr>`,
		`colspan="3" scope="colgroup">read as`,
		`<td class="tot">1</td><td class="tot">4</td><td class="tot">2</td><td class="tot">7</td></tr></tfoot>`,
	} {
		if !strings.Contains(s, want) {
			t.Errorf("%s is missing in\n%s", want, s)
		}
	}
	named := ConfusionMatrix{Confusion: confusion(t), Names: []string{"<a>", "b", "c"}}
	if s := named.Table(); strings.Contains(s, "<a>") || !strings.Contains(s, "&lt;a&gt;") {
		t.Error("names are not escaped")
	}
}

// The weights of a 1x2 image into three units and on to two outputs, numbered
// from 0 in the order of the flat vector: in to unit, biases, unit to output,
// biases.
func TestWeightsAreTakenFromTheirPlaces(t *testing.T) {
	w := make([]nnlib.Float, 2*3+3+3*2+2)
	for i := range w {
		w[i] = nnlib.Float(i)
	}
	topology := nnlib.Topology{Input: nnlib.Pixels(1, 2), Layers: []nnlib.Layer{nnlib.Affine{Units: 3}, nnlib.Tanh{}, nnlib.Affine{Units: 2}, nnlib.SoftmaxCrossEntropy{}}}
	got, err := Weights(&nnlib.Model{Topology: topology, Weights: w})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]float64{{0, 3}, {1, 4}, {2, 5}}, got.In); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([][]float64{{9, 10}, {11, 12}, {13, 14}}, got.Out); d != "" || !got.Final {
		t.Error(d, got.Final)
	}
	topology.Layers = []nnlib.Layer{nnlib.Affine{Units: 3}, nnlib.SoftmaxCrossEntropy{}}
	if got, err := Weights(&nnlib.Model{Topology: topology, Weights: w[:9]}); err != nil || got.Out != nil || got.Final {
		t.Errorf("%v %v", got, err)
	}
	topology.Layers = []nnlib.Layer{nnlib.Affine{Units: 3}, nnlib.ReLU{}, nnlib.Affine{Units: 2}, nnlib.ReLU{}, nnlib.Affine{Units: 1}, nnlib.SigmoidSquaredError{}}
	if got, err := Weights(&nnlib.Model{Topology: topology, Weights: w}); err != nil || got.Final {
		t.Errorf("a middle layer votes for classes: %v", err)
	}
	topology.Layers = []nnlib.Layer{nnlib.Tanh{}, nnlib.SoftmaxCrossEntropy{}}
	if _, err := Weights(&nnlib.Model{Topology: topology}); err == nil {
		t.Error("a network that begins with tanh has tiles")
	}
	if _, err := Weights(&nnlib.Model{Topology: nnlib.Perceptron(2, 3), Weights: w[:2]}); err == nil {
		t.Error("missing weights are accepted")
	}
}

func TestTilesShowSignAndSize(t *testing.T) {
	tiles := WeightTiles{Shape: nnlib.Pixels(1, 3), In: [][]float64{{2, -2, 0}}}
	full, _ := tiles.Scale()
	m := tiles.tile(0, full)
	r, g, b, a := m.At(0, 0).RGBA()
	if full != 2 || r>>8 != 0x1b || g>>8 != 0x78 || b>>8 != 0x37 || a>>8 != 255 {
		t.Errorf("%v: %x %x %x %x", full, r>>8, g>>8, b>>8, a>>8)
	}
	if r, _, _, _ := m.At(1, 0).RGBA(); r>>8 != 0x76 {
		t.Errorf("a negative weight is %x", r>>8)
	}
	if _, _, _, a := m.At(2, 0).RGBA(); a != 0 {
		t.Errorf("a zero weight has opacity %x", a)
	}
}

func TestNetworkCountsItsUnits(t *testing.T) {
	topology, err := nnlib.ParseTopology("28x28 affine:64 tanh affine:10 sigmoid+squared")
	if err != nil {
		t.Fatal(err)
	}
	svg, err := Network{Topology: topology}.SVG()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(svg, `aria-label="A network of 784 pixels 28x28, then 64 hidden units tanh, then 10 outputs sigmoid."`) {
		t.Error(svg[:600])
	}
	for _, want := range []string{">784<", ">64<", ">10<", ">tanh<", ">9<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

// Names longer than a digit have room, or are cut in a drawing and whole in the table.
func TestConfusionMatrixOfLongNames(t *testing.T) {
	names := []string{"setosa", "iris virginica of the swamps"}
	m := ConfusionMatrix{Confusion: &metrics.Confusion{Counts: [][]int64{{8, 2}, {1, 6}}}, Names: names}
	table := m.Table()
	if !strings.Contains(table, `style="width:150px"`) || strings.Count(table, ">iris virginica of the swamps</th>") != 2 {
		t.Errorf("the table has no room for its names:\n%s", table)
	}
	if digits := Confusion(m.Confusion).Table(); !strings.Contains(digits, `style="width:30px"`) {
		t.Errorf("digits take other room than before:\n%s", digits)
	}
	svg, err := m.SVG()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(svg, ">setosa</text>") != 2 || strings.Contains(svg, ">iris virginica of the swamps<") || !strings.Contains(svg, ">iris virginic") {
		t.Errorf("the drawing's names:\n%s", svg)
	}
	bold := words{bold: true}
	for _, room := range []float64{20, 60, 92, 140, 400} {
		if cut := bold.cut(names[1], room); bold.room(cut) > room && len([]rune(cut)) > 2 || room == 400 && cut != names[1] {
			t.Errorf("%q does not go into %g pixels", cut, room)
		}
	}
}
