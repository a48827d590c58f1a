package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// beside is the Markdown in notebooks/ that becomes pages, by name.
func beside(t *testing.T) (root string, text map[string]string) {
	t.Helper()
	root, _ = ours(t)
	paths, err := filepath.Glob(filepath.Join(root, "notebooks", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	text = map[string]string{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text[strings.TrimSuffix(filepath.Base(path), ".md")] = string(data)
	}
	delete(text, "README")
	return root, text
}

// The page on which Lab begins leads to all notebooks in their order, each with its question.
func TestStartPage(t *testing.T) {
	root, notebooks := ours(t)
	data, err := os.ReadFile(filepath.Join(root, "notebooks", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	text, want := string(data), ""
	for _, path := range notebooks {
		nb, err := readNotebook(path)
		if err != nil || len(nb.cells) == 0 {
			t.Fatalf("%s: %v", path, err)
		}
		title, _, _ := strings.Cut(strings.TrimPrefix(string(nb.cells[0].Source), "# "), "\n")
		name := filepath.Base(path)
		want += fmt.Sprintf("| [%s](%s) | %s |\n", strings.TrimSuffix(name, ".ipynb"), name, title)
	}
	if !strings.Contains(text, want+"\n") {
		t.Errorf("notebooks/README.md does not list the notebooks as they are:\n%s", want)
	}
	for _, want := range []string{"(glossary.md)", "(lessons.md)", "Shift-Enter", "Run All Cells", "■", "`runs/`"} {
		if !strings.Contains(text, want) {
			t.Errorf("notebooks/README.md does not speak of %s", want)
		}
	}
}

// Links of the start page, the glossary, the lesson plan and the notebooks lead to files that there are.
func TestWordsLinkToWhatThereIs(t *testing.T) {
	root, text := beside(t)
	if start, err := os.ReadFile(filepath.Join(root, "notebooks", "README.md")); err != nil {
		t.Error(err)
	} else {
		text["README"] = string(start)
	}
	_, notebooks := ours(t)
	for _, path := range notebooks {
		nb, err := readNotebook(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range nb.cells {
			if c.Kind == "markdown" {
				text[strings.TrimSuffix(filepath.Base(path), ".ipynb")] += string(c.Source) + "\n"
			}
		}
	}
	for name, source := range text {
		for _, m := range regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`).FindAllStringSubmatch(source, -1) {
			if strings.HasPrefix(m[1], "https://") || strings.HasPrefix(m[1], "data:") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, "notebooks", filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("notebooks/%s: %s is not there", name, m[1])
			}
		}
	}
}

// Each term of the glossary says where it is shown, and the words that the notebooks lean on are terms.
func TestGlossary(t *testing.T) {
	_, text := beside(t)
	var terms []string
	for _, part := range strings.Split(text["glossary"], "\n### ")[1:] {
		term, rest, _ := strings.Cut(part, "\n")
		rest, _, _ = strings.Cut(rest, "\n## ")
		terms = append(terms, strings.Split(strings.ToLower(term), ", ")...)
		if !regexp.MustCompile(`→ .*\]\([\w./]+\)\s*$`).MatchString(rest) {
			t.Errorf("%s: it does not end with the notebook that shows it", term)
		}
		if n := len(strings.Fields(rest)); n < 8 || n > 90 {
			t.Errorf("%s: %d words", term, n)
		}
	}
	for _, want := range []string{"cost", "epoch", "step", "batch", "bold driver", "momentum", "softmax", "cross-entropy", "precision", "recall", "f1",
		"macro average", "calibration", "leaf", "chunk", "tier", "fingerprint", "recipe", "gradient", "learning rate", "holdout", "patience", "l2"} {
		if !slices.Contains(terms, want) {
			t.Errorf("%s is no term", want)
		}
	}
}

// What the lesson plan calls a section is one of a notebook's.
func TestLessonsNameSections(t *testing.T) {
	_, notebooks := ours(t)
	_, text := beside(t)
	known := []string{"Run → Run All Cells", "Run → Run All Above Selected Cell", "Fit and centre"}
	for _, path := range notebooks {
		nb, err := readNotebook(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range nb.cells {
			for _, m := range regexp.MustCompile(`(?m)^##+ (.+)$`).FindAllStringSubmatch(string(c.Source), -1) {
				known = append(known, m[1])
				before, _, _ := strings.Cut(m[1], ": ")
				known = append(known, before)
			}
		}
	}
	named := regexp.MustCompile(`(?:^|[^*])\*([^*\n]+)\*(?:[^*]|$)`).FindAllStringSubmatch(text["lessons"], -1)
	if len(named) < 20 {
		t.Errorf("%d sections are named", len(named))
	}
	for _, m := range named {
		if !slices.Contains(known, m[1]) {
			t.Errorf("%q is no section of a notebook", m[1])
		}
	}
}

func TestPagesShowTheWordsAsTheyAre(t *testing.T) {
	root, text := beside(t)
	if len(text) == 0 {
		t.Error("there is no Markdown in notebooks/")
	}
	for name, source := range text {
		page, err := os.ReadFile(filepath.Join(root, "reports", name+".html"))
		if err != nil || !bytes.Contains(page, fmt.Appendf(nil, `<meta name="digitlab-words" content="sha256:%x">`, sha256.Sum256([]byte(source)))) {
			t.Errorf("reports/%s.html is not of this state of notebooks/%[1]s.md: run make reports", name)
		}
		if _, err := os.Stat(filepath.Join(root, "reports", name+".md")); err != nil {
			t.Error(err)
		}
	}
}

// The page of a Markdown file has its formulas as MathML and its links where the reports are.
func TestWordsBecomePages(t *testing.T) {
	needKernel(t)
	e := workbench(t)
	if err := e.words(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(e.pages, "README.md")); err == nil {
		t.Error("the start page of Lab takes the place of the reports' own README.md")
	}
	page, err := os.ReadFile(filepath.Join(e.pages, "glossary.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<title>Glossary</title>", `<h3 id="bold-driver">`, "<math", `<a href="01_digits.html">`, `<a href="per_digit.html">`, `<li><a href="#leaf">Leaf</a></li>`} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the glossary's page has no %s", want)
		}
	}
	markdown, err := os.ReadFile(filepath.Join(e.pages, "lessons.md"))
	if err != nil || !bytes.Contains(markdown, []byte("](01_digits.md)")) || !bytes.Contains(markdown, []byte("](glossary.md)")) || !bytes.Contains(markdown, []byte("](per_digit.md)")) {
		t.Errorf("the lesson plan's Markdown has other links: %v", err)
	}
	if err := os.WriteFile(filepath.Join(e.pages, "glossary.html"), pageNav.ReplaceAll(page, []byte(`<nav class="reports" aria-label="Reports">links</nav>`)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := e.words(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(filepath.Join(e.pages, "glossary.html")); err != nil || !bytes.Contains(again, []byte(">links</nav>")) {
		t.Errorf("a page that is current is written again: %v", err)
	}
}
