package bench

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"modernc.org/sqlite"

	"amend/access"
	"amend/customer"
	"amend/internal/store"
)

// Read measures how fast one customer is shown by id: read, opened, checked and masked, with
// what is held and related. The floor fetches the same row with the bare driver.
func Read(ctx context.Context, o Options) (lines []Line, err error) {
	r, err := newRace(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close(ctx)) }()
	reader := store.NewReader(r.ground.store, r.ground.house.Calendar)
	for _, clients := range readers() {
		line, err := r.reads(ctx, clients, func(id customer.ID) error {
			c, err := reader.Customer(ctx, looker(), id, store.Demand{})
			if err == nil && c.ID != id {
				err = fmt.Errorf("asked for %s, was shown %s", id, c.ID)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// readers are how many read at once.
func readers() []int { return []int{1, 8} }

// looker is who looks customers up: an agent.
func looker() access.Actor {
	return access.Actor{ID: "bench", Name: "bench", Sort: access.Staff, Roles: []access.Role{access.Agent}}
}

// readsEach is how many reads stand for one act in the length of a round: they cost less.
const readsEach = 4

func (r *race) reads(ctx context.Context, clients int, show func(customer.ID) error) (Line, error) {
	bare, err := openBare(ctx, r.twin, clients)
	if err != nil {
		return Line{}, err
	}
	n := r.o.changes(clients) * readsEach
	var floor, ours []sample
	for range r.o.Rounds {
		people := r.picks(n)
		a, err := crowd(clients, n, func(_, i int) error { return show(people[i]) })
		if err != nil {
			return Line{}, errors.Join(err, bare.close())
		}
		b, err := crowd(clients, n, func(client, i int) error { return bare.fetch(ctx, client, string(people[i])) })
		if err != nil {
			return Line{}, errors.Join(err, bare.close())
		}
		ours, floor = append(ours, a), append(floor, b)
	}
	return versus("read", fmt.Sprintf("%d clients", clients), "reads/s", floor, ours), bare.close()
}

// fetchQuery is the row that a customer is kept in.
const fetchQuery = `SELECT kind, version, body, mac, entry FROM golden_record WHERE id = $1`

// A bare reader fetches rows with the driver alone, each client on a connection of its own.
type bare struct {
	fetch func(ctx context.Context, client int, id string) error
	close func() error
}

func openBare(ctx context.Context, at string, clients int) (bare, error) {
	if path, ok := strings.CutPrefix(at, "sqlite://"); ok {
		return openBareSQLite(path, clients)
	}
	config, err := pgxpool.ParseConfig(at)
	if err != nil {
		return bare{}, err
	}
	config.MaxConns = int32(clients)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return bare{}, err
	}
	fetch := func(ctx context.Context, _ int, id string) error {
		var kind string
		var version int64
		var body, mac, entry []byte
		return pool.QueryRow(ctx, fetchQuery, id).Scan(&kind, &version, &body, &mac, &entry)
	}
	return bare{fetch, func() error { pool.Close(); return nil }}, nil
}

func openBareSQLite(path string, clients int) (bare, error) {
	var conns []driver.Conn
	var statements []driver.StmtQueryContext
	closed := func() error {
		var errs []error
		for i, c := range conns {
			if i < len(statements) {
				errs = append(errs, statements[i].(driver.Stmt).Close())
			}
			errs = append(errs, c.Close())
		}
		return errors.Join(errs...)
	}
	for range clients {
		conn, err := (&sqlite.Driver{}).Open("file:" + (&url.URL{Path: path}).EscapedPath())
		if err != nil {
			return bare{}, errors.Join(err, closed())
		}
		conns = append(conns, conn)
		stmt, err := conn.Prepare(fetchQuery)
		if err != nil {
			return bare{}, errors.Join(err, closed())
		}
		statements = append(statements, stmt.(driver.StmtQueryContext))
	}
	return bare{func(ctx context.Context, client int, id string) error { return one(ctx, statements[client], id) }, closed}, nil
}

// one reads the row of an id to its end; that there is none is an error.
func one(ctx context.Context, stmt driver.StmtQueryContext, id string) error {
	rows, err := stmt.QueryContext(ctx, []driver.NamedValue{{Ordinal: 1, Value: id}})
	if err != nil {
		return err
	}
	row := make([]driver.Value, len(rows.Columns()))
	err = rows.Next(row)
	if errors.Is(err, io.EOF) {
		err = errors.New("no row of a customer")
	}
	return errors.Join(err, rows.Close())
}
