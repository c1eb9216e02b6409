package desk

import (
	"context"
	"slices"

	"amend/access"
	"amend/change"
	"amend/fault"
	"amend/internal/store"
	"amend/notify"
	"amend/org"
)

// Reassign asks one person for the decision that a request waits for. It takes nothing
// from others who may decide: it only names who is expected to. Story: late.txtar.
func (d *Desk) Reassign(ctx context.Context, by access.Actor, id change.ID, to string) error {
	if f := by.May(access.Reassign); f != nil {
		return f
	}
	return d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		level, err := r.OpenLevel(tx.Now())
		if err != nil {
			return err
		}
		staff, err := tx.Staff()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(staff.WhoMay(access.Role(level.Role)), func(p org.Person) bool { return p.ID == to || p.Name == to })
		if i < 0 {
			return fault.New(fault.Invalid, "wrong_role", "role", level.Role, "field", "to")
		}
		assignee := staff.WhoMay(access.Role(level.Role))[i]
		r.Assigned = assignee.ID
		ev := change.Event{Verb: change.Reassigned, By: change.PartyOf(by), At: tx.Now(), Facts: map[string]string{"level": level.Name, "to": assignee.ID}}
		if err := d.seal(tx, *r, ev, alteration{}); err != nil {
			return err
		}
		return d.tellStaff(tx, "person:"+assignee.ID, notify.StaffTask, *r, d.taskParams(tx, *r, "decide")...)
	})
}
