package desk

import (
	"context"
	"errors"
	"time"

	"amend/access"
	"amend/customer"
	"amend/fault"
	"amend/intake"
	"amend/internal/store"
	"amend/quality"
)

// Migration is the mode of an import that loads records as they were held elsewhere:
// every value inherited, grade D, on record.
const Migration = "migration"

// ImportStart is a file that somebody wants to bring in.
type ImportStart struct {
	Name      string
	Digest    string    // hash of its bytes
	HeldSince time.Time // when its contacts were known to be held; zero: the day of the run
}

// StartImport opens a migration run, or answers the open one of the same file. The first
// load of an empty database needs one named operator; every later one waits until somebody
// else approves it. Story: import.txtar.
func (d *Desk) StartImport(ctx context.Context, by access.Actor, in ImportStart) (store.ImportRun, error) {
	if f := by.May(access.Import); f != nil {
		return store.ImportRun{}, f
	}
	view := d.store.View(ctx)
	if run, err := view.ImportOf(in.Digest, Migration); err == nil || fault.KindOf(err) != fault.NotFound {
		if err == nil && run.State == "done" {
			return run, fault.New(fault.Conflict, "imported_before")
		}
		return run, err
	}
	var run store.ImportRun
	err := d.store.Write(ctx, "import", func(tx *store.Tx) error {
		loaded, err := tx.HasRecords()
		if err != nil {
			return err
		}
		run = store.ImportRun{
			ID: tx.NewID(), Name: in.Name, Digest: in.Digest, Mode: Migration, State: "running", StartedBy: by.ID,
			HeldSince: in.HeldSince, StartedAt: tx.Now(), Revision: 1,
		}
		if run.HeldSince.IsZero() || run.HeldSince.After(tx.Now()) {
			run.HeldSince = tx.Now()
		}
		if loaded {
			run.State = "waiting"
		}
		tx.AddImport(run)
		return logAct(tx, by, "import.start", "", nil, "run", run.ID, "mode", run.Mode, "state", run.State)
	})
	return run, err
}

// ApproveImport lets a waiting run go ahead, by somebody other than who started it.
func (d *Desk) ApproveImport(ctx context.Context, by access.Actor, id string) error {
	if f := by.May(access.ApproveImport); f != nil {
		return f
	}
	return d.store.Write(ctx, "import", func(tx *store.Tx) error {
		run, err := tx.ImportRun(id)
		if err != nil {
			return err
		}
		overtaken, err := overtaken(tx, run)
		switch {
		case err != nil:
			return err
		case run.State != "waiting" && !overtaken:
			return fault.New(fault.Conflict, "import_not_waiting", "run", id)
		case run.StartedBy == by.ID:
			return fault.New(fault.Denied, "own_import", "run", id)
		}
		run.State, run.ApprovedBy = "running", by.ID
		tx.SaveImport(run)
		return logAct(tx, by, "import.approve", "", nil, "run", id)
	})
}

// ImportRow is one row of a file, mapped to catalogued keys.
type ImportRow struct {
	Line   int
	Kind   customer.Kind
	Values []intake.Proposed
	Faults []intake.Fault // what was wrong with it when it was read
}

// ImportRows brings a batch of rows in by one act: each becomes a record with its own
// entry, and the run remembers the last line. Values that are not well formed are left out
// and answered; their records come in with the rest.
func (d *Desk) ImportRows(ctx context.Context, by access.Actor, run store.ImportRun, rows []ImportRow) (store.ImportRun, []intake.Fault, error) {
	if f := by.May(access.Import); f != nil {
		return run, nil, f
	}
	b := d.sealBatch(ctx, by, run, rows)
	next, err := d.bringIn(ctx, by, run, b)
	return next, b.faults, err
}

// A batch is rows that are sealed and wait to be stored.
type batch struct {
	rows    []ImportRow
	draft   *store.Tx
	last    int // the line of its last row
	records int64
	faults  []intake.Fault
	err     error
}

// sealBatch does all that costs time beside the writer: values are read, checked and
// sealed, and entries written, into a draft. On the first load search tokens are spooled.
func (d *Desk) sealBatch(ctx context.Context, by access.Actor, run store.ImportRun, rows []ImportRow) *batch {
	load := run.ID
	if run.ApprovedBy != "" { // there are customers whom these might meet
		load = ""
	}
	b := &batch{rows: rows, draft: d.store.Draft(ctx, load)}
	for _, row := range rows {
		bad, made, err := d.importRow(b.draft, by, run, row)
		if err != nil {
			b.err = err
			return b
		}
		b.faults = append(append(b.faults, row.Faults...), bad...)
		b.records += made
		b.last = row.Line
	}
	return b
}

// maxSeals bounds how often a batch is sealed again because a system was connected meanwhile.
const maxSeals = 4

// bringIn stores a batch, and with it how far the run is. A batch that was sealed before a
// system was connected is sealed again, so that the system hears of it.
func (d *Desk) bringIn(ctx context.Context, by access.Actor, run store.ImportRun, b *batch) (store.ImportRun, error) {
	for seals := 1; ; seals++ {
		next, err := d.storeBatch(ctx, run, b)
		if !errors.Is(err, store.Stale) || seals == maxSeals {
			return next, err
		}
		*b = *d.sealBatch(ctx, by, run, b.rows)
	}
}

func (d *Desk) storeBatch(ctx context.Context, run store.ImportRun, b *batch) (store.ImportRun, error) {
	if b.err != nil || len(b.rows) == 0 {
		return run, b.err
	}
	next := run
	next.Records += b.records
	next.Faults += int64(len(b.faults))
	next.Line = int64(b.last)
	err := d.store.Write(ctx, "import", func(tx *store.Tx) error {
		if err := goesOn(tx, run.ID); err != nil {
			return err
		}
		tx.SaveImport(next)
		tx.Include(b.draft)
		return nil
	})
	if err != nil {
		return run, err
	}
	next.Revision++
	return next, nil
}

// goesOn refuses work on a run that waits for its second person, or is done. It asks the
// database: what the caller holds may be older.
func goesOn(tx *store.Tx, id string) error {
	run, err := tx.ImportRun(id)
	if err != nil {
		return err
	}
	overtaken, err := overtaken(tx, run)
	switch {
	case err != nil:
		return err
	case run.State == "waiting" || overtaken:
		return fault.New(fault.Conflict, "import_waits", "run", id)
	case run.State != "running":
		return fault.New(fault.Conflict, "imported_before")
	}
	return nil
}

// overtaken reports whether a run was opened as the first load and has brought nothing in
// while another one did: it needs its second person after all.
func overtaken(tx *store.Tx, run store.ImportRun) (bool, error) {
	if run.Mode != Migration || run.State != "running" || run.ApprovedBy != "" || run.Records > 0 {
		return false, nil
	}
	return tx.HasRecords()
}

// importRow writes one inherited record.
func (d *Desk) importRow(tx *store.Tx, by access.Actor, run store.ImportRun, row ImportRow) ([]intake.Fault, int64, error) {
	effects, faults := d.inherited(tx, by, run, row)
	if len(effects) == 0 {
		return faults, 0, nil
	}
	if known, err := d.known(tx, run, effects); err != nil || known {
		return append(faults, intake.Fault{Line: row.Line, Err: fault.New(fault.Conflict, "row_known").On(string(externalKey))}), 0, err
	}
	rec, err := tx.Reserve(row.Kind)
	if err != nil {
		return nil, 0, err
	}
	id := tx.NewID()
	sealed, after, err := tx.Alter(rec.ID, effects, id)
	if err != nil {
		return nil, 0, err
	}
	e := store.Entry{Effects: sealed}
	e.ID, e.At, e.Verb, e.Actor, e.Sort, e.Record = id, tx.Now(), "migrate", by.ID, string(by.Sort), string(rec.ID)
	e.Facts = facts(map[string]string{"run": run.ID, "kind": string(row.Kind)})
	e.Commits = commitEffects(effects, nil)
	if err := tx.Append(e); err != nil {
		return nil, 0, err
	}
	return faults, 1, d.raise(tx, after, keysOf(effects), false)
}

// externalKey holds the id under which another system knows a record.
const externalKey customer.Key = "external_id"

// known reports whether a row's customer is on record by its id elsewhere: bringing them in
// again would make two of one. The first load of an empty database has nobody to meet.
func (d *Desk) known(tx *store.Tx, run store.ImportRun, effects []customer.Effect) (bool, error) {
	if run.ApprovedBy == "" {
		return false, nil
	}
	for _, e := range effects {
		if f, ok := d.house.Catalog.Of(e.Key); ok && customer.Key(e.Key.Field()) == externalKey {
			if taken, err := tx.Shared("", f, e.Value.Content); err != nil || taken {
				return taken, err
			}
		}
	}
	return false, nil
}

// inherited makes values of grade D, held since the file says so or else since the run.
func (d *Desk) inherited(tx *store.Tx, by access.Actor, run store.ImportRun, row ImportRow) ([]customer.Effect, []intake.Fault) {
	check := quality.Checker{Today: tx.Now().In(d.house.Calendar.Zone())}
	var effects []customer.Effect
	var faults []intake.Fault
	for _, p := range row.Values {
		field, ok := d.house.Catalog.Of(p.Key)
		if f := admits(field, ok, row.Kind, p.Key); f != nil {
			faults = append(faults, intake.Fault{Line: row.Line, Column: p.Column, Err: f.On(string(p.Key))})
			continue
		}
		content, f := normalised(check, field, p)
		if f != nil {
			faults = append(faults, intake.Fault{Line: row.Line, Column: p.Column, Err: f.On(string(p.Key))})
			continue
		}
		if content == "" {
			continue
		}
		v := customer.Value{
			Content: content, Grade: customer.GradeD, Source: "migration", Channel: "import", By: by.ID, Cause: run.ID,
			Since: tx.Now(), CheckedAt: run.HeldSince, Salt: random(tx.Rand(), saltSize),
		}
		if field.Contact() {
			v.HeldSince = run.HeldSince
		}
		effects = append(effects, customer.Effect{Key: p.Key, Value: &v})
	}
	return effects, faults
}

func normalised(check quality.Checker, f customer.Field, p intake.Proposed) (customer.Content, *fault.Error) {
	if p.JSON != nil {
		return check.Normalise(f, p.JSON)
	}
	return check.NormaliseText(f, p.Text)
}

func keysOf(effects []customer.Effect) []customer.Key {
	keys := make([]customer.Key, len(effects))
	for i, e := range effects {
		keys[i] = e.Key
	}
	return keys
}

// FinishImport closes a run whose file is read to the end. Whoever was stopped on the way does
// it again.
func (d *Desk) FinishImport(ctx context.Context, by access.Actor, run store.ImportRun) error {
	if f := by.May(access.Import); f != nil {
		return f
	}
	run, err := d.mergeTokens(ctx, run)
	if err != nil {
		return err
	}
	return d.store.Write(ctx, "import", func(tx *store.Tx) error {
		if err := goesOn(tx, run.ID); err != nil {
			return err
		}
		run.State = "done"
		tx.SaveImport(run)
		return logAct(tx, by, "import.done", "", nil, "run", run.ID)
	})
}
