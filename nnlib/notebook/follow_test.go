package notebook

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"digitlab/nnlib"
)

const twoSteps = `echo banner
echo '{"event":"start","ranks":2,"workers":1,"world":"Open MPI","target":3}'
echo '{"event":"step","step":1,"cost":2.5,"accuracy":0.1,"rate":0.5,"seconds":1,"replayed":true}'
echo '{"event":"step","step":2,"cost":1.25,"accuracy":0.5,"rate":0.5,"seconds":2}'
`

const allSteps = twoSteps + `echo '{"event":"step","step":3,"accuracy":0.75,"rate":0.5,"seconds":2}'
echo '{"event":"end","step":3,"tested":"test_accuracy=0.7","weights":"sha256:0123456789abcdef"}'
`

func shell(script string) *exec.Cmd { return exec.Command("sh", "-c", script) }

func TestFollow(t *testing.T) {
	s, r, _, _ := lab()
	var seen []int
	j, err := s.follow(context.Background(), "mine", shell(allSteps), func(_ *Job, st nnlib.Step) { seen = append(seen, st.Number) })
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) != 3 || j.Ranks != 2 || j.World != "Open MPI" || j.Weights != "0123456789abcdef" || j.Tested == "" {
		t.Errorf("steps %v of %+v", seen, j)
	}
	if st := j.Steps; st[1].Cost != 1.25 || !st[0].Replayed || st[2].Cost == st[2].Cost {
		t.Errorf("%+v", st)
	}
	holds(t, r.updates[0].html, "● starting")
	holds(t, r.last(t), "✓ finished", "mine", "3 of 3", "Accuracy 75.0", ">took</span> <b>5.0 s", ">read back</span> <b>1 step<", "0123456789ab<")
	s.still = true
	s.follow(context.Background(), "mine", shell(allSteps))
	lacks(t, r.last(t), "took", "read back")
}

func TestFollowTellsHowItEnded(t *testing.T) {
	for _, test := range []struct {
		script string
		status int
		shows  []string
	}{
		{twoSteps + "echo '{\"event\":\"saved\",\"step\":2}'; exit 75", 75, []string{"■ stopped", "Step 2 was saved", "status 75"}},
		{twoSteps + "exit 137", 137, []string{"■ lost after step 2", "sh ended with status 137", "goes on from there"}},
		{"echo the file is gone >&2; exit 1", 1, []string{"✕ failed before step 1", "sh ended with status 1", "the file is gone"}},
	} {
		s, r, status, words := lab()
		_, err := s.follow(context.Background(), "mine", shell(test.script))
		var ended *Ended
		if !errors.As(err, &ended) || ended.Status != test.status {
			t.Errorf("%q: %v", test.script, err)
		}
		holds(t, r.last(t), test.shows...)
		blocks := len(r.updates)
		if s.check(err); *status != 1 || len(r.updates) != blocks || !strings.Contains(words.String(), strconv.Itoa(test.status)) {
			t.Errorf("%q: status %d, %d more blocks, words %q", test.script, *status, len(r.updates)-blocks, words)
		}
	}
	s, r, _, _ := lab()
	if _, err := s.follow(context.Background(), "mine", exec.Command("/no/such/program")); err == nil {
		t.Error("a program that is not there was followed")
	}
	holds(t, r.last(t), "✕ failed")
}

// alive says whether a process is there.
func alive(id int) bool { return syscall.Kill(id, 0) == nil }

// An interrupt asks for a checkpoint first, and in the end kills whatever is left.
func TestInterruptEndsTheProcesses(t *testing.T) {
	polite := "trap 'echo \"{\\\"event\\\":\\\"saved\\\",\\\"step\\\":2}\"; exit 75' USR1\n" + twoSteps + "while :; do sleep 0.05; done"
	stubborn := "trap '' USR1 TERM INT; " + twoSteps + "while :; do sleep 0.05; done"
	for script, shows := range map[string]string{polite: "after saving step 2", stubborn: "All of its processes have ended. Run"} {
		s, r, status, _ := lab()
		ctx, stop := context.WithCancel(context.Background())
		began := time.Now()
		j, err := s.follow(ctx, "mine", shell(script), func(_ *Job, st nnlib.Step) {
			if st.Number == 2 {
				stop()
			}
		})
		if !errors.Is(err, nnlib.ErrInterrupted) || time.Since(began) > 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if alive(j.Command.Process.Pid) {
			t.Error("it goes on")
		}
		holds(t, r.last(t), "■ interrupted", shows)
		if s.check(err); *status != 0 {
			t.Errorf("status %d", *status)
		}
	}
}

func TestKillEndsOneProcess(t *testing.T) {
	s, r, _, _ := lab()
	mark := filepath.Join(t.TempDir(), "killed")
	script := "sleep 60 & child=$!\n" + twoSteps + "wait $child; echo $? >" + mark + "\n" +
		"echo '{\"event\":\"step\",\"step\":3,\"cost\":1}'; exit 137"
	j, err := s.follow(context.Background(), "mine", shell(script), func(j *Job, st nnlib.Step) {
		if st.Number == 2 {
			if err := j.Kill(7); err == nil {
				t.Error("there is no process 7")
			}
			if err := j.Kill(0); err != nil {
				t.Error(err)
			}
		}
	})
	if text, _ := os.ReadFile(mark); strings.TrimSpace(string(text)) != "137" || err == nil || len(j.Steps) != 2 {
		t.Errorf("the child's status is %q, %v, %d steps", text, err, len(j.Steps))
	}
	holds(t, r.last(t), "lost after step 2")
}

func TestOutput(t *testing.T) {
	if out, err := Output(shell("echo one; echo two; echo no >&2")); err != nil || out != "one\ntwo\n" {
		t.Errorf("%q, %v", out, err)
	}
	if _, err := Output(shell("echo why >&2; exit 3")); err == nil || err.Error() != "sh ended with status 3\nwhy" {
		t.Error(err)
	}
}

func TestWarning(t *testing.T) {
	s, r, _, _ := lab()
	s.values([]any{Warning("no <MPI>")})
	holds(t, r.last(t), `role="alert"`, "no &lt;MPI&gt;")
}
