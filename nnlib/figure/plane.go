package figure

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"digitlab/nnlib"

	"gonum.org/v1/plot"
)

// grid is the number of places along each side of a plane.
const grid = 120

// Plane draws what a network of two inputs says of every place around the rows
// of d: the ground has the colour of the answer, stronger where the output is
// above 0.9, with a line where two answers meet. Grey lines are the hidden
// units of the first layer, where their sums are zero. Rows are dots: filled
// for class 0, hollow for class 1, numerals where there are more classes.
func Plane(m *nnlib.Model, d nnlib.Dataset) (Chart, error) {
	if m.Topology.Input.Len() != 2 || d.Shape().Len() != 2 {
		return Chart{}, fmt.Errorf("figure: plane: the network reads %d values and rows have %d: both must be 2", m.Topology.Input.Len(), d.Shape().Len())
	}
	points, class, err := located(d)
	if err != nil {
		return Chart{}, err
	}
	f := newField(points)
	said, err := m.Predict(context.Background(), d)
	if err != nil {
		return Chart{}, err
	}
	if err := f.ask(m); err != nil {
		return Chart{}, err
	}
	classes := f.said.Output.Cols
	right := 0
	for i, k := range said.Class {
		if k == class[i] {
			right++
		}
	}
	c := Chart{
		Width: 380, Height: 380, X: Axis{Title: "x", Min: f.low[0], Max: f.high[0]}, Y: Axis{Title: "y", Min: f.low[1], Max: f.high[1]},
		Title: fmt.Sprintf("%s of %s points are on the right side", Number(float64(right), 0), Number(float64(len(class)), 0)),
		Note:  "ground: the answer, stronger above 0.9",
	}
	lines := unitLines(m)
	if len(lines) > 0 {
		c.Note += fmt.Sprintf("; grey: where the sums of the %d first hidden units are 0", len(lines))
	}
	if classes == 2 {
		c.Note += "; filled: class 0, hollow: class 1"
	}
	c.Label = c.Title + ". " + c.Note
	c.marks = append(c.marks, f.ground(classes), f.units(lines))
	for k := range classes - 1 {
		c.marks = append(c.marks, f.border(k))
	}
	c.marks = append(c.marks, func(p *pen, x, y func(float64) float64) {
		spots := make([][]float64, classes)
		for i, at := range points {
			if k := class[i]; classes > 2 {
				p.text(x(at[0]), y(at[1])+4, words{colour: Class(k), size: 11, anchor: middle, bold: true, halo: true}, fmt.Sprint(k))
			} else {
				spots[k] = append(spots[k], round(x(at[0])), round(y(at[1])))
			}
		}
		if classes == 2 {
			p.ring(Paper, Class(0), 3, 1, spots[0]...)
			p.ring(Class(1), Paper, 2.6, 1.6, spots[1]...)
		}
	})
	return c, nil
}

// round is a place to a tenth of a pixel, which takes fewer bytes.
func round(v float64) float64 { return math.Round(10*v) / 10 }

// located reads the rows of two values and their classes.
func located(d nnlib.Dataset) (at [][2]float64, class []int, err error) {
	var b nnlib.Block
	for i := range d.Len() {
		if err := d.Fill(&b, nnlib.Pass{Rows: []int{i}}); err != nil {
			return nil, nil, fmt.Errorf("figure: row %d: %w", i, err)
		}
		if b.Class == nil {
			return nil, nil, fmt.Errorf("figure: plane: the rows have no classes")
		}
		x := b.Dense().Row(0)
		at, class = append(at, [2]float64{float64(x[0]), float64(x[1])}), append(class, b.Class[0])
	}
	if len(at) == 0 {
		return nil, nil, fmt.Errorf("figure: plane: no rows")
	}
	return at, class, nil
}

// field is what a model says of a grid of places.
type field struct {
	low, high [2]float64
	said      *nnlib.Predictions // of place (i, j) in row grid*j+i
	k         int                // the class that Z asks about
}

func newField(points [][2]float64) *field {
	f := &field{low: points[0], high: points[0]}
	for _, p := range points {
		for k := range 2 {
			f.low[k], f.high[k] = min(f.low[k], p[k]), max(f.high[k], p[k])
		}
	}
	for k := range 2 {
		room := max(0.08*(f.high[k]-f.low[k]), 1e-6)
		f.low[k], f.high[k] = f.low[k]-room, f.high[k]+room
	}
	return f
}

func (f *field) ask(m *nnlib.Model) error {
	x, class := make([]nnlib.Float, 0, 2*grid*grid), make([]int, grid*grid)
	for j := range grid {
		for i := range grid {
			x = append(x, nnlib.Float(f.X(i)), nnlib.Float(f.Y(j)))
		}
	}
	d, err := nnlib.NewExamples(m.Topology.Input, 1, x, class)
	if err == nil {
		f.said, err = m.Predict(context.Background(), d)
	}
	if err != nil {
		return fmt.Errorf("figure: plane: %w", err)
	}
	return nil
}

var _ plotter.GridXYZ = (*field)(nil)

// Dims is the size of the grid.
func (f *field) Dims() (cols, rows int) { return grid, grid }

// X is the place of column i, from the middle of the first cell on.
func (f *field) X(i int) float64 {
	return f.low[0] + (f.high[0]-f.low[0])*(float64(i)+0.5)/grid
}

// Y is the place of row j.
func (f *field) Y(j int) float64 {
	return f.low[1] + (f.high[1]-f.low[1])*(float64(j)+0.5)/grid
}

// Z is how far the output of class k is above all others: zero where two
// answers meet.
func (f *field) Z(i, j int) float64 {
	row, best := f.said.Output.Row(grid*j+i), -1.0
	for k, v := range row {
		if k != f.k {
			best = max(best, float64(v))
		}
	}
	return float64(row[f.k]) - best
}

// ground paints every cell by its answer, a path for each colour and strength.
func (f *field) ground(classes int) mark {
	return func(p *pen, x, y func(float64) float64) {
		kind := func(i, j int) int { // twice the class, one more where the output is above 0.9
			row := grid*j + i
			k := 2 * f.said.Class[row]
			if f.said.Output.Row(row)[f.said.Class[row]] > 0.9 {
				k++
			}
			return k
		}
		w, h := (f.high[0]-f.low[0])/grid, (f.high[1]-f.low[1])/grid
		for k := range 2 * classes {
			var path vg.Path
			for _, loop := range outlines(func(i, j int) bool { return i >= 0 && j >= 0 && i < grid && j < grid && kind(i, j) == k }) {
				xy := make([]float64, 0, 2*len(loop))
				for _, c := range loop {
					xy = append(xy, round(x(f.low[0]+w*float64(c.i))), round(y(f.low[1]+h*float64(c.j))))
				}
				part := p.path(xy)
				part.Close()
				path = append(path, part...)
			}
			if len(path) > 0 {
				p.washed(Class(k/2), []float64{0.16, 0.34}[k%2], path)
			}
		}
	}
}

// corner is where four cells of the grid meet: (i, j) is the one before cell
// (i, j) both ways.
type corner struct{ i, j int }

// outlines are the borders of the cells for which in is true: closed, only the
// corners at which they turn, cells to the left. Holes so go the other way
// around, and filling by winding leaves them out.
func outlines(in func(i, j int) bool) (loops [][]corner) {
	side := map[[2]corner]bool{} // from, to
	var order [][2]corner
	add := func(i, j, k, l int) {
		s := [2]corner{{i, j}, {k, l}}
		side[s] = true
		order = append(order, s)
	}
	for j := range grid {
		for i := range grid {
			if !in(i, j) {
				continue
			}
			if !in(i, j-1) {
				add(i, j, i+1, j)
			}
			if !in(i+1, j) {
				add(i+1, j, i+1, j+1)
			}
			if !in(i, j+1) {
				add(i+1, j+1, i, j+1)
			}
			if !in(i-1, j) {
				add(i, j+1, i, j)
			}
		}
	}
	for _, s := range order {
		if !side[s] {
			continue
		}
		var loop []corner
		for from, to := s[0], s[1]; side[[2]corner{from, to}]; {
			delete(side, [2]corner{from, to})
			di, dj := to.i-from.i, to.j-from.j
			// Left first: cells that touch at a corner alone stay apart.
			for n, next := range []corner{{to.i - dj, to.j + di}, {to.i + di, to.j + dj}, {to.i + dj, to.j - di}} {
				if side[[2]corner{to, next}] || next == s[1] && to == s[0] {
					if n != 1 {
						loop = append(loop, to)
					}
					from, to = to, next
					break
				}
			}
		}
		loops = append(loops, loop)
	}
	return loops
}

// border is the line where class k begins.
func (f *field) border(k int) mark {
	return func(p *pen, x, y func(float64) float64) {
		own := *f
		own.k = k
		contour := plotter.NewContour(&own, []float64{0}, nil)
		contour.LineStyles = []draw.LineStyle{{Color: Ink, Width: 1.5}}
		g := plot.New()
		g.HideAxes()
		g.X.Padding, g.Y.Padding, g.BackgroundColor = 0, 0, nil
		g.X.Min, g.X.Max, g.Y.Min, g.Y.Max = f.low[0], f.high[0], f.low[1], f.high[1]
		g.Add(contour)
		inner := p.Canvas
		inner.Rectangle = vg.Rectangle{Min: p.at(x(f.low[0]), y(f.low[1])), Max: p.at(x(f.high[0]), y(f.high[1]))}
		g.Draw(inner)
	}
}

// unitLine is where a unit's sum w0 x + w1 y + bias is zero.
type unitLine struct{ w0, w1, bias float64 }

// unitLines is those of the first layer, where it is affine and not the output.
func unitLines(m *nnlib.Model) (lines []unitLine) {
	first, ok := m.Topology.Layers[0].(nnlib.Affine)
	if next, _ := following(m.Topology.Layers[1:]); !ok || next == 0 {
		return nil
	}
	n := first.Units
	for j := range n {
		lines = append(lines, unitLine{float64(m.Weights[j]), float64(m.Weights[n+j]), float64(m.Weights[2*n+j])})
	}
	return lines
}

func (f *field) units(lines []unitLine) mark {
	return func(p *pen, x, y func(float64) float64) {
		for _, l := range lines {
			var xy []float64
			meet := func(px, py float64) {
				const slack = 1e-9
				if len(xy) < 4 && px >= f.low[0]-slack && px <= f.high[0]+slack && py >= f.low[1]-slack && py <= f.high[1]+slack {
					xy = append(xy, x(px), y(py))
				}
			}
			for _, edge := range []float64{f.low[0], f.high[0]} {
				if l.w1 != 0 {
					meet(edge, -(l.bias+l.w0*edge)/l.w1)
				}
			}
			for _, edge := range []float64{f.low[1], f.high[1]} {
				if l.w0 != 0 {
					meet(-(l.bias+l.w1*edge)/l.w0, edge)
				}
			}
			if len(xy) == 4 {
				p.stroke(Edge, 1, nil, xy...)
			}
		}
	}
}
