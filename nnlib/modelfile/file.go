package modelfile

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"digitlab/nnlib"

	"github.com/google/renameio/v2"
)

// Magic is how the first line of every model file begins.
const Magic = "digitlab model "

const (
	version   = "1"
	headLimit = 1 << 16 // bytes of all lines together
	piece     = 1 << 20 // bytes of weights read at a time
)

// File is what a model file holds.
type File struct {
	Model      *nnlib.Model
	Precision  string    // in which the weights were computed: "float32" or "float64"; Write writes nnlib.Precision
	Thresholds []float64 // nil: none; see spark.Classifier
	Notes      []Note    // of the writer, such as the scale of the inputs
}

// Note is a line of the writer's own. The name has neither ": " nor a line
// feed in it, the value no line feed.
type Note struct{ Name, Value string }

// Note is the value of the first note of a name.
func (f *File) Note(name string) (value string, ok bool) {
	for _, n := range f.Notes {
		if n.Name == name {
			return n.Value, true
		}
	}
	return "", false
}

// FormatError says what is wrong in a model file.
type FormatError struct {
	Line   int // from 1; 0: in the weights
	Reason string
}

func (e *FormatError) Error() string {
	if e.Line == 0 {
		return "model file: " + e.Reason
	}
	return fmt.Sprintf("model file: line %d: %s", e.Line, e.Reason)
}

// Write writes a file. The topology consists of nnlib's own layers.
func Write(w io.Writer, f *File) error {
	t := f.Model.Topology
	n, err := length(t)
	switch {
	case err != nil:
		return fmt.Errorf("modelfile: %w", err)
	case n != len(f.Model.Weights):
		return fmt.Errorf("modelfile: %d weights, the topology has %d", len(f.Model.Weights), n)
	}
	again, err := nnlib.ParseTopology(t.String())
	if err == nil && again.String() != t.String() {
		err = fmt.Errorf("its text reads as %q", again)
	}
	if err != nil {
		return fmt.Errorf("modelfile: topology %q: %w", t, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s\ntopology: %v\nprecision: %s\nweights: %d\nsha256: %x\n", Magic, version, t, nnlib.Precision, n, f.Model.Hash())
	if len(f.Thresholds) > 0 {
		b.WriteString("thresholds:")
		for _, x := range f.Thresholds {
			fmt.Fprintf(&b, " %v", x)
		}
		b.WriteByte('\n')
	}
	for _, n := range f.Notes {
		if n.Name == "" || strings.ContainsAny(n.Name, ":\n") || strings.Contains(n.Value, "\n") || n.Name == "thresholds" {
			return fmt.Errorf("modelfile: note %q: %q cannot be written as a line", n.Name, n.Value)
		}
		fmt.Fprintf(&b, "%s: %s\n", n.Name, n.Value)
	}
	b.WriteByte('\n')
	if b.Len() > headLimit {
		return fmt.Errorf("modelfile: the lines have %d bytes: %d can be read", b.Len(), headLimit)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	return binary.Write(w, binary.LittleEndian, f.Model.Weights)
}

// length is the number of weights, where it can be counted.
func length(t nnlib.Topology) (n int, err error) {
	shape := t.Input
	for i, l := range t.Layers {
		for _, s := range l.Weights(shape) {
			if s.Len < 0 || s.Len > math.MaxInt32 || n+s.Len > math.MaxInt32 {
				return 0, fmt.Errorf("layer %d: more weights than %d", i+1, math.MaxInt32)
			}
			n += s.Len
		}
		if shape, err = l.Out(shape); err != nil {
			return 0, fmt.Errorf("layer %d: %w", i+1, err)
		}
	}
	return n, nil
}

// Read reads a file whole. The lines are checked before memory is taken for
// the weights, and never more than the bytes that come. Weights of the other
// precision are converted, those of float64 to float32 with rounding.
func Read(r io.Reader) (*File, error) {
	h, err := readHead(r)
	if err != nil {
		return nil, err
	}
	f := &File{
		Model: &nnlib.Model{Topology: h.topology}, Precision: h.precision, Thresholds: h.thresholds, Notes: h.notes,
	}
	size := map[string]int{"float32": 4, "float64": 8}[h.precision]
	hash, b := sha256.New(), make([]byte, 0, min(piece, h.weights*size))
	for left := h.weights * size; left > 0; left -= len(b) {
		b = b[:min(cap(b), left)]
		if got, err := io.ReadFull(r, b); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return nil, &FormatError{0, fmt.Sprintf("cut off: %d bytes of weights, %d are missing", h.weights*size-left+got, left-got)}
			}
			return nil, err
		}
		hash.Write(b)
		for i := 0; i < len(b); i += size {
			if size == 4 {
				f.Model.Weights = append(f.Model.Weights, nnlib.Float(math.Float32frombits(binary.LittleEndian.Uint32(b[i:]))))
			} else {
				f.Model.Weights = append(f.Model.Weights, nnlib.Float(math.Float64frombits(binary.LittleEndian.Uint64(b[i:]))))
			}
		}
	}
	if n, err := r.Read(make([]byte, 1)); n > 0 || err != nil && err != io.EOF {
		return nil, &FormatError{0, "there is more after the weights"}
	}
	if got := fmt.Sprintf("%x", hash.Sum(nil)); got != h.hash {
		return nil, &FormatError{0, fmt.Sprintf("damaged: the weights have the SHA-256 %s, the header says %s", got, h.hash)}
	}
	return f, nil
}

// Save writes a file aside and renames it.
func Save(path string, f *File) error {
	p, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o666))
	if err != nil {
		return err
	}
	defer p.Cleanup()
	if err := Write(p, f); err != nil {
		return err
	}
	return p.CloseAtomicallyReplace()
}

// Load reads the file at path.
func Load(path string) (*File, error) {
	r, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	f, err := Read(bufio.NewReader(r))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// number reads a decimal number without a sign.
func number(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 31)
	return int(n), err == nil && strconv.FormatUint(n, 10) == text
}
