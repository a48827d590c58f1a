package notebook

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"html/template"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"digitlab/nnlib"
	"digitlab/nnlib/figure"
	simd "digitlab/nnlib/internal/kernel"
	"digitlab/nnlib/mnist"
)

// finding is what one look at the machine has shown.
type finding struct {
	Name  string
	Found string // depends on the machine
	State state
	Mend  string // what to do, where something is wrong
}

type state int

const (
	good state = iota
	less       // notebooks run without it
	bad
)

func (s state) String() string {
	return [...]string{"✓\u00a0good", "!\u00a0less", "✕\u00a0missing"}[s]
}

// Doctor looks whether the kernel, its tools, the data in a folder such as
// "../data", room for runs, Go's build cache and the processor's fast
// instructions are as notebooks need them, and shows what it finds with what to
// mend. The error says that a notebook would fail; Check ends the program with
// it and shows nothing twice.
func Doctor(data string) error { return cell.doctor(examine(Context(), data)) }

func (s *screen) doctor(list []finding) error {
	b := block{Class: finished, Symbol: "✓", State: "healthy", Title: "All that a notebook needs is here"}
	t := figure.Table{Head: []string{"What", "State", "Found"}, Words: 3}
	var wrong, few []string
	for _, f := range list {
		found := f.Found
		if s.still && f.State == good {
			found = ""
		}
		t.Rows = append(t.Rows, []string{f.Name, f.State.String(), found})
		switch f.State {
		case bad:
			wrong = append(wrong, f.Name)
		case less:
			few = append(few, f.Name)
		}
		if f.State != good {
			b.Todo = append(b.Todo, f.Mend)
		}
	}
	switch {
	case len(wrong) > 0:
		b.Class, b.Symbol, b.State = failed, "✕", "not healthy"
		b.Title = "To mend before a notebook runs: " + strings.Join(append(wrong, few...), ", ")
	case len(few) > 0:
		b.Title = "Notebooks run; better with: " + strings.Join(few, ", ")
	}
	table, err := t.Figure()
	b.Body = template.HTML(table)
	h, broken := b.html()
	if err = errors.Join(err, broken); err == nil {
		s.show(h)
	}
	if len(wrong) > 0 {
		err = errors.Join(err, shown{fmt.Errorf("notebook: to mend: %s", strings.Join(wrong, ", "))})
	}
	return err
}

// examine looks at everything.
func examine(ctx context.Context, data string) []finding {
	list := []finding{kernelFound(), goFound(ctx)}
	list = append(list, toolFound("goimports", "no cell with an import compiles without it", bad), toolFound("gopls", "completion and help in cells need it", less))
	list = append(list, dataFound(data), runsFound(filepath.Join(filepath.Dir(filepath.Clean(data)), "runs")), cacheFound(ctx))
	return append(list, processorFound())
}

func kernelFound() finding {
	f := finding{Name: "Kernel", Found: "GoNB " + os.Getenv("GONB_VERSION")}
	if path, err := exec.LookPath("gonb"); err == nil { // what it says of itself can be an older version
		if b, err := buildinfo.ReadFile(path); err == nil {
			f.Found = "GoNB " + b.Main.Version
		}
	}
	if os.Getenv("GONB_PIPE") == "" {
		f.Found, f.State, f.Mend = "this program was not started by a GoNB kernel", less, "Kernel: run this in a notebook; make lab starts JupyterLab with the kernel."
	}
	return f
}

// oldest is the Go version that go.mod asks for.
const oldest = 26

// goFound asks the go command, which compiles every cell.
func goFound(ctx context.Context) finding {
	f := finding{Name: "Go"}
	version, err := goEnv(ctx, "GOVERSION")
	minor := 0
	_, scan := fmt.Sscanf(version, "go1.%d", &minor)
	flags, _ := goEnv(ctx, "GOFLAGS")
	switch f.Found = version; {
	case err != nil:
		f.Found, f.State = "the go command does not answer", bad
		f.Mend = fmt.Sprintf("Go: install Go 1.%d or newer, so that `go version` works where JupyterLab is started.", oldest)
	case scan == nil && minor < oldest:
		f.State, f.Mend = bad, fmt.Sprintf("Go: install Go 1.%d or newer; here is %s.", oldest, version)
	case strings.Contains(flags, "-mod=mod"):
		f.Found, f.State, f.Mend = version+", GOFLAGS has -mod=mod", bad, "Go: take -mod=mod out of GOFLAGS (`go env -u GOFLAGS`); the kernel compiles in a workspace, which refuses it."
	}
	return f
}

// goEnv is one setting of the go command.
func goEnv(ctx context.Context, name string) (string, error) {
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	out, err := exec.CommandContext(ctx, "go", "env", name).Output()
	return strings.TrimSpace(string(out)), err
}

func toolFound(name, why string, without state) finding {
	f := finding{Name: name, Found: "in the kernel's PATH"}
	if _, err := exec.LookPath(name); err != nil {
		f.Found, f.State, f.Mend = "not in the kernel's PATH", without, fmt.Sprintf("%s: run make setup in a terminal; %s.", name, why)
	}
	return f
}

func dataFound(dir string) finding {
	f := finding{Name: "MNIST", Found: "four files, verified by SHA-256"}
	if missing := mnist.Missing(dir); len(missing) > 0 {
		f.Found, f.State = "missing or damaged: "+strings.Join(missing, ", "), bad
		f.Mend = fmt.Sprintf("MNIST: run nb.Check(mnist.Fetch(nb.Context(), %q, nil)) in a cell, or make data in a terminal.", dir)
	}
	return f
}

// roomNeeded is the space that runs and builds should find, in bytes.
const roomNeeded = 1 << 30

// runsFound tries to write where notebooks keep their runs.
func runsFound(dir string) finding {
	return folderFound("Runs", dir, "Runs: make the folder "+dir+" writable for you (chmod u+w), so that training can be saved.")
}

func cacheFound(ctx context.Context) finding {
	dir, err := goEnv(ctx, "GOCACHE")
	if err != nil || dir == "" || dir == "off" {
		return finding{"Build cache", "none", bad, "Build cache: unset GOCACHE (`go env -u GOCACHE`); without it every cell compiles everything anew."}
	}
	f := folderFound("Build cache", dir, "Build cache: make Go's folder for it (`go env GOCACHE`) writable for you.")
	return f
}

// folderFound looks at a folder, or at the one that it would be made in.
func folderFound(name, dir, mend string) finding {
	f := finding{Name: name, Found: "writable"}
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	try, err := os.MkdirTemp(dir, ".doctor-")
	if err != nil {
		return finding{name, "cannot be written", bad, mend}
	}
	os.Remove(try)
	if free, ok := space(dir); ok {
		f.Found += fmt.Sprintf(", %s GB free", figure.Figures(float64(free)/1e9, 2))
		if free < roomNeeded {
			f.State, f.Mend = less, name+": make room on the disk; a set of notebooks and their builds want a gigabyte."
		}
	}
	return f
}

// processorFound says which instructions training uses.
func processorFound() finding {
	tier, err := simd.Tier()
	best := simd.Tiers()[0]
	f := finding{Name: "Processor", Found: fmt.Sprintf("%s instructions, %s, %s", tier, number(runtime.GOMAXPROCS(0), "core"), nnlib.Precision)}
	switch {
	case err != nil:
		f.State, f.Mend = bad, "Processor: unset DIGITLAB_SIMD: "+err.Error()+"."
	case tier != best:
		f.State, f.Mend = less, fmt.Sprintf("Processor: unset DIGITLAB_SIMD to train with %s.", best)
	case tier == "go" && nnlib.Precision == "float32":
		f.State, f.Mend = less, "Processor: nothing to mend; without AVX2, AVX-512 or NEON training takes several times as long, with the same weights."
	}
	return f
}
