package store_test

import (
	"testing"
	"time"

	"amend/fault"
	"amend/internal/store"
)

func TestFileIsBroughtInOncePerMode(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		run := store.ImportRun{ID: "i1", Name: "people.csv", Digest: "d", Mode: "migration", State: "waiting", StartedBy: "sue", HeldSince: morning.Add(-time.Hour), StartedAt: morning, Revision: 1}
		v.do(func(tx *store.Tx) error { tx.AddImport(run); return nil })
		for _, again := range []store.ImportRun{{ID: "i2", Digest: "d", Mode: "migration", HeldSince: morning, StartedAt: morning}, {ID: "i1", Digest: "e", Mode: "migration", HeldSince: morning, StartedAt: morning}} {
			v.refused("imported_before", func(tx *store.Tx) error { tx.AddImport(again); return nil })
		}
		other := run
		other.ID, other.Mode = "i3", "proposals"
		v.do(func(tx *store.Tx) error { tx.AddImport(other); return nil })
		for name, read := range map[string]func() (store.ImportRun, error){
			"by id":   func() (store.ImportRun, error) { return v.view().ImportRun("i1") },
			"by file": func() (store.ImportRun, error) { return v.view().ImportOf("d", "migration") },
		} {
			if got, err := read(); err != nil || got != run {
				t.Errorf("%s: %+v %v", name, got, err)
			}
		}
		for _, id := range []string{"i9", ""} {
			if _, err := v.view().ImportRun(id); fault.CodeOf(err) != "no_import" {
				t.Errorf("got %v", err)
			}
		}
	})
}

func TestOfTwoWorkersOfOneRunOneWrites(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		run := store.ImportRun{ID: "i1", Digest: "d", Mode: "migration", State: "running", StartedBy: "sue", HeldSince: morning, StartedAt: morning, Revision: 1}
		v.do(func(tx *store.Tx) error { tx.AddImport(run); return nil })
		run.Line, run.Records, run.Faults, run.ApprovedBy = 7, 6, 1, "otto"
		wrote := 0
		for _, err := range crowd(4, func(int) error {
			return v.Write(t.Context(), "", func(tx *store.Tx) error { tx.SaveImport(run); return nil })
		}) {
			if err == nil {
				wrote++
			} else if fault.CodeOf(err) != "import_running" {
				t.Error(err)
			}
		}
		run.Revision = 2
		if got, err := v.view().ImportRun("i1"); err != nil || got != run || wrote != 1 {
			t.Errorf("%d wrote: %+v %v", wrote, got, err)
		}
	})
}
