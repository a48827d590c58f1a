package main

import (
	"math"
	"strings"
	"testing"
	"time"
)

func sample() report {
	goals := []goal{{1, atLeast{3.2, 5}, atLeast{7, 10}}, {2, atLeast{3, 5}, atLeast{9.5, 10}}}
	t := table{Work: work{Name: "batch128", Title: "epoch, batch 128", Goals: goals}, Threads: 2, Results: []result{
		{Contender: ours, Version: "digitlab float32", Seconds: []float64{0.04, 0.0412, 0.0388}, Accuracy: 0.95, Cost: 0.2, Memory: 100e6, Hash: "ab"},
		{Contender: avx2, Version: "digitlab float32", Seconds: []float64{0.08}, Accuracy: 0.95, Hash: "ab"},
		{Contender: idiom, Version: "torch 2", Seconds: []float64{0.32, 0.5, 0.3, 0.4}, Accuracy: 0.945},
		{Contender: "JAX", Version: "jax 1", Seconds: []float64{0.16, 0.16, 0.16}, Accuracy: 0.96},
		{Contender: "scikit-learn, dense", Error: "no | module", Seconds: []float64{0.001}},
	}}
	t.compare()
	m := machine{CPU: "a processor", Count: 2, System: "linux/amd64", Go: "go1.26", Pinned: true, Commit: "0123abcd"}
	date := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	return report{Machine: m, Command: "-rounds 3 -times 1", Date: date, Minutes: 17.6, Rounds: 3, Times: 1, Filled: 0.2, Tables: []table{t}}
}

func TestCompare(t *testing.T) {
	r := sample().Tables[0].Results
	for i, want := range []struct{ median, ratio, spread float64 }{
		{0.04, 1, 0.03}, {0.08, 2, 0}, {0.36, 9, (0.425 - 0.315) / 0.36}, {0.16, 4, 0},
	} {
		if got := r[i]; math.Abs(got.Median-want.median) > 1e-12 || math.Abs(got.Ratio-want.ratio) > 1e-9 || math.Abs(got.Spread-want.spread) > 1e-9 {
			t.Errorf("%s: median %v, ratio %v, spread %v, want %v", got.Contender, got.Median, got.Ratio, got.Spread, want)
		}
	}
	if r[4].Ratio != 0 {
		t.Errorf("what was left out has the ratio %v", r[4].Ratio)
	}
	if r[2].Least != 0.3 || r[2].Most != 0.5 {
		t.Errorf("from %v to %v, want 0.3 to 0.5", r[2].Least, r[2].Most)
	}
	if best := sample().Tables[0].best(); best.Contender != "JAX" {
		t.Errorf("the best peer is %s", best.Contender)
	}
}

func TestMarkdown(t *testing.T) {
	page := sample().markdown()
	for _, want := range []string{
		"| epoch, batch 128 | 2 | 40.0 ms | JAX: 160.0 ms | 4.00 | 3 / 5 | reached | 360.0 ms | 9.00 | 9.5 / 10 | **not reached** | **runs differ too much to be quoted: PyTorch, eager 31 %** |\n",
		"| - with AVX2 alone | 2 | 80.0 ms | | 2.00 | | | | 4.50 | | | |\n",
		"## epoch, batch 128, 2 threads\n",
		"| Digitlab | 40.0 ms | 38.8 ms to 41.2 ms | 1.00 | 3 % | 95.00 % | 0.2000 | 100 MB | digitlab float32 |\n",
		"| scikit-learn, dense | left out: no / module | | | | | | |  |\n",
		"Made by `go run ./tools/peers -rounds 3 -times 1` on 2026-01-02 02:04 UTC in 18 minutes, of commit 0123abcd: 3 rounds of 1 timing,",
		"a processor, 2 processors, linux/amd64, go1.26.\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if strings.Contains(page, "busy") || strings.Contains(page, "Nothing ties") || strings.Contains(page, "depend") {
		t.Errorf("the page warns without a reason:\n%s", page)
	}
	r := sample()
	r.Machine.Load, r.Machine.Pinned = 3, false
	r.Tables[0].Results[0].Error = "it ended"
	r.Tables[0].Results = r.Tables[0].Results[:1]
	page = r.markdown()
	for _, want := range []string{"load 3.0", "Nothing ties", "| epoch, batch 128 | 2 | - | - | - | 3 / 5 |  | - | - | 9.5 / 10 |  |  |"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

func TestTimeHasAUnit(t *testing.T) {
	for seconds, want := range map[float64]string{2.5e-6: "2.5 us", 0.0394: "39.4 ms", 12.345: "12.35 s"} {
		if got := timed(seconds); got != want {
			t.Errorf("%v s is %s, want %s", seconds, got, want)
		}
	}
}

func TestDifferentWorkIsToldLoudly(t *testing.T) {
	r := sample()
	r.Tables[0].Results[1].Hash, r.Tables[0].Results[3].Accuracy = "cd", 0.9
	other := sample().Tables[0]
	other.Threads, other.Results[0].Hash = 1, "ef"
	r.Tables = append(r.Tables, other)
	page := r.markdown()
	for _, want := range []string{"**the weights depend on the SIMD tier: ab and cd**", "**JAX: accuracy 90.0 %, Digitlab's 95.0 %**", "**epoch, batch 128: Digitlab's weights depend on the number of threads.**"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

func TestRoofline(t *testing.T) {
	full := table{Work: works()[0], Threads: 1, Results: []result{
		{Contender: ours, Seconds: []float64{0.02}}, {Contender: avx2, Seconds: []float64{0.02}}, {Contender: idiom, Seconds: []float64{0.1}},
	}}
	two := full
	two.Threads, two.Results = 2, []result{{Contender: ours, Seconds: []float64{0.01}}}
	full.compare()
	two.compare()
	r := report{Filled: 0.2, Tables: []table{full, two}, Roofs: []roof{{Threads: 1, Register: 250, Bytes: 64, AVX2: 125, Product: 200, Reads: []read{{16, 400}, {200, 150.4}}}, {Threads: 2, Missing: "no compiler"}}}
	page := r.markdown()
	// A dense step is 42,000 (4 784 64 + 6 64 10) = 8.59 GFLOP, a fifth of the first part of it 1.85.
	for _, want := range []string{
		"on 64-byte registers, without memory): 250 GFLOP/s; with 32-byte registers: 125 GFLOP/s; best product of PyTorch (2048x2048): 200 GFLOP/s.",
		"\nReading 200 kB again and again: 150 GB/s.\n",
		"| Digitlab | 430 GFLOP/s | 172 % | 92 GFLOP/s | 37 % |\n",
		"| Digitlab, AVX2 | 430 GFLOP/s | 344 % | 92 GFLOP/s | 74 % |\n",
		"| PyTorch, eager | 86 GFLOP/s | 34 % | 86 GFLOP/s | 34 % |\n",
		"as if dense: 1.72 times the peak (at least 1.4 / 1.8): reached.",
		"Digitlab, full step: 2 workers are 2.00 times as fast as 1 (at least 1.85 / 2): aim reached.",
		"| Digitlab | 859 GFLOP/s | - | 185 GFLOP/s | - |\n",
		"**no compiler**",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

func TestVerdict(t *testing.T) {
	a := atLeast{3, 5}
	for v, want := range map[float64]string{0: "", 2.99: "**not reached**", 3: "reached", 5: "aim reached"} {
		if got := a.verdict(v); got != want {
			t.Errorf("%v is %q, want %q", v, got, want)
		}
	}
	if got := (atLeast{}).verdict(1); got != "" {
		t.Errorf("without a goal: %q", got)
	}
}
