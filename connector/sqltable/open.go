package sqltable

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"amend/fault"
	"amend/internal/dial"
)

// maxConns bounds the pool: a table is written record by record, and the database is the customer's.
const maxConns = 4

func open(c Config) (*sql.DB, error) {
	u, err := url.Parse(c.Secret)
	if err != nil {
		return nil, fault.New(fault.Invalid, "bad_database_url")
	}
	switch u.Scheme {
	case "postgres", "postgresql":
		return openPostgres(u, c.Guard)
	case "sqlite":
		return openSQLite(u, c.Folder)
	}
	return nil, fault.New(fault.Invalid, "bad_database_url")
}

// openPostgres takes host, database, user and password from the URL and from nowhere
// else: what Amend's own environment says about its own database stays here.
func openPostgres(u *url.URL, guard *dial.Guard) (*sql.DB, error) {
	for name := range u.Query() {
		if name != "sslmode" && name != "application_name" {
			return nil, fault.New(fault.Invalid, "bad_database_url")
		}
	}
	user := u.User.Username()
	if u.Hostname() == "" || user == "" || strings.Trim(u.Path, "/") == "" {
		return nil, fault.New(fault.Invalid, "bad_database_url")
	}
	query := u.Query()
	if !query.Has("sslmode") {
		query.Set("sslmode", "verify-full")
		u.RawQuery = query.Encode()
	}
	cfg, err := pgx.ParseConfig(u.String())
	if err != nil {
		return nil, fault.New(fault.Invalid, "bad_database_url")
	}
	cfg.Password, _ = u.User.Password()
	cfg.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil } // the guard resolves
	cfg.DialFunc = guard.DialPlain
	if sealed(cfg) {
		cfg.DialFunc = guard.DialSealed
	}
	cfg.RuntimeParams["datestyle"] = "ISO, YMD" // dates read back as they were written
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(maxConns)
	return db, nil
}

// sealed reports whether every way of connecting is TLS with the server's name verified.
// Any less (sslmode below verify-full) is for allow-listed hosts only.
func sealed(cfg *pgx.ConnConfig) bool {
	if cfg.TLSConfig == nil || cfg.TLSConfig.InsecureSkipVerify {
		return false
	}
	for _, f := range cfg.Fallbacks {
		if f.TLSConfig == nil || f.TLSConfig.InsecureSkipVerify {
			return false
		}
	}
	return true
}

// openSQLite opens a file that exists, inside folder, and follows no link out of it:
// Amend's own files must never be somebody's downstream table.
func openSQLite(u *url.URL, folder string) (*sql.DB, error) {
	name := strings.TrimLeft(u.Opaque+u.Path, "/")
	if folder == "" || !filepath.IsLocal(name) || u.Host != "" || u.RawQuery != "" {
		return nil, fault.New(fault.Invalid, "database_path_blocked")
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fault.New(fault.Invalid, "database_path_blocked")
	}
	defer root.Close()
	if _, err := root.Stat(name); err != nil && !os.IsNotExist(err) {
		return nil, fault.New(fault.Invalid, "database_path_blocked")
	}
	abs, err := filepath.Abs(filepath.Join(folder, name))
	if err != nil {
		return nil, fault.New(fault.Invalid, "database_path_blocked")
	}
	file := url.URL{Scheme: "file", Path: abs, RawQuery: "mode=rw&_pragma=busy_timeout(500)"}
	db, err := sql.Open("sqlite", file.String())
	if err != nil {
		return nil, fault.New(fault.Invalid, "bad_database_url")
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(0) // a file that was replaced or taken away is noticed at once
	return db, nil
}
