package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"amend/fault"
)

// loadSQLite fills a file beside path, and gives it that name when all of it is on disk.
func loadSQLite(ctx context.Context, path string, fill func(context.Context, loader) error) error {
	if err := vacantFile(path); err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, filepath.Base(path)+".restoring-*") // for its owner alone
	if err != nil {
		return err
	}
	temp := f.Name()
	if err := errors.Join(f.Close(), fillSQLite(ctx, temp, fill)); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := Place(temp, path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			err = notVacant()
		}
		return errors.Join(err, os.Remove(temp))
	}
	return nil
}

// vacantFile refuses a path where a database is, or only its log: SQLite would play the
// log of the lost database into the new one.
func vacantFile(path string) error {
	for _, beside := range []string{"", "-wal", "-journal"} {
		switch info, err := os.Lstat(path + beside); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case beside == "":
			return notVacant()
		case info.Size() > 0:
			return fault.New(fault.Conflict, "database_leftover", "path", path+beside)
		}
	}
	return nil
}

// loadCache is the memory for pages, in KiB: rows of some tables come in no order of
// their indexes.
const loadCache = "131072"

// fillSQLite makes the database in a file that nobody else knows. It keeps no journal: a
// file that was not filled to its end is removed.
func fillSQLite(ctx context.Context, path string, fill func(context.Context, loader) error) (err error) {
	c, err := openSQLiteConn("file:"+(&url.URL{Path: path}).EscapedPath(),
		"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA locking_mode = EXCLUSIVE",
		"PRAGMA foreign_keys = ON", "PRAGMA cache_size = -"+loadCache)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	if _, err := c.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := fill(ctx, sqliteLoader{sqliteSession{c}}); err != nil {
		return err
	}
	_, err = c.exec("COMMIT")
	return err
}

// sqliteLoader is the file that becomes the database.
type sqliteLoader struct{ sqliteSession }

func (sqliteLoader) variant() string { return (*sqliteEngine)(nil).variant() }

func (l sqliteLoader) insert(ctx context.Context, t table, next func() ([]any, error)) error {
	const lookEvery = 256
	q := fmt.Sprintf(`INSERT INTO %s (%s) VALUES (%s)`, quoted(t.Name), t.list(), places(1, len(t.Columns)))
	for n := 1; ; n++ {
		row, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := l.exec(q, row...); err != nil {
			return err
		}
		if n%lookEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// Place gives a finished file of the same folder its name: what is in it and what it is
// called are on disk when it answers. It answers fs.ErrExist rather than replace a file.
func Place(temp, path string) error {
	f, err := os.OpenFile(temp, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	err = os.Link(temp, path)
	switch {
	case err == nil:
		err = os.Remove(temp)
	case !errors.Is(err, fs.ErrExist): // a disk that knows no second name for a file
		if _, there := os.Lstat(path); !errors.Is(there, fs.ErrNotExist) {
			return errors.Join(there, err)
		}
		err = os.Rename(temp, path)
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes a new name durable.
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
