// Package browser looks at Digitlab through a browser; see pages.mjs and browser.mjs.
package browser

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// lacks skips the test and says why. DIGITLAB_REQUIRE=all makes that a failure.
func lacks(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("DIGITLAB_REQUIRE") == "all" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// need skips the test where a program, or what tools/browser/setup installs, is not there. It returns the folder of
// what is installed.
func need(t *testing.T, programs ...string) string {
	t.Helper()
	for _, program := range programs {
		if program == "chromium" && os.Getenv("CHROMIUM") != "" {
			continue
		}
		if _, err := exec.LookPath(program); err != nil {
			lacks(t, "there is no "+program+" on this machine: pages were not looked at")
		}
	}
	modules, err := filepath.Abs(filepath.Join("..", "..", ".env", "browser"))
	if err != nil {
		t.Fatal(err)
	}
	if own := os.Getenv("DIGITLAB_BROWSER"); own != "" {
		modules = own
	}
	if _, err := os.Stat(filepath.Join(modules, "made-from")); err != nil {
		lacks(t, "what looks at pages is not installed: run make browser")
	}
	return modules
}

// pictures is a folder for them, emptied.
func pictures(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("DIGITLAB_SHOTS")
	if dir == "" {
		dir = filepath.Join("..", "..", ".env", "shots")
	}
	dir, err := filepath.Abs(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	old, _ := filepath.Glob(filepath.Join(dir, "*.png"))
	for _, name := range old {
		os.Remove(name)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// reports are the committed pages.
func reports(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join("..", "..", "reports", "*.html"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages in reports/: %v", err)
	}
	return pages
}

// output runs a command and returns what it wrote to stdout.
func output(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, args[0], err, out, said.Bytes())
	}
	return out
}

// Every report opens from a file without a network, in light, dark, phone width, print and without scripts: it asks
// for nothing, fits, shows its images, its links lead somewhere, the keyboard reaches it, and axe finds no serious
// fault. A 7 drawn on the pad of 08_ask is read as one. Pictures are left in .env/shots/pages, or in pages/ of the folder
// that DIGITLAB_SHOTS names.
func TestReportsInABrowser(t *testing.T) {
	need(t, "node", "chromium")
	pages := reports(t)
	seen := look(t, append([]string{"pages.mjs", "-shots", pictures(t, "pages")}, pages...))
	if want := 5 * len(pages); seen != want {
		t.Errorf("%d views were looked at, want %d", seen, want)
	}
}

// look runs pages.mjs, fails the test for each fault and returns how many views it has looked at.
func look(t *testing.T, args []string) (views int) {
	t.Helper()
	for lines := bufio.NewScanner(bytes.NewReader(output(t, "node", args...))); lines.Scan(); {
		var line struct {
			Page, View, Fault string
			Views             int
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("%v: %s", err, lines.Text())
		}
		if line.Fault != "" {
			t.Errorf("%s, %s: %s", line.Page, line.View, line.Fault)
		}
		views += line.Views
	}
	return views
}

// What is wrong with a page is found: each fault of this one by its name.
func TestFaultsAreFound(t *testing.T) {
	need(t, "node", "chromium")
	page := filepath.Join(t.TempDir(), "bad.html")
	const bad = `<!doctype html><html lang="en"><head><title>Bad</title><style>a:focus{outline:none}</style></head><body><main><h1>Bad</h1>
<a href="#main">Skip</a><a href="nowhere.html">there</a><a href="#gone">gone</a><p style="width:1300px;color:#ccc">pale and wide</p>
<img src="data:image/png;base64,AAAA" alt="broken"><img src="http://192.0.2.1/x.png" alt="far"><script>null.x</script></main></body></html>`
	if err := os.WriteFile(page, []byte(bad), 0o644); err != nil {
		t.Fatal(err)
	}
	out := string(output(t, "node", "pages.mjs", page))
	for _, want := range []string{"it asks for http://192.0.2.1/x.png", "color-contrast", "pixels wide", "nowhere.html is not there", "#gone leads nowhere",
		"does not show: broken", "its script fails", "the focus is not marked"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not found in\n%s", want, out)
		}
	}
}

// newer is what the checker's own CSS part does not know yet: container queries.
const newer = `.*(container-type|@container).*`

// Every report is valid HTML by the W3C's checker.
func TestReportsAreValidHTML(t *testing.T) {
	modules := need(t, "java")
	checker := filepath.Join(modules, "node_modules", "vnu-jar", "build", "dist", "vnu.jar")
	out, err := exec.CommandContext(t.Context(), "java", append([]string{"-jar", checker, "--errors-only", "--stdout", "--format", "gnu",
		"--filterpattern", newer}, reports(t)...)...).CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		t.Error(strings.TrimSpace(line))
	}
	if err != nil && len(out) == 0 {
		t.Error(err)
	}
}
