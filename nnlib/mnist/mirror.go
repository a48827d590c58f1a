package mnist

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// client retries what a server may mend, and gives up at once where no
// connection can be made, so that a closed network costs seconds.
func (t Fetcher) client() *retryablehttp.Client {
	c := retryablehttp.NewClient()
	c.Logger = nil
	c.RetryMax = 3
	c.RetryWaitMin, c.RetryWaitMax = t.wait, 3*time.Second
	if t.wait == 0 {
		c.RetryWaitMin = 300 * time.Millisecond
	}
	c.HTTPClient = &http.Client{Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 4 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: 15 * time.Second,
		DisableCompression:    true, // the file itself is compressed
		ForceAttemptHTTP2:     true,
	}}
	c.CheckRetry = func(ctx context.Context, resp *http.Response, err error) (bool, error) {
		if unreachable(err) {
			return false, err
		}
		return retryablehttp.ErrorPropagatedRetryPolicy(ctx, resp, err)
	}
	return c
}

// unreachable is true where no connection was made.
func unreachable(err error) bool {
	var dial *net.OpError
	var name *net.DNSError
	return errors.As(err, &name) || errors.As(err, &dial) && (dial.Op == "dial" || dial.Op == "proxyconnect")
}

// fromMirror fetches one file, going on where a transfer was cut. Content that
// was put together from several transfers and is wrong is fetched once more
// from its beginning.
func (t Fetcher) fromMirror(ctx context.Context, client *retryablehttp.Client, mirror, folder string, f file) error {
	part := filepath.Join(aside(folder), f.name+".gz")
	for {
		resumed := length(part) > 0
		err := t.download(ctx, client, mirror, part, f)
		if err == nil {
			err = f.unpack(folder, part)
			if err == nil {
				return os.Remove(part)
			}
			if rm := os.Remove(part); rm != nil {
				return rm
			}
			if resumed {
				continue
			}
		}
		return err
	}
}

// unpack installs a file from its compressed form.
func (f file) unpack(folder, part string) error {
	r, err := os.Open(part)
	if err != nil {
		return err
	}
	defer r.Close()
	x, err := readGzip(f.name+".gz", r, f.images)
	if err != nil {
		return err
	}
	return f.install(folder, x)
}

// length is the size of a file in bytes, 0 where there is none.
func length(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// download brings a whole file to part. It goes on after a cut as long as each
// attempt brings something.
func (t Fetcher) download(ctx context.Context, client *retryablehttp.Client, mirror, part string, f file) error {
	for {
		before := length(part)
		err := t.transfer(ctx, client, mirror, part, f)
		if err == nil || ctx.Err() != nil || !errors.Is(err, errCut) || length(part) <= before {
			return err
		}
	}
}

var errCut = errors.New("the transfer was cut")

// transfer makes one request and appends its body to part.
func (t Fetcher) transfer(ctx context.Context, client *retryablehttp.Client, mirror, part string, f file) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(mirror, "/")+"/"+f.name+".gz", nil)
	if err != nil {
		return err
	}
	have := length(part)
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	resp, err := client.Do(req)
	if err != nil {
		var long *url.Error
		if errors.As(err, &long) {
			err = long.Err // the cause, without the address in front of it twice
		}
		return fmt.Errorf("%s.gz: %w", f.name, err)
	}
	defer resp.Body.Close()
	flags := os.O_CREATE | os.O_WRONLY
	switch {
	case resp.StatusCode == http.StatusOK:
		flags |= os.O_TRUNC
		have = 0
	case resp.StatusCode == http.StatusPartialContent && have > 0 &&
		strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", have)):
		flags |= os.O_APPEND
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && have > 0:
		return nil // nothing follows: the content will show whether it is whole
	default:
		return fmt.Errorf("%s.gz: the server answers %s", f.name, resp.Status)
	}
	w, err := os.OpenFile(part, flags, 0o644)
	if err != nil {
		return err
	}
	defer w.Close()
	idle := t.idle
	if idle == 0 {
		idle = 20 * time.Second
	}
	body := &watched{r: resp.Body, idle: idle, timer: time.AfterFunc(idle, cancel), report: func(n int64) {
		p := Progress{File: f.name, Source: host(mirror), Done: have + n}
		if resp.ContentLength > 0 {
			p.Total = have + resp.ContentLength
		}
		t.Progress(p)
	}}
	defer body.timer.Stop()
	// Compressed, no file is larger than its content and a little.
	limit := f.size() + 1<<16
	if n, err := io.Copy(w, io.LimitReader(body, limit-have)); err != nil {
		var disk *os.PathError
		if errors.As(err, &disk) {
			return err
		}
		return fmt.Errorf("%s.gz: %w after %d bytes (%v)", f.name, errCut, have+n, err)
	}
	return w.Close()
}

// watched is a body that must not fall silent: each read puts off the timer
// that ends the request.
type watched struct {
	r      io.Reader
	n      int64
	idle   time.Duration
	timer  *time.Timer
	report func(n int64)
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.n += int64(n)
	w.timer.Reset(w.idle)
	if n > 0 {
		w.report(w.n)
	}
	return n, err
}
