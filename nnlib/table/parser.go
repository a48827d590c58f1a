package table

import (
	"encoding/binary"

	"digitlab/nnlib"
)

// parser reads the rows of a file, a line after the other.
type parser interface {
	// parse reads a line and appends its row; false: it holds none.
	parse(line []byte, p *parsed) (bool, error)
	// text is the lines that errors name.
	text() *lines
}

// parsed is rows: their entries, not scaled, and their targets.
type parsed struct {
	start []int32 // of each row's entries, and their number
	index []int32
	value []nnlib.Float
	class []int32
	goal  []nnlib.Float
}

func (p *parsed) clear() {
	p.start, p.index, p.value, p.class, p.goal = append(p.start[:0], 0), p.index[:0], p.value[:0], p.class[:0], p.goal[:0]
}

// row ends a row.
func (p *parsed) row(place int, goal float64) {
	p.start, p.class, p.goal = append(p.start, int32(len(p.index))), append(p.class, int32(place)), append(p.goal, nnlib.Float(goal))
}

// add appends a row of others.
func (p *parsed) add(from *parsed, row int) {
	first, end := from.start[row], from.start[row+1]
	p.index, p.value = append(p.index, from.index[first:end]...), append(p.value, from.value[first:end]...)
	p.start, p.class, p.goal = append(p.start, int32(len(p.index))), append(p.class, from.class[row]), append(p.goal, from.goal[row])
}

const parsedMemory = 160 // beside the rows

var floatSize = int64(binary.Size(nnlib.Float(0)))

// memory is the bytes of a copy.
func (p *parsed) memory() int64 {
	return parsedMemory + 4*int64(len(p.start)+len(p.index)+len(p.class)) + floatSize*int64(len(p.value)+len(p.goal))
}

// copy is the rows in memory of their own.
func (p *parsed) copy() *parsed {
	return &parsed{
		append([]int32(nil), p.start...), append([]int32(nil), p.index...), append([]nnlib.Float(nil), p.value...),
		append([]int32(nil), p.class...), append([]nnlib.Float(nil), p.goal...),
	}
}

// csvParser reads lines of values, with a label or without.
type csvParser struct {
	*rows
	labels *labels
}

func (c csvParser) text() *lines { return c.lines }

func (c csvParser) parse(line []byte, p *parsed) (bool, error) {
	c.bytes, c.floats = c.bytes[:0], c.floats[:0]
	if c.labels != nil {
		if err := c.labelled(line); err != nil {
			return false, err
		}
	} else if n, err := c.line(line); err != nil {
		return false, err
	} else if n != c.columns {
		return false, c.ragged(n)
	}
	c.count++
	for k, b := range c.bytes {
		if b != 0 {
			p.index, p.value = append(p.index, int32(k)), append(p.value, nnlib.Float(b))
		}
	}
	for k, x := range c.floats {
		if x != 0 {
			p.index, p.value = append(p.index, int32(k)), append(p.value, x)
		}
	}
	place, goal := 0, 0.0
	if c.labels != nil {
		var err error
		if place, goal, err = c.labels.add(c.lines, c.labelAt, c.label); err != nil {
			return false, err
		}
	}
	p.row(place, goal)
	return true, nil
}

// svmParser reads lines of LIBSVM.
type svmParser struct{ *entries }

func (s svmParser) text() *lines { return s.lines }

func (s svmParser) parse(line []byte, p *parsed) (bool, error) {
	s.index, s.value = s.index[:0], s.value[:0]
	row, err := s.line(line)
	if row {
		p.index, p.value = append(p.index, s.index...), append(p.value, s.value...)
		p.row(s.class, s.target)
	}
	return row, err
}
