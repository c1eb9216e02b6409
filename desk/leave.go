package desk

import (
	"context"
	"slices"

	"amend/access"
	"amend/fault"
	"amend/internal/store"
	"amend/org"
)

// Leave ends what somebody may do here: they are out at their next click, and their tokens
// and links are void. What they did stays on record under their name. The last operator
// stays, or nobody could let anybody in. Test: TestWhoLeavesIsOutAtOnce.
func (d *Desk) Leave(ctx context.Context, by access.Actor, person string) error {
	if f := by.May(access.ManagePeople); f != nil {
		return f
	}
	return d.store.Write(ctx, "people", func(tx *store.Tx) error {
		who, err := tx.ActorOf(person)
		if err != nil {
			return err
		}
		staff, err := tx.Staff()
		if err != nil {
			return err
		}
		if who.Has(access.Operator) && !slices.ContainsFunc(staff.WhoMay(access.Operator), func(p org.Person) bool { return p.ID != person }) {
			return fault.New(fault.Conflict, "last_operator", "name", who.Name)
		}
		tx.Disable(person)
		return logAct(tx, by, "people.leave", "", nil, "actor", person)
	})
}
