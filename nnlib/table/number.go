package table

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"digitlab/nnlib"
)

// powers of ten that float64 holds exactly.
var powers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// number reads a decimal number, correctly rounded. It takes nothing but
// digits, sign, point and exponent. Short numbers go a fast way: digits that
// fit into 53 bits, times or divided by a power of ten that is exact, give one
// rounding (Clinger 1990, "How to read floating point numbers accurately").
func number(text []byte) (float64, error) {
	mantissa, digits, point, i, negative := uint64(0), 0, 0, 0, false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		negative = text[0] == '-'
		i++
	}
	seen, after := false, false
	for ; i < len(text); i++ {
		c := text[i] - '0'
		if c <= 9 {
			seen = true
			if mantissa != 0 || c != 0 {
				digits++
			}
			if digits <= 19 {
				mantissa = mantissa*10 + uint64(c)
			}
			if after {
				point++
			}
			continue
		}
		if text[i] != '.' || after {
			break
		}
		after = true
	}
	if !seen {
		return 0, notNumber(text)
	}
	exponent := 0
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		i++
		sign := 1
		if i < len(text) && (text[i] == '-' || text[i] == '+') {
			if text[i] == '-' {
				sign = -1
			}
			i++
		}
		first := i
		for ; i < len(text) && text[i]-'0' <= 9; i++ {
			exponent = min(exponent*10+int(text[i]-'0'), 1<<20)
		}
		if i == first {
			return 0, notNumber(text)
		}
		exponent *= sign
	}
	if i < len(text) {
		return 0, notNumber(text)
	}
	v, shift := float64(mantissa), exponent-point
	switch {
	case mantissa == 0:
	case digits > 19 || mantissa > 1<<53 || shift < -22 || shift > 22:
		var err error
		if v, err = strconv.ParseFloat(string(text), 64); err != nil {
			return 0, errLarge
		}
		negative = false
	case shift < 0:
		v /= powers[-shift]
	default:
		v *= powers[shift]
	}
	if negative {
		v = -v
	}
	if math.IsInf(float64(nnlib.Float(v)), 0) {
		return 0, errLarge
	}
	return v, nil
}

var (
	errText    = errors.New("is no number: remove it, or check the file's layout (values stand between commas or between blanks; there is no header line)")
	errMissing = errors.New("a value is missing here")
	errUnknown = errors.New("stands for a missing value: replace it, or leave the row out")
	errNaN     = errors.New("is no value to learn from: replace it, or leave the row out")
	errLarge   = errors.New("is too large a number for " + nnlib.Precision)
)

// notNumber tells text from the words for no number and for infinity.
func notNumber(text []byte) error {
	switch strings.ToLower(strings.TrimLeft(string(text), "+-")) {
	case "":
		if len(text) == 0 {
			return errMissing
		}
	case "na", "n/a", "null", "none", "nil", "?":
		return errUnknown
	case "nan", "inf", "infinity":
		return errNaN
	}
	return errText
}

// quote is text in an error, cut where it is long.
func quote(text []byte) string {
	if len(text) > 24 {
		return strconv.Quote(string(text[:24])) + "..."
	}
	return strconv.Quote(string(text))
}

// badNumber is the error for text that is no number.
func (l *lines) badNumber(column int, text []byte, err error) error {
	if err == errMissing {
		return l.wrong(column, "%v", err)
	}
	return l.wrong(column, "%s %v", quote(text), err)
}
