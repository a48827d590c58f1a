package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A disassembler must read the words as the comments beside them say.
func TestWordsAreWhatTheyClaim(t *testing.T) {
	objdump, err := exec.LookPath("aarch64-linux-gnu-objdump")
	if err != nil {
		t.Skip("no aarch64-linux-gnu-objdump: install binutils-aarch64-linux-gnu")
	}
	var code []byte
	var want []string
	for _, m := range regexp.MustCompile(`WORD \$(0x[0-9a-f]{8}) // (.*)`).FindAllStringSubmatch(string(generate().assembly()), -1) {
		w, err := strconv.ParseUint(m[1], 0, 32)
		if err != nil {
			t.Fatal(err)
		}
		code = binary.LittleEndian.AppendUint32(code, uint32(w))
		want = append(want, m[2])
	}
	file := filepath.Join(t.TempDir(), "words")
	if err := os.WriteFile(file, code, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(objdump, "-D", "-z", "-b", "binary", "-m", "aarch64", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range bytes.Lines(out) {
		if f := strings.SplitN(strings.TrimSpace(string(line)), "\t", 3); len(f) == 3 {
			got = append(got, strings.ReplaceAll(f[2], "\t", " "))
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d of %d words are instructions", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%08x is %s, and not %s", binary.LittleEndian.Uint32(code[4*i:]), got[i], want[i])
		}
	}
}
