package table

import (
	"bytes"
	"os"
	"testing"
)

func files(b *testing.B, l Layout) (string, string) {
	raw, _ := os.ReadFile("/tmp/mnist/train-images-idx3-ubyte")
	lab, _ := os.ReadFile("/tmp/mnist/train-labels-idx1-ubyte")
	var class []int
	for _, c := range lab[8:] {
		class = append(class, int(c))
	}
	dir := b.TempDir()
	var i, la, sv bytes.Buffer
	WriteImages(&i, l, 784, raw[16:])
	WriteLabels(&la, l, 10, class)
	WriteLIBSVM(&sv, 784, raw[16:], class)
	os.WriteFile(dir+"/i", i.Bytes(), 0644)
	os.WriteFile(dir+"/l", la.Bytes(), 0644)
	os.WriteFile(dir+"/s", sv.Bytes(), 0644)
	return dir + "/i", dir + "/l"
}
func BenchmarkPlain(b *testing.B) { i, l := files(b, Plain); for b.Loop() { if _, err := Load(i, l, Options{}); err != nil { b.Fatal(err) } } }
func BenchmarkSeed(b *testing.B)  { i, l := files(b, Seed); for b.Loop() { if _, err := Load(i, l, Options{}); err != nil { b.Fatal(err) } } }
func BenchmarkSVM(b *testing.B)   { i, _ := files(b, Plain); for b.Loop() { if _, err := LoadLIBSVM(i[:len(i)-1]+"s", Options{}); err != nil { b.Fatal(err) } } }
func BenchmarkWrite(b *testing.B) {
	raw, _ := os.ReadFile("/tmp/mnist/train-images-idx3-ubyte")
	for _, l := range []Layout{Plain, Seed} {
		b.Run(l.String(), func(b *testing.B) { var o bytes.Buffer; for b.Loop() { o.Reset(); WriteImages(&o, l, 784, raw[16:]) } })
	}
}
