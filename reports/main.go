// Command reports runs the notebooks and exports each as one HTML page, and as Markdown with images for code hosts.
//
//	go run ./reports [-notebook NAME] [-force]
//	go run ./reports -bind    only the links between the pages that there are, and their contents
//	go run ./reports -pdf     only the pages that there are as PDF, into reports/pdf/, by Chromium
//
// A page is made by running every cell of notebooks/NAME.ipynb in a fresh GoNB kernel, in the folder notebooks/, and
// is written to reports/NAME.html once every cell's program has succeeded, its Markdown to reports/NAME.md with the
// images in reports/NAME/. A cell that fails ends the command with status 1, naming notebook, cell and message, and
// leaves the former page in place. Pages load nothing from other hosts, name no path of this machine, and are smaller
// than 2 MB. Cells may write report pages of their own beside them, while notebook.Exporting says that this command
// runs them. All pages link to each other, and index.html and README.md list them.
//
// A notebook is skipped when this checkout has run it from the same sources: the notebook, the packages of the module
// that it imports, the versions of their dependencies, of Python's packages and of Go, and the page's own files. The
// data are no part of that: MNIST is pinned by checksums in the sources. The record is .env/reports/NAME.json, so a
// fresh clone runs everything once.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	one := flag.String("notebook", "", "run this notebook alone: its `name`, such as 03_training")
	force := flag.Bool("force", false, "run notebooks that are unchanged too")
	warm := flag.Bool("warm", false, "only compile what the notebooks import, so that their first cell is quick")
	bind := flag.Bool("bind", false, "only link the pages that there are, and list them in index.html and README.md")
	pdf := flag.Bool("pdf", false, "only print the pages that there are to reports/pdf/, by Chromium")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: go run ./reports [-notebook NAME] [-force] | -bind | -pdf | -warm")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := func() error {
		if *bind || *pdf {
			return bindAndPrint(ctx, *pdf)
		}
		return run(ctx, *one, *force, *warm)
	}()
	if err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted: the pages that are finished are kept, and the same command goes on")
		}
		fmt.Fprintln(os.Stderr, "reports:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, one string, force, warm bool) error {
	root, err := checkout()
	if err != nil {
		return err
	}
	notebooks, err := filepath.Glob(filepath.Join(root, "notebooks", "*.ipynb"))
	if err != nil {
		return err
	}
	if warm {
		return compileImports(ctx, root, notebooks)
	}
	if one != "" {
		name := strings.TrimSuffix(filepath.Base(one), ".ipynb") + ".ipynb"
		path := filepath.Join(root, "notebooks", name)
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("there is no notebooks/%s; there are: %s", name, names(notebooks))
		}
		notebooks = []string{path}
	}
	if len(notebooks) == 0 {
		return errors.New("there is no notebook in notebooks/")
	}
	// The environment is checked, and repaired where it has to be, before the first notebook.
	setup := exec.CommandContext(ctx, filepath.Join(root, "tools", "setup"))
	setup.Dir, setup.Stdout, setup.Stderr = root, os.Stderr, os.Stderr
	if err := setup.Run(); err != nil {
		return fmt.Errorf("the environment could not be set up (tools/setup: %w)", err)
	}
	e := exporter{
		root:    root,
		pages:   filepath.Join(root, "reports"),
		records: filepath.Join(root, ".env", "reports"),
		force:   force,
		out:     os.Stdout,
		status:  newStatus(os.Stderr),
	}
	start := time.Now()
	for _, path := range notebooks {
		if err := e.export(ctx, path); err != nil {
			return err
		}
	}
	if err := e.words(ctx); err != nil {
		return err
	}
	if err := e.bind(); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%d made, %d unchanged, in %s\n", e.made, e.unchanged, clock(time.Since(start)))
	return nil
}

// bind links all pages to each other.
func (e *exporter) bind() error {
	v, err := readVolume(e.pages)
	if err != nil {
		return err
	}
	return v.bind(e.root)
}

// bindAndPrint links the pages that there are and, where asked, prints them.
func bindAndPrint(ctx context.Context, pdf bool) error {
	root, err := checkout()
	if err != nil {
		return err
	}
	v, err := readVolume(filepath.Join(root, "reports"))
	if err != nil {
		return err
	}
	if err := v.bind(root); err != nil || !pdf {
		return err
	}
	return v.printPages(ctx, filepath.Join(v.dir, "pdf"), func(format string, args ...any) { fmt.Printf(format, args...) })
}

// checkout returns the module's folder, from any folder inside it.
func checkout() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "digitlab").Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		return "", errors.New("this is not a folder of the Digitlab checkout: run `go run ./reports` at its top")
	}
	return dir, nil
}

func names(paths []string) string {
	list := make([]string, len(paths))
	for i, p := range paths {
		list[i] = strings.TrimSuffix(filepath.Base(p), ".ipynb")
	}
	return strings.Join(list, ", ")
}
