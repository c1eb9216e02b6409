package desk

import (
	"context"
	"errors"

	"amend/access"
	"amend/change"
	"amend/internal/store"
)

// errPreviewed ends a filing that is only looked at: nothing of it is stored.
var errPreviewed = errors.New("previewed")

// Preview answers what Propose would make of a proposal, without making it: the lanes, each
// with its plan. It is how people know what a change needs before they ask for it. Test:
// TestPreviewSaysWhatProposeWouldDoAndStoresNothing.
func (d *Desk) Preview(ctx context.Context, by access.Actor, p Proposal) (Filed, error) {
	if err := mayPropose(by, p); err != nil {
		return Filed{}, err
	}
	in, err := d.Policy(ctx)
	if err != nil {
		return Filed{}, err
	}
	var filed Filed
	err = d.store.Write(ctx, "", func(tx *store.Tx) error {
		f, err := d.filing(tx, by, p, in)
		if err != nil {
			return err
		}
		filed = Filed{Record: f.rec.ID}
		for i, lane := range f.lanes() {
			lane.Plan = lane.Plan.With(change.Plan{Standing: f.remarks(lane.Items)})
			filed.Changes = append(filed.Changes, f.request(lane, "", i+1))
		}
		return errPreviewed
	})
	if errors.Is(err, errPreviewed) {
		err = nil
	}
	return filed, err
}
