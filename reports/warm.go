package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// compileImports compiles a program that imports what the notebooks import, and the commands that they run, in the way
// the kernel compiles a cell: a module in a temporary folder whose work file uses the checkout. It fills Go's build
// cache, so that the first cell of a notebook takes no longer than the others.
func compileImports(ctx context.Context, root string, notebooks []string) error {
	imports := []string{"fmt", "github.com/janpfeifer/gonb/gonbui"}
	for _, path := range notebooks {
		nb, err := readNotebook(path)
		if err != nil {
			return err
		}
		imports = append(imports, nb.imports()...)
	}
	for _, own := range []string{"nnlib", "nnlib/notebook"} {
		if files, _ := filepath.Glob(filepath.Join(root, own, "*.go")); len(files) > 0 {
			imports = append(imports, "digitlab/"+own)
		}
	}
	slices.Sort(imports)
	commands := []string{"list", "-export", "-f", ""}
	var program strings.Builder
	program.WriteString("package main\n\nimport (\n")
	for _, path := range slices.Compact(imports) {
		if command(path) {
			commands = append(commands, path)
		} else {
			fmt.Fprintf(&program, "\t_ %q\n", path)
		}
	}
	program.WriteString(")\n\nfunc main() {}\n")

	dir, err := os.MkdirTemp("", "digitlab-warm-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(program.String()), 0o600); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"mod", "init", "digitlab_warm"}, {"work", "init"}, {"work", "use", ".", root}, {"build", "-o", "program"}, append(commands, "."),
	} {
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return errors.New("go " + strings.Join(args, " ") + ": " + string(bytes.TrimSpace(out)))
		}
	}
	return nil
}

// command reports whether path is one of the module's programs, which nothing imports.
func command(path string) bool {
	return path == "digitlab/datagen" || path == "digitlab/reports" || strings.HasPrefix(path, "digitlab/nnlib/cmd/")
}
