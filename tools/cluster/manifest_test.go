package cluster

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// python is the environment's, with the modules that check-manifest wants.
func python(t *testing.T) string {
	t.Helper()
	name := os.Getenv("DIGITLAB_PYTHON")
	if name == "" {
		name = filepath.Join("..", "..", ".env", "python", "bin", "python3")
	}
	if err := exec.Command(name, "-c", "import jsonschema, yaml").Run(); err != nil {
		const why = "no Python that imports jsonschema and yaml: make setup"
		if os.Getenv("DIGITLAB_REQUIRE") == "all" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	return name
}

func TestManifestFitsItsDefinition(t *testing.T) {
	interpreter := python(t)
	good, err := os.ReadFile("mpijob.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, says string }{
		{"as it is", "", "", ""},
		{"a word for a number", "replicas: 4", "replicas: four", "'four' is not of type 'integer'"},
		{"an unknown field", "cleanPodPolicy", "cleanPods", "'cleanPods' was unexpected"},
		{"no containers", "containers:", "initContainers:", "'containers' is a required property"},
		{"another version", "kubeflow.org/v2beta1", "kubeflow.org/v1", "not of this definition"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := string(good)
			if c.old != "" {
				text = strings.Replace(text, c.old, c.new, 1)
			}
			file := filepath.Join(t.TempDir(), "mpijob.yaml")
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(interpreter, "check-manifest", filepath.Join("testdata", "mpijob-definition.yaml"), file).CombinedOutput()
			if (err == nil) != (c.says == "") || !strings.Contains(string(out), c.says) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
