package memory

import "golang.org/x/sys/unix"

// collapse is MADV_COLLAPSE: Linux 6.1 and later.
const collapse = 25

// advise asks for large pages for b, and moves what is there already. That the
// system has none is no error.
func advise(b []byte, move bool) {
	if len(b) == 0 {
		return
	}
	_ = unix.Madvise(b, unix.MADV_HUGEPAGE)
	if move {
		_ = unix.Madvise(b, collapse)
	}
}
