// Package memory asks the operating system for large pages. Rows that are read
// in random order are spread over more pages than a processor remembers, and to
// look one up takes as long as to compute a row, above all in virtual machines.
// It changes speed alone: where large pages are not to be had nothing happens.
package memory

import "unsafe"

// least is the size in bytes from which large pages pay.
const least = 4 << 20

// page is what addresses are rounded to, the size of the smallest pages.
const page = 4096

// Zeros is n zero values, in large pages where they take many bytes.
func Zeros[T any](n int) []T {
	x := make([]T, n)
	advise(inside(x), false)
	return x
}

// Move brings what x holds into large pages, where it is large and not there
// already.
func Move[T any](x []T) { advise(inside(x), true) }

// inside is the whole pages of x, if x is large.
func inside[T any](x []T) []byte {
	if len(x) == 0 {
		return nil
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(&x[0])), len(x)*int(unsafe.Sizeof(x[0])))
	if len(b) < least {
		return nil
	}
	first := int(-uintptr(unsafe.Pointer(&b[0])) % page)
	return b[first : first+(len(b)-first)&^(page-1)]
}
