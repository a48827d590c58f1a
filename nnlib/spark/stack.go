package spark

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"digitlab/nnlib"
)

// Stacked is a dataset under Spark's objective: rows, in order, are cut into
// partitions and these into blocks of blockSize rows, and the cost is the mean
// over blocks of each block's mean. A row of a short last block so counts for
// more; where all blocks have one size it is the plain mean. In nnlib's terms
// every row weighs 1 / (rows of its block), times the weight that it has.
//
// It is meant for recipes that read all rows in a step, as Spark does.
type Stacked struct {
	nnlib.Dataset
	weight []nnlib.Float
	print  [32]byte
}

// Stack cuts d. No partitions means one of all rows; otherwise their sizes add
// up to d.Len(). d may not hold out rows of its own: they would be trained on.
func Stack(d nnlib.Dataset, blockSize int, partitions ...int) (*Stacked, error) {
	if blockSize < 1 {
		return nil, fmt.Errorf("spark: blocks of %d rows: at least 1 is needed", blockSize)
	}
	if _, own := d.(nnlib.Validation); own {
		return nil, errors.New("spark: data with validation rows is not cut into blocks: cut the training rows first")
	}
	if len(partitions) == 0 {
		partitions = []int{d.Len()}
	}
	s := &Stacked{Dataset: d, weight: make([]nnlib.Float, 0, d.Len())}
	for i, rows := range partitions {
		if rows < 0 {
			return nil, fmt.Errorf("spark: partition %d has %d rows", i, rows)
		}
		for ; rows > 0; rows -= blockSize {
			n := min(rows, blockSize)
			for range n {
				s.weight = append(s.weight, 1/nnlib.Float(n))
			}
		}
	}
	if len(s.weight) != d.Len() {
		return nil, fmt.Errorf("spark: partitions of %d rows together, the data has %d", len(s.weight), d.Len())
	}
	print, err := d.Fingerprint()
	if err != nil {
		return nil, err
	}
	text := binary.LittleEndian.AppendUint64(print[:], uint64(blockSize))
	for _, rows := range partitions {
		text = binary.LittleEndian.AppendUint64(text, uint64(rows))
	}
	s.print = sha256.Sum256(text)
	return s, nil
}

// Fill multiplies the rows' weights.
func (s *Stacked) Fill(b *nnlib.Block, p nnlib.Pass) error {
	if err := s.Dataset.Fill(b, p); err != nil {
		return err
	}
	weight := b.WeightRows(len(p.Rows))
	for i, row := range p.Rows {
		weight[i] *= s.weight[row]
	}
	return nil
}

// Fingerprint covers the data, blocks and partitions.
func (s *Stacked) Fingerprint() ([32]byte, error) { return s.print, nil }

// Steady says that the rows are the same in every step.
func (s *Stacked) Steady() {}
