package desk

import (
	"context"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/internal/store"
	"amend/policy"
)

// An Explained is why one item of a request needs what it needs.
type Explained struct {
	Change change.ID
	Ref    string
	Item   customer.Key
	Policy int64 // the version that judged
	Why    policy.Why
}

// Why explains a request, or all parts of a submission: by the facts that were kept when it
// was filed and the version of the policy that judged them, whatever is in force by now. It
// is for staff: what would be asked otherwise would teach a thief what to say.
// Test: TestRequestIsExplainedByThePolicyThatJudgedIt.
func (d *Desk) Why(ctx context.Context, by access.Actor, name string) ([]Explained, error) {
	for _, act := range []access.Act{access.ReadPolicy, access.ReadChanges} {
		if f := by.May(act); f != nil {
			return nil, f
		}
	}
	v := d.store.View(ctx)
	told, err := v.JudgedItems(name)
	if err != nil {
		return nil, err
	}
	all := make([]Explained, len(told))
	for i, t := range told {
		if all[i], err = d.why(ctx, v, t); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (d *Desk) why(ctx context.Context, v store.View, t store.JudgedItem) (Explained, error) {
	r, err := v.Change(t.Change)
	if err != nil {
		return Explained{}, err
	}
	p, err := d.PolicyOf(ctx, r.Plan.Policy)
	if err != nil {
		return Explained{}, err
	}
	return Explained{r.ID, r.Ref(), t.Item, p.Version, p.Why(t.Facts)}, nil
}
