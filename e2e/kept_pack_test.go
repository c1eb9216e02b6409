package e2e

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// maxKeptData bounds a packed data directory, in bytes: it is in every copy of the source.
const maxKeptData = 320 << 10

// pack writes a data directory as one file. Its databases must be closed, so that nothing
// of them is left in a write-ahead log.
func pack(t *testing.T, data, path string) {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(data, "*", "*-wal"))
	left, err2 := filepath.Glob(filepath.Join(data, "*-wal"))
	if err != nil || err2 != nil || len(logs)+len(left) > 0 {
		t.Fatalf("not folded in: %v %v, %v %v", logs, left, err, err2)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	z, _ := gzip.NewWriterLevel(f, gzip.BestCompression)
	archive := tar.NewWriter(z)
	if err := errors.Join(archive.AddFS(os.DirFS(data)), archive.Close(), z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if s, err := os.Stat(path); err != nil || s.Size() > maxKeptData {
		t.Fatalf("%s has %d bytes, more than %d: %v", path, s.Size(), maxKeptData, err)
	}
}

// unpacked answers a copy of the data directory that folder keeps.
func unpacked(t *testing.T, folder string) string {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, keptData))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	for archive := tar.NewReader(z); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return data
		}
		if err == nil {
			err = unpack(data, h, archive)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// unpack makes one file or folder, for its owner alone.
func unpack(data string, h *tar.Header, from io.Reader) error {
	path := filepath.Join(data, filepath.FromSlash(h.Name))
	switch {
	case !filepath.IsLocal(h.Name):
		return fmt.Errorf("%s leads out of the folder", h.Name)
	case h.Typeflag == tar.TypeDir:
		return os.MkdirAll(path, 0o700)
	}
	text, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}
