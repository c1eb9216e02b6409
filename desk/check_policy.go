package desk

import (
	"context"

	"amend/policy"
)

// CheckPolicy looks for what a policy says and does not do, given the people who are here now
// and away.
func (d *Desk) CheckPolicy(ctx context.Context, p *policy.Policy) (policy.Report, error) {
	staff, err := d.store.View(ctx).Staff()
	if err != nil {
		return policy.Report{}, err
	}
	able := Able(staff, d.store.Now())
	return policy.Check(p, policy.Company{Catalog: d.house.Catalog, Staff: &able}), nil
}
