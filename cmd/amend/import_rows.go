package main

import (
	"amend/access"
	"amend/customer"
	"amend/desk"
	"amend/intake"
	"amend/internal/store"
)

// A bringing is one file on its way in.
type bringing struct {
	app      *app
	house    *house
	by       access.Actor
	run      store.ImportRun
	feed     *intake.Feed
	kind     customer.Kind
	bad      *errorFile
	progress *progress
	before   int // the line that an earlier attempt came to
	rows     int // read in this attempt
	skipped  int // brought in by an earlier one
}

// all reads to the end.
func (b *bringing) all() (err error) {
	b.before = int(b.run.Line)
	b.run, err = b.house.desk.ImportTable(b.app.ctx, b.by, b.run, b.next, b.told)
	return err
}

func (b *bringing) next() (desk.ImportRow, error) {
	line, values, faults, err := b.feed.Next()
	if err != nil {
		return desk.ImportRow{}, err
	}
	if line <= b.before {
		b.skipped++
	} else {
		b.rows++
	}
	return desk.ImportRow{Line: line, Kind: b.kind, Values: values, Faults: faults}, nil
}

// told writes down what was wrong with a batch once it is in: one that is not stored leaves
// no line in the error file that its repetition would write again.
func (b *bringing) told(run store.ImportRun, faults []intake.Fault) error {
	if err := b.feed.Settle(int(run.Line), faults, b.bad.write); err != nil {
		return err
	}
	b.progress.show(int(run.Records))
	return b.bad.flush()
}
