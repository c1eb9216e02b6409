package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"amend/fault"
)

// A place is where a run makes its databases: a folder for SQLite, or a PostgreSQL server.
type place interface {
	database() string // "sqlite" or "postgres"

	// fresh answers the URL of a database that is not there yet, or is empty.
	fresh(ctx context.Context, name string) (string, error)

	// twin copies the database of one URL, which nobody has open, to another.
	twin(ctx context.Context, from, name string) (string, error)

	// clear removes every database that was made.
	clear(ctx context.Context) error
}

// openPlace reads the URL of Options.
func openPlace(at string) (place, error) {
	if folder, ok := strings.CutPrefix(at, "sqlite://"); ok {
		dir, err := os.MkdirTemp(folder, "amend-bench-")
		return &folderPlace{dir}, err
	}
	return newServerPlace(at)
}

type folderPlace struct{ dir string }

func (*folderPlace) database() string { return "sqlite" }

func (p *folderPlace) fresh(_ context.Context, name string) (string, error) {
	return "sqlite://" + filepath.Join(p.dir, name+".db"), nil
}

func (p *folderPlace) twin(ctx context.Context, from, name string) (string, error) {
	to, err := p.fresh(ctx, name)
	if err != nil {
		return "", err
	}
	return to, copyFile(strings.TrimPrefix(from, "sqlite://"), strings.TrimPrefix(to, "sqlite://"))
}

func (p *folderPlace) clear(context.Context) error { return os.RemoveAll(p.dir) }

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err = io.Copy(out, in); err == nil {
		err = out.Sync()
	}
	return err
}

type serverPlace struct {
	at   *url.URL
	run  string
	made []string
}

func newServerPlace(at string) (*serverPlace, error) {
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return nil, fault.New(fault.Invalid, "database_url") // it may hold a password: it is not repeated
	}
	return &serverPlace{at: u, run: strings.ToLower(rand.Text()[:8])}, nil
}

func (*serverPlace) database() string { return "postgres" }

func (p *serverPlace) fresh(ctx context.Context, name string) (string, error) {
	return p.make(ctx, name, "")
}

func (p *serverPlace) twin(ctx context.Context, from, name string) (string, error) {
	u, err := url.Parse(from)
	if err != nil {
		return "", err
	}
	return p.make(ctx, name, " TEMPLATE "+pgx.Identifier{strings.TrimPrefix(u.Path, "/")}.Sanitize())
}

func (p *serverPlace) make(ctx context.Context, name, like string) (string, error) {
	database := fmt.Sprintf("amend_bench_%s_%s", p.run, name)
	if err := p.tell(ctx, "CREATE DATABASE "+database+like); err != nil {
		return "", err
	}
	p.made = append(p.made, database)
	u := *p.at
	u.Path = "/" + database
	return u.String(), nil
}

func (p *serverPlace) tell(ctx context.Context, q string) error {
	conn, err := pgx.Connect(ctx, p.at.String())
	if err != nil {
		return fmt.Errorf("reach the server: %w", err)
	}
	_, err = conn.Exec(ctx, q)
	return errors.Join(err, conn.Close(ctx))
}

func (p *serverPlace) clear(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx) // whoever interrupts a run wants nothing left of it
	var errs []error
	for _, database := range p.made {
		errs = append(errs, p.tell(ctx, "DROP DATABASE IF EXISTS "+database+" WITH (FORCE)"))
	}
	return errors.Join(errs...)
}
