package desk

import (
	"context"
	"errors"
	"io"
	"slices"

	"amend/access"
	"amend/customer"
	"amend/fault"
	"amend/intake"
	"amend/internal/store"
	"amend/quality"
)

// Proposing is the mode of an import whose rows are somebody's word: each is filed as a request
// and goes through policy like any other, whoever brought the file.
const Proposing = "proposals"

// A RowFate is what a row is, beside what is on record.
type RowFate string

// The fates of a row.
const (
	RowChanged RowFate = "changed" // its customer is known, and something differs
	RowNew     RowFate = "new"     // nobody on record is meant
	RowSame    RowFate = "same"    // it says what is on record already
	RowUnclear RowFate = "unclear" // it may mean several customers, or has a fault
)

// ProposalStart is a file of rows that somebody says are right.
type ProposalStart struct {
	Name   string
	Digest string // of its bytes: the same file is proposed once
	Source string // vendor:NAME, event:NAME, survey:NAME, system:NAME
	Reason string
}

// StartProposals opens a run, or answers the open one of the same file. It needs no second
// person: its rows are decided one by one. Test: TestRowsOfAFileBecomeRequestsOnceEach.
func (d *Desk) StartProposals(ctx context.Context, by access.Actor, in ProposalStart) (store.ImportRun, error) {
	switch f := mayProposeRows(by); {
	case f != nil:
		return store.ImportRun{}, f
	case in.Reason == "":
		return store.ImportRun{}, fault.New(fault.Invalid, "reason_missing", "field", "reason")
	case len(in.Reason) > maxReason:
		return store.ImportRun{}, fault.New(fault.Invalid, "too_long", "field", "reason", "max", maxReason)
	case !source.MatchString(in.Source) || in.Source == "customer" || in.Source == "staff":
		return store.ImportRun{}, fault.New(fault.Invalid, "bad_source", "field", "source")
	}
	if run, err := d.store.View(ctx).ImportOf(in.Digest, Proposing); err == nil || fault.KindOf(err) != fault.NotFound {
		if err == nil && run.State == "done" {
			err = fault.New(fault.Conflict, "imported_before")
		}
		return run, err
	}
	var run store.ImportRun
	err := d.store.Write(ctx, "import", func(tx *store.Tx) error {
		run = store.ImportRun{ID: tx.NewID(), Name: in.Name, Digest: in.Digest, Mode: Proposing, State: "running", StartedBy: by.ID, HeldSince: tx.Now(), StartedAt: tx.Now(), Revision: 1}
		tx.AddImport(run)
		tx.AddImportProposal(store.ImportProposal{Run: run.ID, Source: in.Source, Reason: in.Reason})
		return logAct(tx, by, "import.start", "", nil, "run", run.ID, "mode", run.Mode, "source", in.Source)
	})
	return run, err
}

// mayProposeRows lets those bring a file of proposals who may file each of its rows.
func mayProposeRows(by access.Actor) *fault.Error {
	for _, act := range []access.Act{access.Import, access.FileChange, access.FileCreate} {
		if f := by.May(act); f != nil {
			return f
		}
	}
	return nil
}

// ProposeTable files a table, row after row from next until io.EOF, and closes the run. Each row
// is an act of its own that also says how far the run is, so that whoever is stopped goes on
// behind it and no row is filed twice. told hears of every row that is done; its error ends the
// import. Test: TestRowsOfAFileBecomeRequestsOnceEach.
func (d *Desk) ProposeTable(ctx context.Context, by access.Actor, run store.ImportRun, next func() (ImportRow, error), told func(store.ImportRun, RowFate, []intake.Fault) error) (store.ImportRun, error) {
	if f := mayProposeRows(by); f != nil {
		return run, f
	}
	for {
		row, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return run, err
		}
		if int64(row.Line) <= run.Line {
			continue
		}
		after, fate, faults, err := d.proposeRow(ctx, by, run, row)
		if err != nil {
			return run, err
		}
		if run = after; told != nil {
			if err := told(run, fate, faults); err != nil {
				return run, err
			}
		}
	}
	if err := d.FinishImport(ctx, by, run); err != nil {
		return run, err
	}
	run.State = "done"
	return run, nil
}

// proposeRow files one row, or keeps what stands against it.
func (d *Desk) proposeRow(ctx context.Context, by access.Actor, run store.ImportRun, row ImportRow) (store.ImportRun, RowFate, []intake.Fault, error) {
	meant := d.meant(ctx, by, run, row)
	if meant.err != nil {
		return run, "", nil, meant.err
	}
	next := run
	file := func(tx *store.Tx) error {
		next = run
		if err := goesOn(tx, run.ID); err != nil {
			return err
		}
		counted, err := tx.ImportProposal(run.ID)
		if err != nil {
			return err
		}
		if err := d.fileRow(tx, by, meant, &counted); err != nil {
			return err
		}
		next.Line, next.Faults, next.Records = int64(row.Line), run.Faults+int64(len(meant.faults)), counted.Changed+counted.Created
		tx.SaveImport(next)
		tx.SaveImportProposal(counted)
		return nil
	}
	err := d.store.Write(ctx, string(meant.proposal.Record), file)
	if refused, is := refusal(err); is { // policy's own rules refused this row: the file goes on
		meant.fate, meant.faults = RowUnclear, append(meant.faults, intake.Fault{Line: row.Line, Err: refused})
		err = d.store.Write(ctx, "import", file)
	}
	if err != nil {
		return run, "", nil, err
	}
	next.Revision++
	return next, meant.fate, meant.faults, nil
}

// refusal answers the fault by which a row is refused for what it says; everything else ends
// the import.
func refusal(err error) (*fault.Error, bool) {
	var f *fault.Error
	if !errors.As(err, &f) || f.Code == "import_running" || f.Code == "import_waits" || f.Code == "imported_before" {
		return nil, false
	}
	return f, f.Kind == fault.Invalid || f.Kind == fault.Conflict && !errors.Is(err, store.Stale) || f.Kind == fault.Limited
}

func (d *Desk) fileRow(tx *store.Tx, by access.Actor, m meaning, counted *store.ImportProposal) error {
	switch m.fate {
	case RowSame:
		counted.Same++
		return nil
	case RowUnclear:
		return nil
	case RowNew:
		counted.Created++
	default:
		counted.Changed++
	}
	m.proposal.Source, m.proposal.Reason = counted.Source, counted.Reason
	f, err := d.filing(tx, by, m.proposal, nil)
	if err != nil {
		return err
	}
	_, err = f.file()
	return err
}

// A meaning is what a row says, beside what is on record.
type meaning struct {
	fate     RowFate
	proposal Proposal
	faults   []intake.Fault
	err      error
}

// ForeseeRow answers what filing a row would do, without filing it.
func (d *Desk) ForeseeRow(ctx context.Context, by access.Actor, run store.ImportRun, row ImportRow) (RowFate, []intake.Fault, error) {
	if f := mayProposeRows(by); f != nil {
		return "", nil, f
	}
	m := d.meant(ctx, by, run, row)
	return m.fate, m.faults, m.err
}

// meant finds whom a row means and what of it differs from the record.
func (d *Desk) meant(ctx context.Context, by access.Actor, run store.ImportRun, row ImportRow) meaning {
	m := meaning{fate: RowUnclear, faults: slices.Clone(row.Faults), proposal: Proposal{RecordKind: row.Kind, Channel: "import"}}
	contents, order := d.contents(&m, row)
	if len(order) == 0 {
		return m
	}
	v := d.store.View(ctx)
	ids, err := d.whom(v, contents, order)
	switch {
	case err != nil:
		m.err = err
		return m
	case len(ids) > 1:
		m.faults = append(m.faults, intake.Fault{Line: row.Line, Err: fault.New(fault.Conflict, "row_ambiguous", "n", len(ids))})
		return m
	case len(ids) == 1:
		m.proposal.Record, m.proposal.RecordKind, m.fate = ids[0], "", RowChanged
	default:
		m.fate = RowNew
	}
	rec := customer.Record{}
	if m.proposal.Record != "" {
		if rec, m.err = v.Record(m.proposal.Record); m.err != nil {
			return m
		}
		m.proposal.Seen = rec.Version
	}
	for _, k := range order {
		if f, _ := d.house.Catalog.Of(k); rec.Get(k) != contents[k] {
			m.proposal.Items = append(m.proposal.Items, Proposed{k, quality.Render(f, contents[k])})
		}
	}
	if len(m.proposal.Items) == 0 {
		m.fate = RowSame
	}
	return m
}

// contents are the row's values in canonical form; what is not well formed becomes a fault.
func (d *Desk) contents(m *meaning, row ImportRow) (map[customer.Key]customer.Content, []customer.Key) {
	check := quality.Checker{Today: d.store.Now().In(d.house.Calendar.Zone())}
	contents := map[customer.Key]customer.Content{}
	var order []customer.Key
	for _, p := range row.Values {
		field, known := d.house.Catalog.Of(p.Key)
		wrong := admits(field, known, row.Kind, p.Key)
		var content customer.Content
		if wrong == nil {
			content, wrong = normalised(check, field, p)
		}
		if wrong != nil {
			m.faults = append(m.faults, intake.Fault{Line: row.Line, Column: p.Column, Err: wrong.On(string(p.Key))})
			continue
		}
		if content != "" { // an empty cell says nothing: it takes nothing away
			contents[p.Key] = content
			order = append(order, p.Key)
		}
	}
	return contents, order
}

// whom answers the records that a row means: those that hold one of its identifiers, or else
// those that hold one of its contacts under the very name that it gives.
func (d *Desk) whom(v store.View, contents map[customer.Key]customer.Content, order []customer.Key) ([]customer.ID, error) {
	for _, identified := range []bool{true, false} {
		var ids []customer.ID
		for _, k := range order {
			f, _ := d.house.Catalog.Of(k)
			if identified && !namesOne(f) || !identified && !f.Channel() {
				continue
			}
			holders, err := v.Holders(f, contents[k])
			if err != nil {
				return nil, err
			}
			for id := range holders {
				if named, err := d.called(v, id, contents, identified); err != nil {
					return nil, err
				} else if named && !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
		}
		if len(ids) > 0 {
			slices.Sort(ids)
			return ids, nil
		}
	}
	return nil, nil
}

// namesOne reports whether a value of the field is one record's alone.
func namesOne(f customer.Field) bool {
	return identifies(f) || f.Name == string(externalKey) || slices.Contains(numberFields, f.Name)
}

// called reports whether a record has the name that a row gives. An identifier says who is meant
// by itself; a contact is a family's, too.
func (d *Desk) called(v store.View, id customer.ID, contents map[customer.Key]customer.Content, identified bool) (bool, error) {
	name := contents["legal_name"]
	if identified {
		return true, nil
	}
	if name == "" {
		return false, nil
	}
	rec, err := v.Record(id)
	return err == nil && rec.Get("legal_name") == name, err
}
