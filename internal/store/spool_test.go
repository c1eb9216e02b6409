package store_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"amend/customer"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

// merging is what acts that merge a load, and acts that give a spooled value up, take turns by.
const merging = 0x616d656e64 + 2

// A merge has copied a run to its place and not yet emptied it, and just then a customer whose
// number is in it gives the number up. The number must not come back with the merge.
func TestNumberGivenUpInTheMiddleOfAMergeStaysGivenUp(t *testing.T) {
	url := storetest.Postgres(t)
	v := newVault(t, func(o store.Options) *store.Store {
		o.URL = url
		return opened(t, o)
	}, newMaster(t), &tick{})
	rec := v.xiaofang()
	merge, look := connected(t, url), connected(t, url)
	do := func(on *pgx.Conn, q string, args ...any) {
		t.Helper()
		if _, err := on.Exec(t.Context(), q, args...); err != nil {
			t.Fatal(err)
		}
	}
	do(look, `INSERT INTO token_run (run, load) VALUES ('run', 'load')`)
	do(look, `INSERT INTO token_new (run, hash, record_id) SELECT 'run', hash, record_id FROM token`)
	do(look, `DELETE FROM token`)

	do(merge, `BEGIN`)
	do(merge, `SELECT pg_advisory_xact_lock($1)`, merging)
	do(merge, `INSERT INTO token (hash, record_id) SELECT hash, record_id FROM token_new`)
	given := make(chan error, 1)
	go func() {
		given <- v.Write(t.Context(), "", func(tx *store.Tx) error {
			_, err := tx.Record(rec.ID)
			if err == nil {
				_, err = alterIn(tx, rec.ID, customer.Effect{Key: "phone"})
			}
			return err
		})
	}()
	var err error
	over := false
	for waiting := 0; waiting == 0 && !over; { // until it waits for the merge, or is through without
		if err := look.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE NOT granted`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
		select {
		case err = <-given:
			over = true
		default:
		}
	}
	do(merge, `DELETE FROM token_new`)
	do(merge, `DELETE FROM token_run`)
	do(merge, `COMMIT`)
	if !over {
		err = <-given
	}
	if err != nil {
		t.Fatal(err)
	}
	phone, _ := customer.Shipped().Of("phone")
	if held, err := v.view().Shared("somebody else", phone, rec.Get("phone")); held || err != nil {
		t.Errorf("the number came back with the merge: %v", err)
	}
}

func connected(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(t.Context()) })
	return conn
}
