package figure

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

var (
	svgPath   = regexp.MustCompile(`<path d="([^"]*)" style="([^"]*)" />`)
	svgFilled = regexp.MustCompile(`^fill:[^;]*(;fill-opacity:[^;]*)?$`)
	pathPart  = regexp.MustCompile(`[A-Za-z]|-?[0-9.]+(?:e-?[0-9]+)?`)
)

// slack is how far a line may move when points are left out, in pixels.
const slack = 0.04

// brief writes the paths of an SVG anew, in fewer bytes and with the same look:
// relative places to a hundredth of a pixel, no points that lie on the line
// through those around them, and one element where a path is filled and then
// stroked.
func brief(svg string) string {
	lines := strings.Split(svg, "\n")
	kept := lines[:0]
	var filled []string // d and style of the line before, where that is a fill alone
	for _, line := range lines {
		m := svgPath.FindStringSubmatch(line)
		if m == nil || line != m[0] {
			kept, filled = append(kept, line), nil
			continue
		}
		if filled != nil && m[1] == filled[0] && strings.HasPrefix(m[2], "fill:none;") {
			kept[len(kept)-1] = `<path d="` + briefPath(m[1]) + `" style="` + filled[1] + strings.TrimPrefix(m[2], "fill:none") + `" />`
			filled = nil
			continue
		}
		filled = nil
		if svgFilled.MatchString(m[2]) && m[2] != "fill:none" {
			filled = []string{m[1], m[2]}
		}
		kept = append(kept, `<path d="`+briefPath(m[1])+`" style="`+m[2]+`" />`)
	}
	return strings.Join(kept, "\n")
}

// briefPath is a path in fewer bytes. One with other commands than M, L, A and Z
// is left as it is.
func briefPath(d string) string {
	w := pathWriter{}
	var line []spot // not written yet; the first is where the pen is
	flush := func(closed bool) {
		for _, s := range straight(line)[min(1, len(line)):] {
			w.line(s)
		}
		line = line[:0]
		if closed {
			w.close()
		}
	}
	parts := pathPart.FindAllString(d, -1)
	for i := 0; i < len(parts); {
		numbers := func(n int) []float64 {
			list := make([]float64, n)
			for k := range list {
				if i+1+k < len(parts) {
					list[k], _ = strconv.ParseFloat(parts[i+1+k], 64)
				}
			}
			i += 1 + n
			return list
		}
		switch parts[i] {
		case "M":
			flush(false)
			n := numbers(2)
			w.move(spotAt(n[0], n[1]))
			line = append(line, w.at)
		case "L":
			n := numbers(2)
			if len(line) == 0 {
				line = append(line, w.at)
			}
			line = append(line, spotAt(n[0], n[1]))
		case "A":
			flush(false)
			n := numbers(7)
			w.arc(n[:5], spotAt(n[5], n[6]))
		case "Z":
			flush(true)
			i++
		default:
			return d
		}
	}
	flush(false)
	return w.String()
}

// spot is a place in hundredths of a pixel.
type spot struct{ x, y int }

func spotAt(x, y float64) spot { return spot{int(math.Round(100 * x)), int(math.Round(100 * y))} }

// straight leaves out points that lie within slack of the line through those
// that stay (Douglas and Peucker, 1973).
func straight(line []spot) []spot {
	if len(line) < 3 {
		return line
	}
	first, last := line[0], line[len(line)-1]
	dx, dy := float64(last.x-first.x), float64(last.y-first.y)
	far, worst := 0, -1.0
	for i, s := range line[1 : len(line)-1] {
		ax, ay := float64(s.x-first.x), float64(s.y-first.y)
		off := math.Hypot(ax, ay) // ends that meet, or points beyond an end
		if length := dx*dx + dy*dy; length > 0 {
			t := min(max((ax*dx+ay*dy)/length, 0), 1)
			off = math.Hypot(ax-t*dx, ay-t*dy)
		}
		if off > worst {
			far, worst = i+1, off
		}
	}
	if worst <= 100*slack {
		return []spot{first, last}
	}
	left := straight(line[:far+1])
	return append(left[:len(left):len(left)], straight(line[far:])[1:]...)
}

// pathWriter writes a path with relative places.
type pathWriter struct {
	strings.Builder
	at, start spot
	command   byte // that a number would go on with
}

func (w *pathWriter) write(command byte, hundredths ...int) {
	if command != w.command {
		w.WriteByte(command)
	}
	for i, v := range hundredths {
		text := strconv.FormatFloat(float64(v)/100, 'f', -1, 64)
		text = strings.Replace(text, "0.", ".", 1)
		if v == 0 || v >= 100 || v <= -100 {
			text = strconv.FormatFloat(float64(v)/100, 'f', -1, 64)
		}
		if text[0] != '-' && (i > 0 || command == w.command) {
			w.WriteByte(' ')
		}
		w.WriteString(text)
	}
	w.command = command
}

func (w *pathWriter) move(s spot) {
	if w.Len() == 0 {
		w.write('M', s.x, s.y)
	} else {
		w.write('m', s.x-w.at.x, s.y-w.at.y)
	}
	w.at, w.start, w.command = s, s, 0
}

func (w *pathWriter) line(s spot) {
	switch dx, dy := s.x-w.at.x, s.y-w.at.y; {
	case dx == 0 && dy == 0:
		return
	case dy == 0:
		w.write('h', dx)
	case dx == 0:
		w.write('v', dy)
	default:
		w.write('l', dx, dy)
	}
	w.at = s
}

func (w *pathWriter) arc(shape []float64, s spot) {
	list := make([]int, 0, 7)
	for _, v := range shape {
		list = append(list, int(math.Round(100*v)))
	}
	w.write('a', append(list, s.x-w.at.x, s.y-w.at.y)...)
	w.at = s
}

func (w *pathWriter) close() {
	w.WriteByte('z')
	w.at, w.command = w.start, 0
}
