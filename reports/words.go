package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// words makes the pages of the Markdown files in notebooks/, and their Markdown with the links that hold in reports/.
// README.md is for readers in Lab: the pages have contents of their own.
func (e *exporter) words(ctx context.Context) error {
	sources, err := filepath.Glob(filepath.Join(e.root, "notebooks", "*.md"))
	sources = slices.DeleteFunc(sources, func(path string) bool { return filepath.Base(path) == "README.md" })
	if err != nil || len(sources) == 0 {
		return err
	}
	temp, err := os.MkdirTemp("", "digitlab-words-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	cmd := e.python(ctx, append([]string{"words", temp}, sources...)...)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("notebooks/*.md: %w\n%s", err, lastLines(string(said), 8))
	}
	made, err := filepath.Glob(filepath.Join(temp, "*"))
	if err != nil {
		return err
	}
	for _, path := range made {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := filepath.Base(path)
		if err := checkPage(name, data, e.root); err != nil {
			return err
		}
		if was, err := os.ReadFile(filepath.Join(e.pages, name)); err == nil && unboundSum(was) == unboundSum(data) {
			continue
		}
		if err := writeChanged(filepath.Join(e.pages, name), data); err != nil {
			return err
		}
	}
	return nil
}
