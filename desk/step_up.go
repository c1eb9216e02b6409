package desk

import (
	"context"

	"amend/access"
	"amend/fault"
	"amend/internal/store"
	"amend/verify"
)

// StepUp renews a session after its person showed the second factor again, which acts of
// high risk ask for. The old token is over. Test: TestStepUpRenewsTheSession.
func (d *Desk) StepUp(ctx context.Context, by access.Actor, s store.Session, code string) (Opened, error) {
	if by.Sort != access.Staff || by.ID != s.Holder {
		return Opened{}, fault.New(fault.Denied, "staff_only")
	}
	secret, err := d.store.View(ctx).Secret(by.ID)
	if err != nil {
		return Opened{}, err
	}
	var opened Opened
	var wrong error
	err = d.store.Write(ctx, string(stepDoor(by).who), func(tx *store.Tx) error {
		opened, wrong = Opened{}, nil
		tries, err := d.entrance(tx, stepDoor(by))
		if err != nil {
			return err
		}
		step, fits := verify.TOTPHolds(secret.TOTP, digits(code), secret.Step, tx.Now())
		if !fits {
			wrong, err = d.wrongEntrance(tx, stepDoor(by), by, tries)
			return err
		}
		if err := d.rightEntrance(tx, stepDoor(by), tries); err != nil {
			return err
		}
		tx.UseStep(by.ID, step)
		tx.CloseSession(s.Hash)
		opened = d.open(tx, store.Session{Sort: access.Staff, Holder: by.ID, Device: s.Device})
		return logAct(tx, by, "step_up", "", nil, "session", opened.Session.ID)
	})
	if err == nil {
		err = wrong
	}
	return opened, err
}
