//go:build unix

package kernel

import (
	"testing"

	"golang.org/x/sys/unix"
)

// pages is n bytes and more, followed by memory that nothing may touch: a read
// beyond the end is a fault.
func pages(t testing.TB, n int) []byte {
	page := unix.Getpagesize()
	n = (n + page - 1) / page * page
	all, err := unix.Mmap(-1, 0, n+page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Munmap(all) })
	if err := unix.Mprotect(all[n:], unix.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	return all[:n:n]
}
