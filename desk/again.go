package desk

import (
	"context"

	"amend/access"
	"amend/change"
	"amend/fault"
	"amend/quality"
)

// Again files once more what a request asked for that ended without being applied: as its
// appeal, if it was rejected. Whoever asks need not type, or see, the values again. Tests:
// TestRejectedRequestIsAppealedWithTheSameValues, TestWhatWasAppliedIsNotFiledAgain.
func (d *Desk) Again(ctx context.Context, by access.Actor, id change.ID, channel, reason string) (Filed, error) {
	if f := by.May(access.FileChange); f != nil {
		return Filed{}, f
	}
	v := d.store.View(ctx)
	was, err := v.Change(id)
	if err != nil {
		return Filed{}, err
	}
	if err := v.SeesChange(by, was); err != nil {
		return Filed{}, err
	}
	if was.End == "" || !was.AppliedAt.IsZero() || was.Kind == change.Create {
		return Filed{}, fault.New(fault.Conflict, "no_appeal", "change", id)
	}
	p := Proposal{Record: was.Record, Channel: channel, Reason: reason}
	if was.End == change.Refused {
		p.Appeals = id
	}
	for _, it := range was.Items {
		f, _ := d.house.Catalog.Of(it.Key)
		p.Items = append(p.Items, Proposed{it.Key, quality.Render(f, it.Now)})
	}
	return d.Propose(ctx, by, p)
}
