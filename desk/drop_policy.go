package desk

import (
	"context"

	"amend/access"
	"amend/fault"
	"amend/internal/store"
)

// DropPolicy stops a version that is not in force yet. One person is enough: to stop is safe.
// Test: TestPolicyThatIsDroppedNeverJudges.
func (d *Desk) DropPolicy(ctx context.Context, by access.Actor, number int64) (store.PolicyVersion, error) {
	return d.onPolicy(ctx, by, access.ChangePolicy, number, func(tx *store.Tx, p *store.PolicyVersion) error {
		switch {
		case p.DroppedBy != "":
			return fault.New(fault.Conflict, "policy_settled", "version", number)
		case p.AgreedBy != "" && !p.ForceAt.After(tx.Now()):
			return fault.New(fault.Conflict, "policy_in_force", "version", number)
		}
		p.DroppedBy, p.DroppedAt = by.ID, tx.Now()
		return logPolicy(tx, by, "policy.drop", *p)
	})
}
