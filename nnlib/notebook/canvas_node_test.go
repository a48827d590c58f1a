package notebook

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"digitlab/nnlib"
	"digitlab/nnlib/mnist"
)

// node runs JavaScript behind the page's own program: input is what it reads as
// the object data, and answer takes the JSON of what it hands to say. Without
// node the test is skipped.
func node(t *testing.T, script string, input, answer any) {
	t.Helper()
	program, err := exec.LookPath("node")
	if err != nil {
		const why = "no node: the page's JavaScript is not tried"
		if os.Getenv("DIGITLAB_REQUIRE") == "all" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	file := filepath.Join(t.TempDir(), "page.mjs")
	script = "import fs from 'node:fs';\nconst data = JSON.parse(fs.readFileSync(0)), say = v => fs.writeFileSync(1, JSON.stringify(v));\n" + canvasNet + script
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, file)
	var says bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(must(json.Marshal(input))), &says
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, says.String())
	}
	if err := json.Unmarshal(out, answer); err != nil {
		t.Fatalf("%v in %.200s", err, out)
	}
}

const predictAll = `
const x = await inflate(data.pictures), w = floats(data.weights), outputs = [];
for (let i = 0; i < x.length; i += 784)
	outputs.push([...forward(data.layers, w, Float64Array.from(x.subarray(i, i + 784), v => v / 255)).out]);
say(outputs);
`

// agree lets the page read the first n images of a set and compares with
// Predict: outputs to 1e-5, and the same class but where two outputs are within
// 1e-5 of each other.
func agree(t *testing.T, m *nnlib.Model, set Images, n int) {
	t.Helper()
	page := pageData{Layers: must(pageLayers(m))}
	p := Panel{model: m, layers: page.Layers, try: Sample{Set: set}, right: make([]bool, n)}
	p.try.Rows = rows(n)
	p.example = make([]float64, 10)
	page = must(p.data())
	var got [][]float64
	node(t, predictAll, page, &got)
	want := must(m.Predict(context.Background(), set))
	worst, others := 0.0, 0
	for i := range n {
		best := slices.Index(got[i], slices.Max(got[i]))
		if c := want.Class[i]; best != c {
			others++
			if got[i][best]-got[i][c] > 1e-5 {
				t.Errorf("image %d: the page reads class %d, Predict %d", i, best, c)
			}
		}
		for k, v := range got[i] {
			worst = max(worst, math.Abs(v-float64(want.Output.Row(i)[k])))
		}
	}
	if worst > 1e-5 {
		t.Errorf("outputs differ by %.1e", worst)
	}
	t.Logf("%d images: outputs differ by %.1e at most, %d classes by a tie", n, worst, others)
}

func TestPagePredictsAsTheModel(t *testing.T) {
	for _, topology := range []string{
		"28x28 affine:7 tanh affine:3 softmax+cross-entropy",
		"28x28 affine:7 sigmoid affine:6 relu affine:3 sigmoid+squared",
		"28x28 affine:6 leaky-relu:0.1 dropout:0.5 affine:3 sigmoid+cross-entropy",
		"28x28 affine:3 softmax+cross-entropy",
	} {
		t.Run(topology, func(t *testing.T) { agree(t, network(t, topology), scribbles(60, 3), 60) })
	}
}

func TestPageReadsTheTestImagesAsTheModel(t *testing.T) {
	load := func(part mnist.Part) *mnist.Set {
		dir := os.Getenv("DIGITLAB_DATA")
		if dir == "" {
			dir = filepath.Join("..", "..", "data")
		}
		set, err := mnist.Load(dir, part)
		if err != nil {
			const why = "no MNIST in data/ or $DIGITLAB_DATA: run `go run ./datagen`"
			if os.Getenv("DIGITLAB_REQUIRE") == "all" {
				t.Fatal(why)
			}
			t.Skip(why)
		}
		return set
	}
	run := must(nnlib.NewRun(nnlib.Recipe{
		Topology:  must(nnlib.ParseTopology("28x28 affine:64 tanh affine:10 softmax+cross-entropy")),
		Optimizer: nnlib.GradientDescent{Rate: 0.1, Rule: nnlib.Momentum{Keep: 0.9}},
		Batch:     128, Seed: 1,
	}))
	for range run.To(context.Background(), load(mnist.Train).First(12800), 200) {
	}
	if err := run.Err(); err != nil {
		t.Fatal(err)
	}
	test := load(mnist.Test)
	agree(t, run.Model(), test, test.Len())
}

// The page centres a drawing to the bytes that Centre gives.
func TestPageCentresAsCentre(t *testing.T) {
	const size = 60
	r := rand.New(rand.NewPCG(7, 8))
	type drawing struct {
		Ink  string `json:"ink"`
		want []byte
	}
	var list []drawing
	for n := range 200 {
		m := image.NewGray(image.Rect(0, 0, size, size))
		x0, y0, w, h := r.IntN(50), r.IntN(50), 1+r.IntN(60), 1+r.IntN(60)
		for y := y0; y < min(y0+h, size); y++ {
			for x := x0; x < min(x0+w, size); x++ {
				m.Pix[y*size+x] = byte(r.IntN(256) * r.IntN(2))
			}
		}
		if n == 0 {
			clear(m.Pix)
		}
		list = append(list, drawing{base64.StdEncoding.EncodeToString(m.Pix), Centre(m).Pix})
	}
	var got []string
	node(t, `
say(data.map(d => { const c = centre(bytes(d.ink), 60); return Buffer.from(c ? c.image : new Uint8Array(784)).toString("base64"); }));
`, list, &got)
	for i, d := range list {
		if must(base64.StdEncoding.DecodeString(got[i])); got[i] != base64.StdEncoding.EncodeToString(d.want) {
			t.Errorf("drawing %d comes out otherwise in the page", i)
		}
	}
}

func TestCentreMovesAndFits(t *testing.T) {
	// A bar of 10 x 40 becomes 5 x 20. Its centre of mass, 2.5 and 10 from its
	// corner, goes to 14.5: by 12 and by 4 or 5 whole pixels, halves upwards.
	m := image.NewGray(image.Rect(0, 0, 100, 100))
	for y := 50; y < 90; y++ {
		for x := 3; x < 13; x++ {
			m.Pix[100*y+x] = 255
		}
	}
	got := Centre(m)
	for y := range 28 {
		for x := range 28 {
			want := byte(0)
			if x >= 12 && x < 17 && y >= 5 && y < 25 {
				want = 255
			}
			if got.GrayAt(x, y).Y != want {
				t.Fatalf("pixel (%d, %d) is %d, want %d", x, y, got.GrayAt(x, y).Y, want)
			}
		}
	}
	if n := len(must(base64.StdEncoding.DecodeString(base64.StdEncoding.EncodeToString(Centre(image.NewGray(image.Rect(0, 0, 9, 9))).Pix)))); n != 784 {
		t.Errorf("%d pixels of an empty drawing", n)
	}
}

func TestPageFindsTheNearest(t *testing.T) {
	var got []struct {
		Index    int
		Distance float64
	}
	node(t, `say(nearest([0, 0], [[3, 4], [1, 0], [0, 1], [0, 0.5]], 3));`, nil, &got)
	if len(got) != 3 || got[0].Index != 3 || got[1].Index != 1 || got[2].Index != 2 || got[2].Distance != 1 {
		t.Errorf("%+v", got)
	}
}
