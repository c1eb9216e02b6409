package desk

import (
	"context"

	"amend/access"
	"amend/fault"
	"amend/internal/store"
)

// AgreePolicy is the second person's word for a draft: it is in force from the next day on.
// Whoever drafted it never agrees to it. Test: TestPolicyTakesTwoPeopleAndADay.
func (d *Desk) AgreePolicy(ctx context.Context, by access.Actor, number int64) (store.PolicyVersion, error) {
	return d.onPolicy(ctx, by, access.ActivatePolicy, number, func(tx *store.Tx, p *store.PolicyVersion) error {
		if p.DraftedBy == by.ID {
			return fault.New(fault.Denied, "own_policy", "version", number)
		}
		if p.AgreedBy != "" || p.DroppedBy != "" {
			return fault.New(fault.Conflict, "policy_settled", "version", number)
		}
		p.AgreedBy, p.AgreedAt, p.ForceAt = by.ID, tx.Now(), tx.Now().Add(policyRests)
		if p.Again != 0 {
			p.ForceAt = tx.Now()
		}
		return logPolicy(tx, by, "policy.agree", *p)
	})
}

func (d *Desk) onPolicy(ctx context.Context, by access.Actor, act access.Act, number int64, step func(*store.Tx, *store.PolicyVersion) error) (p store.PolicyVersion, err error) {
	if f := by.May(act); f != nil {
		return p, f
	}
	err = d.store.Write(ctx, "policy", func(tx *store.Tx) error {
		if p, err = tx.PolicyVersion(number); err != nil {
			return err
		}
		if err := step(tx, &p); err != nil {
			return err
		}
		return tx.SavePolicy(p)
	})
	return p, err
}
