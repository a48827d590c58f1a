package table

import (
	"fmt"
	"io"
	"strconv"
)

// Layout is a way to write CSV.
type Layout int

const (
	// Plain has whole numbers from 0 to 255 between commas, and one class a
	// line.
	Plain Layout = iota
	// Seed is the layout of the PySpark project's files: values between
	// spaces, pixels divided by 255, one-hot labels. Pixels are in the fewest
	// decimals that read back as the same float64.
	Seed
)

// String is "plain" or "seed".
func (l Layout) String() string {
	switch l {
	case Plain:
		return "plain"
	case Seed:
		return "seed"
	}
	return fmt.Sprintf("layout %d", int(l))
}

// MarshalText is String, for flag.TextVar.
func (l Layout) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText sets the layout from "plain" or "seed".
func (l *Layout) UnmarshalText(text []byte) error {
	for _, v := range []Layout{Plain, Seed} {
		if v.String() == string(text) {
			*l = v
			return nil
		}
	}
	return fmt.Errorf("layout %q: choose plain or seed", text)
}

// decimals is the text of each byte, in each layout.
var decimals = func() (text [2][256]string) {
	for b := range 256 {
		text[Plain][b] = strconv.Itoa(b)
		text[Seed][b] = strconv.FormatFloat(float64(b)/255, 'f', -1, 64)
	}
	return text
}()

// separators of each layout.
var separators = [2]byte{Plain: ',', Seed: ' '}

// WriteImages writes rows of bytes, width of them a line. It may be called for
// one group of rows after the other: there is no header.
func WriteImages(w io.Writer, l Layout, width int, pixels []byte) error {
	if err := sizes(width, len(pixels), len(pixels)/max(width, 1)); err != nil {
		return err
	}
	text, separator := &decimals[l], separators[l]
	o := newOutput(w)
	for len(pixels) > 0 {
		for _, b := range pixels[:width] {
			o.buf = append(o.buf, text[b]...)
			o.buf = append(o.buf, separator)
		}
		o.buf[len(o.buf)-1] = '\n'
		pixels = pixels[width:]
		if err := o.row(); err != nil {
			return err
		}
	}
	return o.flush()
}

// WriteLabels writes a line for each class, which is below classes.
func WriteLabels(w io.Writer, l Layout, classes int, class []int) error {
	o := newOutput(w)
	for i, c := range class {
		if c < 0 || c >= classes {
			return fmt.Errorf("table: row %d: class %d: classes go from 0 to %d", i+1, c, classes-1)
		}
		if l == Plain {
			o.buf = append(strconv.AppendInt(o.buf, int64(c), 10), '\n')
		} else {
			for k := range classes {
				digit := byte('0')
				if k == c {
					digit = '1'
				}
				o.buf = append(o.buf, digit, ' ')
			}
			o.buf[len(o.buf)-1] = '\n'
		}
		if err := o.row(); err != nil {
			return err
		}
	}
	return o.flush()
}

// WriteLIBSVM writes rows of bytes, width of them each, with their classes:
// indices from 1, whole numbers from 1 to 255, zeros left out.
func WriteLIBSVM(w io.Writer, width int, pixels []byte, class []int) error {
	if err := sizes(width, len(pixels), len(class)); err != nil {
		return err
	}
	o := newOutput(w)
	for i, c := range class {
		if c < 0 {
			return fmt.Errorf("table: row %d: class %d is negative", i+1, c)
		}
		o.buf = strconv.AppendInt(o.buf, int64(c), 10)
		for k, b := range pixels[i*width : (i+1)*width] {
			if b != 0 {
				o.buf = append(o.buf, ' ')
				o.buf = strconv.AppendInt(o.buf, int64(k+1), 10)
				o.buf = append(o.buf, ':')
				o.buf = append(o.buf, decimals[Plain][b]...)
			}
		}
		o.buf = append(o.buf, '\n')
		if err := o.row(); err != nil {
			return err
		}
	}
	return o.flush()
}

// sizes checks that there are rows of equal width.
func sizes(width, pixels, rows int) error {
	if width < 1 || pixels != rows*width {
		return fmt.Errorf("table: %d pixels are not %d rows of %d", pixels, rows, width)
	}
	return nil
}

// output gathers rows into large writes.
type output struct {
	w   io.Writer
	buf []byte
}

const outputSize = 1 << 18

func newOutput(w io.Writer) *output { return &output{w: w, buf: make([]byte, 0, outputSize+1<<15)} }

// row ends a row.
func (o *output) row() error {
	if len(o.buf) < outputSize {
		return nil
	}
	return o.flush()
}

func (o *output) flush() error {
	_, err := o.w.Write(o.buf)
	o.buf = o.buf[:0]
	return err
}
