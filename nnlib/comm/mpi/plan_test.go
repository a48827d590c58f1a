package mpi

import (
	"testing"

	"digitlab/nnlib/comm"
	"digitlab/nnlib/internal/kernel"
)

// Records must not overlap, and all of them fit into the words that a plan asks
// for.
func TestPlansKeepRecordsApart(t *testing.T) {
	for _, way := range []carrier{gather, segments, tree} {
		for size := 1; size <= 9; size++ {
			for _, leaves := range []int{0, 1, 5, 64, 100} {
				for _, n := range []int{0, 1, 17, 1000} {
					for rank := range size {
						p, err := newPlan(way, leaves, n, size, rank, 512)
						if err != nil {
							t.Fatal(err)
						}
						taken := make([]bool, p.words)
						take := func(what string, at, words int) {
							if at < 512 || at+words > p.words || at%lineWords != 0 {
								t.Fatalf("%v %d/%d, %d leaves of %d: %s at %d, %d words of %d", way, rank, size, leaves, n, what, at, words, p.words)
							}
							for i := at; i < at+words; i++ {
								if taken[i] {
									t.Fatalf("%v %d/%d, %d leaves of %d: %s overlaps at %d", way, rank, size, leaves, n, what, i)
								}
								taken[i] = true
							}
						}
						for _, r := range append(p.records, p.up, p.root) {
							if r.words > 0 {
								take("record", r.at, r.words)
								if r.words != recordWords(len(r.blocks), p.part) {
									t.Fatalf("a record of %d words", r.words)
								}
							}
						}
						for q, words := range p.sent {
							take("message", 512+int(p.sentAt[q]), int(words))
						}
						for q, words := range p.parts {
							take("part", p.result+int(p.partAt[q]), int(words))
						}
					}
				}
			}
		}
	}
}

func TestPlansRefuseWhatMPICannotCount(t *testing.T) {
	if _, err := newPlan(gather, 64, 1<<31, 8, 0, 0); err == nil {
		t.Error("2^31 numbers of 8 ranks in one message")
	}
}

func TestPlanFits(t *testing.T) {
	p, err := newPlan(gather, 64, 3, 3, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	first, last := comm.Share(64, 3, 1)
	good := runs(64, first, last)
	for i := range good {
		good[i].Data = make([]kernel.Float, 3)
	}
	if err := p.fits(1, good); err != nil {
		t.Error(err)
	}
	if p.fits(1, good[1:]) == nil || p.fits(0, good) == nil {
		t.Error("another rank's blocks fit")
	}
	good[0].Data = good[0].Data[:2]
	if p.fits(1, good) == nil {
		t.Error("a number too few fits")
	}
}

func TestNumbersOfRanks(t *testing.T) {
	for want, ranks := range map[string][]int{"rank 3": {3}, "ranks 0-3": {0, 1, 2, 3}, "ranks 0, 2-3, 7": {0, 2, 3, 7}} {
		if got := numbers(ranks); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDescribe(t *testing.T) {
	hosts := []host{{"a", 8, 8}, {"a", 8, 8}, {"b", 1, 16}}
	want := "Open MPI v4.1.4: 3 ranks on 2 hosts: a (ranks 0-1, 8 CPUs), b (rank 2, 1 CPU)\n" +
		"b binds each rank to one of 16 CPUs: mpirun --bind-to none lets a rank's workers use all of them"
	if got := describe("Open MPI v4.1.4", hosts); got != want {
		t.Errorf("got %s", got)
	}
}
