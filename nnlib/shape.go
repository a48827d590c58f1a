package nnlib

import (
	"fmt"

	"digitlab/nnlib/internal/kernel"
)

// Float is the type of weights, inputs, outputs and gradients: float32, or
// float64 with the build tag float64. Costs and counts are float64 and int64
// in both.
type Float = kernel.Float

// Precision is the name of Float: "float32" or "float64".
const Precision = kernel.Precision

// Chunk is the number of rows that a worker takes at a time. It is part of the
// definition of a result: gradients are summed chunk by chunk.
const Chunk = 128

// Shape is the size of one example, or of one layer's output for one example.
// Values lie row by row, channels innermost. A plain vector of n units is
// 1 x n x 1.
type Shape struct{ Height, Width, Channels int }

// Units is the shape of a plain vector of n numbers.
func Units(n int) Shape { return Shape{1, n, 1} }

// Pixels is the shape of a grey image.
func Pixels(height, width int) Shape { return Shape{height, width, 1} }

// Len is the number of values.
func (s Shape) Len() int { return s.Height * s.Width * s.Channels }

// String is "64" for a vector, "28x28" for a grey image, "28x28x3" otherwise.
func (s Shape) String() string {
	switch {
	case s.Height == 1 && s.Channels == 1:
		return fmt.Sprint(s.Width)
	case s.Channels == 1:
		return fmt.Sprintf("%dx%d", s.Height, s.Width)
	}
	return fmt.Sprintf("%dx%dx%d", s.Height, s.Width, s.Channels)
}

// Matrix is row-major: row i is Data[i*Stride : i*Stride+Cols]. One row is one
// example.
type Matrix struct {
	Rows, Cols, Stride int
	Data               []Float
}

// NewMatrix allocates a matrix of zeros, with room behind it: kernels read whole
// vectors.
func NewMatrix(rows, cols int) Matrix {
	return Matrix{Rows: rows, Cols: cols, Stride: cols, Data: make([]Float, rows*cols, rows*cols+kernel.Lanes)}
}

// Row is a view of row i.
func (m Matrix) Row(i int) []Float { return m.Data[i*m.Stride : i*m.Stride+m.Cols] }

// Top is a view of the first rows.
func (m Matrix) Top(rows int) Matrix { m.Rows = rows; return m }

// part is a view of the rows first to last.
func (m Matrix) part(first, last int) Matrix {
	m.Rows, m.Data = last-first, m.Data[first*m.Stride:]
	return m
}

// whole says that the rows are adjacent: one run of Rows*Cols values.
func (m Matrix) whole() bool { return m.Stride == m.Cols }
