package table

import "digitlab/nnlib"

// bytes is what the bytes of a file stand for, nil where its rows are kept as
// entries or its targets are no classes.
func (s *Stream) bytes() *[256]nnlib.Float {
	p, csv := s.first.parser.(csvParser)
	switch {
	case !csv || p.isFloat || s.options.Values:
		return nil
	case s.Scale == Scale255:
		return &grey
	}
	return &plain
}

// Level is what each byte of the rows stands for, nil where they are not bytes
// with classes: then rows cannot be read by ReadRows.
func (s *Stream) Level() *[256]nnlib.Float { return s.level }

// Dense says that rows are handed out as numbers, not as lists of entries.
func (s *Stream) Dense() bool { return s.dense }

// Limit says how many bytes of the file may stay in memory from now on, in place
// of Options.Memory.
func (s *Stream) Limit(bytes int64) { s.room.Store(bytes) }

// ReadRows reads the rows from first on, as many as class has: their values as
// bytes, and their classes. They take no room in the stream's own memory.
func (s *Stream) ReadRows(first int, bytes []byte, class []int32) error {
	k := s.take()
	defer s.store.Put(k)
	clear(bytes)
	cols := s.shape.Len()
	for i := range class {
		row := first + i
		n := s.pageOf(row)
		if k.at != n {
			k.at = -1
			if err := s.read(k, n); err != nil {
				return err
			}
			k.at = n
		}
		at := row - s.pages[n].row
		to := bytes[i*cols : (i+1)*cols]
		for e := k.page.start[at]; e < k.page.start[at+1]; e++ {
			to[k.page.index[e]] = byte(k.page.value[e])
		}
		if s.labels == nil {
			class[i] = int32(s.targets.class[row])
		} else {
			class[i] = int32(s.labels.of(int(k.page.class[at])))
		}
	}
	return nil
}
