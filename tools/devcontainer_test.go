package tools

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// devcontainer is what we use of https://containers.dev/implementors/json_reference; another key is a mistake.
type devcontainer struct {
	Name             string
	Build            struct{ Dockerfile, Context string }
	RemoteUser       string
	WorkspaceFolder  string
	WorkspaceMount   string
	Mounts           []struct{ Type, Source, Target string }
	Init             bool
	ForwardPorts     []int
	PortsAttributes  map[string]struct{ Label, OnAutoForward string }
	HostRequirements struct {
		CPUs   int
		Memory string
	}
	PostCreateCommand, PostAttachCommand string
}

// The devcontainer is the Dockerfile with the checkout in the place of its copy: user, folder, port and commands are
// those of the Dockerfile and the Makefile, and the environment that the image has made is a volume in its own place.
func TestDevcontainer(t *testing.T) {
	path := filepath.Join("..", ".devcontainer", "devcontainer.json")
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var c devcontainer
	d := json.NewDecoder(bytes.NewReader([]byte(read(path))))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		t.Fatal(err)
	}
	for key := range keys(t, read(path)) { // the decoder takes them in any case
		if key != strings.ToLower(key[:1])+key[1:] {
			t.Errorf("key %s begins with a capital", key)
		}
	}
	dockerfile, makefile := read(filepath.Join(filepath.Dir(path), c.Build.Dockerfile)), read("../Makefile")
	if _, err := os.Stat(filepath.Join(filepath.Dir(path), c.Build.Context, "go.mod")); err != nil {
		t.Errorf("the context is not the checkout: %v", err)
	}
	last := dockerfile[strings.LastIndex(dockerfile, "\nFROM "):]
	for what, re := range map[string]string{
		"user":   `useradd --uid 1000 .* ` + c.RemoteUser + `\b`,
		"folder": `\nWORKDIR ` + c.WorkspaceFolder + `\n`,
		"port":   `\nEXPOSE 8888\n`,
	} {
		if !regexp.MustCompile(re).MatchString(last) {
			t.Errorf("%s: the image has no %s", what, re)
		}
	}
	if !slices.Contains(c.ForwardPorts, 8888) || c.PortsAttributes["8888"].Label == "" {
		t.Errorf("ports %v, %v: want 8888 with a label", c.ForwardPorts, c.PortsAttributes)
	}
	if c.WorkspaceMount != "source=${localWorkspaceFolder},target="+c.WorkspaceFolder+",type=bind" {
		t.Errorf("the checkout is mounted as %s", c.WorkspaceMount)
	}
	if len(c.Mounts) != 1 || c.Mounts[0].Type != "volume" || c.Mounts[0].Target != c.WorkspaceFolder+"/.env" || !strings.Contains(c.Mounts[0].Source, "${devcontainerId}") {
		t.Errorf("mounts %+v: want a volume of its own for .env", c.Mounts)
	}
	for _, command := range []string{c.PostCreateCommand, c.PostAttachCommand} {
		target := strings.Fields(command + " ? ?")[:2]
		if target[0] != "make" || !strings.Contains(makefile, "\n"+target[1]+":") {
			t.Errorf("%q: the Makefile has no such target", command)
		}
	}
}

// keys are the keys of an object, and of those inside it that are no ports.
func keys(t *testing.T, text string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(`"([A-Za-z]+)":`).FindAllStringSubmatch(text, -1) {
		found[m[1]] = true
	}
	if len(found) < 10 {
		t.Errorf("%d keys", len(found))
	}
	return found
}
