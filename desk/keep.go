package desk

import (
	"context"
	"regexp"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
)

// What is kept here is no act, as KeepAnswer: nothing of the house moves, and no entry is
// written. It is what a door would otherwise have to keep itself.

// maxDraft bounds what a customer typed and has not sent, in bytes.
const maxDraft = 64 << 10

// KeepDraft keeps what a customer typed and has not sent, for a day and on every device; nil
// drops it. Test: TestDraftIsResumedOnAnotherDevice.
func (d *Desk) KeepDraft(ctx context.Context, by access.Actor, draft []byte) error {
	if !by.IsCustomer() || by.Via == "link" {
		return fault.New(fault.Denied, "customer_only")
	}
	if len(draft) > maxDraft {
		return fault.New(fault.Invalid, "too_long", "field", "draft", "max", maxDraft)
	}
	return d.store.Write(ctx, by.ID, func(tx *store.Tx) error { return tx.SaveDraft(customer.ID(by.ID), draft) })
}

// The bounds of a preference.
const (
	maxPreference  = 500 // bytes of a value
	maxPreferences = 50  // of one person
)

// preferred is what a preference may be called.
var preferred = regexp.MustCompile(`^[a-z][a-z_]{0,31}(:.{1,64})?$`)

// Prefer keeps how a person likes to work; "" forgets it.
func (d *Desk) Prefer(ctx context.Context, by access.Actor, name, value string) error {
	if by.Sort != access.Staff {
		return fault.New(fault.Denied, "staff_only")
	}
	if !preferred.MatchString(name) || len(value) > maxPreference {
		return fault.New(fault.Invalid, "too_long", "field", "name", "max", maxPreference)
	}
	return d.store.Write(ctx, by.ID, func(tx *store.Tx) error {
		all, err := tx.Preferences(by.ID)
		if err != nil {
			return err
		}
		if _, known := all[name]; !known && len(all) >= maxPreferences {
			return fault.New(fault.Invalid, "too_many_items", "max", maxPreferences)
		}
		tx.SetPreference(by.ID, name, value)
		return nil
	})
}

// maxSnooze is how long a request may be put off: longer is forgetting.
const maxSnooze = 14 * 24 * time.Hour

// Snooze puts a request off in one person's inbox, until a time or until something happens
// to it; the zero time takes that back. Its clocks run on for everybody.
func (d *Desk) Snooze(ctx context.Context, by access.Actor, id change.ID, until time.Time) error {
	if f := by.May(access.ReadChanges); f != nil || by.Sort != access.Staff {
		return fault.New(fault.Denied, "staff_only")
	}
	return d.store.Write(ctx, by.ID, func(tx *store.Tx) error {
		r, err := tx.Change(id)
		if err != nil {
			return err
		}
		if until.IsZero() {
			tx.Awaken(by.ID, id)
			return nil
		}
		if until.Before(tx.Now()) || until.After(tx.Now().Add(maxSnooze)) {
			return fault.New(fault.Invalid, "snooze_until", "field", "until", "days", int(maxSnooze/(24*time.Hour)))
		}
		tx.Snooze(by.ID, id, r.Revision, until)
		return nil
	})
}
