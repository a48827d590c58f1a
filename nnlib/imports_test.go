package nnlib_test

import (
	"os/exec"
	"strings"
	"testing"
)

// mayImport says which packages of the module each one may import: downward
// only. A package that is not named here belongs to no layer yet.
var mayImport = map[string]string{
	"nnlib/internal/kernel":    "",
	"nnlib/internal/python":    "",
	"nnlib/internal/arm64test": "",
	"nnlib/metrics":            "",
	"nnlib/comm":               "nnlib/internal/kernel",
	"nnlib/comm/mpi":           "nnlib/comm nnlib/internal/kernel",
	"nnlib/internal/memory":    "",
	"nnlib":                    "nnlib/comm nnlib/internal/kernel nnlib/internal/memory",
	"nnlib/mnist":              "nnlib nnlib/internal/memory",
	"nnlib/table":              "nnlib nnlib/comm",
	"nnlib/data":               "nnlib nnlib/comm nnlib/internal/memory",
	"nnlib/modelfile":          "nnlib",
	"nnlib/spark":              "nnlib nnlib/internal/kernel",
	"nnlib/onnx":               "nnlib",
	"nnlib/tensors":            "nnlib",
	"nnlib/sweep":              "nnlib nnlib/data",
	"nnlib/figure":             "nnlib nnlib/metrics nnlib/sweep",
	"nnlib/report":             "nnlib nnlib/data nnlib/metrics nnlib/figure",
	"nnlib/notebook":           "nnlib nnlib/internal/kernel nnlib/mnist nnlib/metrics nnlib/figure nnlib/report",
	"nnlib/cmd/digitlab":       "*",
	"datagen":                  "nnlib/mnist nnlib/table",
	"reports":                  "",
	"reports/claims":           "*",
	"tools":                    "*",
	"tools/browser":            "",
	"tools/peers":              "nnlib nnlib/mnist nnlib/spark",
	"tools/cluster":            "",
	"tools/suite":              "",
}

// standardOnly are the packages that import nothing from other modules, but for
// what the processor can do.
var standardOnly = map[string]bool{"nnlib/internal/kernel": true, "nnlib/comm": true, "nnlib/metrics": true}

func TestImportsGoDownward(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{range .Imports}}{{.}} {{end}}", "digitlab/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		name := strings.TrimPrefix(words[0], "digitlab/")
		allowed, known := mayImport[name]
		if !known {
			t.Errorf("%s has no place among the layers: give it one in mayImport", name)
			continue
		}
		seen++
		for _, path := range words[1:] {
			inner, ours := strings.CutPrefix(path, "digitlab/")
			switch {
			case ours && allowed != "*" && !strings.Contains(" "+allowed+" ", " "+inner+" "):
				t.Errorf("%s imports %s", name, inner)
			case !ours && strings.Contains(path, ".") && path != "golang.org/x/sys/cpu" && standardOnly[name]:
				t.Errorf("%s imports %s: it uses the standard library alone", name, path)
			case strings.HasPrefix(path, "github.com/janpfeifer/gonb") && name != "nnlib/notebook":
				t.Errorf("%s imports GoNB: only nnlib/notebook does", name)
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d packages were listed", seen)
	}
}
