package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ours returns the checkout's own notebooks.
func ours(t *testing.T) (root string, notebooks []string) {
	t.Helper()
	root, err := checkout()
	if err != nil {
		t.Fatal(err)
	}
	notebooks, err = filepath.Glob(filepath.Join(root, "notebooks", "*.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	return root, notebooks
}

func TestNotebooksCarryNoOutputs(t *testing.T) {
	_, notebooks := ours(t)
	for _, path := range notebooks {
		name := filepath.Base(path)
		nb, err := readNotebook(path)
		if err != nil {
			t.Error(err)
			continue
		}
		for i, c := range nb.cells {
			if len(c.Outputs) > 0 || c.Count != nil {
				t.Errorf("notebooks/%s: cell %d has outputs or a count: run make strip", name, i+1)
			}
		}
		if nb.meta.Kernelspec.Name != "gonb" || nb.meta.Kernelspec.Language != "go" {
			t.Errorf("notebooks/%s: kernelspec %+v, want name gonb, language go: run make strip", name, nb.meta.Kernelspec)
		}
		if nb.meta.Language.Name != "go" || nb.meta.Language.Version != "" {
			t.Errorf("notebooks/%s: language_info %+v, want name go and no version: run make strip", name, nb.meta.Language)
		}
	}
}

func TestPagesShowTheNotebooksAsTheyAre(t *testing.T) {
	root, notebooks := ours(t)
	for _, path := range notebooks {
		name := strings.TrimSuffix(filepath.Base(path), ".ipynb")
		nb, err := readNotebook(path)
		if err != nil {
			t.Error(err)
			continue
		}
		page, err := os.ReadFile(filepath.Join(root, "reports", name+".html"))
		if err != nil {
			t.Errorf("notebooks/%s.ipynb has no page: run make reports NOTEBOOK=%[1]s", name)
			continue
		}
		if !bytes.Contains(page, []byte("sha256:"+nb.sum)) {
			t.Errorf("reports/%s.html shows another state of its notebook: run make reports NOTEBOOK=%[1]s", name)
		}
		markdown, err := os.ReadFile(filepath.Join(root, "reports", name+".md"))
		if err != nil || !bytes.Contains(markdown, []byte(nb.sum)) {
			t.Errorf("reports/%s.md is not of this state of its notebook: run make reports NOTEBOOK=%[1]s", name)
		}
	}
	var pages []string
	for _, pattern := range []string{"*.html", "*.md", "*/*.svg"} {
		found, err := filepath.Glob(filepath.Join(root, "reports", pattern))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	for _, path := range pages {
		page, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkPage(filepath.Base(path), page, root); err != nil {
			t.Error(err)
		}
	}
}

// A reader who runs a notebook leaves reports/ as it is in the checkout.
func TestCellsWriteReportsForExportsAlone(t *testing.T) {
	_, notebooks := ours(t)
	writes := regexp.MustCompile(`\b(WriteFile|Create|OpenFile|Mkdir\w*|Rename)\(|-out\b`)
	seen := 0
	for _, path := range notebooks {
		nb, err := readNotebook(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range nb.cells {
			source := string(c.Source)
			if c.Kind != "code" || !strings.Contains(source, "../reports") || !writes.MatchString(source) {
				continue
			}
			seen++
			if !strings.Contains(source, "if nb.Exporting()") {
				t.Errorf("%s writes into reports/ whoever runs it:\n%s", filepath.Base(path), source)
			}
		}
	}
	if seen == 0 {
		t.Error("no cell writes a report page: 04_per_digit should")
	}
}

func TestImports(t *testing.T) {
	nb := &notebook{cells: []cell{
		{Kind: "markdown", Source: "import \"not/code\""},
		{Kind: "code", Source: "import (\n\t\"fmt\"\n\tnb \"digitlab/nnlib/notebook\" // a comment\n)\n%%\nfmt.Println(`import`)"},
		{Kind: "code", Source: "import . \"math\"\nvar x = 1"},
		{Kind: "code", Source: "!go run -race ../datagen -out ../data\n!go run ../nnlib/cmd/digitlab runs"},
		{Kind: "code", Source: "func tool() string { return nb.Must(nb.Build(\"digitlab/tools/suite\", folder)) }"},
	}}
	want := []string{"digitlab/datagen", "digitlab/nnlib/cmd/digitlab", "digitlab/nnlib/notebook", "digitlab/tools/suite", "fmt", "math"}
	if got := nb.imports(); !slices.Equal(got, want) {
		t.Errorf("imports %q, want %q", got, want)
	}
}

func TestSourcesKeyFollowsTheCells(t *testing.T) {
	root, _ := ours(t)
	key := func(nb *notebook) string {
		k, err := sourcesKey(t.Context(), root, nb)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	plain := &notebook{sum: "a"}
	imports := &notebook{sum: "a", cells: []cell{{Kind: "code", Source: "import \"digitlab/nnlib\""}}}
	if key(plain) != key(plain) || key(plain) == key(&notebook{sum: "b"}) || key(plain) == key(imports) {
		t.Error("the key does not follow the notebook and its imports")
	}
}

func TestRemaining(t *testing.T) {
	for _, test := range []struct {
		name          string
		done, earlier map[string]float64
		want          string
	}{
		{"no idea yet", map[string]float64{"1": 2}, nil, "estimating"},
		{"mean of three", map[string]float64{"1": 2, "2": 2, "3": 2}, nil, "about 0:04 left"},
		{"as the last run", map[string]float64{"1": 2}, map[string]float64{"1": 2, "2": 10, "3": 20, "4": 30, "5": 40}, "about 1:40 left"},
		{"half as fast", map[string]float64{"1": 4}, map[string]float64{"1": 2, "2": 10, "3": 20, "4": 0, "5": 0}, "about 1:00 left"},
		{"all", map[string]float64{"1": 1, "2": 1, "3": 1, "4": 1, "5": 1}, nil, "writing the page"},
	} {
		if got := remaining(test.done, test.earlier, 5); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
