//go:build linux && (amd64 || arm64) && !nompi && !float64

// Signals, links and times are the same in both precisions: these tests run in one.

package mpi

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"digitlab/nnlib/comm"
	"digitlab/nnlib/internal/kernel"
)

func init() { programs["communication"] = communicationProgram }

var (
	handleFloat = handle{"ompi_mpi_float", 0x4c00040a}
	handleSum   = handle{"ompi_mpi_op_sum", 0x58000003}
)

// communicationProgram times MPI's own Allreduce, which has other bits on other
// counts of ranks, against each carrier, in turns. Arguments: how often, and
// counts of numbers. A line is a count, medians in microseconds, and the carrier
// that is chosen.
func communicationProgram(args []string) error {
	rounds, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	return withWorld(func(c comm.Communicator) error {
		r := c.(*ranks)
		number := handleFloat
		if kernel.Precision == "float64" {
			number = handleDouble
		}
		float, err := r.mpi.handle(number)
		if err != nil {
			return err
		}
		add, err := r.mpi.handle(handleSum)
		if err != nil {
			return err
		}
		for _, text := range args[1:] {
			n, err := strconv.Atoi(text)
			if err != nil {
				return err
			}
			var plain arena
			if err := plain.room(2 * numberWords(n)); err != nil {
				return err
			}
			own := ownBlocks(64, n, c.Size(), c.Rank())
			for i := range own {
				clear(own[i].Data) // what grows in them for thousands of steps is no number any more
			}
			brought := make([]comm.Block, len(own))
			var choices []*choice
			for _, ways := range [][]carrier{{gather}, {segments}, {tree}, candidates(n, c.Size())} {
				h, err := newChoice(ways, 64, n, c.Size(), c.Rank())
				if err != nil {
					return err
				}
				choices = append(choices, h)
			}
			ways := 1 + len(choices)
			times := make([][]float64, ways)
			for round := range rounds + rounds/2 + 1 {
				for way := range ways {
					if err := c.Barrier(); err != nil {
						return err
					}
					if way > 0 {
						r.sums[sumKind{64, n}] = choices[way-1]
						copy(brought, own)
					}
					began := time.Now()
					if way == 0 {
						err = r.mpi.call(&r.mpi.allreduce, plain.at(0), plain.at(numberWords(n)), uintptr(n), float, add, r.mpi.world)
					} else {
						_, err = c.SumBlocks(64, n, brought, nil)
					}
					if took := time.Since(began); round > rounds/2 {
						times[way] = append(times[way], took.Seconds()*1e6)
					}
					if err != nil {
						return err
					}
				}
			}
			if c.Rank() == 0 {
				fmt.Print(n)
				for _, t := range times {
					slices.Sort(t)
					fmt.Printf(" %.1f", t[len(t)/2])
				}
				fmt.Println("", choices[len(choices)-1].chosen.carrier)
			}
		}
		return nil
	})
}

// BenchmarkCommunication is what a sum of gradients costs beside MPI's own
// Allreduce, on Open MPI: within one machine, and between hosts of
// tools/cluster (root). Figures are medians of rank 0, in microseconds.
//
//	go test -run '^$' -bench Communication -benchtime 1x ./nnlib/comm/mpi
func BenchmarkCommunication(b *testing.B) {
	sizes := []string{"1000", "50890", "1200000"}
	run := func(b *testing.B, ranks int, words []string) {
		for b.Loop() {
			for _, n := range sizes {
				rounds := "1000"
				if n == "1200000" {
					rounds = "30"
				}
				r := execute(b, nil, environment("communication"), append(words, rounds, n)...)
				if r.status != 0 {
					b.Fatalf("status %d\n%s", r.status, r.err)
				}
				var count int
				var plain, byGather, bySegments, byTree, chosen float64
				var way string
				fmt.Sscan(strings.TrimSpace(r.out), &count, &plain, &byGather, &bySegments, &byTree, &chosen, &way)
				b.Logf("%d ranks, %7d numbers: Allreduce %8.1f, gather %8.1f, segments %8.1f, tree %8.1f, chosen (%s) %8.1f: %.2f times",
					ranks, count, plain, byGather, bySegments, byTree, way, chosen, chosen/plain)
				if count == 50_890 {
					b.ReportMetric(plain, "µs/Allreduce")
					b.ReportMetric(chosen, "µs/sum")
					b.ReportMetric(math.Round(chosen/plain*100)/100, "times")
				}
			}
		}
	}
	for _, ranks := range []int{2, 3, 4} {
		b.Run(fmt.Sprintf("memory/%d", ranks), func(b *testing.B) {
			need(b, openMPICommand, openMPI.install)
			run(b, ranks, append(append([]string{openMPICommand}, openMPIFlags(ranks)...), self(b)))
		})
	}
	for _, ranks := range []int{2, 3, 4} {
		b.Run(fmt.Sprintf("TCP/%d", ranks), func(b *testing.B) {
			run(b, ranks, newCluster(b, ranks).mpirun(openMPICommand))
		})
	}
}
