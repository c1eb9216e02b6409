package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"amend/customer"
	"amend/fault"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

// rebuildWorld is a store with keys, and how to write versions of records in it.
type rebuildWorld struct {
	t *testing.T
	*store.Store
}

func openRebuild(t *testing.T, open storetest.Opener) rebuildWorld {
	t.Helper()
	master, err := keys.New(repeated{})
	if err != nil {
		t.Fatal(err)
	}
	return rebuildWorld{t, open(store.Options{Keys: master, Catalog: customer.Shipped()})}
}

type repeated struct{}

func (repeated) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func (w rebuildWorld) write(verb func(*store.Tx) error) {
	w.t.Helper()
	if err := w.Write(w.t.Context(), "", verb); err != nil {
		w.t.Fatal(err)
	}
}

// create makes a record with a phone, accounted for by cause.
func (w rebuildWorld) create(cause string) customer.ID {
	w.t.Helper()
	var id customer.ID
	w.write(func(tx *store.Tx) error {
		rec, err := tx.Reserve(customer.Person)
		if err != nil {
			return err
		}
		id = rec.ID
		return setPhone(tx, id, cause, "+8613800138000")
	})
	return id
}

// change gives the record another phone: its old one becomes a former contact.
func (w rebuildWorld) change(id customer.ID, phone string) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		if _, err := tx.Record(id); err != nil {
			return err
		}
		return setPhone(tx, id, "run", phone)
	})
}

func setPhone(tx *store.Tx, id customer.ID, cause, phone string) error {
	entry := tx.NewID()
	v := customer.Value{Content: customer.Content(phone), Grade: customer.GradeD, Cause: cause, Since: tx.Now()}
	sealed, _, err := tx.Alter(id, []customer.Effect{{Key: "phone", Value: &v}}, entry)
	if err != nil {
		return err
	}
	e := store.Entry{Effects: sealed}
	e.ID, e.At, e.Verb, e.Actor, e.Sort, e.Record = entry, tx.Now(), "apply", "system", "system", string(id)
	return tx.Append(e)
}

// run is a migration run that values can name as their cause.
func (w rebuildWorld) run() {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		tx.AddImport(store.ImportRun{ID: "run", Name: "people.csv", Digest: "d", Mode: "migration", State: "done", StartedBy: "x", HeldSince: tx.Now(), StartedAt: tx.Now()})
		return nil
	})
}

// different lists the records that are not what their entries make of them.
func (w rebuildWorld) different() (seen int, ids []customer.ID) {
	w.t.Helper()
	err := w.Rebuild(w.t.Context(), func(r store.Rebuilt) error {
		seen++
		if !r.Equal() {
			ids = append(ids, r.ID)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return seen, ids
}

func TestRecordsEqualTheFoldOfTheirEntries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		w := openRebuild(t, open)
		for i := range 3 {
			id := w.create("run")
			for n := range i {
				w.change(id, fmt.Sprintf("+861390013900%d", n))
			}
		}
		if seen, ids := w.different(); seen != 3 || len(ids) != 0 {
			t.Fatalf("%d records, different: %v", seen, ids)
		}
	})
}

// More records than one page holds, so that no page's edge loses or doubles one.
func TestEveryRecordIsRebuiltOnceAcrossPages(t *testing.T) {
	w := openRebuild(t, sqliteOf(t))
	const many = 423
	w.write(func(tx *store.Tx) error {
		for range many {
			rec, err := tx.Reserve(customer.Person)
			if err != nil {
				return err
			}
			if err := setPhone(tx, rec.ID, "run", "+8613800138000"); err != nil {
				return err
			}
		}
		return nil
	})
	if seen, ids := w.different(); seen != many || len(ids) != 0 {
		t.Fatalf("%d records, different: %d", seen, len(ids))
	}
}

func sqliteOf(t *testing.T) storetest.Opener {
	return func(o store.Options) *store.Store {
		o.URL = storetest.SQLite(t)
		s, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
}

func TestEveryWayToEditARowIsFound(t *testing.T) {
	for name, edit := range map[string]string{
		"another body":    `UPDATE golden_record SET body = (SELECT body FROM golden_record WHERE id <> $1 LIMIT 1) WHERE id = $1`,
		"another version": `UPDATE golden_record SET version = version + 1 WHERE id = $1`,
		"another seal":    `UPDATE golden_record SET mac = (SELECT mac FROM golden_record WHERE id <> $1 LIMIT 1) WHERE id = $1`,
		"no row":          `DELETE FROM golden_record WHERE id = $1`,
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, open storetest.Opener) {
				w := openRebuild(t, open)
				id := w.create("run")
				w.create("run")
				w.change(id, "+8613900139001")
				w.write(func(tx *store.Tx) error { tx.Exec(edit, id); return nil })
				if _, ids := w.different(); len(ids) != 1 || ids[0] != id {
					t.Fatalf("different: %v, want %s", ids, id)
				}
			})
		})
	}
}

func TestRowWithoutAnyEntryIsFound(t *testing.T) {
	w := openRebuild(t, sqliteOf(t))
	w.create("run")
	w.write(func(tx *store.Tx) error {
		tx.Exec(`INSERT INTO golden_record (id, kind, version, body, mac, entry) SELECT 'planted', kind, version, body, mac, entry FROM golden_record`)
		return nil
	})
	if seen, ids := w.different(); seen != 2 || len(ids) != 1 || ids[0] != "planted" {
		t.Fatalf("%d seen, different: %v", seen, ids)
	}
}

func TestValueWithoutACauseIsFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		w := openRebuild(t, open)
		w.run()
		w.create("run")
		planted := w.create("nobody")
		var found []customer.ID
		err := w.View(t.Context()).Causeless(func(id customer.ID, k customer.Key) error {
			found = append(found, id)
			return nil
		})
		if err != nil || len(found) != 1 || found[0] != planted {
			t.Fatalf("%v, want %s: %v", found, planted, err)
		}
	})
}

func TestHealthCountsWhatWaitsAndSinceWhen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		w := openRebuild(t, open)
		now := w.Now()
		if h, err := w.View(t.Context()).Health(now); err != nil || h != (store.Health{}) {
			t.Fatalf("empty: %+v, %v", h, err)
		}
		record := w.create("run")
		const due = `INSERT INTO change_request (id, submission, lane, kind, record_id, state, revision, open, filed_by, filed_at, entry, due_at, attempts)
			VALUES ($1, $1, 1, 'change', $2, 'verifying', 1, 1, 'x', $3, $4, $5, $6)`
		w.write(func(tx *store.Tx) error {
			tx.Exec(due, "late", record, now, "none", now.Add(-time.Hour), 0)
			tx.Exec(due, "stuck", record, now, "none", time.Time{}, 5)
			return nil
		})
		h, err := w.View(t.Context()).Health(now)
		if err != nil || h.Unsequenced != 1 || h.DueChanges != 1 || h.Quarantined != 1 || !h.OldestDue.Equal(now.Add(-time.Hour)) || h.OldestUnsequenced.IsZero() {
			t.Fatalf("%+v, %v", h, err)
		}
		stuck, err := w.View(t.Context()).Quarantined(5)
		if err != nil || len(stuck) != 1 || stuck[0].ID != "stuck" {
			t.Fatalf("%+v, %v", stuck, err)
		}
	})
}

func TestPeekSaysWhoseADatabaseIsAndChangesNothing(t *testing.T) {
	for kind, url := range map[string]string{"sqlite": storetest.SQLite(t), "postgres": storetest.Postgres(t)} {
		t.Run(kind, func(t *testing.T) {
			if value, empty, err := store.Peek(t.Context(), url, "key"); err != nil || !empty || value != "" {
				t.Fatalf("before: %q %v %v", value, empty, err)
			}
			s, err := store.Open(t.Context(), store.Options{URL: url})
			if err != nil {
				t.Fatal(err)
			}
			if _, empty, err := store.Peek(t.Context(), url, "key"); err != nil || !empty {
				t.Fatalf("migrated: %v %v", empty, err)
			}
			err = s.Write(context.Background(), "", func(tx *store.Tx) error { tx.SetMeta("key", "print"); return nil })
			if err != nil {
				t.Fatal(err)
			}
			if value, empty, err := store.Peek(t.Context(), url, "key"); err != nil || empty || value != "print" {
				t.Fatalf("beside an open store: %q %v %v", value, empty, err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if value, _, err := store.Peek(t.Context(), url, "key"); err != nil || value != "print" {
				t.Fatalf("after: %q %v", value, err)
			}
		})
	}
}

func TestPeekRefusesWhatIsNoDatabase(t *testing.T) {
	if _, _, err := store.Peek(t.Context(), "mysql://db", "key"); fault.CodeOf(err) != "database_url" {
		t.Fatal(err)
	}
}
