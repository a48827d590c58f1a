package main

import (
	"bytes"
	"debug/elf"
	"fmt"
	"testing"
)

// The loader finds every function by the table, and the file has no memory that is written to and run.
func TestLibraryIsWhatALoaderReads(t *testing.T) {
	var names []string
	for i := range 300 {
		names = append(names, fmt.Sprintf("cudaFunctionWithALongName%d", i*i))
	}
	b, err := library(elf.EM_X86_64, names, "libother.so")
	if err != nil {
		t.Fatal(err)
	}
	f, err := elf.NewFile(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range f.Progs {
		if p.Flags&elf.PF_W != 0 && p.Flags&elf.PF_X != 0 {
			t.Errorf("segment %v is written to and run", p.ProgHeader)
		}
		if p.Off+p.Filesz > uint64(len(b)) {
			t.Errorf("segment %v goes beyond the file's %d bytes", p.ProgHeader, len(b))
		}
	}
	table := hashTable(names)
	for i, name := range names {
		at := table[2+sysv(name)%table[0]]
		for at != 0 && names[at-1] != name {
			at = table[2+table[0]+at]
		}
		if at != uint32(i+1) {
			t.Errorf("%s is found at %d, want %d", name, at, i+1)
		}
	}
	if _, err := library(elf.EM_RISCV, names, ""); err == nil {
		t.Error("a machine without code was accepted")
	}
}

// sysv is the hash function as the System V specification prints it.
func sysv(name string) (h uint32) {
	for i := range len(name) {
		h = h<<4 + uint32(name[i])
		if g := h & 0xf0000000; g != 0 {
			h ^= g >> 24
			h &^= g
		}
	}
	return h
}
