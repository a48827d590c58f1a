package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/renameio/v2"
)

// exporter makes the page of one notebook after the other.
type exporter struct {
	root    string    // the checkout
	pages   string    // folder of the pages
	records string    // folder of what is known about earlier runs
	force   bool      // run unchanged notebooks too
	out     io.Writer // one line a notebook
	status  *status
	watch   func(event) // told of every cell that is done, when not nil

	made, unchanged int
}

// record says what a page was made from, and which files the run left: its own, and the pages its cells wrote beside
// it, with their Markdown and images.
type record struct {
	Sources string             // key of the sources
	Pages   map[string]string  // SHA-256 by file name below the folder of the pages, without the links to other pages
	Seconds map[string]float64 // by cell number; the estimate of the next run
}

// export runs the notebook at path and writes its page, unless both are as an earlier run left them.
func (e *exporter) export(ctx context.Context, path string) error {
	name := strings.TrimSuffix(filepath.Base(path), ".ipynb")
	nb, err := readNotebook(path)
	if err != nil {
		return err
	}
	key, err := sourcesKey(ctx, e.root, nb)
	if err != nil {
		return err
	}
	was := e.recall(name)
	if !e.force && was.Sources == key && e.intact(was) {
		e.unchanged++
		fmt.Fprintf(e.out, "%s: unchanged\n", name)
		return nil
	}
	before, err := pageSums(e.pages)
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "digitlab-reports-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	start := time.Now()
	seconds, err := e.runCells(ctx, nb, temp, was.Seconds)
	if err != nil {
		return err
	}
	asides, err := e.asides(ctx, name, before, was)
	if err != nil {
		return err
	}
	if err := e.place(temp, name); err != nil {
		return err
	}
	left := map[string]string{}
	for _, page := range append(asides, name) {
		if err := e.sumUp(page, left); err != nil {
			return err
		}
	}
	e.made++
	own := filepath.Join(e.pages, name+".html")
	info, err := os.Stat(own)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s: %s, %d kB, in %s\n", name, e.shown(own), (info.Size()+999)/1000, clock(time.Since(start)))
	return e.remember(name, record{Sources: key, Pages: left, Seconds: seconds})
}

// asides are the pages that cells of the notebook wrote, by name; they are checked, and get their Markdown.
func (e *exporter) asides(ctx context.Context, name string, before map[string]string, was record) (names []string, err error) {
	after, err := pageSums(e.pages)
	if err != nil {
		return nil, err
	}
	for file, sum := range after {
		// One that was written again with the same bytes is known from the run before.
		if _, known := was.Pages[file]; before[file] == sum && !known || e.hasSource(file) {
			continue
		}
		page, err := os.ReadFile(filepath.Join(e.pages, file))
		if err != nil {
			return nil, err
		}
		if err := checkPage(file, page, e.root); err != nil {
			return nil, fmt.Errorf("%w (a cell of %s wrote it)", err, name)
		}
		cmd := e.python(ctx, "markdown", filepath.Join(e.pages, file))
		if said, err := cmd.CombinedOutput(); err != nil {
			return nil, &failure{Notebook: name + ".ipynb", Message: file + " as Markdown: " + lastLines(string(said), 8)}
		}
		names = append(names, strings.TrimSuffix(file, ".html"))
	}
	slices.Sort(names)
	return names, nil
}

// hasSource reports whether a page is that of a notebook, or of Markdown beside the notebooks. Another command may write
// it while this one runs.
func (e *exporter) hasSource(page string) bool {
	for _, kind := range []string{".ipynb", ".md"} {
		if _, err := os.Stat(filepath.Join(e.root, "notebooks", strings.TrimSuffix(page, ".html")+kind)); err == nil {
			return true
		}
	}
	return false
}

// place puts the page, its Markdown and its images where they belong, once all have been checked.
func (e *exporter) place(temp, name string) error {
	files, err := pageFiles(temp, name)
	if err != nil {
		return err
	}
	content := map[string][]byte{}
	for _, file := range files {
		data, err := os.ReadFile(filepath.Join(temp, file))
		if err != nil {
			return err
		}
		if err := checkPage(file, data, e.root); err != nil {
			return err
		}
		content[file] = data
	}
	old, err := pageFiles(e.pages, name)
	if err != nil {
		return err
	}
	for _, file := range old {
		if content[file] == nil {
			if err := os.Remove(filepath.Join(e.pages, file)); err != nil {
				return err
			}
		}
	}
	for _, file := range files {
		path := filepath.Join(e.pages, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := renameio.WriteFile(path, content[file], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// pageFiles are the files of one page that exist below dir: NAME.html, NAME.md and the images in NAME/.
func pageFiles(dir, name string) (files []string, err error) {
	for _, pattern := range []string{name + ".html", name + ".md", filepath.Join(name, "*.svg")} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil, err
		}
		for _, path := range found {
			file, err := filepath.Rel(dir, path)
			if err != nil {
				return nil, err
			}
			files = append(files, file)
		}
	}
	return files, nil
}

// sumUp adds the SHA-256 of a page's files to left.
func (e *exporter) sumUp(name string, left map[string]string) error {
	files, err := pageFiles(e.pages, name)
	if err != nil {
		return err
	}
	for _, file := range files {
		data, err := os.ReadFile(filepath.Join(e.pages, file))
		if err != nil {
			return err
		}
		left[file] = unboundSum(data)
	}
	return nil
}

// shown is path as a reader at the top of the checkout would type it.
func (e *exporter) shown(path string) string {
	if rel, err := filepath.Rel(e.root, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// intact reports whether every file that the earlier run left is still there, byte for byte.
func (e *exporter) intact(was record) bool {
	for file, sum := range was.Pages {
		data, err := os.ReadFile(filepath.Join(e.pages, file))
		if err != nil || unboundSum(data) != sum {
			return false
		}
	}
	return len(was.Pages) > 0
}

// recall returns what is known of the notebook's last run; a record that cannot be read is none.
func (e *exporter) recall(name string) (r record) {
	data, err := os.ReadFile(filepath.Join(e.records, name+".json"))
	if err != nil || json.Unmarshal(data, &r) != nil {
		return record{}
	}
	return r
}

func (e *exporter) remember(name string, r record) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(e.records, 0o755); err != nil {
		return err
	}
	return renameio.WriteFile(filepath.Join(e.records, name+".json"), append(data, '\n'), 0o644)
}

// pageSums returns the SHA-256 of every page in dir, by file name.
func pageSums(dir string) (map[string]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.html"))
	if err != nil {
		return nil, err
	}
	sums := make(map[string]string, len(files))
	for _, file := range files {
		if filepath.Base(file) == contents {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		sums[filepath.Base(file)] = unboundSum(data)
	}
	return sums, nil
}

// writeChanged writes a file unless it holds these bytes already.
func writeChanged(path string, data []byte) error {
	if was, err := os.ReadFile(path); err == nil && bytes.Equal(was, data) {
		return nil
	}
	return renameio.WriteFile(path, data, 0o644)
}
