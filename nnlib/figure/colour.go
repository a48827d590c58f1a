package figure

import (
	"fmt"
	"image/color"
	"regexp"
	"strconv"
	"strings"
)

// Colour is a colour by its meaning. It has the same meaning in every figure
// and never carries it alone. Its value in the light theme is fixed; pages
// give the dark one through the CSS variable of the same name.
type Colour string

// The colours of figures.
const (
	Paper      Colour = "paper"
	Card       Colour = "card"
	Soft       Colour = "soft"
	Line       Colour = "line" // gridlines
	Edge       Colour = "edge" // axes
	Ink        Colour = "ink"
	Mute       Colour = "mute" // text beside the data
	Training   Colour = "train"
	Validation Colour = "valid"
	Rate       Colour = "rate"
	Mistake    Colour = "miss"
	Earlier    Colour = "prev" // an earlier run, all answers
	Positive   Colour = "pos"  // a weight above zero
	Negative   Colour = "neg"
	Spread     Colour = "spread" // training costs of single steps, behind their mean
)

// light is every colour's value in the light theme. The names beside those of
// the constants are d0 to d9 for classes and m1 to m4 for shares of mistakes.
var light = map[Colour]uint32{
	Paper: 0xfcfcfa, Card: 0xffffff, Soft: 0xf3f3ee, Line: 0xdbdbd3, Edge: 0x8a8f94, Ink: 0x1b1e21, Mute: 0x5a6067,
	Training: 0x1b69ad, Validation: 0xb0500a, Rate: 0x2c7560, Mistake: 0x990f3d, Earlier: 0x8a8f95,
	Positive: 0x1b7837, Negative: 0x762a83, Spread: 0xc5d7e8,
	"d0": 0x5c8cf9, "d1": 0x9e5a05, "d2": 0x142f28, "d3": 0xda66b2, "d4": 0x355364,
	"d5": 0x869750, "d6": 0x6d4eb5, "d7": 0x773b11, "d8": 0x0c7e6b, "d9": 0x490f66,
	"m1": 0xf6e8e7, "m2": 0xedcfd1, "m3": 0xe1b1b5, "m4": 0xb24b5f,
}

// Class is the colour of a class. There are ten; they repeat.
func Class(k int) Colour { return Colour("d" + strconv.Itoa(k%10)) }

// RGBA is the value in the light theme. Earlier differs from Edge by one unit
// of blue, so that the two can be told apart in a finished drawing.
func (c Colour) RGBA() (r, g, b, a uint32) {
	v := light[c]
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}.RGBA()
}

var _ color.Color = Paper

// CSS is the colour as a CSS value: the variable, with the light value for
// viewers that do not have it.
func (c Colour) CSS() string { return fmt.Sprintf("var(--%s,#%06x)", string(c), light[c]) }

var hex = regexp.MustCompile(`#[0-9A-F]{6}`)

// variables is the CSS value for each value that a drawing can hold.
var variables = func() map[string]string {
	m := make(map[string]string, len(light))
	for c, v := range light {
		h := fmt.Sprintf("#%06X", v)
		if m[h] != "" {
			panic("figure: two colours share " + h)
		}
		m[h] = c.CSS()
	}
	return m
}()

// themed replaces the fixed colours of a style attribute by CSS variables.
func themed(style string) string {
	return hex.ReplaceAllStringFunc(style, func(h string) string {
		if v, ok := variables[strings.ToUpper(h)]; ok {
			return v
		}
		return h
	})
}
