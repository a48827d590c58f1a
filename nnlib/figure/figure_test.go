package figure

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/png"
	"io"
	"maps"
	"math"
	"regexp"
	"strings"
	"testing"

	"digitlab/nnlib"
	"digitlab/nnlib/metrics"
)

// drawn is what every figure can do.
type drawn interface {
	SVG() (string, error)
	PNG(io.Writer) error
	HTML() (string, error)
}

// history is n steps of an epoch each, falling in cost.
func history(n int, validation bool) []nnlib.Step {
	list := make([]nnlib.Step, n)
	for i := range list {
		f := float64(i) / 20
		list[i] = nnlib.Step{Number: i + 1, Epoch: i + 1, EpochEnd: true, Examples: 100, Cost: 0.2 + 1.5*math.Exp(-f),
			Accuracy: 0.8 - 0.7*math.Exp(-f), Rate: 0.1 * math.Pow(1.05, float64(i)), Validation: math.NaN()}
		if validation {
			list[i].Validation = list[i].Cost + 0.0001*float64(i)
			list[i].ValidationAccuracy = list[i].Accuracy - 0.02
		}
	}
	return list
}

func confusion(t testing.TB) *metrics.Confusion {
	c, err := metrics.NewConfusion(3, []int{0, 0, 1, 1, 2, 2, 2}, []int{0, 1, 1, 1, 2, 2, 1})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func all(t testing.TB) map[string]drawn {
	p, right := []float64{0.3, 0.5, 0.9, 0.95, 1}, []bool{false, true, true, false, true}
	cal, err := metrics.Calibrate(p, right, 10)
	if err != nil {
		t.Fatal(err)
	}
	left, err := metrics.Abstain(p, right)
	if err != nil {
		t.Fatal(err)
	}
	topology, err := nnlib.ParseTopology("4x3 affine:5 tanh affine:12 sigmoid+squared")
	if err != nil {
		t.Fatal(err)
	}
	w, err := topology.Init(1, nil)
	if err != nil {
		t.Fatal(err)
	}
	tiles, err := Weights(&nnlib.Model{Topology: topology, Weights: w})
	if err != nil {
		t.Fatal(err)
	}
	h := History{Steps: history(60, true), Earlier: history(90, false), Unit: "nats per image"}
	list := sweepFigures(t)
	maps.Copy(list, modelFigures(t))
	maps.Copy(list, speedFigures())
	maps.Copy(list, map[string]drawn{
		"cost": h.Cost(), "accuracy": h.Accuracy(), "rate": h.Rate(), "empty": History{}.Cost(),
		"reliability": Reliability(cal), "certainty": Certainty(cal), "withheld": Withheld(left, 0.4),
		"classes": Classes([]int64{3, 4, 0}, nil), "pixels": PixelValues([256]int64{0: 90, 255: 10}),
		"confusion": Confusion(confusion(t)), "network": Network{Topology: topology}, "weights": tiles,
		"sheet": Sheet{Images: []Image{
			{Shape: nnlib.Pixels(2, 3), Pixels: []byte{0, 1, 2, 3, 4, 255}, Caption: `a & "b"`, Alt: `<x>`},
			{Shape: nnlib.Shape{Height: 1, Width: 2, Channels: 3}, Pixels: []byte{1, 2, 3, 4, 5, 6}},
		}},
		"costs": CostHistory([]float64{3, 2, 1}), "accuracies": AccuracyHistory([]float64{0.1, 0.5, 0.9}),
	})
	return list
}

// wellFormed reads all of an XML document.
func wellFormed(s string) error {
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

var (
	fontSize = regexp.MustCompile(`font-size:([0-9.]+)px`)
	bareHex  = regexp.MustCompile(`(fill|stroke):#`)
)

func TestEveryFigure(t *testing.T) {
	again := all(t)
	for name, f := range all(t) {
		t.Run(name, func(t *testing.T) {
			svg, err := f.SVG()
			if err != nil {
				t.Fatal(err)
			}
			if err := wellFormed(svg); err != nil {
				t.Errorf("SVG: %v", err)
			}
			if other, _ := again[name].SVG(); other != svg {
				t.Error("a second drawing has other bytes")
			}
			if !strings.Contains(svg, `role="img" aria-label="`) || strings.Contains(svg, `aria-label=""`) && name != "sheet" && name != "empty" {
				t.Error("no label")
			}
			if m := bareHex.FindString(svg); m != "" {
				t.Errorf("%s without a variable", m)
			}
			for _, m := range fontSize.FindAllStringSubmatch(svg, -1) {
				var size float64
				if fmt.Sscan(m[1], &size); size < 11 {
					t.Errorf("text of %v px", size)
				}
			}
			if strings.ContainsAny(svg, "\ue001\ue002\ue003") {
				t.Error("a mark of alignment is left in the text")
			}
			var b, second bytes.Buffer
			if err := f.PNG(&b); err != nil {
				t.Fatal(err)
			}
			again[name].PNG(&second)
			if !bytes.Equal(b.Bytes(), second.Bytes()) {
				t.Error("a second PNG has other bytes")
			}
			var w, h int
			if _, err := fmt.Sscanf(regexp.MustCompile(`viewBox="-8 -8 ([0-9]+) ([0-9]+)`).FindString(svg), `viewBox="-8 -8 %d %d`, &w, &h); err != nil {
				t.Fatal(err)
			}
			m, err := png.Decode(&b)
			if err != nil {
				t.Fatal(err)
			}
			if dx, dy := m.Bounds().Dx(), m.Bounds().Dy(); dx < 2*w || dx > 2*w+2 || dy < 2*h || dy > 2*h+2 {
				t.Errorf("PNG of %dx%d, SVG of %dx%d", dx, dy, w, h)
			}
			html, err := f.HTML()
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(html, `<div class="digitlab"><style>`) || strings.Count(html, "<style>") != 1 {
				t.Error("the fragment does not bring one style")
			}
			for _, address := range []string{"http:", "https:", "<script", "@import"} {
				if strings.Contains(strings.NewReplacer("http://www.w3.org/2000/svg", "", "http://www.w3.org/1999/xlink", "").Replace(html), address) {
					t.Errorf("the fragment holds %s", address)
				}
			}
		})
	}
}

// PNG has the colours that SVG has as fallback.
func TestPNGHasTheSameColours(t *testing.T) {
	c := Classes([]int64{10, 10}, nil)
	var b bytes.Buffer
	if err := c.PNG(&b); err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			r, g, b, _ := m.At(x, y).RGBA()
			seen[fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)] = true
		}
	}
	svg, err := c.SVG()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []Colour{Paper, Training, Edge} {
		h := fmt.Sprintf("#%06x", light[want])
		if !seen[h] || !strings.Contains(svg, "var(--"+string(want)+","+h+")") {
			t.Errorf("%s %s is missing", want, h)
		}
	}
}

func TestEveryColourHasAVariableInBothThemes(t *testing.T) {
	for c := range light {
		declared := strings.Count(Style(), "--"+string(c)+":")
		derived := c == Spread || strings.HasPrefix(string(c), "m") && len(c) == 2
		if declared < 3 && !derived || declared == 0 {
			t.Errorf("--%s is declared %d times", c, declared)
		}
	}
}

func TestStyleIsScoped(t *testing.T) {
	s := regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(Style(), "")
	s = regexp.MustCompile(`@media[^{]*\{`).ReplaceAllString(s, "")
	for _, rule := range regexp.MustCompile(`([^{}]+)\{[^{}]*\}`).FindAllStringSubmatch(s, -1) {
		for _, selector := range strings.Split(regexp.MustCompile(`\([^)]*\)`).ReplaceAllString(rule[1], ""), ",") {
			if !strings.Contains(selector, ".digitlab") {
				t.Errorf("%q is not scoped", strings.TrimSpace(selector))
			}
		}
	}
}

func TestSeriesOfDifferentLengthIsRefused(t *testing.T) {
	c := Chart{Series: []Series{{Name: "a", X: []float64{1, 2}, Y: []float64{1}}}}
	if _, err := c.SVG(); err == nil || !strings.Contains(err.Error(), "series 0 (a)") {
		t.Errorf("%v", err)
	}
	if _, err := c.HTML(); err == nil {
		t.Error("HTML accepts it")
	}
}

func TestImpossibleAxesAreRefused(t *testing.T) {
	for name, c := range map[string]Chart{
		"bars on a log axis": {Y: Axis{Log: true}, Series: []Series{{Shape: Bars, Colour: Rate, X: []float64{1}, Y: []float64{1}}}},
		"a log axis from 0":  {Y: Axis{Log: true, Min: 0, Max: 10}},
		"a turned axis":      {X: Axis{Min: 2, Max: 1}},
		"an endless axis":    {X: Axis{Min: 0, Max: math.Inf(1)}},
	} {
		if _, err := c.SVG(); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestValuesWithoutAPlaceAreLeftOut(t *testing.T) {
	c := Chart{Y: Axis{Log: true}, Series: []Series{{Colour: Rate, X: []float64{1, 2, 3, 4}, Y: []float64{0.1, 0, math.NaN(), 10}}}}
	svg, err := c.SVG()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Error(svg)
	}
}

func TestImageChecksItsSize(t *testing.T) {
	for _, m := range []Image{{Shape: nnlib.Pixels(2, 2), Pixels: []byte{1}}, {Shape: nnlib.Shape{Height: 1, Width: 1, Channels: 2}, Pixels: []byte{1, 2}}, {}} {
		if _, err := m.Element(28); err == nil {
			t.Errorf("%v with %d bytes is accepted", m.Shape, len(m.Pixels))
		}
	}
}

func BenchmarkHistoryOf3000Steps(b *testing.B) {
	h := History{Steps: history(3000, true)}
	for b.Loop() {
		if _, err := h.Figures(); err != nil {
			b.Fatal(err)
		}
	}
}
