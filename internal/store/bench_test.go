package store_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"amend/internal/store"
	"amend/internal/store/storetest"
)

// BenchmarkWrite stores verbs of seven row writes, one of them a compare-and-set.
func BenchmarkWrite(b *testing.B) {
	for name, url := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		for _, clients := range []int{1, 8, 32} {
			b.Run(fmt.Sprint(name, "/", clients), func(b *testing.B) { benchmarkWrite(b, url(b), clients) })
		}
	}
}

func benchmarkWrite(b *testing.B, url string, clients int) {
	s, err := store.Open(b.Context(), store.Options{URL: url})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	exec(b, s, counters, `CREATE TABLE act (id TEXT PRIMARY KEY, body BYTEA NOT NULL, at BIGINT NOT NULL)`)
	const records = 10_000
	write(b, s, func(tx *store.Tx) {
		for i := range records {
			tx.Exec(`INSERT INTO counter VALUES ($1, 0, NULL)`, fmt.Sprint(i))
		}
	})
	body := make([]byte, 300)
	var next atomic.Int64

	b.ResetTimer()
	for _, err := range crowd(clients, func(int) error {
		for {
			i := next.Add(1)
			if i > int64(b.N) {
				return nil
			}
			if err := bump(b, s, fmt.Sprint(i*7919%records), body); err != nil {
				return err
			}
		}
	}) {
		if err != nil {
			b.Error(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "verbs/s")
}

func bump(b *testing.B, s *store.Store, name string, body []byte) error {
	return s.Write(b.Context(), name, func(tx *store.Tx) error {
		var n int64
		if err := tx.Row(`SELECT n FROM counter WHERE name = $1`, name).Scan(&n); err != nil {
			return err
		}
		tx.One(store.Stale, `UPDATE counter SET n = $3 WHERE name = $1 AND n = $2`, name, n, n+1)
		for range 6 {
			tx.Exec(`INSERT INTO act (id, body, at) VALUES ($1, $2, $3)`, tx.NewID(), body, tx.Now())
		}
		return nil
	})
}
