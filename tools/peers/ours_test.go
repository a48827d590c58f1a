package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// digits writes IDX files of small pictures that are easy to tell apart: class c has its ink in two rows of its own.
func digits(t *testing.T) string {
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	for part, n := range map[string]int{"train": 300, "t10k": 60} {
		images := binary.BigEndian.AppendUint32(nil, 0x803)
		labels := binary.BigEndian.AppendUint32(nil, 0x801)
		for _, v := range []int{n, 28, 28} {
			images = binary.BigEndian.AppendUint32(images, uint32(v))
		}
		labels = binary.BigEndian.AppendUint32(labels, uint32(n))
		for i := range n {
			class := i % 10
			labels = append(labels, byte(class))
			for p := range 784 {
				ink := 0
				if row := p / 28; row/2 == class {
					ink = 100 + rng.IntN(156)
				}
				images = append(images, byte(ink))
			}
		}
		for name, b := range map[string][]byte{"-images-idx3-ubyte": images, "-labels-idx1-ubyte": labels} {
			if err := os.WriteFile(filepath.Join(dir, part+name), b, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// smaller is a work on those pictures: a partial last batch, and every form of it.
func smaller(w work) work {
	if w.Job.Calls > 0 {
		w.Job.Rows, w.Job.Calls = min(w.Job.Rows, 60), 2
	} else {
		w.Job.Rows = 300
	}
	w.Job.Batch = min(w.Job.Batch, 300)
	if w.Job.Batch < 300 {
		w.Job.Batch = 32
	}
	w.Job.Rate = min(20*w.Job.Rate, 0.1)
	w.Job.Iterations = min(w.Job.Iterations, 10)
	return w
}

func TestOursAnswersEveryWork(t *testing.T) {
	dir := digits(t)
	for _, w := range works() {
		t.Run(w.Name, func(t *testing.T) {
			w = smaller(w)
			if len(w.Job.Units) > 3 {
				w.Job.Units = []int{784, 12, 11, 10}
			}
			j, err := json.Marshal(w.Job)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := serve(dir, 1, strings.NewReader(string(j)+"\n3\n20\n"), &out); err != nil {
				t.Fatal(err)
			}
			var a [3]answer
			d := json.NewDecoder(&out)
			for i := range a {
				if err := d.Decode(&a[i]); err != nil {
					t.Fatal(err)
				}
				if a[i].Error != "" {
					t.Fatal(a[i].Error)
				}
			}
			if a[0].Version == "" || len(a[1].Seconds) != 3 || len(a[2].Seconds) != 20 {
				t.Errorf("answers %+v", a)
			}
			if a[1].Seconds[0] <= 0 || a[2].End <= a[1].End {
				t.Errorf("timings %v until %v, then until %v", a[1].Seconds, a[1].End, a[2].End)
			}
			if a[1].Hash == "" || w.Job.Calls == 0 && w.Job.Iterations == 0 && a[1].Hash == a[2].Hash {
				t.Errorf("the hashes of the weights are %q and %q", a[1].Hash, a[2].Hash)
			}
			if w.Job.Iterations > 0 {
				if a[2].Cost != a[1].Cost || a[2].Hash != a[1].Hash || a[2].Accuracy < 0.3 {
					t.Errorf("two trainings: %+v, %+v", a[1], a[2])
				}
				return
			}
			if w.Job.Calls == 0 && (a[2].Cost >= a[1].Cost || a[2].Accuracy < 0.3) {
				t.Errorf("20 epochs more: cost %v, then %v and accuracy %v", a[1].Cost, a[2].Cost, a[2].Accuracy)
			}
		})
	}
}

func TestOursSaysWhatAStepSpends(t *testing.T) {
	w := smaller(works()[1])
	for _, wanted := range []bool{false, true} {
		w.Job.Profile = wanted
		j, err := json.Marshal(w.Job)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := serve(digits(t), 1, strings.NewReader(string(j)+"\n5\n"), &out); err != nil {
			t.Fatal(err)
		}
		var a answer
		for d := json.NewDecoder(&out); d.More(); {
			if err := d.Decode(&a); err != nil || a.Error != "" {
				t.Fatal(err, a.Error)
			}
		}
		all, timed := 0.0, 0.0
		for _, v := range a.Profile {
			all += v
		}
		for _, v := range a.Seconds {
			timed += 1e6 * v / 50 // 5 epochs of 10 steps
		}
		if (a.Profile["forward"] > 0) != wanted || (len(a.Profile) > 0) != wanted {
			t.Errorf("asked %v: %v", wanted, a.Profile)
		}
		if wanted && (all <= 0 || all > 5*timed) {
			t.Errorf("the phases take %v us together, a step %v us", all, timed)
		}
	}
}

func TestOursRefuses(t *testing.T) {
	for line, want := range map[string]string{
		`{"units":[784,10],"rule":"newton","deviation":1,"rows":300}`: `no rule "newton"`,
		`full`: "invalid character",
	} {
		var out bytes.Buffer
		if err := serve(digits(t), 1, strings.NewReader(line+"\n"), &out); err != nil {
			t.Fatal(err)
		}
		var a answer
		if err := json.Unmarshal(out.Bytes(), &a); err != nil || !strings.Contains(a.Error, want) {
			t.Errorf("%s: %s, %v", line, out.String(), err)
		}
	}
}
