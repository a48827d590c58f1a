//go:build peers

package main

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// short are the works that between them take every path of peers.py.
var short = map[string]bool{"full": true, "momentum": true, "adam": true, "standardised": true, "wide1024": true, "predict1": true, "lbfgs": true, "cold": true}

// TestPeers runs every contender through the short works on a few pictures. It needs what `make bench-peers` and
// `make spark` set up:
//
//	go test -tags peers ./tools/peers
func TestPeers(t *testing.T) {
	goLibraries, err := buildGoLibraries(".", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range contenders {
		if c.isOurs() { // tested without processes
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			s := contest{rounds: 1, times: 2, say: t.Logf}
			s.place = place{data: digits(t), python: "../../.env/peers/bin/python3", spark: "../../.env/spark/bin/python3",
				goLibraries: goLibraries, scripts: ".", cache: t.TempDir()}
			for file, how := range map[string]string{s.place.python: "bench-peers", s.place.spark: "spark"} {
				if _, err := os.Stat(file); err != nil {
					t.Fatalf("%v: run make %s", err, how)
				}
			}
			for _, w := range works() {
				if !c.takesPart(w) || !short[w.Name] || c.Way == "torch-compile" && w.Name != "adam" && w.Name != "predict1" {
					continue
				}
				w = smaller(w)
				var r result
				if w.Cold {
					s.fail(&r, s.cold(&r, c, w, 1))
				} else if p, a, err := s.ready(c, w, 1); err != nil {
					s.fail(&r, err)
				} else {
					r.Version = a.Version
					times := 20
					if c.Once {
						times = 1
					}
					a, err := p.ask(times)
					s.fail(&r, err)
					r.add(a)
					r.Memory = p.end()
				}
				if r.Error != "" || r.Version == "" || len(r.Seconds) == 0 || r.Seconds[0] <= 0 || r.Memory == 0 {
					t.Errorf("%s: %+v", w.Name, r)
				}
				if w.Job.Calls == 0 && !w.Cold && r.Accuracy < 0.3 {
					t.Errorf("%s: accuracy %v after 21 epochs", w.Name, r.Accuracy)
				}
			}
		})
	}
}

// Spark's training and Digitlab's are the same, from the first weights to the last cost.
func TestSparkIsFollowed(t *testing.T) {
	s := contest{say: t.Logf}
	s.place = place{data: digits(t), spark: "../../.env/spark/bin/python3", scripts: "."}
	for _, w := range works() {
		if w.Job.Iterations == 0 {
			continue
		}
		w = smaller(w)
		p, _, err := s.ready(contender{Program: sparkML, Way: "spark"}, w, 2)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := p.ask(1)
		p.end()
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(w.Job)
		if err != nil {
			t.Fatal(err)
		}
		o, err := begin(s.place.data, 2, b)
		if err != nil {
			t.Fatal(err)
		}
		own, err := o.take(1)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(own.Cost/theirs.Cost-1) > 0.02 {
			t.Errorf("after %d iterations the cost is %v, Spark's %v", w.Job.Iterations, own.Cost, theirs.Cost)
		}
	}
}

func TestRoofIsMeasured(t *testing.T) {
	s := contest{say: t.Logf}
	s.place = place{data: digits(t), python: "../../.env/peers/bin/python3", scripts: "."}
	if r := s.roof(1); r.Missing != "" || r.Register < r.AVX2 || r.AVX2 <= 0 || r.Product <= 0 || r.Product > 1.2*r.Register {
		t.Errorf("%+v", r)
	}
}
