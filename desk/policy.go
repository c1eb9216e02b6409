package desk

import (
	"context"

	"amend/policy"
)

// Policy answers the policy in force.
func (d *Desk) Policy(ctx context.Context) (*policy.Policy, error) {
	return d.store.View(ctx).Policy(d.house.Policy)
}

// PolicyOf answers the policy of a number: that of a plan which it made once, whatever is in
// force by now.
func (d *Desk) PolicyOf(ctx context.Context, number int64) (*policy.Policy, error) {
	if number == d.house.Policy.Version {
		return d.house.Policy, nil
	}
	is, err := d.store.View(ctx).PolicyVersion(number)
	if err != nil {
		return nil, err
	}
	return policy.Parse(is.Text)
}
