// Neon writes the inner loops of package kernel for arm64: in this folder's
// parent module, go run ./neon. Go's assembler lacks most of the vector
// arithmetic on floating-point numbers; such instructions are written as words.
package main

import (
	"flag"
	"log"
	"os"
)

func main() {
	out := flag.String("out", "../neon_arm64.s", "write the assembly to this `file`")
	stubs := flag.String("stubs", "../neon_arm64.go", "write Go's declarations to this `file`")
	flag.Parse()
	a := generate()
	for name, text := range map[string][]byte{*out: a.assembly(), *stubs: a.declarations()} {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// generate is all functions, in the order of the type tier.
func generate() *assembler {
	a := &assembler{}
	a.product()
	a.bytesForward()
	a.bytesGradient()
	a.bytesTranspose()
	a.transpose()
	a.axpy()
	a.add()
	a.scale()
	a.expFunction()
	a.sigmoid()
	a.tanh()
	a.leaky()
	a.sigmoidSlope()
	a.tanhSlope()
	a.leakySlope()
	a.softmax()
	a.momentum()
	a.nesterov()
	a.adam()
	return a
}
