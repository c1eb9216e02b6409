package bench

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"amend/fault"
	"amend/internal/store/storetest"
)

func TestInterruptedRunLeavesNoDatabaseOnTheServer(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	p, err := openPlace(storetest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	first, err := p.fresh(ctx, "ours")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(ctx, first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, "CREATE TABLE t (n BIGINT)"); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(ctx); err != nil {
		t.Fatal(err)
	}
	second, err := p.twin(ctx, first, "floor")
	if err != nil {
		t.Fatal(err)
	}
	conn, err = pgx.Connect(ctx, second)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, "INSERT INTO t VALUES (1)"); err != nil {
		t.Errorf("the twin is no copy: %v", err)
	}

	interrupt() // somebody is still connected, and nobody waits any more

	if err := p.clear(ctx); err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{first, second} {
		if conn, err := pgx.Connect(t.Context(), url); err == nil {
			t.Errorf("%s is still there", conn.Config().Database)
		}
	}
}

func TestPlaceThatIsNoneIsRefusedWithoutRepeatingItsPassword(t *testing.T) {
	for _, url := range []string{"", "mysql://root:geheim@host/db", "postgres://%zz:geheim@host", "/var/lib/amend"} {
		if _, err := openPlace(url); fault.CodeOf(err) != "database_url" {
			t.Errorf("%q: %v", url, err)
		}
	}
}
