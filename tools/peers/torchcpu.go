package main

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// On Linux, the one torch on PyPI is built for graphics cards: its libraries do not load without 2 GB of CUDA
// libraries, even where everything runs on the CPU. standInForCUDA lets them load: it puts two small libraries beside
// them. The first has all CUDA functions that torch names; they answer "there is no device" (100), so that
// torch.cuda.is_available() is false. The second is empty, stands there under the name of each CUDA library and brings
// the first with it: the loader does not take a versioned function from a library of the right name without versions.
// The code that runs on the CPU is torch's own and untouched.
const (
	noDevice = "libwithoutcuda.so"
	standIn  = "libwithoutcuda-names.so"
)

var (
	cudaLibrary  = regexp.MustCompile(`^lib(cu|nccl|nv).*\.so`)
	cudaFunction = regexp.MustCompile(`^(cu|__cuda|nccl|nv)[A-Za-z]`)
)

// standInForCUDA works on dir, torch's lib folder. It returns the names it has made, none where torch needs none.
func standInForCUDA(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "lib*.so*"))
	if err != nil {
		return nil, err
	}
	var libraries, functions []string
	var machine elf.Machine
	for _, file := range files {
		if base := filepath.Base(file); base == noDevice || base == standIn || cudaAbsent(file) {
			continue
		}
		f, err := elf.Open(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		machine = f.Machine
		needed, err := f.ImportedLibraries()
		if err == nil {
			var symbols []elf.ImportedSymbol
			symbols, err = f.ImportedSymbols()
			for _, s := range symbols {
				if cudaFunction.MatchString(s.Name) {
					functions = append(functions, s.Name)
				}
			}
		}
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, name := range needed {
			if cudaLibrary.MatchString(name) {
				libraries = append(libraries, name)
			}
		}
	}
	slices.Sort(libraries)
	slices.Sort(functions)
	libraries, functions = slices.Compact(libraries), slices.Compact(functions)
	if len(libraries) == 0 {
		return nil, nil
	}
	for _, l := range []struct {
		name, needs string
		functions   []string
	}{{noDevice, "", functions}, {standIn, noDevice, nil}} {
		b, err := library(machine, l.functions, l.needs)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, l.name), b, 0o755)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, name := range libraries {
		link := filepath.Join(dir, name)
		os.Remove(link)
		if err := os.Symlink(standIn, link); err != nil {
			return nil, err
		}
	}
	return libraries, nil
}

// cudaAbsent says whether file is one of the links that standInForCUDA makes.
func cudaAbsent(file string) bool {
	to, err := os.Readlink(file)
	return err == nil && to == standIn
}

// library is a shared library of functions that do nothing and return 100. It brings another one with it where needs
// names one.
func library(machine elf.Machine, functions []string, needs string) ([]byte, error) {
	var code []uint32
	switch machine {
	case elf.EM_X86_64:
		code = []uint32{0x000064b8, 0x0000c300} // mov eax, 100; ret
	case elf.EM_AARCH64:
		code = []uint32{0x52800c80, 0xd65f03c0} // mov w0, #100; ret
	default:
		return nil, fmt.Errorf("torch for %v needs the CUDA libraries", machine)
	}
	const (
		headers = 64 + 4*56 // the file's, and one for each segment
		page    = 1 << 16   // the largest of the machines
	)
	// Two segments: what is read and run, and the table that the loader writes to.
	names := []byte{0}
	symbols := make([]elf.Sym64, 1)
	symbolsAt := uint64(headers + 4*len(code))
	for _, name := range functions {
		symbols = append(symbols, elf.Sym64{Name: uint32(len(names)), Info: elf.ST_INFO(elf.STB_GLOBAL, elf.STT_FUNC), Shndx: 1, Value: headers, Size: 8})
		names = append(append(names, name...), 0)
	}
	needsAt := len(names)
	names = append(append(names, needs...), 0)
	buckets := hashTable(functions)
	hashAt := symbolsAt + uint64(len(symbols)*elf.Sym64Size)
	namesAt := hashAt + uint64(4*len(buckets))
	end := namesAt + uint64(len(names))
	tableAt := (end + page - 1) / page * page
	table := []elf.Dyn64{
		{Tag: int64(elf.DT_HASH), Val: hashAt},
		{Tag: int64(elf.DT_SYMTAB), Val: symbolsAt},
		{Tag: int64(elf.DT_SYMENT), Val: elf.Sym64Size},
		{Tag: int64(elf.DT_STRTAB), Val: namesAt},
		{Tag: int64(elf.DT_STRSZ), Val: uint64(len(names))},
	}
	if needs != "" {
		table = append(table, elf.Dyn64{Tag: int64(elf.DT_NEEDED), Val: uint64(needsAt)})
	}
	table = append(table, elf.Dyn64{Tag: int64(elf.DT_NULL)})
	size := uint64(16 * len(table))
	segment := func(t elf.ProgType, f elf.ProgFlag, at, size, align uint64) elf.Prog64 {
		return elf.Prog64{Type: uint32(t), Flags: uint32(f), Off: at, Vaddr: at, Paddr: at, Filesz: size, Memsz: size, Align: align}
	}
	head := elf.Header64{Type: uint16(elf.ET_DYN), Machine: uint16(machine), Version: 1, Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 4, Shentsize: 64}
	copy(head.Ident[:], []byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1})

	var b bytes.Buffer
	for _, part := range []any{
		head,
		segment(elf.PT_LOAD, elf.PF_R|elf.PF_X, 0, end, page),
		segment(elf.PT_LOAD, elf.PF_R|elf.PF_W, tableAt, size, page),
		segment(elf.PT_DYNAMIC, elf.PF_R|elf.PF_W, tableAt, size, 8),
		segment(elf.PT_GNU_STACK, elf.PF_R|elf.PF_W, 0, 0, 16),
		code, symbols, buckets, names, make([]byte, tableAt-end), table,
	} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// hashTable is the System V hash table of the names, which have the numbers from 1: the sizes, the first name of each
// bucket, and the next name after each.
func hashTable(names []string) []uint32 {
	n := uint32(len(names) + 1)
	t := make([]uint32, 2+2*n)
	t[0], t[1] = n, n
	for i, name := range names {
		h := uint32(0)
		for _, c := range []byte(name) {
			h = h<<4 + uint32(c)
			h = (h ^ h>>24&0xf0) & 0x0fffffff
		}
		first := &t[2+h%n]
		t[2+n+uint32(i)+1], *first = *first, uint32(i)+1
	}
	return t
}
