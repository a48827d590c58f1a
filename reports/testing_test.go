package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// needKernel skips the test where there is no environment to run notebooks in.
func needKernel(t *testing.T) {
	t.Helper()
	if os.Getenv("DIGITLAB_PYTHON") != "" {
		return
	}
	const why = "there is no environment to run notebooks in: run the tests by `make test`"
	if os.Getenv("DIGITLAB_REQUIRE") == "all" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// workbench makes a folder with notebooks/ and pages/, and an exporter that works there with the checkout's kernel.
func workbench(t *testing.T) *exporter {
	t.Helper()
	root, err := checkout()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, sub := range []string{"notebooks", "pages"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return &exporter{root: root, pages: filepath.Join(dir, "pages"), records: filepath.Join(dir, "records"), out: t.Output()}
}

// writeNotebook writes a notebook beside the exporter's pages: cells that begin with "md:" are prose.
func writeNotebook(t *testing.T, e *exporter, name string, cells ...string) string {
	t.Helper()
	type kernelspec struct {
		DisplayName string `json:"display_name"`
		Language    string `json:"language"`
		Name        string `json:"name"`
	}
	list := []map[string]any{}
	for i, source := range cells {
		c := map[string]any{"id": "cell" + string(rune('a'+i)), "metadata": map[string]any{}}
		if len(source) > 3 && source[:3] == "md:" {
			c["cell_type"], c["source"] = "markdown", source[3:]
		} else {
			c["cell_type"], c["source"], c["outputs"], c["execution_count"] = "code", source, []any{}, nil
		}
		list = append(list, c)
	}
	data, err := json.Marshal(map[string]any{
		"cells": list, "nbformat": 4, "nbformat_minor": 5,
		"metadata": map[string]any{"kernelspec": kernelspec{"Go (gonb)", "go", "gonb"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(filepath.Dir(e.pages), "notebooks", name+".ipynb")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
