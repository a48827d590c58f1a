package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"html"
	"html/template"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// contents is the page that lists the others.
const contents = "index.html"

// volume is all report pages of a folder in the order of reading: they link to the page before and after, and the
// contents show a card of each.
type volume struct {
	dir   string
	pages []bound
	aside []bound // pages that are no reports, such as the glossary
	words []bound // Markdown that is no page, such as benchmarks.md
}

// bound is one page as the others see it.
type bound struct {
	Name, Title, Lead string
	Notebook          bool          // a notebook's page, not one that a cell wrote
	Art               template.HTML // a figure of it
}

// Number is "02" of 02_by_hand, empty for other names; Word is "by hand".
func (b bound) Number() string {
	if n, _, ok := strings.Cut(b.Name, "_"); ok && strings.Trim(n, "0123456789") == "" {
		return n
	}
	return ""
}

func (b bound) Word() string {
	return strings.ReplaceAll(strings.TrimPrefix(b.Name, b.Number()+"_"), "_", " ")
}

var (
	pageTitle    = regexp.MustCompile(`(?s)<title>(.*?)</title>`)
	pageLead     = regexp.MustCompile(`<meta name="description" content="([^"]*)">`)
	pageNav      = regexp.MustCompile(`(?s)<nav class="reports" aria-label="([^"]*)"[^>]*>.*?</nav>`)
	firstHeading = regexp.MustCompile(`(?m)^# +(.+)$`)
	pageLine     = regexp.MustCompile(`(?s)<!-- reports -->.*?<!-- /reports -->`)
	chart        = regexp.MustCompile(`(?s)<svg\b[^>]*\bclass="ch"[^>]*>.*?</svg>`)
	digit        = regexp.MustCompile(`<img\b[^>]*\bclass="px"[^>]*>`)
)

// readVolume reads what the pages of a folder say of themselves.
func readVolume(dir string) (*volume, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.html"))
	if err != nil {
		return nil, err
	}
	v := &volume{dir: dir}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".html")
		if name+".html" == contents {
			continue
		}
		page, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		b := bound{Name: name, Title: name, Notebook: bytes.Contains(page, []byte(`<meta name="digitlab-notebook"`)), Art: art(page)}
		if m := pageTitle.FindSubmatch(page); m != nil {
			b.Title = html.UnescapeString(string(m[1]))
		}
		if m := pageLead.FindSubmatch(page); m != nil {
			b.Lead = html.UnescapeString(string(m[1]))
		}
		if bytes.Contains(page, []byte(`<meta name="digitlab-words"`)) {
			v.aside = append(v.aside, b)
		} else {
			v.pages = append(v.pages, b)
		}
	}
	if err := v.readWords(); err != nil {
		return nil, err
	}
	// A page that a cell wrote stands behind the notebook whose name it shares: per_digit behind 04_per_digit.
	place := func(b bound) string {
		for _, other := range v.pages {
			if !b.Notebook && other.Notebook && other.Word() == b.Word() {
				return other.Name + " "
			}
		}
		return b.Name
	}
	slices.SortStableFunc(v.pages, func(a, b bound) int { return cmp.Compare(place(a), place(b)) })
	return v, nil
}

// all is the reports in their order, then the pages that are none.
func (v *volume) all() []bound { return slices.Concat(v.pages, v.aside) }

// readWords finds the Markdown that belongs to no page.
func (v *volume) readWords() error {
	paths, err := filepath.Glob(filepath.Join(v.dir, "*.md"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".md")
		if name == "README" || slices.ContainsFunc(v.all(), func(b bound) bool { return b.Name == name }) {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		w := bound{Name: name, Title: name}
		if m := firstHeading.FindSubmatch(text); m != nil {
			w.Title = string(m[1])
		}
		v.words = append(v.words, w)
	}
	return nil
}

// art is what a card shows of a page: images from all over it where it begins with images, else its richest chart.
func art(page []byte) template.HTML {
	charts, images := chart.FindAllIndex(page, -1), digit.FindAllIndex(page, -1)
	if len(images) > 0 && (len(charts) == 0 || images[0][0] < charts[0][0]) {
		const most = 15
		n := min(most, len(images))
		var b strings.Builder
		b.WriteString(`<div class="row">`)
		for i := range n {
			m := images[i*len(images)/n]
			b.Write(page[m[0]:m[1]])
		}
		b.WriteString("</div>")
		return template.HTML(b.String())
	}
	var best []byte
	for _, m := range charts {
		if svg := page[m[0]:m[1]]; len(svg) > len(best) && len(svg) < 60_000 {
			best = svg
		}
	}
	return template.HTML(best)
}

// bind links every page to those around it, and writes the contents, for readers and for code hosts.
func (v *volume) bind(root string) error {
	for i, b := range v.all() {
		for _, kind := range []string{".html", ".md"} {
			path := filepath.Join(v.dir, b.Name+kind)
			data, err := os.ReadFile(path)
			if os.IsNotExist(err) && kind == ".md" {
				continue
			}
			if err != nil {
				return err
			}
			if kind == ".html" {
				data = pageNav.ReplaceAllFunc(data, func(nav []byte) []byte {
					return []byte(v.nav(i, string(pageNav.FindSubmatch(nav)[1])))
				})
			} else {
				data = pageLine.ReplaceAll(data, []byte(strings.ReplaceAll(v.line(i), "$", "$$")))
			}
			if err := writeChanged(path, data); err != nil {
				return err
			}
		}
	}
	index, err := v.index(root)
	if err != nil {
		return err
	}
	if err := checkPage(contents, index, root); err != nil {
		return err
	}
	if err := writeChanged(filepath.Join(v.dir, contents), index); err != nil {
		return err
	}
	return writeChanged(filepath.Join(v.dir, "README.md"), []byte(v.readme()))
}

// nav is the links of page i of all to the contents, to the pages that are no reports and, of a report, to its neighbours.
func (v *volume) nav(i int, label string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<nav class="reports" aria-label="%s"><ul><li><a href="%s">All reports</a></li>`, label, contents)
	link := func(to bound, rel, say, before, after string) {
		fmt.Fprintf(&b, `<li class="%s"><a rel="%[1]s" href="%s.html" aria-label="%s: %s">%s%[4]s%[6]s</a></li>`, rel, to.Name, say, html.EscapeString(to.Title), before, after)
	}
	for k, a := range v.aside {
		if i != len(v.pages)+k {
			fmt.Fprintf(&b, `<li><a href="%s.html">%s</a></li>`, a.Name, html.EscapeString(a.Title))
		}
	}
	before, after := v.around(i)
	if before != nil {
		link(*before, "prev", "Previous", "← ", "")
	}
	if after != nil {
		link(*after, "next", "Next", "", " →")
	}
	b.WriteString("</ul></nav>")
	return b.String()
}

// around is the reports before and after page i of all, where there are any.
func (v *volume) around(i int) (before, after *bound) {
	if i >= len(v.pages) {
		return nil, nil
	}
	if i > 0 {
		before = &v.pages[i-1]
	}
	if i+1 < len(v.pages) {
		after = &v.pages[i+1]
	}
	return before, after
}

// line is the same for Markdown.
func (v *volume) line(i int) string {
	links := []string{"[All reports](README.md)"}
	for k, a := range v.aside {
		if i != len(v.pages)+k {
			links = append(links, fmt.Sprintf("[%s](%s.md)", a.Title, a.Name))
		}
	}
	before, after := v.around(i)
	if before != nil {
		links = append(links, fmt.Sprintf("[← %s](%s.md)", before.Title, before.Name))
	}
	if after != nil {
		links = append(links, fmt.Sprintf("[%s →](%s.md)", after.Title, after.Name))
	}
	// On the line of a comment Markdown is none.
	return "<!-- reports -->\n\n" + strings.Join(links, " · ") + "\n\n<!-- /reports -->"
}

//go:embed page/index.html
var indexHTML string

var indexTemplate = template.Must(template.New("index").Parse(indexHTML))

// index is the page of contents.
func (v *volume) index(root string) ([]byte, error) {
	var style strings.Builder
	for _, sheet := range []string{"nnlib/figure/style.css", "nnlib/report/page.css", "reports/page/index.css"} {
		css, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(sheet)))
		if err != nil {
			return nil, err
		}
		style.Write(css)
	}
	var b bytes.Buffer
	err := indexTemplate.Execute(&b, struct {
		Style template.CSS
		Pages []bound
		Aside []bound
	}{template.CSS(style.String()), v.pages, v.aside})
	return b.Bytes(), err
}

// readme is the contents for code hosts.
func (v *volume) readme() string {
	var b strings.Builder
	b.WriteString("# Reports\n\nEvery report is made by `make reports`, which runs the notebooks. The pages are single files that load nothing: " +
		"open [index.html](index.html) in a browser. Code hosts show the same as Markdown:\n\n| report | |\n| --- | --- |\n")
	for _, p := range slices.Concat(v.all(), v.words) {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s |\n", p.Name, p.Name, strings.ReplaceAll(p.Title, "|", `\|`))
	}
	return b.String()
}

// unboundSum is the SHA-256 of a page or its Markdown without its links to other pages, which follow from those.
func unboundSum(data []byte) string {
	data = pageLine.ReplaceAll(pageNav.ReplaceAll(data, nil), nil)
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
