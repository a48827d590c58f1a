package table

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"digitlab/nnlib/comm"
)

// onRanks opens a file on every rank of a mesh.
func onRanks(size int, o Options, open func(o Options) (*Stream, error)) ([]*Stream, []error) {
	streams, errs := make([]*Stream, size), make([]error, size)
	var all sync.WaitGroup
	for i, c := range comm.Mesh(size) {
		all.Go(func() {
			o := o
			o.Ranks = c
			if streams[i], errs[i] = open(o); errs[i] == nil {
				_, errs[i] = streams[i].Fingerprint()
			}
		})
	}
	all.Wait()
	return streams, errs
}

// alike says where two streams differ.
func alike(a, b *Stream) error {
	for name, x := range map[string][2]any{
		"sizes":   {[]any{a.rows, a.entries, a.end, a.classes, a.dense, a.shape}, []any{b.rows, b.entries, b.end, b.classes, b.dense, b.shape}},
		"scale":   {a.Scale, b.Scale},
		"one-hot": {a.OneHot, b.OneHot},
		"texts":   {[][]string{a.Names, a.Columns, a.Notices}, [][]string{b.Names, b.Columns, b.Notices}},
	} {
		if !reflect.DeepEqual(x[0], x[1]) {
			return fmt.Errorf("%s: %v, alone %v", name, x[0], x[1])
		}
	}
	text, err := os.ReadFile(a.file.Name())
	if err != nil {
		return err
	}
	for _, p := range a.pages { // others than alone, but right
		if line := 1 + bytes.Count(text[:p.at], []byte("\n")); p.line != line {
			return fmt.Errorf("byte %d is in line %d, not %d", p.at, line, p.line)
		}
	}
	p, _ := a.Fingerprint()
	if q, _ := b.Fingerprint(); p != q {
		return fmt.Errorf("another fingerprint")
	}
	if a.labels != nil && (!reflect.DeepEqual(a.labels.places, b.labels.places) || !reflect.DeepEqual(a.labels.class, b.labels.class)) {
		return fmt.Errorf("labels %v, alone %v", a.labels.places, b.labels.places)
	}
	return nil
}

// TestRanksFindWhatOneFinds divides files among ranks: good ones, and some with a
// piece of text put in anywhere.
func TestRanksFindWhatOneFinds(t *testing.T) {
	for _, form := range forms {
		t.Run(form.name, func(t *testing.T) {
			files := [2]string{filepath.Join(t.TempDir(), "x"), filepath.Join(t.TempDir(), "y")}
			divided := 0
			rapid.Check(t, func(rt *rapid.T) {
				texts, o := draw(rt, form.name)
				if bad := rapid.SampledFrom([]string{"", "", "x", "\n", "\n\n", "9,", "# no\n", "-1 "}).Draw(rt, "piece"); bad != "" {
					at := rapid.IntRange(0, len(texts[0])).Draw(rt, "at")
					texts[0] = texts[0][:at] + bad + texts[0][at:]
				}
				if rapid.Bool().Draw(rt, "empty lines at the end") {
					texts[0] += strings.Repeat("\n", rapid.IntRange(1, 300).Draw(rt, "lines"))
				}
				for i, text := range texts {
					if err := os.WriteFile(files[i], []byte(text), 0o666); err != nil {
						rt.Fatal(err)
					}
				}
				want, err := form.open(files, o)
				size := rapid.IntRange(2, 5).Draw(rt, "ranks")
				streams, errs := onRanks(size, o, func(o Options) (*Stream, error) { return form.open(files, o) })
				for i := range size {
					switch {
					case err != nil || errs[i] != nil:
						if fmt.Sprint(errs[i]) != fmt.Sprint(err) {
							rt.Errorf("rank %d of %d says %v, alone %v", i, size, errs[i], err)
						}
					default:
						if err := alike(streams[i], want); err != nil {
							rt.Errorf("rank %d of %d: %v", i, size, err)
						}
						divided++
						streams[i].Close()
					}
				}
				if want != nil {
					want.Close()
				}
			})
			if divided < 10 && (divided == 0 || !testing.Short()) { // which tries fewer
				t.Errorf("only %d files were good", divided)
			}
		})
	}
}

// TestRankWithoutTheFileIsNamed does not leave the others waiting.
func TestRankWithoutTheFileIsNamed(t *testing.T) {
	good := file(t, t.TempDir(), "1,2,0\n3,4,1\n")
	_, errs := onRanks(3, Options{}, func(o Options) (*Stream, error) {
		if o.Ranks.Rank() == 1 {
			return OpenCSV(filepath.Join(t.TempDir(), "none"), o)
		}
		return OpenCSV(good, o)
	})
	for i, err := range errs {
		if err == nil || !strings.HasPrefix(err.Error(), "rank 1: open ") {
			t.Errorf("rank %d says %v", i, err)
		}
	}
}

// TestRanksReadTheirPart counts the pages that each rank has kept.
func TestRanksReadTheirPart(t *testing.T) {
	var text strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&text, "%d,%d,%d\n", i%200, i%7, i%3)
	}
	name := file(t, t.TempDir(), text.String())
	streams, errs := onRanks(4, Options{}, func(o Options) (*Stream, error) { return OpenCSV(name, o) })
	for i, s := range streams {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		defer s.Close()
		kept := 0
		for k := range s.cached {
			if s.cached[k].Load() != nil {
				kept++
			}
		}
		if most := len(s.pages)/4 + 3; kept == 0 || kept > most {
			t.Errorf("rank %d keeps %d pages of %d, want %d at most", i, kept, len(s.pages), most)
		}
	}
}
