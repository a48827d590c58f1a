package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// asIDX is the same images and labels in IDX.
func (f files) asIDX(t *testing.T) files {
	t.Helper()
	dir := t.TempDir()
	convert := func(name string, dims ...uint32) string {
		rows := lines(t, name)
		b := binary.BigEndian.AppendUint32(nil, 0x800+1+uint32(len(dims)))
		for _, n := range append([]uint32{uint32(len(rows))}, dims...) {
			b = binary.BigEndian.AppendUint32(b, n)
		}
		for _, row := range rows {
			for _, v := range strings.Split(row, ",") {
				x, err := strconv.ParseUint(v, 10, 8)
				if err != nil {
					t.Fatal(err)
				}
				b = append(b, byte(x))
			}
		}
		return write(t, filepath.Join(dir, filepath.Base(name)+".idx"), string(b))
	}
	return files{convert(f.trainImages, 4, 4), convert(f.trainLabels), convert(f.testImages, 4, 4), convert(f.testLabels)}
}

// Every format, divided or not, by any number of ranks, leads to the weights that
// one rank gets from memory.
func TestRanksDivideFilesOfAnyKind(t *testing.T) {
	csv := halves(t, 2100)
	idx := csv.asIDX(t)
	dir := t.TempDir()
	table, svm := flowers(t, dir, "train", 2000)
	testTable, testSVM := flowers(t, dir, "test", 100)
	images := []string{"-sample 1", "-sample 0.5 -holdout 0.2", "-optimizer l-bfgs -sample 1", "-standardize -sample 0.7", "-class-weights balanced -sample 1",
		"-batch 300", "-sample 1 -stream", "-sample 0.5 -stream -standardize"}
	for name, c := range map[string]struct {
		args  func(flags, out string) []string
		flags []string
	}{
		"csv":    {csv.small, images},
		"idx":    {idx.small, images},
		"floats": {func(flags, out string) []string { return flowerArgs(flags+" -label kind", table, testTable, out) }, []string{"", "-standardize -sample 0.5"}},
		"libsvm": {func(flags, out string) []string { return flowerArgs(flags, svm, testSVM, out) }, []string{"", "-sample 0.5 -holdout 0.3"}},
	} {
		for _, flags := range c.flags {
			flags += " -steps 6"
			args := func(out string) []string { return c.args(flags, filepath.Join(dir, out)) }
			status, want, stderr := digitlab(args("alone " + name + flags)...)
			if status != 0 {
				t.Fatalf("%s%s: status %d, %s", name, flags, status, stderr)
			}
			for size := 2; size <= 4; size++ {
				out := fmt.Sprint(size, name, flags)
				status, got, stderr := onMesh(size, func(int) []string { return args(out) })
				if status[0] != 0 || got[0] != want {
					t.Errorf("%s %s, %d ranks: status %d, %q, alone %q\n%s", name, flags, size, status[0], got[0], want, stderr[0])
				}
				whole := strings.Contains(flags, "-batch") || strings.Contains(flags, "-stream")
				if strings.Contains(stderr[0], "each rank reads its own") == whole {
					t.Errorf("%s %s: whole: %v\n%s", name, flags, whole, stderr[0])
				}
			}
		}
	}
	// The two formats are the same data, and what was trained can be judged.
	_, a, _ := digitlab(csv.small("-steps 3", filepath.Join(dir, "a"))...)
	_, b, _ := digitlab(idx.small("-steps 3", filepath.Join(dir, "b"))...)
	if a != b || a == "" {
		t.Errorf("CSV %q, IDX %q", a, b)
	}
	if _, again, stderr := digitlab(idx.small("-steps 3", filepath.Join(dir, "a"))...); again != a {
		t.Errorf("the run of a CSV goes on with IDX: %q, %s", again, stderr)
	}
	if status, text, stderr := digitlab("digits", filepath.Join(dir, "b", "run")); status != 0 || !strings.Contains(text, "100") {
		t.Errorf("digits: status %d, %s%s", status, text, stderr)
	}
}

func TestIDXThatCannotBeTrainedOn(t *testing.T) {
	f := halves(t, 300).asIDX(t)
	mixed, high := f, f
	mixed.trainLabels = f.trainImages
	text := string(must(os.ReadFile(f.trainImages)))
	high.trainImages = write(t, filepath.Join(t.TempDir(), "high"), text[:8]+"\x00\x00\x00\x08"+text[12:]+text[16:])
	for says, args := range map[string][]string{
		"labels in IDX are classes":                     f.small("-values", "out"),
		"pixels in IDX are bytes":                       f.small("-scale 1", "out"),
		"magic number":                                  mixed.small("", "out"),
		"high: images of 8x4, 32 values: -net reads 16": high.small("", "out"),
		"train_labels.csv.idx.gone: no such file or di": files{f.trainImages, f.trainLabels + ".gone", f.testImages, f.testLabels}.small("", "out"),
	} {
		for size := 1; size <= 2; size++ {
			status, stdout, stderr := onMesh(size, func(int) []string { return args })
			if status[0] != statusInput && status[0] != statusUsage || stdout[0] != "" || !strings.Contains(stderr[0], says) {
				t.Errorf("%d ranks: status %d, %q, want %s", size, status[0], stderr[0], says)
			}
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// measured runs a command and then says how much memory this process had at most.
func measured() {
	code := run(context.Background(), streams{out: os.Stdout, err: os.Stderr}, os.Args[1:])
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(statusInput)
	}
	fmt.Printf("%s\n", peak.Find(status))
	os.Exit(code)
}

var peak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// TestRanksHoldAQuarter trains on 300 MB of images: one rank holds them all, and
// each of four a quarter.
func TestRanksHoldAQuarter(t *testing.T) {
	mpirun, err := exec.LookPath("mpirun")
	if err != nil {
		t.Skip("there is no mpirun: apt install openmpi-bin")
	}
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	const rows, size = 384_000, 384_000 * 784 >> 20 // MiB
	dir := t.TempDir()
	images := idxOfZeros(t, filepath.Join(dir, "images"), rows)
	labels := binary.BigEndian.AppendUint32(nil, 0x801)
	labels = binary.BigEndian.AppendUint32(labels, rows)
	for i := range rows {
		labels = append(labels, byte(i*7%10))
	}
	f := files{images, write(t, filepath.Join(dir, "labels"), string(labels)), idxOfZeros(t, filepath.Join(dir, "test"), 10),
		write(t, filepath.Join(dir, "test labels"), string(labels[:4])+"\x00\x00\x00\x0a"+string(labels[8:18]))}
	train := func(ranks int, flags string) (hash string, most []int) {
		args := f.args("-net 28x28|affine:4|tanh|affine:10|softmax+cross-entropy -workers 1 -steps 2 "+flags, filepath.Join(dir, fmt.Sprint(flags, ranks)))
		args[2] = strings.ReplaceAll(args[2], "|", " ")
		c := exec.Command(mpirun, append([]string{"--oversubscribe", "--bind-to", "none", "-np", strconv.Itoa(ranks), must(os.Executable())}, args...)...)
		c.Env = append(os.Environ(), "DIGITLAB_AS_MEASURED=1", "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1")
		b, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		for _, m := range peak.FindAllStringSubmatch(string(b), -1) {
			most = append(most, must(strconv.Atoi(m[1]))>>10)
		}
		if len(most) != ranks {
			t.Fatalf("%d ranks tell of their memory:\n%s", len(most), b)
		}
		return weights.FindString(string(b)), most
	}
	for _, flags := range []string{"-sample 1", "-sample 0.5"} {
		want, one := train(1, flags)
		got, four := train(4, flags)
		t.Logf("%s: %d MiB of images; one rank has %v MiB, four have %v", flags, size, one, four)
		if got != want || got == "" {
			t.Errorf("%s: 4 ranks %s, 1 rank %s", flags, got, want)
		}
		for _, m := range four {
			if m > one[0]-size+size/4+32 { // what one has beside the images, and a quarter of them
				t.Errorf("%s: a rank of four had %d MiB, one alone %d", flags, m, one[0])
			}
		}
	}
}

// idxOfZeros is images of which few have ink: a file with holes.
func idxOfZeros(t *testing.T, name string, rows int) string {
	t.Helper()
	b := []byte{0, 0, 8, 3}
	for _, n := range []int{rows, 28, 28} {
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	write(t, name, string(b))
	f := must(os.OpenFile(name, os.O_RDWR, 0))
	defer f.Close()
	err := f.Truncate(int64(16 + rows*784))
	for i := 0; i < rows && err == nil; i += 1000 {
		_, err = f.WriteAt([]byte{200, 100}, int64(16+i*784+i%783))
	}
	if err != nil {
		t.Fatal(err)
	}
	return name
}
