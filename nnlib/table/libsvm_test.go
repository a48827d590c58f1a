package table

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"digitlab/nnlib"
	"digitlab/nnlib/internal/python"
)

// libsvm is ReadLIBSVM of a text named s.libsvm.
func libsvm(text string, o Options) (*Table, error) {
	return ReadLIBSVM(Source{"s.libsvm", strings.NewReader(text)}, o)
}

func TestLIBSVM(t *testing.T) {
	table, err := libsvm("# digits\n1 2:51 3:255\r\n\n0 1:7 # a comment\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, table, twoRows, 2, 1, 0)
	csv, _ := good(t, "0,51,255\n7,0,0\n", "1\n0\n", Options{}).Fingerprint()
	if got, _ := table.Fingerprint(); got != csv {
		t.Error("another fingerprint than CSV has")
	}
}

func TestLIBSVMOfFractions(t *testing.T) {
	table, err := libsvm("2 1:0.5 3:-0.25\n0\n1.0 2:1", Options{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, table, [][]nnlib.Float{{0.5, 0, -0.25}, {0, 0, 0}, {0, 1, 0}}, 3, 2, 0, 1)
}

func TestLIBSVMWithOptions(t *testing.T) {
	table, err := libsvm("1 1:1\n", Options{Shape: nnlib.Units(3), Classes: 4, Scale: Scale255})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, table, [][]nnlib.Float{levels(1, 0, 0)}, 4, 1)
}

func TestLIBSVMQueriesAreIgnoredWithANotice(t *testing.T) {
	table, err := libsvm("1 qid:3 1:1\n0 qid:4 2:1\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, table, [][]nnlib.Float{{1, 0}, {0, 1}}, 2, 1, 0)
	if len(table.Notices) != 2 || !strings.Contains(table.Notices[1], "2 fields qid:N are ignored") {
		t.Errorf("notices %q", table.Notices)
	}
}

func TestLIBSVMIndexZero(t *testing.T) {
	_, err := libsvm("1 1:1\n1 0:1\n", Options{})
	wrong(t, err, "s.libsvm", 2, 2, "begin at 1")
}

func TestLIBSVMIndicesOutOfOrder(t *testing.T) {
	_, err := libsvm("1 1:1 3:1 2:1\n", Options{})
	wrong(t, err, "s.libsvm", 1, 4, "2 follows 3")
	_, err = libsvm("1 3:1 3:1\n", Options{})
	wrong(t, err, "s.libsvm", 1, 3, "stands twice")
}

func TestLIBSVMIndexTooLarge(t *testing.T) {
	_, err := libsvm("1 785:1\n", Options{Shape: nnlib.Pixels(28, 28)})
	wrong(t, err, "s.libsvm", 1, 2, "785 is above 784")
	_, err = libsvm("1 99999999999999999999:1\n", Options{})
	wrong(t, err, "s.libsvm", 1, 2, "is above")
}

func TestLIBSVMIndexNoNumber(t *testing.T) {
	for _, field := range []string{"x:1", "-1:1", ":1", "1.5:1"} {
		_, err := libsvm("1 "+field+"\n", Options{})
		wrong(t, err, "s.libsvm", 1, 2, "no whole number")
	}
	_, err := libsvm("1 5\n", Options{})
	wrong(t, err, "s.libsvm", 1, 2, "no index:value")
}

func TestLIBSVMValueNoNumber(t *testing.T) {
	_, err := libsvm("1 1:1 2:one\n", Options{})
	wrong(t, err, "s.libsvm", 1, 3, `"one" is no number`)
	_, err = libsvm("1 1:nan\n", Options{})
	wrong(t, err, "s.libsvm", 1, 2, "no value to learn from")
	_, err = libsvm("1 1:\n", Options{})
	wrong(t, err, "s.libsvm", 1, 2, "missing")
}

func TestLIBSVMLabels(t *testing.T) {
	for text, says := range map[string]string{
		"-1 1:1\n": "negative", "1.5 1:1\n": "not a whole number", "4 1:1\n": "0 to 3", "a 1:1\n": "no number", "1:1\n": "label is missing", "1,2 1:1\n": "no number",
	} {
		_, err := libsvm(text, Options{Classes: 4})
		wrong(t, err, "s.libsvm", 1, 1, says)
	}
}

// A hundred thousand rows of a million values each fit, since zeros take no
// memory.
func TestLIBSVMStaysSparse(t *testing.T) {
	table, err := libsvm(strings.Repeat("0 5:1\n", 100_000)+"1 1000000:1\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if table.Len() != 100_001 || table.Shape() != nnlib.Units(1000000) && table.Shape() != nnlib.Pixels(1000, 1000) {
		t.Errorf("%d rows of %v", table.Len(), table.Shape())
	}
	if _, err := table.Fingerprint(); err != nil {
		t.Error(err)
	}
}

// The loaders of scikit-learn and Spark read what ours does. Spark's knows
// neither qid nor a comment behind a row.
func TestLIBSVMIsReadAsByOthers(t *testing.T) {
	const plain = "1 1:0.5 3:-2.25e-3 7:1e10\n0 2:3.1415926\n2\n1 6:.5 7:+4\n"
	for what, c := range map[string]struct {
		variable, path, module, script string
		text                           string
	}{
		"scikit-learn": {"DIGITLAB_PYTHON", ".env/python/bin/python3", "sklearn", "svmlight.py",
			"# comment\n" + strings.NewReplacer(" 1:0", " qid:1 1:0", "1e10", "1e10 # end", "2\n1", "\n2 qid:7\n1").Replace(plain)},
		"Spark": {"DIGITLAB_SPARK_PYTHON", ".env/spark/bin/python3", "pyspark", "spark.py", "# comment\n" + plain},
	} {
		t.Run(what, func(t *testing.T) {
			interpreter := python.Find(t, c.variable, c.path, c.module)
			name := file(t, t.TempDir(), c.text)
			var want struct {
				X [][]nnlib.Float
				Y []int
			}
			if err := json.Unmarshal(python.Run(t, interpreter, filepath.Join("testdata", c.script), name), &want); err != nil {
				t.Fatal(err)
			}
			table, err := LoadLIBSVM(name, Options{Scale: Scale1})
			if err != nil {
				t.Fatal(err)
			}
			equal(t, table, want.X, 3, want.Y...)
		})
	}
}
