//go:build (amd64 || arm64) && !nompi

package mpi

import (
	"syscall"
	"unsafe"
)

// Libraries below MPI (UCX is one) put handlers of their own in place of Go's
// while they are loaded: a nil pointer, which is a panic in Go, would end the
// process. So what was there before is put back.

// action is the kernel's sigaction: handler, flags, restorer, mask.
type action [4]uint64

// lastSignal is the highest number of a signal.
const lastSignal = 64

type handlers [lastSignal + 1]action

func sigaction(signal int, set, was *action) bool {
	_, _, e := syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(signal),
		uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(was)), 8, 0, 0)
	return e == 0
}

func saveHandlers() (h handlers) {
	for s := 1; s <= lastSignal; s++ {
		sigaction(s, nil, &h[s])
	}
	return h
}

// restore puts back what has changed.
func (h *handlers) restore() {
	for s := 1; s <= lastSignal; s++ {
		var now action
		if sigaction(s, nil, &now) && now != h[s] {
			sigaction(s, &h[s], nil)
		}
	}
}
