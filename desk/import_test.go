package desk_test

import (
	"testing"
	"time"

	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/intake"
	"amend/internal/store"
)

// people are rows of a file: one person each, from a line on.
func people(from int, phones ...string) []desk.ImportRow {
	var rows []desk.ImportRow
	for i, phone := range phones {
		rows = append(rows, desk.ImportRow{Line: from + i, Kind: customer.Person, Values: []intake.Proposed{{Key: "phone", Column: "mobile", JSON: quote(phone)}}})
	}
	return rows
}

func (h *house) start(name string, digest string) store.ImportRun {
	h.t.Helper()
	run, err := h.desk.StartImport(h.ctx, h.staff[name], desk.ImportStart{Name: "people.csv", Digest: digest})
	h.ok(err)
	return run
}

func TestFirstImportRunsAndTheSameFileIsBroughtInOnce(t *testing.T) {
	h := open(t)
	if _, err := h.desk.StartImport(h.ctx, h.staff["ivy"], desk.ImportStart{Digest: "d"}); fault.KindOf(err) != fault.Denied {
		t.Errorf("ivy imports: %v", err)
	}
	run := h.start("sue", "d")
	if run.State != "running" || h.start("sue", "d").ID != run.ID {
		t.Errorf("%+v", run)
	}
	h.refused(h.desk.ApproveImport(h.ctx, h.staff["otto"], run.ID), "import_not_waiting")
	run, faults, err := h.desk.ImportRows(h.ctx, h.staff["sue"], run, people(2, "13800138000", "12", "13800138001"))
	if err != nil || len(faults) != 1 || faults[0].Line != 3 || faults[0].Column != "mobile" || run.Records != 2 || run.Line != 4 || run.Faults != 1 {
		t.Errorf("%+v %v %v", run, faults, err)
	}
	h.ok(h.desk.FinishImport(h.ctx, h.staff["sue"], run))
	_, err = h.desk.StartImport(h.ctx, h.staff["sue"], desk.ImportStart{Digest: "d"})
	h.refused(err, "imported_before")
}

func TestKilledImportGoesOnBehindItsLastLine(t *testing.T) {
	h := open(t)
	run := h.start("sue", "d")
	stale := run
	_, _, err := h.desk.ImportRows(h.ctx, h.staff["sue"], run, people(2, "13800138000"))
	h.ok(err)
	_, _, err = h.desk.ImportRows(h.ctx, h.staff["sue"], stale, people(2, "13800138000")) // a second worker, of the same line
	h.refused(err, "import_running")
	again := h.start("sue", "d")
	if again.Line != 2 || again.Records != 1 {
		t.Errorf("resumes at %+v", again)
	}
	again, _, err = h.desk.ImportRows(h.ctx, h.staff["sue"], again, people(3, "13800138001"))
	if err != nil || again.Line != 3 || again.Records != 2 {
		t.Errorf("%+v %v", again, err)
	}
	if n := h.count(`SELECT COUNT(*) FROM golden_record`); n != 2 {
		t.Errorf("%d records", n)
	}
}

func TestLaterImportWaitsForASecondPerson(t *testing.T) {
	h := open(t)
	h.fang()
	sue := h.staff["sue"]
	run := h.start("sue", "d")
	if run.State != "waiting" {
		t.Fatalf("%+v", run)
	}
	_, _, err := h.desk.ImportRows(h.ctx, sue, run, people(2, "13800138001"))
	h.refused(err, "import_waits")
	forged := run
	forged.State = "running"
	_, _, err = h.desk.ImportRows(h.ctx, sue, forged, people(2, "13800138001"))
	h.refused(err, "import_waits")
	h.refused(h.desk.FinishImport(h.ctx, sue, run), "import_waits")
	if err := h.desk.ApproveImport(h.ctx, h.staff["ada"], run.ID); fault.KindOf(err) != fault.Denied {
		t.Errorf("ada approves: %v", err)
	}
	h.refused(h.desk.ApproveImport(h.ctx, h.staff["otto"], h.start("otto", "e").ID), "own_import")
	h.refused(h.desk.ApproveImport(h.ctx, h.staff["otto"], "nobody"), "no_import")
	h.ok(h.desk.ApproveImport(h.ctx, h.staff["otto"], run.ID))
	h.refused(h.desk.ApproveImport(h.ctx, h.staff["otto"], run.ID), "import_not_waiting")
	run = h.start("sue", "d")
	if _, _, err := h.desk.ImportRows(h.ctx, h.staff["ivy"], run, people(2, "13800138001")); fault.KindOf(err) != fault.Denied {
		t.Errorf("ivy brings rows in: %v", err)
	}
	_, _, err = h.desk.ImportRows(h.ctx, sue, run, people(2, "13800138001"))
	h.ok(err)
}

func TestInheritedValuesAreDeclaredAndHeldSinceTheFileSays(t *testing.T) {
	h := open(t)
	for digest, want := range map[string]time.Time{"past": monday.Add(-1000 * time.Hour), "none": {}, "future": monday.Add(1000 * time.Hour)} {
		run, err := h.desk.StartImport(h.ctx, h.staff["sue"], desk.ImportStart{Digest: digest, HeldSince: want})
		h.ok(err)
		if !want.IsZero() && want.Before(monday) != run.HeldSince.Equal(want) || run.HeldSince.After(h.clock.Now()) {
			t.Errorf("%s: held since %v", digest, run.HeldSince)
		}
		if run.State == "waiting" {
			h.ok(h.desk.ApproveImport(h.ctx, h.staff["otto"], run.ID))
			run = h.start("sue", digest)
		}
		_, _, err = h.desk.ImportRows(h.ctx, h.staff["sue"], run, people(2, "13800138000"))
		h.ok(err)
	}
	page, err := h.view().RecordIDs(customer.Person, "", 10)
	h.ok(err)
	for _, p := range page {
		rec, err := h.view().Record(p.ID)
		v := rec.Values["phone"]
		if err != nil || v.Grade != customer.GradeD || !v.ProvenSince.IsZero() || v.HeldSince.IsZero() || v.Cause == "" {
			t.Errorf("%+v %v", v, err)
		}
	}
}

func TestALaterImportBringsNobodyInTwice(t *testing.T) {
	h := open(t)
	sue := h.staff["sue"]
	row := func(line int, id string) desk.ImportRow {
		return desk.ImportRow{Line: line, Kind: customer.Person, Values: []intake.Proposed{
			{Key: "external_id", Column: "id", JSON: quote(id)}, {Key: "preferred_name", Column: "name", JSON: quote("Lee")},
		}}
	}
	first := h.start("sue", "first")
	first, _, err := h.desk.ImportRows(h.ctx, sue, first, []desk.ImportRow{row(2, "crm-1")})
	h.ok(err)
	h.ok(h.desk.FinishImport(h.ctx, sue, first))

	later := h.start("sue", "later")
	h.ok(h.desk.ApproveImport(h.ctx, h.staff["otto"], later.ID))
	later = h.start("sue", "later")
	later, faults, err := h.desk.ImportRows(h.ctx, sue, later, []desk.ImportRow{row(2, "crm-1"), row(3, "crm-2")})
	if err != nil || later.Records != 1 || len(faults) != 1 || faults[0].Line != 2 || faults[0].Err.Code != "row_known" {
		t.Errorf("%+v %v %v", later, faults, err)
	}
	if n := h.count(`SELECT COUNT(*) FROM golden_record`); n != 2 {
		t.Errorf("%d records, want 2", n)
	}
}

func TestCustomersOfAnUnfinishedLoadAreMetByTheirContacts(t *testing.T) {
	h := open(t)
	_, _, err := h.desk.ImportRows(h.ctx, h.staff["sue"], h.start("sue", "a load that stops here"), people(2, "13800138000", "13800138001"))
	h.ok(err)
	h.holds(map[customer.Content]bool{"+8613800138000": true, "+8613800138001": true, "+8613900139000": false})
}

func TestANumberGivenUpDuringALoadStaysGivenUpWhenItEnds(t *testing.T) {
	h := open(t)
	run := h.start("sue", "a load that goes on")
	run, _, err := h.desk.ImportRows(h.ctx, h.staff["sue"], run, people(2, "13800138000", "13800138001"))
	h.ok(err)
	found, err := h.found("13800138001")
	h.ok(err)
	h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
		if _, err := tx.Record(found[0]); err != nil {
			return err
		}
		var e store.Entry
		e.ID, e.At, e.Verb, e.Actor, e.Record = tx.NewID(), tx.Now(), "apply", "system", string(found[0])
		var err error
		if e.Effects, _, err = tx.Alter(found[0], []customer.Effect{{Key: "phone"}}, e.ID); err != nil {
			return err
		}
		return tx.Append(e)
	}))
	want := map[customer.Content]bool{"+8613800138000": true, "+8613800138001": false}
	h.holds(want)
	h.ok(h.desk.FinishImport(h.ctx, h.staff["sue"], run))
	h.holds(want)
}

// holds refuses unless exactly the numbers that want says have a customer: by the check of a
// filing, and by search.
func (h *house) holds(want map[customer.Content]bool) {
	h.t.Helper()
	phone, _ := customer.Shipped().Of("phone")
	for content, held := range want {
		if shared, err := h.view().Shared("somebody else", phone, content); err != nil || shared != held {
			h.t.Errorf("%s is held: %v, want %v, %v", content, shared, held, err)
		}
		if found, err := h.found(string(content)); err != nil || len(found) == 1 != held {
			h.t.Errorf("%s is found: %v, want %v, %v", content, found, held, err)
		}
	}
}

// found answers whom a search by an agent finds.
func (h *house) found(key string) ([]customer.ID, error) {
	lines, err := store.NewReader(h.store, h.books.Calendar).Search(h.ctx, h.staff["ada"], key, false, 10)
	ids := make([]customer.ID, len(lines))
	for i, line := range lines {
		ids[i] = line.ID
	}
	return ids, err
}
