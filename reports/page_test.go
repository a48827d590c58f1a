package main

import (
	"strings"
	"testing"
)

func TestCheckPageRefusesWhatItWouldLoad(t *testing.T) {
	for _, bad := range []string{
		`<script src="https://cdn.example/x.js"></script>`,
		`<script async src='//cdn.example/x.js'></script>`,
		`<link rel="stylesheet" href="http://example/x.css">`,
		`<img alt="a" src=https://example/x.png>`,
		`<svg><image xlink:href="https://example/x.png"/></svg>`,
		`<style>@import "https://example/x.css";</style>`,
		`<style>p{background:url(https://example/x.png)}</style>`,
		`<p style="background:url('//example/x.png')">a</p>`,
	} {
		if err := checkPage("bad.html", []byte("<html>"+bad+"</html>"), "/nowhere"); err == nil || !strings.Contains(err.Error(), "would load") {
			t.Errorf("%s: error %v, want it refused", bad, err)
		}
	}
	for _, good := range []string{
		`<p>see <a href="https://example.org">there</a></p>`,
		`<math xmlns="http://www.w3.org/1998/Math/MathML"></math>`,
		`<svg xmlns="http://www.w3.org/2000/svg"><use href="#mark"/></svg>`,
		`<img alt="a" src="data:image/png;base64,AAAA">`,
		`<pre>img src=&quot;https://example&quot;, url(https://example)</pre>`,
	} {
		if err := checkPage("good.html", []byte(good), "/nowhere"); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
}

func TestCheckPageRefusesLargePagesAndPaths(t *testing.T) {
	if err := checkPage("large.html", make([]byte, maxPage), "/nowhere"); err == nil {
		t.Error("a page of 2 MB passed")
	}
	if err := checkPage("small.html", make([]byte, maxPage-1), "/nowhere"); err != nil {
		t.Error(err)
	}
	t.Setenv("HOME", "/home/someone")
	for _, bad := range []string{"<p>\n/checkouts/digitlab/data</p>", "<p>\n/home/someone/data</p>"} {
		err := checkPage("paths.html", []byte(bad), "/checkouts/digitlab")
		if err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: error %v, want line 2 refused", bad, err)
		}
	}
}
