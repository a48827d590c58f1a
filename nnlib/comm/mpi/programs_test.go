//go:build (linux || darwin) && (amd64 || arm64) && !nompi

package mpi

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"digitlab/nnlib/comm"
	"digitlab/nnlib/internal/kernel"
)

// programs are what ranks do in tests.
var programs = map[string]func(args []string) error{
	"sums":      sumsProgram,
	"calls":     callsProgram,
	"failures":  failuresProgram,
	"size":      sizeProgram,
	"allocates": allocatesProgram,
}

// withWorld is a program that ends well only where all ranks close.
func withWorld(f func(c comm.Communicator) error) error {
	c, err := World()
	if err != nil {
		return err
	}
	if err := f(c); err != nil {
		return err
	}
	return c.Close()
}

// The sums that carriers and communicators are compared on: few and many
// leaves, fewer leaves than ranks, no numbers, and one more than a line.
var sumCases = []sumKind{{1, 10}, {2, 17}, {3, 0}, {5, 1}, {7, 1000}, {64, 0}, {64, 257}, {64, 2_003}, {100, 33}}

// leafBlock is what a leaf brings. Its numbers differ in size, so that the order
// of addition shows.
func leafBlock(leaf, n int) comm.Block {
	b := comm.Block{First: leaf, Size: 1}
	state := uint64(leaf*1_000_003 + n + 1)
	next := func() float64 {
		state += 0x9e3779b97f4a7c15
		x := state
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		return float64(int64(x^x>>31)>>(x%23)) * 0x1p-60
	}
	for i := range b.Head {
		b.Head[i] = next()
	}
	if n > 0 {
		b.Data = make([]kernel.Float, n)
		for i := range b.Data {
			b.Data[i] = kernel.Float(next())
		}
	}
	return b
}

// ownBlocks is what a rank brings.
func ownBlocks(leaves, n, size, rank int) []comm.Block {
	var own []comm.Block
	first, last := comm.Share(leaves, size, rank)
	for leaf := first; leaf < last; leaf++ {
		own = comm.Join(own, leafBlock(leaf, n), leaves, nil)
	}
	return own
}

func hashBlock(h hash.Hash, b comm.Block) {
	fmt.Fprintln(h, b.First, b.Size, len(b.Data))
	h.Write(unsafe.Slice((*byte)(unsafe.Pointer(&b.Head)), unsafe.Sizeof(b.Head)))
	if len(b.Data) > 0 {
		h.Write(unsafe.Slice((*byte)(unsafe.Pointer(&b.Data[0])), len(b.Data)*int(unsafe.Sizeof(b.Data[0]))))
	}
}

// hashSums hashes the roots of all cases, each summed twice: what a sum leaves
// in memory must not show in the next.
func hashSums(c comm.Communicator) (string, error) {
	h := sha256.New()
	for _, s := range sumCases {
		for range 2 {
			b, err := c.SumBlocks(s.leaves, s.n, ownBlocks(s.leaves, s.n, c.Size(), c.Rank()), nil)
			if err != nil {
				return "", fmt.Errorf("%d leaves of %d numbers: %w", s.leaves, s.n, err)
			}
			hashBlock(h, b)
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// sumsProgram prints each rank's hash for each carrier, and while it chooses.
func sumsProgram([]string) error {
	return withWorld(func(c comm.Communicator) error {
		for _, ways := range [][]carrier{{gather}, {segments}, {tree}} {
			only(c, ways...)
			sum, err := hashSums(c)
			if err != nil {
				return err
			}
			fmt.Println(sum)
		}
		only(c, gather, segments, tree)
		for range 3*trials/2 + 2 { // until one is chosen, and beyond
			sum, err := hashSums(c)
			if err != nil {
				return err
			}
			fmt.Println(sum)
		}
		return nil
	})
}

// only limits the carriers that a communicator may choose.
func only(c comm.Communicator, ways ...carrier) {
	if r, ok := c.(*ranks); ok {
		clear(r.sums)
		r.ways = func(n, size int) []carrier { return ways }
	}
}

// callsProgram does everything but sums, and prints a line a rank.
func callsProgram([]string) error {
	return withWorld(func(c comm.Communicator) error {
		most, err := c.AgreeMax(int64(c.Rank()) - 1<<40)
		if err != nil || most != int64(c.Size())-1-1<<40 {
			return fmt.Errorf("AgreeMax: %d, %v", most, err)
		}
		long := bytes.Repeat([]byte("0123456789abc"), 200_000) // several parts, and no whole words
		for _, want := range [][]byte{nil, []byte("x"), long} {
			mine := want
			if c.Rank() != 0 {
				mine = []byte("not looked at")
			}
			got, err := c.Broadcast(mine)
			if err != nil || !bytes.Equal(got, want) {
				return fmt.Errorf("Broadcast of %d bytes: %d, %v", len(want), len(got), err)
			}
		}
		if err := c.Barrier(); err != nil {
			return err
		}
		// The library must leave the signals of Go's runtime alone.
		if err := nilPanics(); err != nil {
			return err
		}
		said := strings.Count(Describe(c), "\n")
		if _, err := World(); err != nil {
			return err
		}
		fmt.Printf("rank %d of %d, %d: %s\n", c.Rank(), c.Size(), said, Describe(c))
		return nil
	})
}

func nilPanics() (err error) {
	defer func() {
		if _, ok := recover().(runtime.Error); !ok {
			err = errors.New("a nil pointer is no panic any more")
		}
	}()
	var c *ranks
	c.size++
	return nil
}

// failuresProgram lets ranks fail, for each carrier, and sums again after it.
func failuresProgram([]string) error {
	return withWorld(func(c comm.Communicator) error {
		mine := errors.New(strings.Repeat("train.csv:17: ", 400) + "end") // longer than what travels
		last := c.Size() - 1
		for _, way := range []carrier{gather, segments, tree} {
			only(c, way)
			for _, s := range []sumKind{{0, 0}, {64, 257}, {2, 17}} {
				for _, failing := range [][]int{{last}, {0}, {last / 2, last}} {
					var failed error
					own := ownBlocks(s.leaves, s.n, c.Size(), c.Rank())
					if slices.Contains(failing, c.Rank()) {
						failed, own = mine, nil
					}
					_, err := c.SumBlocks(s.leaves, s.n, own, failed)
					var of *comm.RankError
					if !errors.As(err, &of) || of.Rank != failing[0] {
						return fmt.Errorf("%v of %v: rank %d got %v", failing, s, c.Rank(), err)
					}
					if c.Rank() == failing[0] && !errors.Is(err, mine) {
						return fmt.Errorf("the failed rank's own error became %v", err)
					}
					if text := of.Err.Error(); !strings.HasPrefix(mine.Error(), text) || len(text) < 4000 {
						return fmt.Errorf("rank %d got %d bytes of a failure", c.Rank(), len(text))
					}
				}
			}
			// Blocks of another share are a failure that travels too.
			own := ownBlocks(64, 5, c.Size(), c.Rank())
			if c.Rank() == last {
				own = own[:len(own)-1]
			}
			var of *comm.RankError
			if _, err := c.SumBlocks(64, 5, own, nil); !errors.As(err, &of) || of.Rank != last {
				return fmt.Errorf("a block too few: %v", err)
			}
			if err := comm.Agree(c, nil); err != nil {
				return err
			}
			if _, err := c.SumBlocks(64, 5, ownBlocks(64, 5, c.Size(), c.Rank()), nil); err != nil {
				return fmt.Errorf("after failures: %w", err)
			}
		}
		fmt.Println("ok")
		return nil
	})
}

func sizeProgram([]string) error {
	return withWorld(func(c comm.Communicator) error {
		fmt.Println(c.Size())
		return nil
	})
}

// allocatesProgram prints what a step allocates once it has been done.
func allocatesProgram([]string) error {
	return withWorld(func(c comm.Communicator) error {
		own := ownBlocks(64, 1000, c.Size(), c.Rank())
		brought := make([]comm.Block, len(own))
		var err error
		for _, way := range []carrier{gather, segments, tree} {
			only(c, way)
			n := testing.AllocsPerRun(20, func() {
				copy(brought, own)
				if _, e := c.SumBlocks(64, 1000, brought, nil); e != nil {
					err = e
				}
				if _, e := c.AgreeMax(1); e != nil {
					err = e
				}
			})
			fmt.Println(strconv.Itoa(int(n)))
		}
		return err
	})
}
