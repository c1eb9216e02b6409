package witness

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// replace puts text in the place of path, wholly or not at all, and on the disk before it
// answers: a crash leaves the old content or the new one, and a leftover beside it at most.
func replace(path string, text []byte) error {
	temp := path + ".new"
	if err := writeTemp(temp, text); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func writeTemp(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncDir makes the new name durable too.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" { // directories cannot be synced there
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
