package browser

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// JupyterLab as `make lab` starts it, used as readers use it; see lab.mjs. The notebooks are copies in a folder of their
// own, with their own runs, and take few steps (NB_QUICK). What they then hold is looked at without scripts; see
// still.mjs. Pictures are left in .env/shots/lab, or in lab/ of the folder that DIGITLAB_SHOTS names.
func TestLab(t *testing.T) {
	need(t, "node", "chromium", "make")
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for what, name := range map[string]string{"the environment": ".env/stamps/kernel", "MNIST": "data/mnist/train-images-idx3-ubyte"} {
		if _, err := os.Stat(filepath.Join(root, name)); err != nil {
			lacks(t, what+" is not there: run make setup data")
		}
	}
	inputs(t, root)
	shots := pictures(t, "lab")
	desk := newDesk(t, root)
	lab := startLab(t, root, desk)
	flags := []string{"-shots", shots}
	// -run TestLab/11_machines runs that notebook alone.
	if _, only, _ := strings.Cut(flag.Lookup("test.run").Value.String(), "/"); only != "" {
		flags = append(flags, "-only", only)
	}
	checks(t, lab.context, lab.mark, "lab.mjs", append(flags, lab.address)...)
	t.Run("the terminal shows nothing but the address", func(t *testing.T) {
		for _, noise := range []string{"Error message", "Skipped non-installed", "[I "} {
			if strings.Contains(lab.said(), noise) {
				t.Errorf("%q is on the terminal:\n%s", noise, lab.said())
			}
		}
	})
	if t.Failed() {
		t.Logf("the server said:\n%s", lab.said())
	}
	lab.stop()
	t.Run("nothing is left running", func(t *testing.T) {
		for _, p := range marked(lab.mark) {
			t.Error("process " + p)
		}
	})
	t.Run("without scripts", func(t *testing.T) {
		books, err := filepath.Glob(filepath.Join(desk, "notebooks", "[0-9]*.ipynb"))
		if err != nil || len(books) == 0 {
			t.Fatalf("no notebooks: %v", err)
		}
		checks(t, lab.context, lab.mark, "still.mjs", append([]string{"-shots", shots}, books...)...)
	})
}

// checks runs one of the programs beside this file; each line that it writes becomes a test.
func checks(t *testing.T, ctx context.Context, mark, program string, args ...string) {
	cmd := exec.CommandContext(ctx, "node", append([]string{program}, args...)...)
	cmd.Env = append(os.Environ(), mark)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it closes the browser
	cmd.WaitDelay = 10 * time.Second
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct {
			Check         string
			Seconds       float64
			Facts, Faults []string
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Errorf("%v: %s", err, lines.Text())
			continue
		}
		if line.Check == "" {
			t.Errorf("not a check: %s", lines.Text())
			continue
		}
		t.Run(line.Check, func(t *testing.T) {
			t.Logf("%.1f s: %s", line.Seconds, strings.Join(line.Facts, "; "))
			for _, fault := range line.Faults {
				t.Error(fault)
			}
		})
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%s: %v\n%s", program, err, said.Bytes())
	}
}

// inputs reads the names and times of what the notebooks are made from, so that go test runs this test again when
// something there has changed.
func inputs(t *testing.T, root string) {
	t.Helper()
	for _, name := range []string{"nnlib", "notebooks", "tools"} {
		err := filepath.WalkDir(filepath.Join(root, name), func(string, fs.DirEntry, error) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
}

// newDesk is a folder that looks like the checkout to notebooks and keeps what they write.
func newDesk(t *testing.T, root string) string {
	t.Helper()
	desk := t.TempDir()
	if err := os.CopyFS(filepath.Join(desk, "notebooks"), os.DirFS(filepath.Join(root, "notebooks"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"runs", "reports", "settings", "workspaces"} {
		if err := os.Mkdir(filepath.Join(desk, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"benchmarks.json", "README.md", "per_digit.md"} { // 07_speed reads the first; links lead to the others
		if data, err := os.ReadFile(filepath.Join(root, "reports", name)); err == nil {
			if err := os.WriteFile(filepath.Join(desk, "reports", name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, name := range []string{"data", "nnlib"} {
		if err := os.Symlink(filepath.Join(root, name), filepath.Join(desk, name)); err != nil {
			t.Fatal(err)
		}
	}
	return desk
}

// lab is a running JupyterLab.
type lab struct {
	context context.Context // ends in time for everything to be stopped
	address string          // with the token, as the terminal shows it
	mark    string          // a variable in the environment of all that it starts
	said    func() string
	stop    func()
}

// startLab starts JupyterLab by `make lab` and waits until it shows its address. The test's end stops it, and whatever
// it has started.
func startLab(t *testing.T, root, desk string) *lab {
	t.Helper()
	l := &lab{context: t.Context(), mark: "DIGITLAB_LAB=" + filepath.Base(filepath.Dir(desk)) + "-" + strconv.Itoa(os.Getpid())}
	if end, ok := t.Deadline(); ok {
		ctx, cancel := context.WithDeadline(t.Context(), end.Add(-30*time.Second))
		t.Cleanup(cancel)
		l.context = ctx
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := free.Addr().String()
	_, port, _ := net.SplitHostPort(host)
	free.Close()
	flags := []string{"--ServerApp.ip=127.0.0.1", "--ServerApp.port=" + port, "--ServerApp.port_retries=0", "--ServerApp.open_browser=False",
		"--ServerApp.answer_yes=True", "--LabApp.expose_app_in_browser=True",
		"--LabApp.user_settings_dir=" + filepath.Join(desk, "settings"), "--LabApp.workspaces_dir=" + filepath.Join(desk, "workspaces")}
	log, err := os.Create(filepath.Join(desk, "log"))
	if err != nil {
		t.Fatal(err)
	}
	l.said = func() string {
		text, _ := os.ReadFile(log.Name())
		return string(text)
	}
	reap := reaper(t, l.mark)
	server := exec.Command("make", "-C", root, "--no-print-directory", "lab", "LAB_FOLDER="+desk, "LAB_FLAGS="+strings.Join(flags, " "))
	server.Env = append(os.Environ(), "NB_QUICK=1", l.mark)
	server.Stdout, server.Stderr = log, log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	stopped := false
	l.stop = func() {
		if stopped {
			return
		}
		stopped = true
		defer log.Close()
		// The server ends its kernels in good order, when it is asked to.
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
		defer cancel()
		if ask, err := http.NewRequestWithContext(ctx, "POST", strings.Replace(l.address, "/lab/tree/notebooks/README.md", "/api/shutdown", 1), nil); err == nil {
			if answer, err := http.DefaultClient.Do(ask); err == nil {
				answer.Body.Close()
			}
		}
		select {
		case <-ended:
		case <-ctx.Done():
		}
		for range 20 { // what the kernels have started ends a moment later
			if len(marked(l.mark)) == 0 {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	t.Cleanup(func() {
		l.stop()
		reap()
	})
	shown := regexp.MustCompile(`http://` + regexp.QuoteMeta(host) + `/lab/tree/notebooks/README\.md\?token=[0-9a-f]{48}`)
	for {
		if l.address = shown.FindString(l.said()); l.address != "" {
			return l
		}
		select {
		case err := <-ended:
			t.Fatalf("make lab ended: %v\n%s", err, l.said())
		case <-l.context.Done():
			t.Fatalf("JupyterLab shows no address of notebooks/README.md\n%s", l.said())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// reaper kills what has a variable in its environment, when it is called or when this process ends in any way, killed
// or out of time: its input ends then. Where there is no /proc it kills nothing.
func reaper(t *testing.T, variable string) (reap func()) {
	t.Helper()
	const script = `trap '' INT TERM HUP
cat >/dev/null
for round in 1 2 3; do for p in /proc/[0-9]*; do if tr '\0' '\n' <$p/environ | grep -qx "$0"; then kill -9 ${p#/proc/}; fi; done; done 2>/dev/null`
	cmd := exec.Command("sh", "-c", script, variable)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func() {
		in.Close()
		cmd.Wait()
	}
}

// marked lists the processes that have a variable in their environment. Where there is no /proc it lists none.
func marked(variable string) (list []string) {
	all, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, name := range all {
		environment, err := os.ReadFile(name)
		if err == nil && slices.Contains(strings.Split(string(environment), "\x00"), variable) {
			command, _ := os.ReadFile(filepath.Join(filepath.Dir(name), "cmdline"))
			list = append(list, strings.TrimSpace(filepath.Base(filepath.Dir(name))+" "+strings.ReplaceAll(string(command), "\x00", " ")))
		}
	}
	return list
}
