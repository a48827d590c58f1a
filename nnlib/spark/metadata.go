package spark

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

const (
	modelClass   = "org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel"
	sparkVersion = "4.3.0" // whose format is written
)

// metadata is the one line of a saved model's metadata, in Spark's order.
type metadata struct {
	Class     string                     `json:"class"`
	Timestamp int64                      `json:"timestamp"` // ms
	Version   string                     `json:"sparkVersion"`
	UID       string                     `json:"uid"`
	Params    map[string]json.RawMessage `json:"paramMap"`        // those that were set
	Defaults  map[string]json.RawMessage `json:"defaultParamMap"` // all others that have a value
}

// paramKinds is what Spark 4.3 knows of a model, with the form of each in JSON.
// Spark refuses a model with any other.
var paramKinds = map[string]func() any{
	"blockSize":        func() any { return new(int32) },
	"featuresCol":      func() any { return new(string) },
	"initialWeights":   func() any { return new(struct{ Values []float64 }) },
	"labelCol":         func() any { return new(string) },
	"layers":           func() any { return new([]int32) },
	"maxIter":          func() any { return new(int32) },
	"predictionCol":    func() any { return new(string) },
	"probabilityCol":   func() any { return new(string) },
	"rawPredictionCol": func() any { return new(string) },
	"seed":             func() any { return new(int64) },
	"solver":           func() any { return new(string) },
	"stepSize":         func() any { return new(float64) },
	"thresholds":       func() any { return new([]float64) },
	"tol":              func() any { return new(float64) },
}

// defaultParams is Spark's.
func defaultParams() map[string]json.RawMessage {
	return map[string]json.RawMessage{
		"blockSize": json.RawMessage("128"), "featuresCol": json.RawMessage(`"features"`), "labelCol": json.RawMessage(`"label"`),
		"maxIter": json.RawMessage("100"), "predictionCol": json.RawMessage(`"prediction"`),
		"probabilityCol": json.RawMessage(`"probability"`), "rawPredictionCol": json.RawMessage(`"rawPrediction"`),
		"seed": json.RawMessage("-763139545"), "solver": json.RawMessage(`"l-bfgs"`),
		"stepSize": json.RawMessage(scalaNumber(0.03)), "tol": json.RawMessage(scalaNumber(1e-6)),
	}
}

// checkParams refuses what Spark would not load.
func checkParams(params map[string]json.RawMessage) error {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		kind, ok := paramKinds[name]
		if !ok {
			return fmt.Errorf("parameter %q is not one of %s", name, strings.Join(slices.Sorted(maps.Keys(paramKinds)), ", "))
		}
		if err := json.Unmarshal(params[name], kind()); err != nil {
			return fmt.Errorf("parameter %s: %s is not a value of it", name, params[name])
		}
	}
	return nil
}

// line is the metadata as Spark writes them.
func (m metadata) line() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b) // ends with a line feed
	e.SetEscapeHTML(false)
	err := e.Encode(m)
	return b.Bytes(), err
}

// readMetadata reads the line and checks that it is of a model.
func readMetadata(b []byte) (m metadata, err error) {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	if err := json.Unmarshal(line, &m); err != nil {
		return m, fmt.Errorf("not Spark's metadata: %w", err)
	}
	if m.Class != modelClass {
		if strings.HasSuffix(m.Class, "MultilayerPerceptronClassifier") {
			return m, errors.New("it is an estimator, which has no weights: save the model that its fit returns")
		}
		return m, fmt.Errorf("it is a %s; read are models of the class %s", m.Class, modelClass)
	}
	return m, nil
}

// layers is the sizes of the layers, with the number of weights.
func (m metadata) layers() (sizes []int, weights int, err error) {
	text, ok := m.Params["layers"]
	if !ok {
		return nil, 0, fmt.Errorf("no layers: Spark %s kept them elsewhere; load the model in Spark 3 or newer and save it again", m.Version)
	}
	if err := json.Unmarshal(text, &sizes); err != nil || len(sizes) < 2 {
		return nil, 0, fmt.Errorf("layers %s: a list of two or more sizes is wanted", text)
	}
	for i, n := range sizes {
		if n < 1 || n > math.MaxInt32 {
			return nil, 0, fmt.Errorf("layers %s: each must be at least 1", text)
		}
		if i > 0 {
			weights += (sizes[i-1] + 1) * n
		}
		if weights < 0 || weights > math.MaxInt32 { // the longest array that Spark can have
			return nil, 0, fmt.Errorf("layers %s: more than %d weights", text, math.MaxInt32)
		}
	}
	return sizes, weights, nil
}

// thresholds is empty where none were set.
func (m metadata) thresholds() (t []float64, err error) {
	text, ok := m.Params["thresholds"]
	if !ok {
		text, ok = m.Defaults["thresholds"]
	}
	if ok {
		if err := json.Unmarshal(text, &t); err != nil {
			return nil, fmt.Errorf("thresholds %s: a list of numbers is wanted", text)
		}
	}
	return t, nil
}

// checkThresholds is Spark's rule: one for each class, none negative, at most
// one of them 0.
func checkThresholds(t []float64, classes int) error {
	if t == nil {
		return nil
	}
	if len(t) != classes {
		return fmt.Errorf("%d thresholds for %d classes", len(t), classes)
	}
	zeros := 0
	for i, x := range t {
		if !(x >= 0) || math.IsInf(x, 0) {
			return fmt.Errorf("threshold %d is %v: it must be 0 or above", i, x)
		}
		if x == 0 {
			zeros++
		}
	}
	if zeros > 1 {
		return fmt.Errorf("%d thresholds are 0: one may be", zeros)
	}
	return nil
}

// scalaNumber is a finite number as Scala prints it: with a decimal point
// always, and with an exponent below 1e-3 and from 1e7 on.
func scalaNumber(x float64) string {
	if a := math.Abs(x); a == 0 || a >= 1e-3 && a < 1e7 {
		s := strconv.FormatFloat(x, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'e', -1, 64), "e")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	n, _ := strconv.Atoi(exponent)
	return mantissa + "E" + strconv.Itoa(n)
}

// scalaList is a list of numbers in JSON, in Scala's notation.
func scalaList(x []float64) json.RawMessage {
	words := make([]string, len(x))
	for i, v := range x {
		words[i] = scalaNumber(v)
	}
	return json.RawMessage("[" + strings.Join(words, ",") + "]")
}
