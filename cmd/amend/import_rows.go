package main

import (
	"errors"
	"io"

	"amend/access"
	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/intake"
	"amend/internal/store"
)

// importBatch is how many rows one act brings in: an act of 200 is some milliseconds of
// the writer, so that the server's own work is not held up.
const importBatch = 200

// A bringing is one file on its way in.
type bringing struct {
	app      *app
	house    *house
	by       access.Actor
	run      store.ImportRun
	table    *intake.Reader
	binding  intake.Binding
	kind     customer.Kind
	bad      *errorFile
	progress *progress
	rows     int // read in this run
	skipped  int // brought in by an earlier one
}

// A pending row waits for its batch, with what is already known to be wrong with it.
type pending struct {
	row    intake.Row
	values []intake.Proposed
	faults []intake.Fault
}

// all reads to the end, batch by batch.
func (b *bringing) all() error {
	var batch []pending
	for {
		p, err := b.next()
		if errors.Is(err, io.EOF) {
			return b.hand(batch)
		}
		if err != nil {
			return err
		}
		if p.row.Line <= int(b.run.Line) {
			b.skipped++
			continue
		}
		b.rows++
		if batch = append(batch, p); len(batch) == importBatch {
			if err := b.hand(batch); err != nil {
				return err
			}
			batch = batch[:0]
			b.progress.show(b.rows)
		}
	}
}

// next reads one row. One that can't be used is answered with its fault.
func (b *bringing) next() (pending, error) {
	row, err := b.table.Next()
	var wrong *fault.Error
	switch {
	case errors.As(err, &wrong):
		return pending{row: row, faults: []intake.Fault{{Line: row.Line, Err: wrong}}}, nil
	case err != nil:
		return pending{}, err
	}
	values, faults := b.binding.Apply(row)
	return pending{row, values, faults}, nil
}

// hand brings one batch in, and then writes what was wrong with it: a batch that is not
// stored leaves no line in the error file that its repetition would write again.
func (b *bringing) hand(batch []pending) error {
	if len(batch) == 0 {
		return nil
	}
	rows := make([]desk.ImportRow, len(batch))
	for i, p := range batch {
		rows[i] = desk.ImportRow{Line: p.row.Line, Kind: b.kind, Values: p.values}
	}
	run, faults, err := b.house.desk.ImportRows(b.app.ctx, b.by, b.run, rows)
	if err != nil {
		return err
	}
	b.run = run
	late := map[int][]intake.Fault{}
	for _, f := range faults {
		late[f.Line] = append(late[f.Line], f)
	}
	for _, p := range batch {
		if wrong := append(p.faults, late[p.row.Line]...); len(wrong) > 0 {
			if err := b.bad.write(p.row, wrong); err != nil {
				return err
			}
		}
	}
	return b.bad.flush()
}
