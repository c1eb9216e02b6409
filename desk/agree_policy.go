package desk

import (
	"context"
	"slices"

	"amend/access"
	"amend/fault"
	"amend/internal/store"
	"amend/policy"
)

// AgreePolicy is the second person's word for a draft: it is in force from the next day on.
// Whoever drafted it never agrees to it, and nobody agrees to one that leaves somebody waiting
// for ever (CheckPolicy). Tests: TestPolicyTakesTwoPeopleAndADay,
// TestPolicyThatNobodyCouldFulfilIsNotAgreedTo.
func (d *Desk) AgreePolicy(ctx context.Context, by access.Actor, number int64) (store.PolicyVersion, error) {
	if f := by.May(access.ActivatePolicy); f != nil {
		return store.PolicyVersion{}, f
	}
	draft, err := d.store.View(ctx).PolicyVersion(number)
	if err == nil {
		err = mayAgree(by, draft)
	}
	if err == nil {
		err = d.sound(ctx, number)
	}
	if err != nil {
		return draft, err
	}
	return d.onPolicy(ctx, by, access.ActivatePolicy, number, func(tx *store.Tx, p *store.PolicyVersion) error {
		if err := mayAgree(by, *p); err != nil {
			return err
		}
		p.AgreedBy, p.AgreedAt, p.ForceAt = by.ID, tx.Now(), tx.Now().Add(policyRests)
		if p.Again != 0 {
			p.ForceAt = tx.Now()
		}
		return logPolicy(tx, by, "policy.agree", *p)
	})
}

func mayAgree(by access.Actor, p store.PolicyVersion) error {
	switch {
	case p.DraftedBy == by.ID:
		return fault.New(fault.Denied, "own_policy", "version", p.Number)
	case p.AgreedBy != "" || p.DroppedBy != "":
		return fault.New(fault.Conflict, "policy_settled", "version", p.Number)
	}
	return nil
}

// sound refuses a version with a severe finding that the policy in force has not: a house with
// too few people may still mend what it has.
func (d *Desk) sound(ctx context.Context, number int64) error {
	inForce, err := d.Policy(ctx)
	if err != nil {
		return err
	}
	p, err := d.PolicyOf(ctx, number)
	if err != nil {
		return err
	}
	was, err := d.CheckPolicy(ctx, inForce)
	if err != nil {
		return err
	}
	is, err := d.CheckPolicy(ctx, p)
	if err != nil {
		return err
	}
	for _, f := range is.Findings {
		known := func(g policy.Finding) bool { return g.Flaw == f.Flaw && g.At == f.At }
		if f.Severity == policy.Severe && !slices.ContainsFunc(was.Findings, known) {
			return fault.New(fault.Conflict, "policy_unsound", "version", number)
		}
	}
	return nil
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
