package store_test

import (
	"errors"
	"fmt"
	"testing"

	"amend/internal/store"
)

func TestVerbsThatAskAtOnceGetTheirOwnAnswers(t *testing.T) {
	s, _, _ := postgres(t)
	exec(t, s, counters, `INSERT INTO counter SELECT 'c' || i, i, NULL FROM generate_series(0, 199) AS i`)
	nothing := errors.New("nothing to store")
	for i, err := range crowd(200, func(i int) error {
		return s.Write(t.Context(), "", func(tx *store.Tx) error {
			var n int
			if i%10 == 0 { // a query that fails takes nobody along but its own verb
				return tx.Row(`SELECT 1 / n FROM counter WHERE name = 'c0'`).Scan(&n)
			}
			for _, j := range []int{i, (i + 1) % 200, i} {
				if err := tx.Row(`SELECT n FROM counter WHERE name = $1`, fmt.Sprint("c", j)).Scan(&n); err != nil || n != j {
					return fmt.Errorf("%w: counter %d is %d", err, j, n)
				}
			}
			return nothing
		})
	}) {
		if (i%10 == 0) == errors.Is(err, nothing) {
			t.Errorf("verb %d: %v", i, err)
		}
	}
}

func TestVerbSeesTheSameAnswerWhenItAsksAgain(t *testing.T) {
	s, _, stranger := postgres(t)
	exec(t, s, counters, `INSERT INTO counter VALUES ('a', 1, NULL)`)
	const q = `SELECT n FROM counter WHERE name = $1`
	var first, second, again int64
	if err := s.Write(t.Context(), "", func(tx *store.Tx) error {
		err := tx.Row(q, "a").Scan(&first)
		_, update := stranger.Exec(t.Context(), `UPDATE counter SET n = 2`)
		return errors.Join(err, update, tx.Row(q, "a").Scan(&second))
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), "", func(tx *store.Tx) error { return tx.Row(q, "a").Scan(&again) }); err != nil {
		t.Fatal(err)
	}
	if first != 1 || second != 1 || again != 2 {
		t.Errorf("the verb saw %d and %d, the next one %d; want 1, 1 and 2", first, second, again)
	}
}

func TestVerbWhoseQueryTakesLongHoldsUpNobody(t *testing.T) {
	s, _, stranger := postgres(t)
	if _, err := stranger.Exec(t.Context(), `SELECT pg_advisory_lock(7)`); err != nil {
		t.Fatal(err)
	}
	slow := make(chan error, 1)
	go func() {
		slow <- s.Write(t.Context(), "", func(tx *store.Tx) error {
			var held string
			return tx.Row(`SELECT pg_advisory_xact_lock_shared(7)::text`).Scan(&held)
		})
	}()
	const waits = `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
	for n := 0; n == 0; {
		if err := stranger.QueryRow(t.Context(), waits).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range crowd(20, func(i int) error {
		return s.Write(t.Context(), "", func(tx *store.Tx) error {
			var n int
			return tx.Row(`SELECT $1::bigint`, i).Scan(&n)
		})
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	if _, err := stranger.Exec(t.Context(), `SELECT pg_advisory_unlock(7)`); err != nil {
		t.Fatal(err)
	}
	if err := <-slow; err != nil {
		t.Error(err)
	}
}
