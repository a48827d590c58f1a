//go:build (linux || darwin) && (amd64 || arm64) && !nompi

package mpi

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
	"unsafe"

	"digitlab/nnlib/comm"
)

// World is all ranks that were started together, this process being one of
// them. It is comm.Alone where the process was started alone. Every call
// returns the same.
func World() (comm.Communicator, error) { return world() }

var world = sync.OnceValues(func() (comm.Communicator, error) {
	l, err := environ()
	if err != nil {
		return nil, err
	}
	if l == nil {
		return comm.Alone(), nil
	}
	limit, err := limit(os.Getenv("DIGITLAB_MPI_LIMIT"))
	if err != nil {
		return nil, err
	}
	h := saveHandlers()
	defer h.restore()
	m, err := open(l)
	if err != nil {
		return nil, err
	}
	c, err := start(m, l, limit)
	if err != nil {
		return nil, err
	}
	return c, nil
})

// ranks is MPI's world. The goroutine that calls a method makes its calls, one
// at a time; the thread that started the library is kept, and ends it.
type ranks struct {
	mpi        *library
	rank, size int
	about      string // of the library
	hosts      []host // of every rank
	arena      arena
	sums       map[sumKind]*choice
	ways       func(n, size int) []carrier
	watch      *watch
	mu         sync.Mutex // held within a call
	lost       error      // why there are no more calls
	leave      chan struct{}
	left       chan error
}

// Names of calls, as the watch tells them.
var (
	nameStart     = "the start"
	nameSum       = "a sum"
	nameAgree     = "an agreement"
	nameBroadcast = "a broadcast"
	nameBarrier   = "a barrier"
	nameClose     = "the end"
)

// start starts the library.
func start(m *library, l *launch, limit time.Duration) (*ranks, error) {
	// A rank that waits gives its processor to others that have work. It costs
	// nothing where there are none.
	const yield = "OMPI_MCA_mpi_yield_when_idle"
	if _, set := os.LookupEnv(yield); !set {
		os.Setenv(yield, "1")
	}
	c := &ranks{mpi: m, sums: map[sumKind]*choice{}, ways: candidates, leave: make(chan struct{}), left: make(chan error)}
	c.watch = newWatch(limit, c.expire)
	c.watch.grace.Store(int64(max(DefaultLimit-limit, 0))) // launchers take their time
	c.watch.begin(&nameStart)
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread goes with the goroutine
		provided, err := m.ask(&m.init, 0, 0, threadSerialized)
		if err == nil && provided < threadSerialized {
			err = fmt.Errorf("mpi: %s is for programs of one thread", m.file)
		}
		started <- err
		<-c.leave
		c.left <- m.call(&m.finalize)
	}()
	err := <-started
	if err == nil {
		err = c.meet(l)
	}
	// Rank 0 is to speak first, and alone: launchers need seconds to end the others.
	c.watch.grace.Store(int64(min(c.rank, 1)) * int64(5*time.Second))
	c.watch.end()
	if err != nil {
		c.watch.close()
		return nil, err
	}
	return c, nil
}

// meet gets to know the others.
func (c *ranks) meet(l *launch) error {
	m := c.mpi
	err := m.call(&m.errhandler, m.world, m.returns)
	if err == nil {
		c.size, err = m.ask(&m.size, m.world)
	}
	if err == nil {
		c.rank, err = m.ask(&m.rank, m.world)
	}
	if err != nil {
		return err
	}
	c.about = m.about()
	if l.size > 0 && l.size != c.size {
		return fmt.Errorf("mpi: %s started %d ranks, but %s sees %d: launcher and library do not belong together", l.by, l.size, m.file, c.size)
	}
	if err := c.arena.room(fixedWords); err != nil {
		return err
	}
	return c.survey()
}

// begin starts a call; without an error end belongs to it.
func (c *ranks) begin(name *string) error {
	c.mu.Lock()
	if c.lost != nil {
		c.mu.Unlock()
		return c.lost
	}
	c.watch.begin(name)
	return nil
}

func (c *ranks) end() {
	c.watch.end()
	c.mu.Unlock()
}

// expire is what happens when the others do not come.
func (c *ranks) expire(call string) {
	who := "this rank"
	if len(c.hosts) > 0 {
		who = fmt.Sprintf("rank %d of %d on %s", c.rank, c.size, c.hosts[c.rank].name)
	}
	exit(StatusLost, fmt.Sprintf("mpi: %s waited %v for the others in %s (DIGITLAB_MPI_LIMIT): a link is down, or a rank stands still. "+
		"What was saved is whole; the same command goes on from there.", who, c.watch.limit, call))
}

func (c *ranks) Rank() int { return c.rank }

func (c *ranks) Size() int { return c.size }

func (c *ranks) AgreeMax(x int64) (int64, error) {
	if err := c.begin(&nameAgree); err != nil {
		return 0, err
	}
	defer c.end()
	at := c.integer(0)
	*at = x
	c.lost = c.mpi.call(&c.mpi.allreduce, c.mpi.inPlace, c.arena.at(0), 1, c.mpi.integer, c.mpi.most, c.mpi.world)
	return *at, c.lost
}

func (c *ranks) Barrier() error {
	if err := c.begin(&nameBarrier); err != nil {
		return err
	}
	defer c.end()
	c.lost = c.mpi.call(&c.mpi.barrier, c.mpi.world)
	return c.lost
}

// integer is a word of the arena as the library's integer.
func (c *ranks) integer(word int) *int64 { return (*int64)(unsafe.Pointer(&c.arena.words[word])) }

// broadcastWords is how much of a broadcast goes at once.
const broadcastWords = 1 << 17

func (c *ranks) Broadcast(b []byte) ([]byte, error) {
	if err := c.begin(&nameBroadcast); err != nil {
		return nil, err
	}
	defer c.end()
	if c.lost = c.arena.room(broadcastWords); c.lost != nil {
		return nil, c.lost
	}
	n := c.integer(0)
	*n = int64(len(b))
	if c.lost = c.bcast(1); c.lost != nil {
		return nil, c.lost
	}
	if c.rank != 0 {
		b = make([]byte, *n)
	}
	for rest := b; len(rest) > 0; {
		part := rest[:min(len(rest), broadcastWords*8)]
		rest = rest[len(part):]
		sent := c.arena.bytes(0, len(part))
		if c.rank == 0 {
			copy(sent, part)
		}
		if c.lost = c.bcast((len(part) + 7) / 8); c.lost != nil {
			return nil, c.lost
		}
		copy(part, sent)
	}
	return b, nil
}

// bcast hands out the first words of the arena.
func (c *ranks) bcast(words int) error {
	return c.mpi.call(&c.mpi.bcast, c.arena.at(0), uintptr(words), c.mpi.word, 0, c.mpi.world)
}

// Abort ends all ranks, and does not return. Within a call of another goroutine
// it ends this one, and the launcher the others.
func (c *ranks) Abort(cause error) {
	fmt.Fprintf(os.Stderr, "mpi: rank %d ends all: %v\n", c.rank, cause)
	if c.mu.TryLock() && c.lost == nil {
		time.AfterFunc(2*time.Second, func() { os.Exit(1) })
		c.mpi.call(&c.mpi.abort, c.mpi.world, 1)
	}
	os.Exit(1)
}

// Close waits until all ranks close. After a call that failed, or a second
// time, it does nothing.
func (c *ranks) Close() error {
	if c.begin(&nameClose) != nil {
		return nil
	}
	defer c.watch.close()
	defer c.end()
	c.lost = ErrClosed
	c.leave <- struct{}{}
	return <-c.left
}
