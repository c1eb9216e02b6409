package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"strings"
)

// Peek answers what the database at from keeps under a meta name, and whether it is empty,
// without creating, migrating or writing anything: what decides whether a key may be made
// must not have changed the thing that it looks at.
func Peek(ctx context.Context, from, name string) (value string, empty bool, err error) {
	there, err := holdsBytes(from)
	if err != nil || !there {
		return "", err == nil, err
	}
	p, err := openPeeked(ctx, from)
	if err != nil {
		return "", false, fmt.Errorf("look at the database: %w", err)
	}
	defer func() { err = errors.Join(err, p.close()) }()

	v := View{ctx: ctx, from: p}
	var tables int64
	if err := v.Row(p.ledgerCount()).Scan(&tables); err != nil || tables == 0 {
		return "", err == nil, err
	}
	if value, err = v.Meta(name); !errors.Is(err, ErrNoRow) {
		return value, false, err
	}
	empty, err = v.Empty()
	return "", empty, err
}

// holdsBytes reports whether there is anything to open: not a SQLite file that is missing
// or has not a single byte.
func holdsBytes(from string) (bool, error) {
	path, file := strings.CutPrefix(from, "sqlite://")
	if !file {
		return !strings.HasPrefix(from, memory), nil
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && info.Size() > 0, err
}

// A peeked is the part of an engine that Peek needs.
type peeked interface {
	source
	ledgerCount() string
	close() error
}

func openPeeked(ctx context.Context, from string) (peeked, error) {
	path, file := strings.CutPrefix(from, "sqlite://")
	if !file {
		return openServer(ctx, from, slog.New(slog.DiscardHandler), newBell())
	}
	conn, err := openSQLiteConn("file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro", "PRAGMA busy_timeout = 5000", "PRAGMA query_only = ON")
	if err != nil {
		return nil, err
	}
	return peekedSQLite{conn}, nil
}

// peekedSQLite is one connection that can only read.
type peekedSQLite struct{ *sqliteConn }

func (peekedSQLite) ledgerCount() string { return (*sqliteEngine)(nil).ledgerCount() }
