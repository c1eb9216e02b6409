package sqltable

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"amend/connector/connectortest"
	"amend/customer"
	"amend/internal/dial"
	"amend/internal/store/storetest"
)

// settings of the table that every test uses; one column name is Chinese.
func settings(goneMode string) Settings {
	return Settings{
		Table: "crm_contact", KeyColumn: "golden_id", VersionColumn: "amend_seq", Gone: goneMode, GoneColumn: "is_gone", MergedColumn: "merged_into",
		Columns: map[string]string{"email": "email", "full_name": "姓名", "birthday": "birthday", "balance": "balance"},
	}
}

const createTable = `CREATE TABLE crm_contact (golden_id VARCHAR(40) PRIMARY KEY, amend_seq BIGINT, is_gone %s, merged_into TEXT,
	email TEXT, "姓名" TEXT, birthday DATE, balance NUMERIC, local_note TEXT)`

// A place is one database with an empty table, reached by the tests directly and by the connector as configured.
type place struct {
	db     *sql.DB // the tests' own way in
	config Config
	suffer func(connectortest.Trouble)
}

func (p place) connect(t *testing.T, s Settings) *Connector {
	t.Helper()
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	p.config.Settings = raw
	c, err := New(p.config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func (p place) run(t *testing.T, q string, args ...any) {
	t.Helper()
	if _, err := p.db.ExecContext(context.Background(), q, args...); err != nil {
		t.Fatalf("%s: %v", q, err)
	}
}

// held is the row of id as the customer's own programs see it.
func (p place) held(t *testing.T, id customer.ID) connectortest.Copy {
	t.Helper()
	var seq sql.NullInt64
	var gone, email, name sql.NullString
	err := p.db.QueryRow(`SELECT amend_seq, CAST(is_gone AS TEXT), email, "姓名" FROM crm_contact WHERE golden_id = $1`, string(id)).Scan(&seq, &gone, &email, &name)
	if errors.Is(err, sql.ErrNoRows) {
		return connectortest.Copy{Gone: true}
	}
	if err != nil {
		t.Fatal(err)
	}
	c := connectortest.Copy{Seq: seq.Int64, Gone: gone.String == "1" || gone.String == "true", Fields: map[string]string{}}
	for field, v := range map[string]sql.NullString{"email": email, "full_name": name} {
		if v.Valid {
			c.Fields[field] = v.String
		}
	}
	return c
}

// each runs test on both databases.
func each(t *testing.T, test func(t *testing.T, p place)) {
	t.Run("sqlite", func(t *testing.T) { test(t, sqlitePlace(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, postgresPlace(t, storetest.Postgres(t))) })
}

func sqlitePlace(t *testing.T) place {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "crm.db")
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	p := place{db: db, config: Config{Secret: "sqlite:crm.db", Folder: folder}}
	p.run(t, fmt.Sprintf(createTable, "INTEGER"))
	locked := false
	p.suffer = func(trouble connectortest.Trouble) {
		if locked {
			p.run(t, "ROLLBACK")
			locked = false
		}
		p.run(t, "DROP TRIGGER IF EXISTS refuse")
		_ = os.Rename(file+".away", file)
		switch trouble {
		case connectortest.Busy:
			p.run(t, "BEGIN IMMEDIATE")
			locked = true
		case connectortest.Refusing:
			p.run(t, "CREATE TRIGGER refuse BEFORE INSERT ON crm_contact BEGIN SELECT RAISE(ABORT, 'refused'); END")
		case connectortest.Away:
			if err := os.Rename(file, file+".away"); err != nil {
				t.Fatal(err)
			}
		}
	}
	return p
}

// postgresPlace empties the database first, so that a suite needs only one.
func postgresPlace(t *testing.T, database string) place {
	t.Helper()
	cfg, err := pgx.ParseConfig(database)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", cfg.ConnString())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	gate := openGate(t, cfg)
	guard, err := dial.New(dial.Config{Allow: []string{"127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword(cfg.User, cfg.Password), Host: gate.addr, Path: "/" + cfg.Database, RawQuery: "sslmode=disable"}
	p := place{db: db, config: Config{Secret: u.String(), Guard: guard}}
	p.run(t, "DROP SCHEMA public CASCADE")
	p.run(t, "CREATE SCHEMA public")
	p.run(t, fmt.Sprintf(createTable, "BOOLEAN"))
	p.run(t, `CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		RAISE EXCEPTION 'no: %', NEW.email USING ERRCODE = TG_ARGV[0], DETAIL = NEW.email; END $$`)
	p.suffer = func(trouble connectortest.Trouble) {
		p.run(t, "DROP TRIGGER IF EXISTS trouble ON crm_contact")
		gate.shut(trouble == connectortest.Away)
		code := map[connectortest.Trouble]string{connectortest.Busy: "40001", connectortest.Refusing: "23514"}[trouble]
		if code != "" {
			p.run(t, "CREATE TRIGGER trouble BEFORE INSERT ON crm_contact FOR EACH ROW EXECUTE FUNCTION trouble('"+code+"')")
		}
	}
	return p
}

// A gate is a TCP port in front of a PostgreSQL that may listen on a socket file only;
// shut, it hangs up on everybody.
type gate struct {
	addr   string
	mu     sync.Mutex
	closed bool
	conns  []net.Conn
}

func openGate(t *testing.T, cfg *pgx.ConnConfig) *gate {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{addr: l.Addr().String()}
	t.Cleanup(func() { _ = l.Close(); g.shut(true) })
	network, address := pgconn.NetworkAddress(cfg.Host, cfg.Port)
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial(network, address)
			if err != nil || !g.keep(in, out) {
				_ = in.Close()
				continue
			}
			go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
			go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
		}
	}()
	return g
}

func (g *gate) keep(in, out net.Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		_ = out.Close()
		return false
	}
	g.conns = append(g.conns, in, out)
	return true
}

func (g *gate) shut(closed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = closed
	if closed {
		for _, c := range g.conns {
			_ = c.Close()
		}
		g.conns = nil
	}
}

func TestTablePassesTheSuite(t *testing.T) {
	database := storetest.Postgres(t)
	places := map[string]func(*testing.T) place{
		"sqlite":   sqlitePlace,
		"postgres": func(t *testing.T) place { return postgresPlace(t, database) },
	}
	for _, mode := range []string{"flag", "delete"} {
		for name, settle := range places {
			t.Run(mode+" "+name, func(t *testing.T) {
				connectortest.Run(t, func(t *testing.T) connectortest.World {
					p := settle(t)
					return connectortest.World{
						Connector: p.connect(t, settings(mode)), Suffer: p.suffer, Forgets: mode == "delete",
						Held: func(id customer.ID) connectortest.Copy { return p.held(t, id) },
					}
				})
			})
		}
	}
}
