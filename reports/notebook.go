package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// notebook is what a notebook's file says: its cells' sources, not their outputs.
type notebook struct {
	path  string
	sum   string // SHA-256 of the cells' kinds and sources, in hexadecimal
	cells []cell
	meta  struct {
		Kernelspec struct{ Name, Language string }
		Language   struct{ Name, Version string } `json:"language_info"`
	}
}

type cell struct {
	Kind    string `json:"cell_type"`
	Source  text   `json:"source"`
	Outputs []any  `json:"outputs"`
	Count   *int   `json:"execution_count"`
}

// text is a string that the notebook format may also write as a list of lines.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	var lines []string
	if json.Unmarshal(data, &lines) == nil {
		*t = text(strings.Join(lines, ""))
		return nil
	}
	return json.Unmarshal(data, (*string)(t))
}

func readNotebook(path string) (*notebook, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	nb := &notebook{path: path}
	var file struct {
		Cells    []cell          `json:"cells"`
		Metadata json.RawMessage `json:"metadata"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%s is not a notebook: %w", path, err)
	}
	if err := json.Unmarshal(file.Metadata, &nb.meta); err != nil {
		return nil, fmt.Errorf("%s: its metadata: %w", path, err)
	}
	nb.cells = file.Cells
	h := sha256.New()
	for _, c := range nb.cells {
		fmt.Fprintf(h, "%s %d %s\n", c.Kind, len(c.Source), c.Source)
	}
	nb.sum = hex.EncodeToString(h.Sum(nil))
	return nb, nil
}

var (
	importGroup = regexp.MustCompile(`(?ms)^import\s+(?:\([^)]*\)|(?:[\w.]+\s+)?(?:"[^"\n]*"|` + "`[^`\n]*`" + `))`)
	goRun       = regexp.MustCompile(`\bgo (?:run|build|test) (?:-[^ \n]+ )*\.\./([\w/]+)|\bnb\.Build\("digitlab/([\w/]+)"`)
)

// imports returns the import paths that the code cells declare, and the module's commands that they run, sorted.
func (nb *notebook) imports() []string {
	seen := map[string]bool{}
	for _, c := range nb.cells {
		if c.Kind != "code" {
			continue
		}
		for _, group := range importGroup.FindAllString(string(c.Source), -1) {
			f, err := parser.ParseFile(token.NewFileSet(), "", "package cell\n"+group, parser.ImportsOnly)
			if err != nil {
				continue // the kernel will say so, and name the cell
			}
			for _, spec := range f.Imports {
				if path, err := strconv.Unquote(spec.Path.Value); err == nil {
					seen[path] = true
				}
			}
		}
		for _, m := range goRun.FindAllStringSubmatch(string(c.Source), -1) {
			seen["digitlab/"+strings.Trim(m[1]+m[2], "/")] = true
		}
	}
	list := make([]string, 0, len(seen))
	for path := range seen {
		list = append(list, path)
	}
	slices.Sort(list)
	return list
}

// sourcesKey identifies everything that a page is made from: see the package's comment.
func sourcesKey(ctx context.Context, root string, nb *notebook) (string, error) {
	files := []string{"go.mod", "go.sum", "tools/requirements.txt", "reports/notebook.py", "reports/page.py", "reports/codehost.py",
		"reports/page/notebook.html", "reports/page/notebook.css", "nnlib/figure/style.css", "nnlib/report/page.css"}
	var own []string
	for _, path := range nb.imports() {
		if path == "digitlab" || strings.HasPrefix(path, "digitlab/") {
			own = append(own, path)
		}
	}
	if len(own) > 0 {
		sources, err := packageFiles(ctx, root, own)
		if err != nil {
			return "", fmt.Errorf("%s: %w", filepath.Base(nb.path), err)
		}
		files = append(files, sources...)
	}
	slices.Sort(files)
	h := sha256.New()
	fmt.Fprintln(h, runtime.Version(), nb.sum)
	for _, file := range slices.Compact(files) {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %x\n", file, sha256.Sum256(data))
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// packageFiles returns the files of the module that the packages are built from, their dependencies' included, by
// their path below root.
func packageFiles(ctx context.Context, root string, packages []string) ([]string, error) {
	args := append([]string{"list", "-deps", "-json=Dir,Module,GoFiles,SFiles,HFiles,EmbedFiles"}, packages...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = root
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.New(strings.TrimSpace(said.String()))
	}
	var files []string
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p struct {
			Dir                                 string
			Module                              *struct{ Main bool }
			GoFiles, SFiles, HFiles, EmbedFiles []string
		}
		if err := d.Decode(&p); err != nil {
			return nil, err
		}
		if p.Module == nil || !p.Module.Main {
			continue
		}
		dir, err := filepath.Rel(root, p.Dir)
		if err != nil {
			return nil, err
		}
		for _, file := range slices.Concat(p.GoFiles, p.SFiles, p.HFiles, p.EmbedFiles) {
			files = append(files, filepath.ToSlash(filepath.Join(dir, file)))
		}
	}
	return files, nil
}
