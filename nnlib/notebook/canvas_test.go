package notebook

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"digitlab/nnlib"
)

// pictures is images of 28 x 28 bytes with a class each.
type pictures struct {
	*nnlib.Examples
	bytes []byte
}

func (p pictures) Pixels(row int) []byte { return p.bytes[784*row : 784*row+784] }

// scribbles is n images of a few strokes on black.
func scribbles(n, classes int) pictures {
	r, b, class := rand.New(rand.NewPCG(5, 6)), make([]byte, 784*n), make([]int, n)
	for i := range n {
		class[i] = i % classes
		for range 5 {
			x, y := 4+r.IntN(20), 4+r.IntN(20)
			for k := range 3 {
				b[784*i+28*(y+k)+x+k] = byte(55 + r.IntN(200))
			}
		}
	}
	levels := [256]nnlib.Float{}
	for v := range levels {
		levels[v] = nnlib.Float(v) / 255
	}
	return pictures{must(nnlib.PackExamples(nnlib.Pixels(28, 28), classes, &levels, b, class)), b}
}

func rows(n int) (list []int) {
	for i := range n {
		list = append(list, i)
	}
	return list
}

// network is a model of random weights.
func network(t *testing.T, topology string) *nnlib.Model {
	t.Helper()
	n := must(nnlib.ParseTopology(topology))
	return &nnlib.Model{Topology: n, Weights: must(n.Init(3, nil))}
}

// asked is a panel of scribbles.
func asked(t *testing.T, topology string) *Panel {
	t.Helper()
	set := scribbles(24, 3)
	return must(Ask(network(t, topology), Sample{set, rows(12), "training image"}, Sample{set, []int{20, 14, 3}, "test image"}))
}

// between is the text from one string to the next other one.
func between(t *testing.T, text, from, to string) string {
	t.Helper()
	_, after, ok := strings.Cut(text, from)
	inside, _, ok2 := strings.Cut(after, to)
	if !ok || !ok2 {
		t.Fatalf("nothing between %q and %q", from, to)
	}
	return inside
}

func TestPanelCarriesModelAndImages(t *testing.T) {
	p := asked(t, "28x28 affine:5 tanh dropout:0.5 affine:3 softmax+cross-entropy")
	p.Names = []string{"<a>", "b"}
	h := must(p.HTML())
	var d pageData
	if err := json.Unmarshal([]byte(between(t, h, `class="ask-data">`, "</script>")), &d); err != nil {
		t.Fatal(err)
	}
	raw := must(base64.StdEncoding.DecodeString(d.Weights))
	if len(raw) != 4*(785*5+6*3) {
		t.Fatalf("%d bytes of weights", len(raw))
	}
	for i, w := range p.model.Weights {
		if v := math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:])); v != float32(w) {
			t.Fatalf("weight %d is %v, want %v", i, v, w)
		}
	}
	if len(d.Layers) != 4 || len(d.Hidden) != 1 || d.Hidden[0].Units != 5 || len(d.Near) != 12 || len(d.Try) != 3 {
		t.Errorf("%+v", d)
	}
	if d.Try[0].Row != 20 || d.Try[0].Label != "2" || d.Names[0] != "<a>" || d.Names[2] != "2" {
		t.Errorf("rows and names: %+v %q", d.Try, d.Names)
	}
	if again := must(p.HTML()); again != h {
		t.Error("two pages of one panel differ")
	}
}

// What is left of the panel without its scripts is a picture, not a pad that
// does nothing.
func TestPanelWithoutScripts(t *testing.T) {
	h := must(asked(t, "28x28 affine:40 relu affine:3 sigmoid+squared").HTML())
	rest := h
	for {
		before, after, ok := strings.Cut(rest, "<script")
		if !ok {
			break
		}
		_, after, _ = strings.Cut(after, "</script>")
		rest = before + after
	}
	holds(t, bare(rest), "test image 20: a 2", "data:image/png;base64,", "<svg", "40 hidden units", "It reads a ", "Output for each answer, %")
	lacks(t, bare(rest), "<canvas", "<button", "Undo", "<input")
	lacks(t, canvasDesk+canvasStyle+canvasNet+canvasPad, "http:", "https:")
}

func TestModelsThatAPageCannotCarry(t *testing.T) {
	set := scribbles(24, 3)
	near, try := Sample{set, rows(12), "training image"}, Sample{set, rows(3), "test image"}
	short := network(t, "28x28 affine:3 softmax+cross-entropy")
	short.Weights = short.Weights[1:]
	broken := network(t, "28x28 affine:3 softmax+cross-entropy")
	broken.Weights[7] = nnlib.Float(math.NaN())
	numbers := &nnlib.Model{Topology: nnlib.Topology{Input: nnlib.Pixels(28, 28), Layers: []nnlib.Layer{nnlib.Affine{Units: 3}, nnlib.LinearSquaredError{}}}}
	for want, m := range map[string]*nnlib.Model{
		"the network reads 784":      network(t, "784 affine:3 softmax+cross-entropy"),
		"the network reads 20x20":    network(t, "20x20 affine:3 softmax+cross-entropy"),
		"for 2 to 10 classes":        network(t, "28x28 affine:11 softmax+cross-entropy"),
		"a page carries 250,000":     network(t, "28x28 affine:400 tanh affine:3 softmax+cross-entropy"),
		"weights for 28x28 affine:3": short,
		"weight 7 is NaN":            broken,
		"layer 2 (linear+squared)":   numbers,
	} {
		if _, err := Ask(m, near, try); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	good := network(t, "28x28 affine:3 softmax+cross-entropy")
	for want, samples := range map[string][2]Sample{
		"one or more to take":   {near, {Set: set}},
		"is not one of 24":      {near, {set, []int{24}, "test image"}},
		"2000 in all at most":   {{set, make([]int, 2000), ""}, try},
		"training image -1 is ": {{set, []int{-1}, "training image"}, try},
	} {
		if _, err := Ask(good, samples[0], samples[1]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
