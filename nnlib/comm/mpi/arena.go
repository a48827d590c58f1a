//go:build (linux || darwin) && (amd64 || arm64) && !nompi

package mpi

import (
	"fmt"
	"syscall"
	"unsafe"

	"digitlab/nnlib/internal/kernel"
)

// arena is the memory that messages are sent from and arrive in, in words of 8
// bytes. It is apart from Go's heap and never given back: network adapters
// remember which pages they may read, and Go would return pages behind their
// backs.
type arena struct{ words []float64 }

// room makes the arena large enough. What it held is lost.
func (a *arena) room(words int) error {
	if words <= len(a.words) {
		return nil
	}
	words = max(words, 2*len(a.words), 1<<13)
	b, err := syscall.Mmap(-1, 0, words*8, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return fmt.Errorf("mpi: no memory for messages of %d MB: %w", words>>17, err)
	}
	a.words = unsafe.Slice((*float64)(unsafe.Pointer(&b[0])), words)
	return nil
}

// at is the address of a word.
func (a *arena) at(word int) uintptr { return uintptr(unsafe.Pointer(&a.words[word])) }

// floats is n numbers from a word on.
func (a *arena) floats(word, n int) []kernel.Float {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*kernel.Float)(unsafe.Pointer(&a.words[word])), n)
}

// bytes is n bytes from a word on.
func (a *arena) bytes(word, n int) []byte {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&a.words[word])), n)
}
