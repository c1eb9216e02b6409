package desk

import (
	"context"
	"errors"
	"io"
	"runtime"

	"amend/access"
	"amend/intake"
	"amend/internal/store"
)

const (
	// importBatch is how many rows one act brings in: some ten milliseconds of the writer,
	// so that the server's own work is not held up for longer.
	importBatch = 500

	// mergeTokens is from how many on spooled search tokens are sorted into their places: fewer
	// would touch every page of the index too often, and with more there are too many runs to
	// look into meanwhile.
	mergeTokens = 400_000

	// ImportHeap is what the heap of an import may grow to, in bytes, before its garbage is
	// collected whatever that costs: a file of any length takes the same memory.
	ImportHeap = 120 << 20
)

// ImportTable brings a whole table in, row after row from next until io.EOF, and closes the
// run. Batches are sealed on all cores while the ones before are stored, and stored in the
// order of the table: whoever is interrupted goes on behind run.Line. told hears of every
// batch that is in, with what was wrong with its rows; its error ends the import. What is
// answered is how far the run is, also with an error.
func (d *Desk) ImportTable(ctx context.Context, by access.Actor, run store.ImportRun, next func() (ImportRow, error), told func(store.ImportRun, []intake.Fault) error) (store.ImportRun, error) {
	if f := by.May(access.Import); f != nil {
		return run, f
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	spooled := 0
	for sealed := range d.sealTable(ctx, by, run, next) {
		b := <-sealed
		after, err := d.bringIn(ctx, by, run, b)
		if err != nil {
			return run, err
		}
		run = after
		if err := told(run, b.faults); err != nil {
			return run, err
		}
		if spooled += b.draft.Spooled(); spooled >= mergeTokens {
			if run, err = d.mergeTokens(ctx, run); err != nil {
				return run, err
			}
			spooled = 0
		}
	}
	if err := d.FinishImport(ctx, by, run); err != nil {
		return run, err
	}
	run.State = "done"
	return run, nil
}

// mergeTokens puts the spooled search tokens in their places, some at a time, so that nobody
// waits long behind them.
func (d *Desk) mergeTokens(ctx context.Context, run store.ImportRun) (store.ImportRun, error) {
	slices, err := d.store.View(ctx).MergeSlices(run.ID)
	for slice := 0; slice < slices && err == nil; slice++ {
		err = d.store.Write(ctx, "import", func(tx *store.Tx) error {
			tx.SaveImport(run)
			tx.MergeTokens(run.ID, slice, slices)
			return nil
		})
		if err == nil {
			run.Revision++
		}
	}
	return run, err
}

// sealTable reads the table and seals its batches, a few ahead of who stores them. Each
// batch comes in a channel of its own, in the order of the table. Rows that may be customers
// on record already are sealed only when all before them are stored, or two of one file
// would not meet.
func (d *Desk) sealTable(ctx context.Context, by access.Actor, run store.ImportRun, next func() (ImportRow, error)) <-chan chan *batch {
	ahead := runtime.GOMAXPROCS(0)
	if run.ApprovedBy != "" {
		ahead = 0
	}
	batches := make(chan chan *batch, ahead)
	go func() {
		defer close(batches)
		for more := true; more; {
			var rows []ImportRow
			var err error
			rows, more, err = readBatch(run, next)
			sealed := make(chan *batch, 1)
			select {
			case batches <- sealed:
			case <-ctx.Done():
				return
			}
			if err != nil {
				sealed <- &batch{err: err}
				return
			}
			go func() { sealed <- d.sealBatch(ctx, by, run, rows) }()
		}
	}()
	return batches
}

// readBatch reads the next rows behind the last one that is in.
func readBatch(run store.ImportRun, next func() (ImportRow, error)) (rows []ImportRow, more bool, err error) {
	for len(rows) < importBatch {
		row, err := next()
		if errors.Is(err, io.EOF) {
			return rows, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		if row.Line > int(run.Line) {
			rows = append(rows, row)
		}
	}
	return rows, true, nil
}
