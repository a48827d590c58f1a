package modelfile

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"digitlab/nnlib"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// small is a file of six weights.
func small(t testing.TB) *File {
	t.Helper()
	topology, err := nnlib.ParseTopology("2 affine:2 tanh softmax+cross-entropy")
	if err != nil {
		t.Fatal(err)
	}
	return &File{
		Model:     &nnlib.Model{Topology: topology, Weights: []nnlib.Float{1, -2, 0.5, 0, 3, 4}},
		Precision: nnlib.Precision, Thresholds: []float64{0.5, 0.25}, Notes: []Note{{"scale", "255"}, {"by", "a test: this one"}},
	}
}

func text(t testing.TB, f *File) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHeaderIsReadable(t *testing.T) {
	f := small(t)
	want := "digitlab model 1\ntopology: 2 affine:2 tanh softmax+cross-entropy\nprecision: " + nnlib.Precision +
		"\nweights: 6\nsha256: " + fmt.Sprintf("%x", f.Model.Hash()) + "\nthresholds: 0.5 0.25\nscale: 255\nby: a test: this one\n\n"
	got := text(t, f)
	if head := got[:min(len(got), len(want))]; head != want {
		t.Errorf("header\n%swant\n%s", head, want)
	}
	size := 4
	if nnlib.Precision == "float64" {
		size = 8
	}
	if n := len(got) - len(want); n != 6*size {
		t.Errorf("%d bytes of weights", n)
	}
}

func TestWrittenFilesReadBack(t *testing.T) {
	layers := []string{"affine:3", "sigmoid", "tanh", "relu", "leaky-relu:0.01", "dropout:0.5"}
	tops := []string{"softmax+cross-entropy", "softmax+cross-entropy:0.1", "sigmoid+squared", "sigmoid+cross-entropy", "linear+squared"}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom(layers), 0, 5).Draw(t, "layers")
		input := rapid.SampledFrom([]string{"1", "7", "2x3", "2x3x2"}).Draw(t, "input")
		words = append([]string{input}, append(words, rapid.SampledFrom(tops).Draw(t, "top"))...)
		topology, err := nnlib.ParseTopology(strings.Join(words, " "))
		if err != nil {
			t.Fatal(err)
		}
		f := &File{Model: &nnlib.Model{Topology: topology}, Precision: nnlib.Precision}
		n, err := length(topology)
		if err != nil {
			t.Fatal(err)
		}
		for range n {
			f.Model.Weights = append(f.Model.Weights, nnlib.Float(rapid.Float32().Draw(t, "w")))
		}
		f.Thresholds = rapid.SliceOfN(rapid.Float64Range(0, 1e300), 0, 3).Draw(t, "thresholds")
		if len(f.Thresholds) == 0 {
			f.Thresholds = nil
		}
		if v := rapid.StringMatching(`[a-z: ]{0,20}`).Draw(t, "note"); v != "" {
			f.Notes = append(f.Notes, Note{"note", v})
		}
		var b bytes.Buffer
		if err := Write(&b, f); err != nil {
			t.Fatal(err)
		}
		back, err := Read(&b)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(f, back); d != "" {
			t.Fatal(d)
		}
	})
}

func TestSaveAndLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.model")
	for _, first := range []nnlib.Float{1, 2} { // a second save replaces the first
		f := small(t)
		f.Model.Weights[0] = first
		if err := Save(path, f); err != nil {
			t.Fatal(err)
		}
		back, err := Load(path)
		if d := cmp.Diff(f, back); d != "" || err != nil {
			t.Error(d, err)
		}
	}
	bad := small(t)
	bad.Model.Weights = bad.Model.Weights[:2]
	if err := Save(path, bad); err == nil {
		t.Error("two weights were saved")
	}
	if back, err := Load(path); err != nil || back.Model.Weights[0] != 2 {
		t.Error("what was there is gone", err)
	}
	if err := os.WriteFile(path, []byte("digitlab model 9\n\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil || !strings.HasPrefix(err.Error(), path+": model file: line 1: version \"9\"") {
		t.Errorf("error %v", err)
	}
}

// TestTheOtherPrecision: weights come over, exactly where both can hold them.
func TestTheOtherPrecision(t *testing.T) {
	body := "\x00\x00\x80\x3f\x00\x00\x00\xc0" // 1 and -2 in float32
	other := "float32"
	if nnlib.Precision == "float32" {
		body, other = "\x00\x00\x00\x00\x00\x00\xf0\x3f\x00\x00\x00\x00\x00\x00\x00\xc0", "float64"
	}
	f, err := Read(strings.NewReader(fmt.Sprintf("digitlab model 1\ntopology: 1 affine:1 linear+squared\nprecision: %s\nweights: 2\nsha256: %x\n\n%s", other, sha256.Sum256([]byte(body)), body)))
	if err != nil {
		t.Fatal(err)
	}
	if f.Precision != other || f.Model.Weights[0] != 1 || f.Model.Weights[1] != -2 {
		t.Errorf("%s, %v", f.Precision, f.Model.Weights)
	}
}

func TestWrongFiles(t *testing.T) {
	good := text(t, small(t))
	for want, bad := range map[string]string{
		"line 1: not a model file: it does not begin with digitlab model 1": "PAR1",
		"line 1: cut off: a model file begins":                              "digit",
		"line 3: cut off before the empty line":                             good[:strings.Index(good, "precision")+5],
		`line 1: version "2" of the format: this program reads 1`:           strings.Replace(good, "model 1", "model 2", 1),
		"line 2: nnlib: topology: layer 2":                                  strings.Replace(good, "tanh", "tan", 1),
		`line 3: precision "float16"`:                                       strings.Replace(good, nnlib.Precision, "float16", 1),
		`line 4: "-6" is not a number of weights`:                           strings.Replace(good, "weights: 6", "weights: -6", 1),
		"line 4: 7 weights, the topology has 6":                             strings.Replace(good, "weights: 6", "weights: 7", 1),
		`line 5: "sha: `:                                                    strings.Replace(good, "sha256", "sha", 1),
		`line 5: "beef" is not a SHA-256`:                                   strings.Replace(good, fmt.Sprintf("%x", small(t).Model.Hash()), "beef", 1),
		"line 3: empty: precision is missing":                               "digitlab model 1\ntopology: 2 affine:2 sigmoid+squared\n\n",
		`line 6: thresholds: "half" is not a number`:                        strings.Replace(good, "0.5 0.25", "half", 1),
		`line 7: "scale 255": NAME: VALUE is wanted`:                        strings.Replace(good, "scale:", "scale", 1),
		"more weights than 2147483647":                                      strings.Replace(good, "2 affine:2", "42949 affine:50000", 1),
		"no empty line within 65536 bytes":                                  strings.Replace(good, "a test", strings.Repeat("a", 1<<17), 1),
		"model file: cut off: ":                                             good[:len(good)-1],
		"model file: there is more after the weights":                       good + "x",
		"model file: damaged: the weights have the SHA-256":                 good[:len(good)-1] + "x",
	} {
		f, err := Read(strings.NewReader(bad))
		if f != nil || err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, new(*FormatError)) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// TestNoMemoryIsTakenForALie: a header may claim billions of weights, the
// bytes decide.
func TestNoMemoryIsTakenForALie(t *testing.T) {
	lie := "digitlab model 1\ntopology: 32767 affine:65535 linear+squared\nprecision: float32\nweights: 2147450880\nsha256: " + strings.Repeat("0", 64) + "\n\n"
	if n := testing.AllocsPerRun(3, func() {
		if _, err := Read(strings.NewReader(lie + "1234")); err == nil || !strings.Contains(err.Error(), "bytes of weights, 8589803516 are missing") {
			t.Errorf("error %v", err)
		}
	}); n > 1000 {
		t.Errorf("%v allocations", n)
	}
}

func TestReadErrorsKeepTheirCause(t *testing.T) {
	good, cause := text(t, small(t)), errors.New("unplugged")
	for _, n := range []int{3, 40, len(good) - 2} {
		r := io.MultiReader(strings.NewReader(good[:n]), broken{cause})
		if _, err := Read(r); !errors.Is(err, cause) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

type broken struct{ error }

func (b broken) Read([]byte) (int, error) { return 0, b.error }

func TestWriteRefuses(t *testing.T) {
	for want, change := range map[string]func(*File){
		"5 weights, the topology has 6": func(f *File) { f.Model.Weights = f.Model.Weights[:5] },
		`note "a:b"`:                    func(f *File) { f.Notes[0].Name = "a:b" },
		`note "thresholds"`:             func(f *File) { f.Notes[0].Name = "thresholds" },
		`"1\n2" cannot be written`:      func(f *File) { f.Notes[0].Value = "1\n2" },
		"the lines have":                func(f *File) { f.Notes[0].Value = strings.Repeat("x", headLimit) },
		"layer 2":                       func(f *File) { f.Model.Topology.Layers[1] = other{} },
	} {
		f := small(t)
		change(f)
		var b bytes.Buffer
		if err := Write(&b, f); err == nil || !strings.Contains(err.Error(), want) || b.Len() > 0 {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// other is a layer that no text stands for.
type other struct{ nnlib.Tanh }

func (other) String() string { return "other" }

func FuzzRead(f *testing.F) {
	good := text(f, small(f))
	f.Add([]byte(good))
	f.Add([]byte(good[:len(good)-9]))
	f.Add([]byte("digitlab model 1\ntopology: 1 linear+squared\nprecision: float64\nweights: 0\nsha256: " + fmt.Sprintf("%x", sha256.Sum256(nil)) + "\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Read(bytes.NewReader(b))
		if err != nil {
			if !errors.As(err, new(*FormatError)) {
				t.Errorf("error %v", err)
			}
			return
		}
		var out bytes.Buffer
		if err := Write(&out, file); err != nil {
			t.Fatal(err)
		}
		if again, err := Read(&out); err != nil || again.Model.Hash() != file.Model.Hash() || cmp.Diff(file.Notes, again.Notes) != "" {
			t.Errorf("written again: %v", err)
		}
	})
}
