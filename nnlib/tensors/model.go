package tensors

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"digitlab/nnlib"
)

// MismatchError says that tensors do not fit a network.
type MismatchError struct {
	Found  []Tensor // without data
	Wanted []Tensor // without data, named for nnlib's layers
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("tensors: found %s; wanted %s: in this order, or with names that sort so", names(e.Found), names(e.Wanted))
}

func names(list []Tensor) string {
	words := make([]string, len(list))
	for i, t := range list {
		words[i] = t.String()
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, ", ")
}

// Model puts weights into a network. Each affine layer takes a matrix of
// PyTorch's shape [units, inputs] and a bias of shape [units]; the matrix is
// transposed. The layers are found by, in this order,
//
//  1. the order of the list: matrix, bias, matrix, bias and so on, or bias
//     before matrix in each layer;
//  2. the order of the names, with numbers as numbers, a layer's two tensors
//     being those with the same name before the last point;
//  3. the shapes, where no two layers have the same.
//
// One vector of all weights is taken as nnlib's flat vector. Where Float is
// float32, float64 is rounded. The error is a *MismatchError.
func Model(t nnlib.Topology, list []Tensor) (*nnlib.Model, error) {
	wanted, n, err := want(t)
	if err != nil {
		return nil, err
	}
	m := &nnlib.Model{Topology: t, Weights: make([]nnlib.Float, 0, n)}
	if len(list) == 1 && slices.Equal(list[0].Shape, []int{n}) {
		for _, x := range list[0].Data {
			m.Weights = append(m.Weights, nnlib.Float(x))
		}
		return m, nil
	}
	byName := slices.SortedStableFunc(slices.Values(list), func(a, b Tensor) int { return compareNames(a.Name, b.Name) })
	for _, order := range [][]Tensor{list, byName, byShape(byName, wanted)} {
		if found, ok := match(order, wanted); ok {
			for i := 0; i < len(found); i += 2 {
				m.Weights = appendLayer(m.Weights, found[i], found[i+1])
			}
			return m, nil
		}
	}
	e := &MismatchError{Wanted: wanted}
	for _, t := range list {
		e.Found = append(e.Found, Tensor{Name: t.Name, Shape: t.Shape})
	}
	return nil, e
}

// want is the tensors of a network, and its number of weights.
func want(t nnlib.Topology) (wanted []Tensor, n int, err error) {
	shape := t.Input
	for i, l := range t.Layers {
		spans := l.Weights(shape)
		out, err := l.Out(shape)
		if err != nil {
			return nil, 0, fmt.Errorf("tensors: layer %d: %w", i+1, err)
		}
		if a, ok := l.(nnlib.Affine); ok {
			name := fmt.Sprintf("layer %d ", i+1)
			wanted = append(wanted, Tensor{Name: name + "weight", Shape: []int{a.Units, shape.Len()}}, Tensor{Name: name + "bias", Shape: []int{a.Units}})
			n += (shape.Len() + 1) * a.Units
		} else if len(spans) > 0 {
			return nil, 0, fmt.Errorf("tensors: layer %d: %T: only affine layers take weights of other programs", i+1, l)
		}
		shape = out
	}
	return wanted, n, nil
}

// match pairs the list with what is wanted: each layer's matrix and bias, in
// either order.
func match(list, wanted []Tensor) ([]Tensor, bool) {
	if len(list) != len(wanted) {
		return nil, false
	}
	found := slices.Clone(list)
	for i := 0; i < len(found); i += 2 {
		if len(found[i].Shape) == 1 {
			found[i], found[i+1] = found[i+1], found[i]
		}
		if !slices.Equal(found[i].Shape, wanted[i].Shape) || !slices.Equal(found[i+1].Shape, wanted[i+1].Shape) {
			return nil, false
		}
	}
	return found, true
}

// byShape orders pairs of a name by their shapes; it is empty where that is not
// one order.
func byShape(byName, wanted []Tensor) (list []Tensor) {
	if len(byName) != len(wanted) {
		return nil
	}
	for i := 0; i < len(wanted); i += 2 {
		matches := 0
		for k := 0; k+1 < len(byName); k += 2 {
			pair, ok := match(byName[k:k+2], wanted[i:i+2])
			if ok && layerName(pair[0].Name) == layerName(pair[1].Name) {
				list = append(list, pair...)
				matches++
			}
		}
		if matches != 1 {
			return nil
		}
	}
	return list
}

// layerName is a tensor's name before its last point.
func layerName(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[:i]
	}
	return name
}

// appendLayer appends a layer in nnlib's order: a row of units for each input,
// then the bias.
func appendLayer(w []nnlib.Float, matrix, bias Tensor) []nnlib.Float {
	units, inputs := matrix.Shape[0], matrix.Shape[1]
	for k := range inputs {
		for j := range units {
			w = append(w, nnlib.Float(matrix.Data[j*inputs+k]))
		}
	}
	for _, x := range bias.Data {
		w = append(w, nnlib.Float(x))
	}
	return w
}

// compareNames orders names by their parts between points, whole numbers as
// numbers.
func compareNames(a, b string) int {
	return slices.CompareFunc(parts(a), parts(b), func(x, y string) int {
		i, errX := strconv.ParseUint(x, 10, 64)
		j, errY := strconv.ParseUint(y, 10, 64)
		if errX == nil && errY == nil && i != j {
			if i < j {
				return -1
			}
			return 1
		}
		return strings.Compare(x, y)
	})
}

// parts cuts a name into runs of digits and of anything else.
func parts(name string) (list []string) {
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	for i, first := 1, 0; i <= len(name); i++ {
		if i == len(name) || digit(name[i]) != digit(name[i-1]) {
			list = append(list, name[first:i])
			first = i
		}
	}
	return list
}
