package nnlib

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
)

// Fingerprint is the SHA-256 of a dataset's rows as Fill gives them, in order,
// and of its sizes. Whether rows come dense or sparse makes no difference, nor
// does the precision for values that both hold exactly. It is what a Dataset
// whose rows do not depend on the step can answer, once.
func Fingerprint(d Dataset) (sum [32]byte, err error) {
	h, b := sha256.New(), &Block{}
	rows, text := make([]int, 0, Chunk), make([]byte, 0, 1<<16)
	put := func(kind byte, k int, v Float) {
		text = append(text, kind)
		text = binary.LittleEndian.AppendUint32(text, uint32(k))
		text = binary.LittleEndian.AppendUint64(text, math.Float64bits(float64(v)))
	}
	for first := 0; first < d.Len(); first += Chunk {
		rows = rows[:0]
		for i := first; i < min(first+Chunk, d.Len()); i++ {
			rows = append(rows, i)
		}
		if err := d.Fill(b, Pass{Rows: rows}); err != nil {
			return sum, err
		}
		for i := range rows {
			for column, v := range b.Entries(i) {
				put('x', column, v)
			}
			switch {
			case b.Class != nil:
				put('c', b.Class[i], 0)
			default:
				for j, v := range b.Value.Row(i) {
					put('y', j, v)
				}
			}
			if b.Weight != nil {
				put('w', 0, b.Weight[i])
			}
			h.Write(text)
			text = text[:0]
		}
	}
	fmt.Fprintln(h, d.Shape(), d.Classes(), d.Len())
	h.Sum(sum[:0])
	return sum, nil
}
