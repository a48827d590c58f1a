package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
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

// record says what a page was made from, and which pages the run left: its own, and those its cells wrote beside it.
type record struct {
	Sources string             // key of the sources
	Pages   map[string]string  // SHA-256 by file name
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
	seconds, err := e.runCells(ctx, path, filepath.Join(temp, name+".html"), was.Seconds)
	if err != nil {
		return err
	}
	page, err := os.ReadFile(filepath.Join(temp, name+".html"))
	if err != nil {
		return err
	}
	page = withSource(page, nb.sum)
	own := filepath.Join(e.pages, name+".html")
	if err := checkPage(name+".html", page, e.root); err != nil {
		return err
	}
	after, err := pageSums(e.pages)
	if err != nil {
		return err
	}
	left := map[string]string{}
	for file, sum := range after {
		if file == name+".html" || before[file] == sum {
			continue
		}
		left[file] = sum
		written, err := os.ReadFile(filepath.Join(e.pages, file))
		if err != nil {
			return err
		}
		if err := checkPage(file, written, e.root); err != nil {
			return fmt.Errorf("%w (a cell of %s wrote it)", err, name)
		}
	}
	if err := renameio.WriteFile(own, page, 0o644); err != nil {
		return err
	}
	sum := sha256.Sum256(page)
	left[name+".html"] = hex.EncodeToString(sum[:])
	for file := range was.Pages { // a page that was written again with the same bytes
		if sum, ok := after[file]; ok && left[file] == "" {
			left[file] = sum
		}
	}
	e.made++
	fmt.Fprintf(e.out, "%s: %s, %d kB, in %s\n", name, e.shown(own), (len(page)+999)/1000, clock(time.Since(start)))
	return e.remember(name, record{Sources: key, Pages: left, Seconds: seconds})
}

// shown is path as a reader at the top of the checkout would type it.
func (e *exporter) shown(path string) string {
	if rel, err := filepath.Rel(e.root, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// intact reports whether every page that the earlier run left is still there, byte for byte.
func (e *exporter) intact(was record) bool {
	for file, sum := range was.Pages {
		data, err := os.ReadFile(filepath.Join(e.pages, file))
		if got := sha256.Sum256(data); err != nil || hex.EncodeToString(got[:]) != sum {
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
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(data)
		sums[filepath.Base(file)] = hex.EncodeToString(sum[:])
	}
	return sums, nil
}
