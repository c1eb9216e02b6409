package store_test

import (
	"testing"

	"amend/internal/store"
	"amend/internal/store/storetest"
)

func TestWakeComesAfterTheCommit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, counters)
		woken := s.Woken()
		write(t, s, func(tx *store.Tx) {
			tx.Exec(`INSERT INTO counter VALUES ('a', 0, NULL)`)
			tx.Wake()
			select {
			case <-woken:
				t.Error("woken before the commit")
			default:
			}
		})
		<-woken
		if n := number(t, s, `SELECT count(*) FROM counter`); n != 1 {
			t.Errorf("woken to %d rows", n)
		}
	})
}

func TestRefusedVerbWakesNobody(t *testing.T) {
	s, err := store.Open(t.Context(), store.Options{URL: storetest.SQLite(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	woken := s.Woken()
	err = s.Write(t.Context(), "", func(tx *store.Tx) error {
		tx.Exec(`INSERT INTO no_such_table VALUES (1)`)
		tx.Wake()
		return nil
	})
	select {
	case <-woken:
		t.Error("woken by a refused verb")
	default:
	}
	if err == nil {
		t.Error("stored in no table")
	}
	write(t, s, func(tx *store.Tx) { tx.Wake() }) // a wake needs no row
	<-woken
}

func TestWakeReachesTheOtherNodes(t *testing.T) {
	s, url, stranger := postgres(t)
	other, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	// Both listeners are there: what follows can only be woken by a wake.
	for listeners := 0; listeners < 2; {
		if err := stranger.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND query = 'LISTEN amend_wake' AND state = 'idle'`).Scan(&listeners); err != nil {
			t.Fatal(err)
		}
	}
	woken := other.Woken()
	write(t, s, func(tx *store.Tx) { tx.Wake() })
	<-woken
}
