package spark

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"digitlab/nnlib"
)

// Classifier is Spark's MultilayerPerceptronClassificationModel.
type Classifier struct {
	// Model is of an nnlib.Perceptron. Save also takes Dropout and label
	// smoothing, which act in training alone, and leaves them out.
	Model *nnlib.Model
	// Thresholds, one for each class, move the choice of a class: see Class. Nil
	// means the largest probability. None is negative, at most one is 0.
	Thresholds []float64
	// UID is Spark's name for the model. Save makes one of the weights where it
	// is empty.
	UID string
	// Params are the other parameters that were set, as JSON under Spark's
	// names: featuresCol, predictionCol, maxIter, seed and so on.
	Params map[string]json.RawMessage
}

// Option changes how Save works.
type Option int

// Overwrite lets Save replace a saved Spark model. Anything else stays.
const Overwrite Option = 1

// layers is the sizes of a perceptron's layers, as Spark lists them.
func layers(t nnlib.Topology) ([]int, error) {
	sizes, shown := []int{t.Input.Len()}, nnlib.Topology{Input: t.Input}
	for _, l := range t.Layers {
		switch l := l.(type) {
		case nnlib.Affine:
			sizes = append(sizes, l.Units)
		case nnlib.Dropout:
			continue
		case nnlib.SoftmaxCrossEntropy:
			shown.Layers = append(shown.Layers, nnlib.SoftmaxCrossEntropy{})
			continue
		}
		shown.Layers = append(shown.Layers, l)
	}
	want := nnlib.Perceptron(sizes...)
	want.Input = t.Input
	if shown.String() != want.String() || len(sizes) < 2 {
		return nil, fmt.Errorf("spark: Spark's perceptron has a sigmoid after each affine layer but the last, and softmax+cross-entropy on top: %q is another network", t)
	}
	return sizes, nil
}

// Load reads the directory of a model that Spark 3 or newer saved. Where Float
// is float32 the weights are rounded.
func Load(dir string) (*Classifier, error) {
	name, b, err := part(dir, "metadata", ".txt")
	if err != nil {
		return nil, err
	}
	wrong := func(err error) error { return fmt.Errorf("spark: %s: %w", name, err) }
	m, err := readMetadata(b)
	if err != nil {
		return nil, wrong(err)
	}
	sizes, n, err := m.layers()
	if err != nil {
		return nil, wrong(err)
	}
	c := &Classifier{UID: m.UID, Params: m.Params}
	if c.Thresholds, err = m.thresholds(); err == nil {
		err = checkThresholds(c.Thresholds, sizes[len(sizes)-1])
	}
	if err != nil {
		return nil, wrong(err)
	}
	delete(c.Params, "layers")
	delete(c.Params, "thresholds")
	if name, b, err = part(dir, "data", ".parquet"); err != nil {
		return nil, err
	}
	w, err := readWeights(b, n)
	if err != nil {
		return nil, wrong(err)
	}
	c.Model = &nnlib.Model{Topology: nnlib.Perceptron(sizes...), Weights: w}
	return c, nil
}

// part reads the one part of a saved model's metadata or data.
func part(dir, folder, ending string) (string, []byte, error) {
	names, err := filepath.Glob(filepath.Join(escape(dir), folder, "part-*"+ending))
	if err != nil || len(names) != 1 {
		return "", nil, fmt.Errorf("spark: %s is not a saved model: %s/ has %d files part-*%s, one is wanted", dir, folder, len(names), ending)
	}
	b, err := os.ReadFile(names[0])
	if err != nil {
		return "", nil, fmt.Errorf("spark: %w", err)
	}
	return names[0], b, nil
}

// escape makes a path stand for itself in a pattern.
func escape(path string) string {
	var b []byte
	for _, c := range []byte(path) {
		if c == '*' || c == '?' || c == '[' || c == '\\' {
			b = append(b, '\\')
		}
		b = append(b, c)
	}
	return string(b)
}

// Save writes the directory that Spark 4.3 loads. It is written aside and
// renamed. A path that exists is refused, or with Overwrite replaced where it
// is a saved Spark model.
func (c *Classifier) Save(dir string, options ...Option) error {
	sizes, err := layers(c.Model.Topology)
	if err != nil {
		return err
	}
	m := metadata{
		Class: modelClass, Timestamp: time.Now().UnixMilli(), Version: sparkVersion, UID: c.UID,
		Params: map[string]json.RawMessage{}, Defaults: defaultParams(),
	}
	hash := c.Model.Hash()
	if m.UID == "" {
		m.UID = fmt.Sprintf("MultilayerPerceptronClassifier_%x", hash[:6])
	}
	maps.Copy(m.Params, c.Params)
	if m.Params["layers"], err = json.Marshal(sizes); err != nil {
		return err
	}
	if c.Thresholds != nil {
		m.Params["thresholds"] = scalaList(c.Thresholds)
	}
	_, n, err := m.layers()
	if err == nil && n != len(c.Model.Weights) {
		err = fmt.Errorf("%d weights, the layers have %d", len(c.Model.Weights), n)
	}
	if err == nil {
		err = errors.Join(checkThresholds(c.Thresholds, sizes[len(sizes)-1]), checkParams(m.Params))
	}
	if err != nil {
		return fmt.Errorf("spark: %w", err)
	}
	exists := true
	switch _, err := os.Lstat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		exists = false
	case err != nil:
		return fmt.Errorf("spark: %w", err)
	case !slices.Contains(options, Overwrite):
		return fmt.Errorf("spark: %s: %w: choose another path, or overwrite it", dir, fs.ErrExist)
	default:
		if _, _, err := part(dir, "metadata", ".txt"); err != nil {
			return fmt.Errorf("spark: %s is not a saved Spark model, and stays: remove it first", dir)
		}
	}
	// Hadoop gives each part a name that no other has; the weights' hash is one.
	id := fmt.Sprintf("%x-%x-%x-%x-%x", hash[:4], hash[4:6], hash[6:8], hash[8:10], hash[10:16])
	return replace(dir, exists, func(dir string) error {
		line, err := m.line()
		if err != nil {
			return err
		}
		if err := writePart(dir, "metadata", "part-00000-"+id+"-c000.txt", func(f *os.File) error {
			_, err := f.Write(line)
			return err
		}); err != nil {
			return err
		}
		return writePart(dir, "data", "part-00000-"+id+"-c000.snappy.parquet", func(f *os.File) error {
			return writeWeights(f, c.Model.Weights)
		})
	})
}

// writePart writes one file, and the empty one that tells Hadoop of success.
func writePart(dir, folder, name string, write func(*os.File) error) error {
	folder = filepath.Join(dir, folder)
	if err := os.Mkdir(folder, 0o777); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(folder, name))
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "_SUCCESS"), nil, 0o666)
}

// replace writes a directory beside dir and renames it. What was there is moved
// aside before, and removed after.
func replace(dir string, exists bool, write func(dir string) error) (err error) {
	dir = filepath.Clean(dir)
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return fmt.Errorf("spark: %w", err)
	}
	aside, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+"-*")
	if err != nil {
		return fmt.Errorf("spark: %w", err)
	}
	lost := false // the only copy of what was there is aside
	defer func() {
		if !lost {
			os.RemoveAll(aside)
		}
	}()
	fresh, old := filepath.Join(aside, "new"), filepath.Join(aside, "old")
	if err := os.Mkdir(fresh, 0o777); err != nil {
		return fmt.Errorf("spark: %w", err)
	}
	if err := write(fresh); err != nil {
		return fmt.Errorf("spark: %s: %w", dir, err)
	}
	if exists {
		if err := os.Rename(dir, old); err != nil {
			return fmt.Errorf("spark: %w", err)
		}
	}
	if err := os.Rename(fresh, dir); err != nil {
		if exists && os.Rename(old, dir) != nil {
			lost = true
			return fmt.Errorf("spark: %w: the former model is in %s", err, old)
		}
		return fmt.Errorf("spark: %w", err)
	}
	return nil
}
