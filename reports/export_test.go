package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const hello = `import "fmt"
%%
fmt.Println("hello from a cell")`

func TestFailedProgramFailsAndKeepsTheFormerPage(t *testing.T) {
	t.Parallel()
	needKernel(t)
	for name, test := range map[string]struct{ source, message string }{
		"panic":   {"%%\nvar list []int\n_ = list[len(list)]", "panic: runtime error: index out of range"},
		"killed":  {"import (\"os\"; \"time\")\n%%\np, _ := os.FindProcess(os.Getpid())\n_ = p.Kill()\ntime.Sleep(time.Minute)", "signal: killed"},
		"compile": {"%%\nvar n int = nothing()", "undefined: nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := workbench(t)
			path := writeNotebook(t, e, "07_"+name, "md:# Words", hello, test.source, hello)
			page := filepath.Join(e.pages, "07_"+name+".html")
			if err := os.WriteFile(page, []byte("former"), 0o644); err != nil {
				t.Fatal(err)
			}
			err := e.export(t.Context(), path)
			var failed *failure
			if !errors.As(err, &failed) {
				t.Fatalf("error %v, want a failed cell", err)
			}
			if failed.Notebook != "07_"+name+".ipynb" || failed.Cell != 2 || !strings.Contains(failed.Message, test.message) {
				t.Errorf("failure is %+v, want notebook 07_%s.ipynb, cell 2, message with %q", *failed, name, test.message)
			}
			if data, err := os.ReadFile(page); err != nil || string(data) != "former" {
				t.Errorf("the former page is now %q, %v", data, err)
			}
		})
	}
}

func TestExpectedFailureIsAllowedByItsTag(t *testing.T) {
	t.Parallel()
	needKernel(t)
	e := workbench(t)
	path := writeNotebook(t, e, "tagged", "%%\npanic(\"on purpose\")")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tagged := strings.Replace(string(data), `"metadata":{}`, `"metadata":{"tags":["raises-exception"]}`, 1)
	if err := os.WriteFile(path, []byte(tagged), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := e.export(t.Context(), path); err != nil {
		t.Error(err)
	}
}

func TestLiveDisplayChangesAndKeepsItsLastState(t *testing.T) {
	t.Parallel()
	needKernel(t)
	e := workbench(t)
	var updates int
	e.watch = func(ev event) { updates += ev.Updates }
	path := writeNotebook(t, e, "live",
		"md:# A *live* cell\n\nThe mean $\\frac{1}{n} \\sum_i x_i^2$, in code `$x$`.\n\n$$E = -\\log p_c$$\n\n$$a = \\left( b \\qquad c \\right) \\qquad d = 1$$\n",
		`import (
	"fmt"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
)
%%
id := gonbui.UniqueId()
for step := range 6 {
	gonbui.UpdateHtml(id, fmt.Sprintf("<p>state-%d</p>", step))
	time.Sleep(10 * time.Millisecond)
}
gonbui.Sync()`)
	if err := e.export(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if updates < 2 {
		t.Errorf("the display changed %d times while the cell ran, want it seen to change", updates)
	}
	data, err := os.ReadFile(filepath.Join(e.pages, "live.html"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	if n := strings.Count(page, "<p>state-5</p>"); n != 1 {
		t.Errorf("the last state is on the page %d times, want once", n)
	}
	if strings.Contains(page, "<p>state-4</p>") {
		t.Error("an earlier state is on the page")
	}
	for _, want := range []string{"<title>A live cell</title>", "<mfrac>", `display="block"`, "<code>$x$</code>",
		`<meta name="digitlab-notebook" content="sha256:`, `<details class="code"><summary>Code`, `<h1 id="a-live-cell">A <em>live</em> cell</h1>`} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if n := strings.Count(page, `display="block"`); n != 3 { // so that they may wrap
		t.Errorf("two formulas in three parts are %d", n)
	}
	data, err = os.ReadFile(filepath.Join(e.pages, "live.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# A *live* cell\n", "$$E = -\\log p_c$$", "\n```go\nimport (", "\nstate-5\n"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("%q is not in the Markdown:\n%s", want, data)
		}
	}
	// A second run of the same sources makes the same bytes.
	e.force = true
	if err := e.export(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(filepath.Join(e.pages, "live.html")); err != nil || string(again) != page {
		t.Errorf("the same notebook made another page (%v)", err)
	}
}

func TestUnchangedNotebookIsSkipped(t *testing.T) {
	t.Parallel()
	needKernel(t)
	e := workbench(t)
	path := writeNotebook(t, e, "skip", `import "os"
%%
for _, name := range []string{"aside", "03_training"} {
	if err := os.WriteFile("../pages/"+name+".html", []byte("<p>aside</p>"), 0o644); err != nil { panic(err) }
}`)
	run := func(made, unchanged int) {
		t.Helper()
		if err := e.export(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		if e.made != made || e.unchanged != unchanged {
			t.Fatalf("%d made, %d unchanged, want %d and %d", e.made, e.unchanged, made, unchanged)
		}
	}
	run(1, 0)
	run(1, 1)
	was := e.recall("skip")
	if was.Pages["aside.html"] == "" || was.Pages["03_training.html"] != "" {
		t.Errorf("pages of the run: %v, want aside.html and not another notebook's", was.Pages)
	}
	if !e.intact(was) {
		t.Error("the run's own pages are not as it left them")
	}
	for _, page := range []string{"skip.html", "aside.html"} {
		data, err := os.ReadFile(filepath.Join(e.pages, page))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(e.pages, page), []byte("edited"), 0o644); err != nil {
			t.Fatal(err)
		}
		if e.intact(was) {
			t.Errorf("%s was edited, and the notebook would be skipped", page)
		}
		if err := os.Remove(filepath.Join(e.pages, page)); err != nil {
			t.Fatal(err)
		}
		if e.intact(was) {
			t.Errorf("%s is gone, and the notebook would be skipped", page)
		}
		if err := os.WriteFile(filepath.Join(e.pages, page), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	writeNotebook(t, e, "skip", hello)
	run(2, 1)
}

func TestOutputsNameNoPathOfTheMachine(t *testing.T) {
	t.Parallel()
	needKernel(t)
	e := workbench(t)
	path := writeNotebook(t, e, "paths", hello, "import \"os\"\n%%\nfmt.Println(os.Getenv(\"GONB_TMP_DIR\"))")
	var failed *failure
	if err := e.export(t.Context(), path); !errors.As(err, &failed) || failed.Cell != 2 || !strings.Contains(failed.Message, "path of this machine") {
		t.Errorf("error %v, want cell 2 to be refused for its path", err)
	}
}

func TestFormulaWithoutMathMLIsRefused(t *testing.T) {
	t.Parallel()
	needKernel(t)
	e := workbench(t)
	path := writeNotebook(t, e, "formula", "md:$\\nosuchcommand x$", hello)
	if err := e.export(t.Context(), path); err == nil || !strings.Contains(err.Error(), `\nosuchcommand`) {
		t.Errorf("error %v, want the formula's command to be named", err)
	}
}

func TestAsideBecomesMarkdownWithImages(t *testing.T) {
	t.Parallel()
	needKernel(t)
	dir := folder(t, map[string]string{"aside.html": `<html lang="en"><head><title>Aside</title><style>p{color:red}</style></head><body>
<nav class="reports" aria-label="Reports"><a href="x.html">x</a></nav><h1>Aside <small>beside</small></h1><p>Two * <b>bold</b> words, <code>a|b</code>.</p>
<figure><figcaption>A line <small>rising</small></figcaption><svg class="ch" width="9" height="9" viewBox="0 0 9 9" aria-label="it rises"><path d="M0 9L9 0"/></svg></figure>
<table><thead><tr><th colspan="2">over</th></tr><tr><th>digit</th><th>F1</th></tr></thead><tbody><tr><th>0</th><td>0.9<small>x</small></td></tr></tbody></table>
<ul class="row"><li><img class="px" width="28" height="28" alt="a 4" src="data:image/png;base64,AAAA"><em>4 → 9</em></li><li><img class="px" width="28" height="28" alt="a 7" src="data:image/png;base64,BBBB">7</li></ul>
<script>1</script></body></html>`})
	e := workbench(t)
	if out, err := e.python(t.Context(), "markdown", filepath.Join(dir, "aside.html")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	want := "<!-- reports --><!-- /reports -->\n\n*The same with every detail, as one page: [aside.html](aside.html).*\n\n" +
		"# Aside · beside\n\nTwo \\* **bold** words, `a|b`.\n\n**A line** rising\n\n![it rises](aside/01.svg)\n\n" +
		"| digit | F1 |\n| ---: | ---: |\n| 0 | 0.9<br>x |\n\n![2 images: a 4; a 7](aside/02.svg)\n"
	if got := read("aside.md"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if svg := read("aside/01.svg"); !strings.Contains(svg, `xmlns="http://www.w3.org/2000/svg"`) || !strings.Contains(svg, "viewBox") {
		t.Error(svg)
	}
	if svg := read("aside/02.svg"); strings.Count(svg, "<image ") != 2 || !strings.Contains(svg, `fill="#990f3d">4 → 9<`) || !strings.Contains(svg, "BBBB") {
		t.Error(svg)
	}
}
