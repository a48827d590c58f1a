package mnist

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
)

// pieceSize is the number of bytes that are read, and hashed, at a time.
const pieceSize = 1 << 19

// tree hashes content piece by piece, each on a goroutine of its own, while
// more is read. One SHA-256 over all content is a chain that a single
// processor works through; the SHA-256 of the pieces' SHA-256, in order,
// stands for the same content.
type tree struct {
	pieces []*[sha256.Size]byte
	wait   sync.WaitGroup
}

// add takes the next piece, pieceSize bytes, or fewer at the end. It must not
// change before sum has returned.
func (t *tree) add(piece []byte) {
	sum := new([sha256.Size]byte)
	t.pieces = append(t.pieces, sum)
	t.wait.Go(func() { *sum = sha256.Sum256(piece) })
}

// sum is the SHA-256 of the pieces' SHA-256.
func (t *tree) sum() (sum [sha256.Size]byte) {
	t.wait.Wait()
	h := sha256.New()
	for _, p := range t.pieces {
		h.Write(p[:])
	}
	h.Sum(sum[:0])
	return sum
}

// whole is the SHA-256 of the content, in hexadecimal, where t has all of its
// pieces. It is known for the files whose trees are; other content is hashed
// from end to end.
func (t *tree) whole(content []byte, known []file) string {
	tree := t.sum()
	for _, f := range known {
		if f.tree == hex.EncodeToString(tree[:]) {
			return f.sha256
		}
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
