package main

import (
	"math"
	"strings"
	"testing"
)

func sample() report {
	t := table{Work: work{Title: "epoch, batch 128"}, Threads: 2, Results: []result{
		{Contender: ours, Version: "digitlab float32", Seconds: []float64{0.04, 0.0412, 0.0388}, Accuracy: 0.95, Memory: 100e6},
		{Contender: idiom, Version: "torch 2", Seconds: []float64{0.32, 0.5, 0.3, 0.4}},
		{Contender: "JAX", Version: "jax 1", Seconds: []float64{0.16, 0.16, 0.16}},
		{Contender: "scikit-learn, dense", Error: "no | module", Seconds: []float64{0.001}},
	}}
	t.compare()
	return report{Machine: machine{CPU: "a processor", Count: 2, System: "linux/amd64", Go: "go1.26", Pinned: true}, Rounds: 3, Times: 1, Tables: []table{t}}
}

func TestCompare(t *testing.T) {
	r := sample().Tables[0].Results
	for i, want := range []struct{ median, ratio, spread float64 }{
		{0.04, 1, 0.03}, {0.36, 9, (0.425 - 0.315) / 0.36}, {0.16, 4, 0},
	} {
		if got := r[i]; math.Abs(got.Median-want.median) > 1e-12 || math.Abs(got.Ratio-want.ratio) > 1e-9 || math.Abs(got.Spread-want.spread) > 1e-9 {
			t.Errorf("%s: median %v, ratio %v, spread %v, want %v", got.Contender, got.Median, got.Ratio, got.Spread, want)
		}
	}
	if r[3].Ratio != 0 {
		t.Errorf("what was left out has the ratio %v", r[3].Ratio)
	}
}

func TestMarkdown(t *testing.T) {
	page := sample().markdown()
	for _, want := range []string{
		"| epoch, batch 128 | 2 | 40.0 ms | JAX: 160.0 ms | 4.00 | 360.0 ms | 9.00 | **runs differ too much to be quoted: PyTorch, eager 31 %** |\n",
		"## epoch, batch 128, 2 threads\n",
		"| Digitlab | 40.0 ms | 1.00 | 3 % | 95.00 % | 100 MB | digitlab float32 |\n",
		"| scikit-learn, dense | left out: no / module | | | | |  |\n",
		"a processor, 2 processors, linux/amd64, go1.26.\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if strings.Contains(page, "busy") || strings.Contains(page, "ties") {
		t.Errorf("the page warns without a reason:\n%s", page)
	}
	r := sample()
	r.Machine.Load, r.Machine.Pinned = 3, false
	r.Tables[0].Results[0].Error = "it ended"
	r.Tables[0].Results = r.Tables[0].Results[:1]
	page = r.markdown()
	for _, want := range []string{"load 3.0", "ties", "| epoch, batch 128 | 2 | - | - | - | - | - |  |"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

func TestTimeHasAUnit(t *testing.T) {
	for seconds, want := range map[float64]string{2.5e-6: "2.5 us", 0.0394: "39.4 ms", 12.345: "12.35 s"} {
		if got := (&result{Median: seconds}).time(); got != want {
			t.Errorf("%v s is %s, want %s", seconds, got, want)
		}
	}
}
