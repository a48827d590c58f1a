package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// maxPage is the size that no page may reach, in bytes.
const maxPage = 2_000_000

var (
	sheet  = regexp.MustCompile(`(?is)<style\b[^>]*>(.*?)</style>|\bstyle\s*=\s*"([^"]*)"`)
	loaded = []*regexp.Regexp{
		regexp.MustCompile(`(?is)<(?:script|img|iframe|source|video|audio|object|embed|track|input|base|use|image|feImage)\b[^>]*?\b(?:src|href|srcset|data|poster|xlink:href)\s*=\s*["']?\s*((?:https?:)?//[^"'\s>]*)`),
		regexp.MustCompile(`(?is)<link\b[^>]*?\bhref\s*=\s*["']?\s*((?:https?:)?//[^"'\s>]*)`),
	}
	loadedBySheet = regexp.MustCompile(`(?is)(?:url\(\s*["']?|@import\s+["'])\s*((?:https?:)?//[^"')\s]*)`)
)

// checkPage refuses a page that is too large, loads something from another host, or names a place of this machine.
func checkPage(name string, page []byte, root string) error {
	if len(page) >= maxPage {
		return fmt.Errorf("%s: %d bytes, a page stays below %d: show fewer images, or smaller ones", name, len(page), maxPage)
	}
	for _, re := range loaded {
		if m := re.FindSubmatch(page); m != nil {
			return fmt.Errorf("%s: it would load %s: a page holds everything that it shows", name, m[1])
		}
	}
	for _, m := range sheet.FindAllSubmatch(page, -1) {
		if m := loadedBySheet.FindSubmatch(append(m[1], m[2]...)); m != nil {
			return fmt.Errorf("%s: its style sheet would load %s: a page holds everything that it shows", name, m[1])
		}
	}
	places := []string{root}
	if home, err := os.UserHomeDir(); err == nil && strings.Trim(home, "/") != "" {
		places = append(places, strings.TrimRight(home, "/")+"/")
	}
	for _, place := range places {
		if at := bytes.Index(page, []byte(place)); at >= 0 {
			line := 1 + bytes.Count(page[:at], []byte("\n"))
			return fmt.Errorf("%s: line %d names %s, a place of this machine: print paths relative to the notebook", name, line, place)
		}
	}
	return nil
}
