package store_test

import (
	"slices"
	"testing"

	"amend/internal/store"
	"amend/internal/store/storetest"
)

func TestFreshDatabaseHasEverythingThatItsSchemaMakes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		wrong, err := s.WrongObjects(t.Context())
		if err != nil || len(wrong) > 0 {
			t.Fatalf("%v: %v", wrong, err)
		}
		damaged, err := s.Damaged(t.Context(), true)
		if err != nil || len(damaged) > 0 {
			t.Fatalf("%v: %v", damaged, err)
		}
	})
}

func TestDatabaseSaysWhatItIsAndHowMuchItHolds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		f, err := s.Facts(t.Context())
		if err != nil || f.Version == "" || f.Bytes == 0 || f.Of("journal_mode")+f.Of("fsync") == "" || f.Of("nothing") != "" {
			t.Fatalf("%+v: %v", f, err)
		}
		sizes, err := s.View(t.Context()).TableSizes()
		if err != nil || !slices.ContainsFunc(sizes, func(x store.TableSize) bool { return x.Name == "migration" && x.Rows > 0 }) {
			t.Fatalf("%+v: %v", sizes, err)
		}
		ran, err := s.View(t.Context()).Migrations()
		if err != nil || len(ran) == 0 || ran[0].Checksum == "" || ran[0].At.IsZero() {
			t.Fatalf("%+v: %v", ran, err)
		}
	})
}

func TestMigrationsToComeAreNamedAndNotRun(t *testing.T) {
	for name, url := range map[string]string{"sqlite": storetest.SQLite(t), "postgres": storetest.Postgres(t)} {
		t.Run(name, func(t *testing.T) {
			s, err := store.Open(t.Context(), store.Options{URL: url})
			if err != nil {
				t.Fatal(err)
			}
			var last string
			if err := s.Row(t.Context(), `SELECT MAX(name) FROM migration`).Scan(&last); err != nil {
				t.Fatal(err)
			}
			if pending, err := store.Pending(t.Context(), url); err != nil || len(pending) > 0 {
				t.Fatalf("%v: %v", pending, err)
			}
			err = s.Write(t.Context(), "", func(tx *store.Tx) error {
				tx.Exec(`DELETE FROM migration WHERE name = $1`, last)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if pending, err := store.Pending(t.Context(), url); err != nil || !slices.Equal(pending, []string{last}) {
					t.Fatalf("%v: %v", pending, err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}
