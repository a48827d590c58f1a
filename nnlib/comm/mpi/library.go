//go:build (linux || darwin) && (amd64 || arm64) && !nompi

package mpi

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

// function is one of the library's.
type function struct {
	name string
	at   uintptr
}

// library is an open MPI. Handles are addresses in Open MPI, and numbers in
// MPICH.
type library struct {
	family *family
	file   string
	opened uintptr

	init, finalize, abort, rank, size, errhandler, text, version function
	allreduce, bcast, barrier, allgather, allgatherv, alltoallv  function
	send, recv                                                   function

	world, word, integer, most, returns uintptr // handles; a word is of 8 bytes
	inPlace, noStatus                   uintptr

	args    [16]uintptr // of the call
	scratch scratch
}

// handle names a constant in both families.
type handle struct {
	symbol string
	number uintptr
}

var (
	handleWorld   = handle{"ompi_mpi_comm_world", 0x44000000}
	handleDouble  = handle{"ompi_mpi_double", 0x4c00080b}
	handleInt64   = handle{"ompi_mpi_int64_t", 0x4c00083a}
	handleMax     = handle{"ompi_mpi_op_max", 0x58000001}
	handleReturns = handle{"ompi_mpi_errors_return", 0x54000001}
)

// Of mpi.h, the same in both families.
const (
	threadSerialized = 2
	longestText      = 8192 // of an error or a version
)

// open finds the library of the launcher.
func open(l *launch) (*library, error) {
	type candidate struct {
		file   string
		family *family
	}
	var all []candidate
	if l.library != "" {
		all = append(all, candidate{l.library, l.families[0]})
	} else {
		for _, f := range l.families {
			for _, file := range f.files {
				all = append(all, candidate{file, f})
			}
		}
	}
	var why error
	for _, c := range all {
		at, err := purego.Dlopen(c.file, purego.RTLD_NOW|purego.RTLD_GLOBAL)
		if err != nil {
			if why == nil {
				why = err
			}
			continue
		}
		m := &library{family: c.family, file: c.file, opened: at}
		return m, m.look()
	}
	f := l.families[0]
	return nil, fmt.Errorf("mpi: %s started this process, but there is no library of %s: %w. %s; or name it by DIGITLAB_MPI",
		l.by, f.name, why, f.install)
}

// look finds the functions and handles.
func (m *library) look() error {
	m.family = mpich
	if _, err := purego.Dlsym(m.opened, handleWorld.symbol); err == nil {
		m.family = openMPI
	}
	var missing []error
	for name, f := range map[string]*function{
		"MPI_Init_thread": &m.init, "MPI_Finalize": &m.finalize, "MPI_Abort": &m.abort,
		"MPI_Comm_rank": &m.rank, "MPI_Comm_size": &m.size, "MPI_Comm_set_errhandler": &m.errhandler,
		"MPI_Error_string": &m.text, "MPI_Get_library_version": &m.version,
		"MPI_Allreduce": &m.allreduce, "MPI_Bcast": &m.bcast, "MPI_Barrier": &m.barrier,
		"MPI_Allgather": &m.allgather, "MPI_Allgatherv": &m.allgatherv, "MPI_Alltoallv": &m.alltoallv,
		"MPI_Send": &m.send, "MPI_Recv": &m.recv,
	} {
		var err error
		f.name = name
		if f.at, err = purego.Dlsym(m.opened, name); err != nil {
			missing = append(missing, err)
		}
	}
	for h, at := range map[handle]*uintptr{
		handleWorld: &m.world, handleDouble: &m.word, handleInt64: &m.integer, handleMax: &m.most, handleReturns: &m.returns,
	} {
		var err error
		if *at, err = m.handle(h); err != nil {
			missing = append(missing, err)
		}
	}
	m.inPlace, m.noStatus = 1, 0
	if m.family == mpich {
		m.inPlace, m.noStatus = ^uintptr(0), 1
	}
	if len(missing) > 0 {
		return fmt.Errorf("mpi: %s is no MPI library: %w", m.file, errors.Join(missing...))
	}
	return nil
}

func (m *library) handle(h handle) (uintptr, error) {
	if m.family == mpich {
		return h.number, nil
	}
	return purego.Dlsym(m.opened, h.symbol)
}

// call calls a function that returns an error code, one at a time. Addresses
// among the arguments are of memory that stays: the arena's, a plan's, and in
// the calls that only a start makes, of a scratch.
func (m *library) call(f *function, args ...uintptr) error {
	n := copy(m.args[:], args) // a list of the caller's would go to the heap
	if code, _, _ := purego.SyscallN(f.at, m.args[:n]...); int32(code) != 0 {
		return m.fail(f, int32(code))
	}
	return nil
}

// scratch is where the library writes what it is asked.
type scratch struct {
	number int32
	text   [longestText]byte
}

func (s *scratch) numberAt() uintptr { return uintptr(unsafe.Pointer(&s.number)) }

func (s *scratch) textAt() uintptr { return uintptr(unsafe.Pointer(&s.text)) }

// said is the text that the number counts.
func (s *scratch) said() string {
	return strings.Trim(string(s.text[:min(max(int(s.number), 0), len(s.text))]), "\x00\n ")
}

// fail is what an error code says.
func (m *library) fail(f *function, code int32) error {
	purego.SyscallN(m.text.at, uintptr(code), m.scratch.textAt(), m.scratch.numberAt())
	return &Error{f.name, m.scratch.said()}
}

// ask is a number that a function writes.
func (m *library) ask(f *function, of ...uintptr) (int, error) {
	err := m.call(f, append(of, m.scratch.numberAt())...)
	return int(m.scratch.number), err
}

// about is the library's own first line about itself.
func (m *library) about() string {
	if m.call(&m.version, m.scratch.textAt(), m.scratch.numberAt()) != nil {
		return m.family.name
	}
	line, _, _ := strings.Cut(m.scratch.said(), "\n")
	line, _, _ = strings.Cut(line, ",") // Open MPI names its packager after a comma
	if version, ok := strings.CutPrefix(line, "MPICH Version:"); ok {
		line = "MPICH " + strings.TrimSpace(version)
	}
	return line
}
