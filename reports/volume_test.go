package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// folder holds report pages in little.
func folder(t *testing.T, pages map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	fromNotebook = `<html><head><meta name="digitlab-notebook" content="sha256:1"><meta name="description" content="Two &amp; two."><title>One &amp; a half?</title></head>` +
		`<body><nav class="reports" aria-label="Reports" hidden></nav><p>text</p><svg width="2" class="ch" height="1"><path d="M0 0"/></svg><nav class="reports" aria-label="Again" hidden></nav></body></html>`
	fromWords = `<html><head><meta name="digitlab-words" content="sha256:2"><title>Glossary</title></head><body><nav class="reports" aria-label="Reports" hidden></nav></body></html>`
	fromCell  = `<html><head><title>Per digit</title></head><body><nav class="reports" aria-label="Reports" hidden></nav><img class="px" src="data:,"></body></html>`
)

func TestPagesAreBoundInOrder(t *testing.T) {
	root, err := checkout()
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t, map[string]string{
		"05_more.html": fromNotebook, "04_per_digit.html": fromNotebook, "per_digit.html": fromCell, "zebra.html": fromCell,
		"glossary.html": fromWords, "glossary.md": "<!-- reports --><!-- /reports -->\n\n# Glossary",
		"benchmarks.md": "# Times\n\n# more", "04_per_digit.md": "<!-- reports --><!-- /reports -->\n\nwords", "index.html": "old",
	})
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	before := unboundSum([]byte(read("per_digit.html")))
	for range 2 { // binding what is bound changes nothing
		v, err := readVolume(dir)
		if err != nil {
			t.Fatal(err)
		}
		var order []string
		for _, b := range v.pages {
			order = append(order, b.Name)
		}
		if want := []string{"04_per_digit", "per_digit", "05_more", "zebra"}; !slices.Equal(order, want) {
			t.Fatalf("order %q, want %q", order, want)
		}
		if b := v.pages[0]; b.Title != "One & a half?" || b.Lead != "Two & two." || b.Number() != "04" || b.Word() != "per digit" || !strings.HasPrefix(string(b.Art), "<svg") {
			t.Errorf("%+v", b)
		}
		if err := v.bind(root); err != nil {
			t.Fatal(err)
		}
		page := read("per_digit.html")
		for _, want := range []string{
			`<nav class="reports" aria-label="Reports"><ul><li><a href="index.html">All reports</a></li><li><a href="glossary.html">Glossary</a></li>`,
			`<a rel="prev" href="04_per_digit.html" aria-label="Previous: One &amp; a half?">← One &amp; a half?</a>`,
			`<a rel="next" href="05_more.html" aria-label="Next: One &amp; a half?">One &amp; a half? →</a>`,
		} {
			if strings.Count(page, want) != 1 {
				t.Errorf("%s is not on the page once:\n%s", want, page)
			}
		}
		if first := read("04_per_digit.html"); strings.Contains(first, `rel="prev"`) || strings.Count(first, `rel="next"`) != 2 || !strings.Contains(first, `aria-label="Again"`) {
			t.Errorf("the first page has other links:\n%s", first)
		}
		if last := read("zebra.html"); strings.Contains(last, `rel="next"`) {
			t.Errorf("the last page goes on:\n%s", last)
		}
		if md := read("04_per_digit.md"); md != "<!-- reports -->\n\n[All reports](README.md) · [Glossary](glossary.md) · [Per digit →](per_digit.md)\n\n<!-- /reports -->\n\nwords" {
			t.Error(md)
		}
		if words := read("glossary.html"); !strings.Contains(words, "All reports") || strings.Contains(words, `rel="`) || strings.Contains(words, "glossary.html") {
			t.Errorf("the glossary stands among the reports:\n%s", words)
		}
		index, readme := read("index.html"), read("README.md")
		if strings.Count(index, `<li><a href="glossary.html">Glossary</a></li>`) != 1 || !strings.Contains(readme, "| [glossary](glossary.md) | Glossary |\n| [benchmarks]") {
			t.Errorf("the glossary is not in the contents:\n%s", readme)
		}
		if want := "| [benchmarks](benchmarks.md) | Times |\n"; !strings.HasSuffix(readme, want) {
			t.Errorf("the contents do not end with %s:\n%s", want, readme)
		}
		for _, b := range v.pages {
			if !strings.Contains(index, `href="`+b.Name+`.html"`) || !strings.Contains(readme, "("+b.Name+".md)") {
				t.Errorf("%s is not in the contents", b.Name)
			}
		}
	}
	if unboundSum([]byte(read("per_digit.html"))) != before {
		t.Error("the links are part of a page's sum")
	}
}

// The committed contents and links are those of the committed pages; style sheets may have changed since.
func TestCommittedPagesAreBound(t *testing.T) {
	root, _ := ours(t)
	from := filepath.Join(root, "reports")
	copies := t.TempDir()
	var names []string
	for _, pattern := range []string{"*.html", "*.md"} {
		found, err := filepath.Glob(filepath.Join(from, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(copies, filepath.Base(path)), data, 0o644); err != nil {
				t.Fatal(err)
			}
			names = append(names, filepath.Base(path))
		}
	}
	v, err := readVolume(copies)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.bind(root); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(names, contents) || !slices.Contains(names, "README.md") {
		t.Error("there are no contents")
	}
	for _, name := range names {
		was, errWas := os.ReadFile(filepath.Join(from, name))
		is, errIs := os.ReadFile(filepath.Join(copies, name))
		if errWas != nil || errIs != nil || !bytes.Equal(sheet.ReplaceAll(was, nil), sheet.ReplaceAll(is, nil)) {
			t.Errorf("reports/%s links to other pages than there are: run go run ./reports -bind", name)
		}
	}
}

func TestPrintedPages(t *testing.T) {
	if _, err := browser(); err != nil {
		if os.Getenv("DIGITLAB_REQUIRE") == "all" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	dir := folder(t, map[string]string{"one.html": `<html lang="en"><title>One</title><h1>One</h1></html>`})
	v, err := readVolume(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.printPages(t.Context(), filepath.Join(dir, "pdf"), t.Logf); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "pdf", "one.pdf")); err != nil || !bytes.HasPrefix(data, []byte("%PDF-")) {
		t.Errorf("no PDF: %v", err)
	}
	t.Setenv("CHROMIUM", filepath.Join(dir, "nothing"))
	if err := v.printPages(t.Context(), filepath.Join(dir, "pdf"), t.Logf); err != errNoBrowser {
		t.Errorf("error %v without a browser", err)
	}
}
