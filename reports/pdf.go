package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// browsers are the programs that can print a page, by name or place. CHROMIUM names another.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"}

var errNoBrowser = errors.New("PDF needs Chromium or Chrome, here is none. Debian: sudo apt install chromium; Fedora: sudo dnf install chromium; " +
	"macOS: brew install --cask chromium; or name the program in CHROMIUM")

func browser() (string, error) {
	list := browsers
	if own := os.Getenv("CHROMIUM"); own != "" {
		list = []string{own}
	}
	for _, name := range list {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoBrowser
}

// printPages prints every page of the volume to dir as a PDF of A4 pages, code unfolded.
func (v *volume) printPages(ctx context.Context, dir string, say func(format string, args ...any)) error {
	program, err := browser()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	profile, err := os.MkdirTemp("", "digitlab-pdf-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(profile)
	for _, b := range v.all() {
		from, err := filepath.Abs(filepath.Join(v.dir, b.Name+".html"))
		if err != nil {
			return err
		}
		to := filepath.Join(dir, b.Name+".pdf")
		args := []string{"--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
			"--user-data-dir=" + profile, "--no-pdf-header-footer", "--print-to-pdf=" + to, (&url.URL{Scheme: "file", Path: filepath.ToSlash(from)}).String()}
		if os.Getuid() == 0 {
			args = append([]string{"--no-sandbox"}, args...)
		}
		page, cancel := context.WithTimeout(ctx, 2*time.Minute)
		out, err := exec.CommandContext(page, program, args...).CombinedOutput()
		cancel()
		if err != nil {
			return fmt.Errorf("%s as PDF: %w\n%s", b.Name, err, lastLines(string(out), 4))
		}
		data, err := os.ReadFile(to)
		if err != nil || !bytes.HasPrefix(data, []byte("%PDF-")) {
			return fmt.Errorf("%s as PDF: the browser wrote none\n%s", b.Name, lastLines(string(out), 4))
		}
		say("%s: %s, %d kB\n", b.Name, strings.TrimPrefix(to, filepath.Dir(v.dir)+string(filepath.Separator)), (len(data)+999)/1000)
	}
	return nil
}
