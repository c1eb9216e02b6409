package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"amend/access"
	"amend/fault"
	"amend/internal/store"
	"amend/policy"
)

// policyRests is how long an agreed version waits before it judges anything: a day in which
// whoever is told of it may stop it. One that puts an earlier version back waits for nothing.
const policyRests = 24 * time.Hour

// DraftPolicy makes a document the next version of the policy, which judges nothing until a
// second person agreed. It takes a number of the house's own, whatever the document says.
// Test: TestPolicyTakesTwoPeopleAndADay.
func (d *Desk) DraftPolicy(ctx context.Context, by access.Actor, text []byte, reason string) (store.PolicyVersion, error) {
	p, err := policy.Parse(text)
	if err != nil {
		return store.PolicyVersion{}, err
	}
	return d.draftPolicy(ctx, by, p, reason, 0)
}

// RestorePolicy drafts an earlier version anew: what was in force once comes back under a new
// number, and history stays as it was. Test: TestEarlierPolicyComesBackAtOnceUnderANewNumber.
func (d *Desk) RestorePolicy(ctx context.Context, by access.Actor, number int64, reason string) (store.PolicyVersion, error) {
	v := d.store.View(ctx)
	p := d.house.Policy
	if number != p.Version {
		was, err := v.PolicyVersion(number)
		if err != nil {
			return was, err
		}
		if !was.Agreed() || was.ForceAt.After(d.store.Now()) {
			return was, fault.New(fault.Conflict, "policy_never_in_force", "version", number)
		}
		if p, err = policy.Parse(was.Text); err != nil {
			return was, err
		}
	}
	return d.draftPolicy(ctx, by, p, reason, number)
}

func (d *Desk) draftPolicy(ctx context.Context, by access.Actor, p *policy.Policy, reason string, again int64) (draft store.PolicyVersion, err error) {
	switch f := by.May(access.ChangePolicy); {
	case f != nil:
		return draft, f
	case reason == "":
		return draft, fault.New(fault.Invalid, "text_missing", "field", "reason")
	case len(reason) > maxReason:
		return draft, fault.New(fault.Invalid, "too_long", "field", "reason", "max", maxReason)
	}
	err = d.store.Write(ctx, "policy", func(tx *store.Tx) error {
		before, err := tx.PolicyVersions()
		if err != nil {
			return err
		}
		number := d.house.Policy.Version + 1
		if len(before) > 0 {
			number = before[0].Number + 1
		}
		if p, err = p.Numbered(number); err != nil {
			return err
		}
		draft = store.PolicyVersion{Number: number, Text: p.Text(), Reason: reason, Again: again, DraftedBy: by.ID, DraftedAt: tx.Now(), Revision: 1}
		if err := tx.AddPolicy(draft); err != nil {
			return err
		}
		return logPolicy(tx, by, "policy.draft", draft)
	})
	return draft, err
}

// logPolicy puts a step of a version on record, with the digest of its text: the log tells a
// version from any other that is shown under its number.
func logPolicy(tx *store.Tx, by access.Actor, verb string, p store.PolicyVersion) error {
	sum := sha256.Sum256(p.Text)
	public := []string{"policy", strconv.FormatInt(p.Number, 10), "sha256", hex.EncodeToString(sum[:])}
	if !p.ForceAt.IsZero() {
		public = append(public, "from", p.ForceAt.UTC().Format(time.RFC3339))
	}
	if p.Again != 0 {
		public = append(public, "again", strconv.FormatInt(p.Again, 10))
	}
	return logAct(tx, by, verb, "", nil, public...)
}
