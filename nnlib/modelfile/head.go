package modelfile

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"digitlab/nnlib"
)

// head is the lines of a file.
type head struct {
	topology   nnlib.Topology
	precision  string
	weights    int
	hash       string
	thresholds []float64
	notes      []Note
}

// readHead reads the lines and the empty one after them, and not a byte more.
func readHead(r io.Reader) (*head, error) {
	lines, err := readLines(r)
	if err != nil {
		return nil, err
	}
	wrong := func(line int, format string, a ...any) error { return &FormatError{line, fmt.Sprintf(format, a...)} }
	if v := strings.TrimPrefix(lines[0], Magic); v != version {
		return nil, wrong(1, "version %q of the format: this program reads %s", v, version)
	}
	h := &head{}
	for i, name := range []string{"topology", "precision", "weights", "sha256"} {
		if i+1 >= len(lines) {
			return nil, wrong(i+2, "empty: %s is missing", name)
		}
		value, ok := strings.CutPrefix(lines[i+1], name+": ")
		if !ok {
			return nil, wrong(i+2, "%.40q: %s is wanted here", lines[i+1], name)
		}
		switch name {
		case "topology":
			if h.topology, err = nnlib.ParseTopology(value); err != nil {
				return nil, wrong(i+2, "%v", err)
			}
		case "precision":
			if h.precision = value; value != "float32" && value != "float64" {
				return nil, wrong(i+2, "precision %.20q: float32 or float64 is wanted", value)
			}
		case "weights":
			if h.weights, ok = number(value); !ok {
				return nil, wrong(i+2, "%.20q is not a number of weights", value)
			}
			n, err := length(h.topology)
			if err != nil {
				return nil, wrong(2, "%v", err)
			}
			if n != h.weights {
				return nil, wrong(i+2, "%d weights, the topology has %d", h.weights, n)
			}
		case "sha256":
			if b, err := hex.DecodeString(value); err != nil || len(b) != 32 || strings.ToLower(value) != value {
				return nil, wrong(i+2, "%.70q is not a SHA-256 of 64 small hexadecimal digits", value)
			}
			h.hash = value
		}
	}
	for i := 5; i < len(lines); i++ {
		name, value, ok := strings.Cut(lines[i], ":")
		value, blank := strings.CutPrefix(value, " ")
		switch {
		case ok && name == "thresholds" && i == 5:
			if h.thresholds, err = numbers(value); err != nil {
				return nil, wrong(i+1, "thresholds: %v", err)
			}
		case !ok || name == "" || name == "thresholds" || !blank:
			return nil, wrong(i+1, "%.40q: NAME: VALUE is wanted", lines[i])
		default:
			h.notes = append(h.notes, Note{name, value})
		}
	}
	return h, nil
}

// readLines reads up to the empty line, byte by byte: what follows it is not
// text.
func readLines(r io.Reader) ([]string, error) {
	b, one := []byte(nil), make([]byte, 1)
	for {
		switch _, err := io.ReadFull(r, one); {
		case errors.Is(err, io.EOF) && len(b) >= len(Magic):
			return nil, &FormatError{strings.Count(string(b), "\n") + 1, "cut off before the empty line that ends the header"}
		case errors.Is(err, io.EOF):
			return nil, &FormatError{1, "cut off: a model file begins with " + Magic + version}
		case err != nil:
			return nil, err
		}
		b = append(b, one[0])
		switch n := len(b); {
		case n <= len(Magic) && b[n-1] != Magic[n-1]:
			return nil, &FormatError{1, "not a model file: it does not begin with " + Magic + version}
		case n > 1 && b[n-1] == '\n' && b[n-2] == '\n':
			return strings.Split(string(b[:n-2]), "\n"), nil
		case n == headLimit:
			return nil, &FormatError{strings.Count(string(b), "\n") + 1, fmt.Sprintf("no empty line within %d bytes", headLimit)}
		}
	}
}

// numbers reads finite numbers between blanks.
func numbers(text string) (list []float64, err error) {
	for _, word := range strings.Fields(text) {
		x, err := strconv.ParseFloat(word, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("%.20q is not a number", word)
		}
		list = append(list, x)
	}
	if list == nil {
		return nil, errors.New("no numbers")
	}
	return list, nil
}
