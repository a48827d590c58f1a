package tensors

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
)

// float is a number of four or eight bytes.
func float(b []byte) float64 {
	if len(b) == 4 {
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b))
}

// headerLimit is the format's own limit.
const headerLimit = 100_000_000

// ReadSafetensors reads a safetensors file of size bytes: tensors of F32 and
// F64, in the order of their names with numbers as numbers ("2.bias" stands
// before "10.bias"). The header is checked before memory is taken for what it
// promises.
func ReadSafetensors(r io.ReaderAt, size int64) ([]Tensor, error) {
	wrong := func(format string, a ...any) ([]Tensor, error) {
		return nil, fmt.Errorf("safetensors: "+format, a...)
	}
	var b [8]byte
	if _, err := r.ReadAt(b[:], 0); errors.Is(err, io.EOF) {
		return wrong("cut off: %d bytes, the length of the header has 8", size)
	} else if err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(b[:])
	if n > headerLimit || int64(n) > size-8 {
		return wrong("not such a file, or cut off: a header of %d bytes in a file of %d", n, size)
	}
	text := make([]byte, n)
	if _, err := r.ReadAt(text, 8); err != nil {
		return wrong("header: %w", err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return wrong("header: %w", err)
	}
	delete(raw, "__metadata__")
	type entry struct {
		DType string  `json:"dtype"`
		Shape []int   `json:"shape"`
		Data  []int64 `json:"data_offsets"`
		width int
	}
	entries := map[string]*entry{}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		e := &entry{}
		if err := json.Unmarshal(raw[name], e); err != nil || len(e.Data) != 2 {
			return wrong("tensor %q: its entry in the header is not understood: %.80s", name, raw[name])
		}
		e.width = map[string]int{"F32": 4, "F64": 8}[e.DType]
		if e.width == 0 {
			return wrong("tensor %q has the type %s: F32 and F64 are read; convert it by .float()", name, e.DType)
		}
		values, err := count(e.Shape)
		if err != nil {
			return wrong("tensor %q: %w", name, err)
		}
		first, end := e.Data[0], e.Data[1]
		if first < 0 || end < first || end > size-8-int64(n) || end-first != int64(values*e.width) {
			return wrong("tensor %q: shape %v of %s at bytes %d to %d of %d", name, e.Shape, e.DType, first, end, size-8-int64(n))
		}
		entries[name] = e
	}
	// The format wants the tensors to fill the file without holes.
	at := int64(0)
	byPlace := slices.SortedFunc(maps.Keys(entries), func(a, b string) int {
		return cmp.Or(slices.Compare(entries[a].Data, entries[b].Data), cmp.Compare(a, b))
	})
	for _, name := range byPlace {
		if entries[name].Data[0] != at {
			return wrong("tensor %q begins at byte %d, the one before it ends at %d", name, entries[name].Data[0], at)
		}
		at = entries[name].Data[1]
	}
	if at != size-8-int64(n) {
		return wrong("%d bytes belong to no tensor", size-8-int64(n)-at)
	}
	var list []Tensor
	for _, name := range slices.SortedFunc(maps.Keys(entries), compareNames) {
		e := entries[name]
		section := io.NewSectionReader(r, 8+int64(n)+e.Data[0], e.Data[1]-e.Data[0])
		data, err := readFloats(section, int(e.Data[1]-e.Data[0])/e.width, e.width)
		if err != nil {
			return wrong("tensor %q: %w", name, err)
		}
		list = append(list, Tensor{name, e.Shape, data})
	}
	return list, nil
}
