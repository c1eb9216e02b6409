package desk

import (
	"context"
	"fmt"

	"amend/access"
	"amend/internal/store"
)

// mendBatch is how many rows one act mends, so that the entry stands beside what it did.
const mendBatch = 100

// Mend makes good what follows from rows that are whole: search, relations, what is due,
// who works where. It touches no record, request or entry, and answers how many flaws it
// mended; the others are evidence.
func (d *Desk) Mend(ctx context.Context, by access.Actor, flaws []store.Flaw) (int, error) {
	if f := by.May(access.RetryDeliveries); f != nil {
		return 0, f
	}
	total := 0
	for from := 0; from < len(flaws); from += mendBatch {
		did, err := d.mendSome(ctx, by, flaws[from:min(from+mendBatch, len(flaws))])
		if err != nil {
			return total, err
		}
		total += did
	}
	return total, nil
}

func (d *Desk) mendSome(ctx context.Context, by access.Actor, flaws []store.Flaw) (int, error) {
	did := 0
	err := d.store.Write(ctx, "", func(tx *store.Tx) error {
		did = 0
		for _, f := range flaws {
			mended, err := tx.Mend(f)
			if err != nil {
				return fmt.Errorf("mend %s %s: %w", f.Code, f.Row, err)
			}
			if mended {
				did++
			}
		}
		if did == 0 {
			return nil
		}
		return logAct(tx, by, "mend", "", nil, "rows", fmt.Sprint(did))
	})
	return did, err
}
