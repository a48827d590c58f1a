//go:build peers

package main

import (
	"os"
	"testing"
)

// short are the works that between them take every path of peers.py.
var short = map[string]bool{"full": true, "momentum": true, "adam": true, "standardised": true, "wide1024": true, "predict1": true, "cold": true}

// TestPeers runs every contender through the short works on a few pictures. It needs what `make bench-peers` sets up:
//
//	go test -tags peers ./tools/peers
func TestPeers(t *testing.T) {
	// The contender that is this program is tested without processes.
	for _, c := range contenders[1:] {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			s := contest{rounds: 1, times: 2, say: t.Logf}
			s.place = place{data: digits(t), python: "../../.env/peers/bin/python3", scripts: ".", cache: t.TempDir()}
			if _, err := os.Stat(s.place.python); err != nil {
				t.Fatalf("%v: run make bench-peers", err)
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
					a, err := p.ask(20)
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
