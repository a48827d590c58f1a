package notebook

import (
	"image"
	"image/color"
	"math"
)

// Centre makes a drawing of light ink on black look as MNIST's digits do: the
// box around the ink is fitted into 20 x 20 pixels, its proportions kept, each
// new pixel the mean of the area that it covers; then the image is moved by
// whole pixels so that its centre of mass comes to pixel (14, 14) of 28 x 28,
// counted from 0. Values up to a tenth of full ink do not count for the box.
// A drawing without ink gives an empty image.
//
// The panel of Ask does the same in the page, to the same bytes.
func Centre(drawing *image.Gray) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, 28, 28))
	var box image.Rectangle
	for y := drawing.Rect.Min.Y; y < drawing.Rect.Max.Y; y++ {
		for x := drawing.Rect.Min.X; x < drawing.Rect.Max.X; x++ {
			if drawing.GrayAt(x, y).Y > 25 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if box.Empty() {
		return out
	}
	w, h := float64(box.Dx()), float64(box.Dy())
	scale := 20 / max(w, h)
	wide, high := max(1, math.Floor(w*scale+0.5)), max(1, math.Floor(h*scale+0.5))
	small := image.NewGray(image.Rect(0, 0, int(wide), int(high)))
	left, top := float64(box.Min.X), float64(box.Min.Y)
	var mass, mx, my float64
	for j := 0.0; j < high; j++ {
		for i := 0.0; i < wide; i++ {
			v := math.Floor(average(drawing, left+i*w/wide, top+j*h/high, left+(i+1)*w/wide, top+(j+1)*h/high) + 0.5)
			small.SetGray(int(i), int(j), color.Gray{Y: uint8(v)})
			mass += v
			mx += float64(v * (i + 0.5))
			my += float64(v * (j + 0.5))
		}
	}
	dx, dy := int(math.Floor(14.5-mx/mass+0.5)), int(math.Floor(14.5-my/mass+0.5))
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			out.SetGray(x+dx, y+dy, small.GrayAt(x, y)) // what would lie outside is left out
		}
	}
	return out
}

// average is the mean of a rectangle, pixels on its rim by the share of them
// that is inside.
func average(m *image.Gray, x0, y0, x1, y1 float64) float64 {
	var sum, area float64
	for y := math.Floor(y0); y < y1; y++ {
		high := min(y+1, y1) - max(y, y0)
		for x := math.Floor(x0); x < x1; x++ {
			part := float64(high * (min(x+1, x1) - max(x, x0)))
			sum += float64(part * float64(m.GrayAt(int(x), int(y)).Y))
			area += part
		}
	}
	return sum / area
}
